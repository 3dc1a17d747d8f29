import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { AUTHORITY, post, SCENE_BEGINS, staffDocument } from '../support/journeys/scene.js';
import { WebClient, type PageAnswer } from '../support/journeys/web-client.js';

const SESSION = '__Host-sightline';
const PENDING = '__Host-sightline-sign-in';
const WORKER = 'worker';
const LEAVERS = Array.from({ length: 20 }, (_, i) => `leaver-${'abcdefghijklmnopqrst'[i]}`);
/** Requests of each leaver. */
const REQUESTS = 50;

let hub: TestHub;
let api: HubApi;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  const staff = [
    post(AUTHORITY, WORKER, 1, { name: 'Wren Example' }),
    post(AUTHORITY, 'manager', 1, { name: 'Mo Example', role: 'data-manager' }),
    ...LEAVERS.map((login) => post(AUTHORITY, login, 1)),
  ];
  await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, staff, []));
});

afterAll(() => hub.close());

const sessions = async (): Promise<string[]> =>
  (await hub.sql.query<{ id: string }>("select encode(id_digest, 'hex') as id from web.session")).rows.map(
    ({ id }) => id,
  );
const signedIn = async (login: string): Promise<WebClient> => {
  const client = new WebClient(hub.url);
  expect((await client.ask(await client.callbackOf(login))).status).toBe(303);
  return client;
};
const setsSession = ({ headers }: PageAnswer): boolean =>
  headers.getSetCookie().some((line) => line.startsWith(`${SESSION}=`));

