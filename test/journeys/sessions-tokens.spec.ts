import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { readIssuerKeys } from '#platform';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { mutatedAuthorizations, rightToken, type TokenMaker } from '../support/journeys/mutated-tokens.js';
import { AUTHORITY, post, SCENE_BEGINS, staffDocument } from '../support/journeys/scene.js';
import { WebClient } from '../support/journeys/web-client.js';

const LOGIN = 'worker';
const SOMETHING = '00000000-0000-4000-8000-000000000000';

let hub: TestHub;
let maker: TokenMaker;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  const { issuerUrl: issuer, audience, keysDir } = hub.configuration;
  maker = { issuer, audience, jwks: await readIssuerKeys(keysDir), login: LOGIN };
  await new HubApi(hub).filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, LOGIN, 1)], []),
  );
});
afterAll(() => hub.close());

interface Route {
  readonly method: string;
  readonly path: string;
}

const addressOf = ({ path }: Route): string => path.replace(/:\w+/g, SOMETHING);
const routesOf = (belongs: (path: string) => boolean): Route[] =>
  hub.hub.routes.filter(({ method, path }) => method !== 'HEAD' && method !== 'OPTIONS' && belongs(path));
const isApi = (path: string): boolean => path.startsWith('/v1/');
/** What is open to all: it says nothing about anybody. Everything else is closed. */
const OPEN = [
  'GET /health/live',
  'GET /health/ready',
  'GET /assets/:digest/:name',
  'GET /sign-in',
  'GET /sign-in/callback',
  'GET /goodbye',
  'GET /*',
];
const isScim = (path: string): boolean => path.startsWith('/scim/');
const isPage = (path: string): boolean => !isApi(path) && !isScim(path) && !path.startsWith('/issuer/');

interface Answer {
  readonly status: number;
  readonly headers: unknown;
  readonly body: string;
}

/** `fetch` would put some of these headers right. */
const ask = ({ method, path }: Route, headers: Readonly<Record<string, string | undefined>> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const given = Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const body = method === 'GET' || method === 'DELETE' ? '' : '{}';
    const sent = request(`${hub.url}${path}`, {
      method,
      headers: {
        ...Object.fromEntries(given),
        ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
      },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const { date: _date, ...rest } = answer.headers;
      text(answer).then((read) => resolve({ status: answer.statusCode ?? 0, headers: rest, body: read }), reject);
    });
    sent.end(body);
  });

describe('a token that proves nothing', () => {
  const refusals: [string, (path: string) => boolean, object][] = [
    [
      'the API',
      isApi,
      { type: 'urn:sightline:problem:unauthorised', title: 'A valid access token is needed', status: 401 },
    ],
    [
      'provisioning',
      isScim,
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: '401',
        detail: 'A valid access token is needed',
      },
    ],
  ];

  it.each(refusals)('gets 401 and one and the same answer from every route of %s', async (_, belongs, refusal) => {
    const routes = routesOf(belongs);
    const authorizations = mutatedAuthorizations(maker);
    expect(routes.length).toBeGreaterThan(10);
    expect(authorizations.size).toBeGreaterThanOrEqual(40);
    const right = `Bearer ${rightToken(maker)}`;
    let first: Answer | undefined;
    let asked = 0;
    for (const route of routes) {
      const at = { ...route, path: addressOf(route) };
      // The token from which the wrong ones are made gets further.
      expect([route, (await ask(at, { authorization: right })).status]).not.toEqual([route, 401]);
      for (const [what, authorization] of authorizations) {
        const answer = await ask(at, { authorization });
        first ??= answer;
        asked += 1;
        expect([route, what, answer]).toEqual([route, what, first]);
      }
    }
    expect(first?.status).toBe(401);
    expect(JSON.parse(first?.body ?? '')).toEqual(refusal);
    expect(asked).toBe(routes.length * authorizations.size);
  });

  it('gets nothing under another spelling of an address either', async () => {
    const spellings: ((path: string) => string)[] = [
      (path) => `/${path}`,
      (path) => `${path}/`,
      (path) => path.replace('/v1', '/%76%31'),
      (path) => path.replace('/v1', '/V1'),
      (path) => path.replace('/v1/', '/v1//'),
      (path) => path.replace('/v1/', '/x/../v1/'),
      (path) => `${path};a=b`,
      (path) => `${path}?authorization=Bearer%20${rightToken(maker)}&access_token=${rightToken(maker)}`,
      (path) => `${path}%00`,
    ];
    for (const route of routesOf(isApi)) {
      for (const spell of spellings) {
        const path = spell(addressOf(route));
        const { status } = await ask({ ...route, path });
        expect([path, [400, 401, 404].includes(status)]).toEqual([path, true]);
      }
    }
  });
});

describe('a page without a session', () => {
  it('is the same page for every route, whatever cookie or token comes with the request', async () => {
    const routes = routesOf(isPage).filter(({ method, path }) => !OPEN.includes(`${method} ${path}`));
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toContain('GET /');
    const right = rightToken(maker);
    const attempts: Record<string, string | undefined>[] = [
      {},
      { authorization: `Bearer ${right}` },
      { cookie: `__Host-sightline=${right}` },
      { cookie: `__Host-sightline=${'A'.repeat(43)}` },
      { cookie: '__Host-sightline=' },
      { 'x-forwarded-user': LOGIN, 'remote-user': LOGIN },
    ];
    let first: Answer | undefined;
    for (const route of routes) {
      const path = addressOf(route);
      for (const headers of attempts) {
        const answer = await ask({ ...route, path }, headers);
        // The one thing that tells pages apart is where a sign-in leads back to.
        const back =
          route.method === 'GET' && path !== '/' ? `?${new URLSearchParams({ returnTo: path }).toString()}` : '';
        expect([route, answer.body.includes(`href="/sign-in${back}"`)]).toEqual([route, true]);
        const same = { ...answer, body: answer.body.replace(`/sign-in${back}`, '/sign-in'), headers: undefined };
        first ??= same;
        expect([route, same]).toEqual([route, first]);
      }
    }
    expect(first?.status).toBe(401);
  });

  it('has no other route that is open', () => {
    const open = hub.hub.routes.map(({ method, path }) => `${method} ${path}`).filter((name) => OPEN.includes(name));
    expect([...new Set(open)].sort()).toEqual([...OPEN].sort());
    const others = routesOf((path) => path.startsWith('/issuer/')).map(({ path }) => path);
    expect([...new Set(others)]).toEqual(['/issuer/*']);
  });

  it('lets in whoever has one', async () => {
    const client = new WebClient(hub.url);
    await client.ask(await client.callbackOf(LOGIN));
    expect((await client.ask('/')).status).toBe(200);
  });
});