describe('signing in', () => {
  it('leads through the issuer to the page that was asked for, and names who is signed in', async () => {
    const client = new WebClient(hub.url);
    const asked = await client.ask('/?from=here');
    expect(asked.status).toBe(401);
    expect(asked.html).toContain('href="/sign-in?returnTo=%2F%3Ffrom%3Dhere"');
    const callback = await client.callbackOf(WORKER, '/?from=here');
    const back = await client.ask(callback);
    expect([back.status, back.headers.get('location')]).toEqual([303, '/?from=here']);
    expect(client.cookies.has(PENDING)).toBe(false);
    const { html } = await client.ask('/nothing');
    expect(html).not.toContain('Wren Example');
    const home = await client.ask('/?from=here');
    expect(home.html).toContain('Wren Example');
    expect(home.html).toContain('social worker, Example Local Authority');
    expect(home.html).toContain('href="/find"');
    expect(home.html).not.toContain('href="/feeds"');
  });

  it('leads whoever works with no child to the first page of that role', async () => {
    const client = await signedIn('manager');
    const home = await client.ask('/');
    expect([home.status, home.headers.get('location')]).toEqual([303, '/feeds']);
  });

  it('asks the issuer with PKCE, state and nonce, each time with others', async () => {
    const begin = async () => new URL((await new WebClient(hub.url).ask('/sign-in')).headers.get('location') ?? '');
    const [first, second] = [await begin(), await begin()];
    expect(first.origin + first.pathname).toBe(`${hub.url}/issuer/auth`);
    expect(Object.fromEntries(first.searchParams)).toMatchObject({
      client_id: 'sightline-web',
      redirect_uri: `${hub.url}/sign-in/callback`,
      response_type: 'code',
      scope: 'openid read',
      code_challenge_method: 'S256',
      prompt: 'login',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
      expect(first.searchParams.get(name)).not.toBe(second.searchParams.get(name));
    }
  });

  it.each([
    '//evil.example',
    'https://evil.example/',
    '/\\evil.example',
    '\\/evil.example',
    '/%0d%0aSet-Cookie:%20a=b\r\nSet-Cookie: a=b',
    '/\t/evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
    '/sign-in',
    '/sign-out',
    'evil',
    '',
  ])('leads to no other origin for returnTo %j', async (returnTo) => {
    const client = new WebClient(hub.url);
    const back = await client.ask(await client.callbackOf(WORKER, returnTo));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/']);
    expect(back.headers.getSetCookie().length).toBe(2);
  });

  it('lets nobody in who holds no post', async () => {
    const client = new WebClient(hub.url);
    const answer = await client.ask(await client.callbackOf('nobody'));
    expect(answer.status).toBe(403);
    expect(answer.html).toContain('You cannot use Sightline');
    expect(setsSession(answer)).toBe(false);
    expect((await client.ask('/')).status).toBe(401);
  });

  it('gives a new session each time: one that somebody planted is not taken up, and the earlier one ends', async () => {
    const client = await signedIn(WORKER);
    const earlier = client.cookies.get(SESSION) ?? '';
    const before = await sessions();
    client.cookies.set(SESSION, earlier);
    await client.ask(await client.callbackOf(WORKER));
    expect(client.cookies.get(SESSION)).not.toBe(earlier);
    const after = await sessions();
    expect(before.filter((id) => !after.includes(id)).length).toBe(1);
    const old = new WebClient(hub.url);
    old.cookies.set(SESSION, earlier);
    expect((await old.ask('/')).status).toBe(401);

    const planted = 'p'.repeat(43);
    const victim = new WebClient(hub.url);
    victim.cookies.set(SESSION, planted);
    await victim.ask(await victim.callbackOf(WORKER));
    expect(victim.cookies.get(SESSION)).not.toBe(planted);
    old.cookies.set(SESSION, planted);
    expect((await old.ask('/')).status).toBe(401);
  });
});

describe('coming back from the issuer', () => {
  const changed = (callback: string, changes: Readonly<Record<string, string | null>>): string => {
    const url = new URL(callback);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return url.href;
  };

  it.each<[string, (callback: string, client: WebClient) => Promise<string> | string]>([
    [
      'in a browser that began no sign-in',
      (callback, client) => {
        client.cookies.delete(PENDING);
        return callback;
      },
    ],
    [
      'in a browser that began another',
      async (callback, client) => {
        client.cookies.clear();
        await client.ask('/sign-in');
        return callback;
      },
    ],
    [
      'with what another browser remembers',
      async (callback, client) => {
        const other = new WebClient(hub.url);
        await other.ask('/sign-in');
        client.cookies.set(PENDING, other.cookies.get(PENDING) ?? '');
        return callback;
      },
    ],
    [
      'with a memory that was changed',
      (callback, client) => {
        const memory = client.cookies.get(PENDING) ?? '';
        client.cookies.set(PENDING, `${memory.slice(0, 40)}${memory[40] === 'A' ? 'B' : 'A'}${memory.slice(41)}`);
        return callback;
      },
    ],
    ['with another state', (callback) => changed(callback, { state: 'x'.repeat(43) })],
    ['without a state', (callback) => changed(callback, { state: null })],
    ['without a code', (callback) => changed(callback, { code: null })],
    ['with another code', (callback) => changed(callback, { code: 'x'.repeat(43) })],
    ['from another issuer', (callback) => changed(callback, { iss: 'https://evil.example' })],
    ['with two codes', (callback) => `${callback}&code=x`],
    [
      'with an error',
      (callback) => changed(callback, { code: null, error: 'access_denied', error_description: 'canary' }),
    ],
    ['with nothing', () => '/sign-in/callback'],
    [
      'with the code of somebody else’s sign-in',
      async (callback) => {
        const code = new URL(await new WebClient(hub.url).callbackOf('manager')).searchParams.get('code');
        return changed(callback, { code });
      },
    ],
    [
      'a second time',
      async (callback, client) => {
        const memory = client.cookies.get(PENDING) ?? '';
        await client.ask(callback);
        client.cookies.clear();
        client.cookies.set(PENDING, memory);
        return callback;
      },
    ],
  ])('gives no session %s', async (_what, attack) => {
    const client = new WebClient(hub.url);
    const target = await attack(await client.callbackOf(WORKER), client);
    const answer = await client.ask(target);
    expect(answer.status).toBe(400);
    expect(setsSession(answer)).toBe(false);
    expect(answer.html).toContain('Sign-in did not work');
    expect(answer.html).not.toMatch(/canary|denied|state|issuer/i);
    expect((await client.ask('/')).status).toBe(401);
  });
});

describe('somebody who leaves', () => {
  it('sees no page that he asks for after the staff feed’s item is acknowledged', async () => {
    const acknowledged = new Map<string, number>();
    const answers: { login: string; begun: number; status: number }[] = [];
    const look = async (login: string): Promise<void> => {
      const client = await signedIn(login);
      for (let i = 0; i < REQUESTS; i += 1) {
        const begun = performance.now();
        const { status } = await client.ask('/');
        answers.push({ login, begun, status });
      }
    };
    const leave = async (login: string, after: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, after));
      const item = post(AUTHORITY, login, 2, { to: '2026-03-01T09:00:00.000Z' });
      await api.accepted(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [item], []));
      acknowledged.set(login, performance.now());
    };
    for (let i = 0; i < LEAVERS.length; i += 4) {
      const some = LEAVERS.slice(i, i + 4);
      await Promise.all(some.flatMap((login, n) => [look(login), leave(login, 100 + 150 * n + 37 * i)]));
    }
    expect(answers.length).toBe(LEAVERS.length * REQUESTS);
    const late = answers.filter(({ login, begun }) => begun > (acknowledged.get(login) ?? Infinity));
    expect(late.length).toBeGreaterThan(50);
    expect(late.filter(({ status }) => status !== 401)).toEqual([]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    // What they held is gone, not only closed.
    const client = await signedIn(WORKER);
    expect((await sessions()).length).toBeLessThan(LEAVERS.length + 10);
    expect((await client.ask('/')).status).toBe(200);
  });
});
