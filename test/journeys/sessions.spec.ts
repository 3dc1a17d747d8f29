import { request as rawRequest } from 'node:http';
import { Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '#platform';
import { SentForm, type Form } from '../../apps/web/src/session/form.js';
import { PageController } from '../../apps/web/src/shell/page-controller.js';
import { Pages } from '../../apps/web/src/shell/pages.js';
import { stubProfile } from '../support/journeys/stub-api.js';
import { startWebApp, type WebApp } from '../support/journeys/web-app.js';
import { WebClient, type PageAnswer } from '../support/journeys/web-client.js';

const SESSION = '__Host-sightline';
const MINUTE = 60_000;

const handled: string[] = [];

/** A page, a form and an error of each kind. */
@PageController('probe')
class ProbeController {
  constructor(@Inject(Pages) private readonly pages: Pages) {}

  @Get()
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.pages.render(reply, request, 'sign-in/signed-out');
  }

  @Post()
  take(@Res() reply: FastifyReply, @SentForm() form: Form): void {
    handled.push(form.text('word'));
    this.pages.redirect(reply, '/probe');
  }

  @Get('fails')
  fails(@Req() request: FastifyRequest): never {
    const status = Number(new URL(request.url, 'http://x.invalid').searchParams.get('status'));
    throw status === 0 ? new Error('Sam Example') : problemOf(status);
  }

  @Get('leads')
  leads(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.pages.redirect(reply, new URL(request.url, 'http://x.invalid').searchParams.get('to') ?? '');
  }
}

let web: WebApp;

beforeAll(async () => {
  web = await startWebApp([ProbeController]);
});
afterAll(() => web.close());
beforeEach(() => {
  handled.length = 0;
});

const signedIn = async (login = 'worker'): Promise<WebClient> => {
  const client = new WebClient(web.url);
  const answer = await client.ask(await client.callbackOf(login, '/probe'));
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/probe']);
  return client;
};
const rows = async (): Promise<number> =>
  Number((await web.sql.query<{ n: string }>('select count(*) as n from web.session')).rows[0]?.n);
const withCookie = (value: string, name = SESSION): Promise<PageAnswer> =>
  new WebClient(web.url).ask('/probe', { headers: { cookie: `${name}=${value}` } });
const forget = () => web.sql.query('delete from web.session');
/** Parts of an answer that a browser, or whoever looks over a shoulder, can tell apart. */
const apparent = ({ status, headers, html }: PageAnswer) => ({
  status,
  html,
  headers: [...headers].filter(([name]) => name !== 'date').sort(),
});

describe('a session', () => {
  it('is a random id in a cookie of this host alone, that no script reads', async () => {
    const client = new WebClient(web.url);
    const answer = await client.ask(await client.callbackOf('worker'));
    const [cookie] = answer.headers.getSetCookie().filter((line) => line.startsWith(`${SESSION}=`));
    expect(cookie).toMatch(/^__Host-sightline=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });

  it('lies in the database under a digest and sealed: a copy of the table signs nobody in', async () => {
    await forget();
    const client = await signedIn('reader');
    const cookie = client.cookies.get(SESSION) ?? '';
    const { rows: found } = await web.sql.query<Record<string, Buffer>>('select id_digest, sealed from web.session');
    const stored = found.map(
      ({ id_digest, sealed }) => `${id_digest?.toString('latin1')}${sealed?.toString('latin1')}`,
    );
    expect(stored.length).toBe(1);
    for (const secret of [cookie, 'reader', 'eyJ', await client.csrf('/probe')])
      expect(stored[0]).not.toContain(secret);
    for (const value of [
      found[0]?.['id_digest']?.toString('base64url') ?? '',
      found[0]?.['id_digest']?.toString('hex') ?? '',
    ]) {
      expect((await withCookie(value)).status).toBe(401);
    }
  });

  it('does not open what belongs to another row', async () => {
    await forget();
    const own = await signedIn('reader');
    await signedIn('other');
    await web.sql.query(
      'update web.session s set sealed = o.sealed from web.session o where o.id_digest <> s.id_digest',
    );
    expect((await own.ask('/probe')).status).toBe(401);
  });

  it('is all that the pages may touch', async () => {
    for (const statement of [
      'create table web.more (x int)',
      'truncate web.session',
      'create schema more',
      'create table public.more (x int)',
    ]) {
      await expect(web.own.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('ends after 15 minutes without use, and lives on with use', async () => {
    await forget();
    const client = await signedIn();
    for (let i = 0; i < 3; i += 1) {
      web.wait(15 * MINUTE - 2000);
      expect((await client.ask('/probe')).status).toBe(200);
    }
    web.wait(15 * MINUTE);
    expect((await client.ask('/probe')).status).toBe(401);
    expect(await rows()).toBe(0);
  });

  it('ends with its token, however much it is used', async () => {
    const client = await signedIn();
    for (let minutes = 0; minutes < 50; minutes += 10) {
      web.wait(10 * MINUTE);
      expect((await client.ask('/probe')).status).toBe(200);
    }
    web.wait(10 * MINUTE);
    expect((await client.ask('/probe')).status).toBe(401);
  });

  it('gains nothing from a clock that is put back', async () => {
    await forget();
    const client = await signedIn();
    const usedAt = async () =>
      (await web.sql.query<{ used_at: Date }>('select used_at from web.session')).rows[0]?.used_at;
    web.wait(14 * MINUTE);
    expect((await client.ask('/probe')).status).toBe(200);
    const used = await usedAt();
    web.wait(-10 * MINUTE);
    expect((await client.ask('/probe')).status).toBe(200);
    expect(await usedAt()).toEqual(used);
    web.wait(10 * MINUTE);
  });

  it('ends with the post of its person, at the next page, for good', async () => {
    await forget();
    const client = await signedIn('leaver');
    web.api.say('leaver', { status: 200, body: stubProfile('leaver', { posts: [], name: null }) });
    expect((await client.ask('/probe')).status).toBe(401);
    expect(await rows()).toBe(0);
    web.api.say('leaver', null);
    expect((await client.ask('/probe')).status).toBe(401);
  });

  it('ends when the API does not take its token', async () => {
    const client = await signedIn('barred');
    web.api.say('barred', { status: 401, body: {} });
    expect((await client.ask('/probe')).status).toBe(401);
    web.api.say('barred', null);
    expect((await client.ask('/probe')).status).toBe(401);
  });

  it('lives through an outage of the API, which shows nothing', async () => {
    const client = await signedIn('patient');
    for (const answer of ['no answer', { status: 503, body: {} }, { status: 504, body: {} }] as const) {
      web.api.say('patient', answer);
      const page = await client.ask('/probe');
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
      expect(page.html).toContain('Try again in a minute');
      expect(page.html).not.toContain('patient');
    }
    web.api.say('patient', { status: 500, body: {} });
    expect((await client.ask('/probe')).status).toBe(500);
    web.api.say('patient', null);
    expect((await client.ask('/probe')).status).toBe(200);
  });

  it('has one and the same page when it has ended, whatever ended it', async () => {
    const leaver = await signedIn('leaver');
    web.api.say('leaver', { status: 200, body: stubProfile('leaver', { posts: [] }) });
    const barred = await signedIn('barred');
    web.api.say('barred', { status: 401, body: {} });
    const idle = await signedIn('idle');
    const live = (await signedIn('live')).cookies.get(SESSION) ?? '';
    const gone = await signedIn('gone');
    await gone.send('/sign-out', { csrf: await gone.csrf('/probe') });
    const answers = [
      await leaver.ask('/probe'),
      await barred.ask('/probe'),
      await gone.ask('/probe'),
      await new WebClient(web.url).ask('/probe'),
    ];
    const values = [
      'x'.repeat(43),
      'x'.repeat(3000),
      '',
      `"${live}"`,
      `${live}=`,
      live.toUpperCase(),
      live.slice(1),
      // Tossed in beside the true one by another host of the same site: which is ours cannot be told.
      `${live}; ${SESSION}=${'y'.repeat(43)}`,
      `${'y'.repeat(43)}; ${SESSION}=${live}`,
      "' or 1=1 --",
      '%00',
    ];
    for (const value of values) answers.push(await withCookie(value));
    for (const name of ['__host-sightline', '__Secure-sightline', 'sightline', `${SESSION} `]) {
      answers.push(await withCookie(live, name));
    }
    expect((await withCookie(live)).status).toBe(200);
    web.wait(16 * MINUTE);
    answers.push(await idle.ask('/probe'), await withCookie(live));
    const [first] = answers.map(apparent);
    expect(first?.status).toBe(401);
    for (const answer of answers) expect(apparent(answer)).toEqual(first);
    web.api.say('leaver', null);
    web.api.say('barred', null);
  });

  it('sends the API its token and nothing of the browser', async () => {
    const client = await signedIn();
    web.api.seen.length = 0;
    await client.ask('/probe', {
      headers: {
        'x-forwarded-for': '10.0.0.1',
        authorization: 'Bearer x',
        traceparent: 'x',
        'accept-language': 'cy',
        'user-agent': 'canary',
      },
    });
    expect(web.api.seen.length).toBe(1);
    const { authorization, ...headers } = web.api.seen[0] ?? {};
    expect(authorization).toMatch(/^Bearer eyJ/);
    expect(JSON.stringify(headers)).not.toMatch(/canary|10\.0\.0\.1|cookie|"x"|cy"/i);
  });
});

describe('a form', () => {
  type Sending = (client: WebClient, csrf: string) => Promise<PageAnswer>;
  const FORM = 'application/x-www-form-urlencoded';
  const word = { word: 'canary' };
  const body = (csrf: string) => new URLSearchParams({ csrf, ...word }).toString();
  const from =
    (headers: Record<string, string>): Sending =>
    (client, csrf) =>
      client.ask('/probe', { method: 'POST', headers: { 'content-type': FORM, ...headers }, body: body(csrf) });
  const typed =
    (type: string | undefined, text: (csrf: string) => string = body): Sending =>
    (client, csrf) =>
      client.send('/probe', {}, { headers: type === undefined ? {} : { 'content-type': type }, body: text(csrf) });

  it.each<[string, Sending]>([
    ['as Chromium sends it', (client, csrf) => client.send('/probe', { csrf, ...word })],
    ['from a browser that names the origin alone', from({ origin: 'OWN' })],
    ['from a browser that names the origin too', from({ origin: 'OWN', 'sec-fetch-site': 'same-origin' })],
    ['with its charset', typed(`${FORM}; charset=UTF-8`)],
  ])('is taken %s', async (_what, send) => {
    const client = await signedIn();
    const ask = client.ask.bind(client);
    client.ask = (path, options = {}) =>
      ask(
        path,
        options.headers?.['origin'] === 'OWN'
          ? { ...options, headers: { ...options.headers, origin: web.url } }
          : options,
      );
    const answer = await send(client, await client.csrf('/probe'));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/probe']);
    expect(handled).toEqual(['canary']);
  });

  it.each<[string, number, Sending]>([
    ['without a token', 403, (client) => client.send('/probe', word)],
    ['with an empty token', 403, (client) => client.send('/probe', { csrf: '', ...word })],
    [
      'with a token in other letters',
      403,
      (client, csrf) => client.send('/probe', { csrf: csrf.toUpperCase(), ...word }),
    ],
    ['with part of the token', 403, (client, csrf) => client.send('/probe', { csrf: csrf.slice(0, -1), ...word })],
    ['with the token and more', 403, (client, csrf) => client.send('/probe', { csrf: `${csrf} `, ...word })],
    ['with the token twice', 403, typed(FORM, (csrf) => `${body(csrf)}&csrf=${csrf}`)],
    ['with the token in the address', 403, (client, csrf) => client.send(`/probe?csrf=${csrf}`, word)],
    [
      'with the token in a header',
      403,
      (client, csrf) => client.send('/probe', word, { headers: { 'x-csrf-token': csrf } }),
    ],
    [
      'with the token of another session',
      403,
      async (client) => client.send('/probe', { csrf: await (await signedIn()).csrf('/probe'), ...word }),
    ],
    ['from another site', 403, from({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
    ['from another site that hides', 403, from({ origin: 'null', 'sec-fetch-site': 'cross-site' })],
    ['from another host of the same site', 403, from({ origin: 'null', 'sec-fetch-site': 'same-site' })],
    ['from an origin that looks alike', 403, from({ origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-origin' })],
    ['that somebody typed as an address', 403, from({ origin: 'null', 'sec-fetch-site': 'none' })],
    ['from a browser that says nothing', 403, from({})],
    ['from a browser that says null alone', 403, from({ origin: 'null' })],
    ['as text', 415, typed('text/plain')],
    ['as JSON', 415, typed('application/json', (csrf) => JSON.stringify({ csrf, ...word }))],
    ['as a form of parts', 415, typed('multipart/form-data; boundary=x')],
    ['as a form of another charset', 415, typed(`${FORM}; charset=utf-7`)],
    ['as two types at once', 415, typed(`text/plain, ${FORM}`)],
    ['that is too long', 413, typed(FORM, (csrf) => `${body(csrf)}&more=${'x'.repeat(3 * 1024 * 1024)}`)],
  ])('is not taken %s', async (_what, status, send) => {
    const client = await signedIn();
    const csrf = await client.csrf('/probe');
    const answer = await send(client, csrf);
    expect(answer.status).toBe(status);
    expect(answer.html).not.toContain('canary');
    expect(handled).toEqual([]);
    expect((await client.ask('/probe')).status).toBe(200);
  });

  it('is read by nobody before the session is known', async () => {
    const answer = await new WebClient(web.url).send('/probe', { csrf: 'x', ...word });
    expect(answer.status).toBe(401);
    expect(handled).toEqual([]);
  });
});

describe('signing out', () => {
  it('works by the form alone, and then nothing is left', async () => {
    await forget();
    const client = await signedIn();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      expect((await client.ask('/sign-out', { method })).status).toBe(404);
    }
    expect((await client.send('/sign-out', {})).status).toBe(403);
    const csrf = await client.csrf('/probe');
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await client.send('/sign-out', { csrf }, { headers })).status).toBe(403);
    expect(await rows()).toBe(1);

    const kept = client.cookies.get(SESSION) ?? '';
    const answer = await client.send('/sign-out', { csrf });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/goodbye']);
    expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"');
    expect(answer.headers.getSetCookie()).toEqual([`${SESSION}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`]);
    expect(client.cookies.has(SESSION)).toBe(false);
    expect(await rows()).toBe(0);
    expect((await withCookie(kept)).status).toBe(401);
    expect((await client.ask('/goodbye')).html).toContain('You have signed out');
  });
});

describe('every answer to a browser', () => {
  const HEADERS: Readonly<Record<string, string>> = {
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };

  it('keeps nothing in the browser, lets nobody frame it and loads nothing from elsewhere', async () => {
    const client = await signedIn();
    const csrf = await client.csrf('/probe');
    const answers = [
      await client.ask('/probe'),
      await client.send('/probe', { csrf, word: '' }),
      await client.send('/probe', {}),
      await client.ask('/probe/fails?status=0'),
      await client.ask('/probe/fails?status=409'),
      await client.ask('/probe/fails?status=503'),
      await client.ask('/nothing/here'),
      await client.ask('/goodbye'),
      await client.ask('/sign-in/callback'),
      await client.ask('/sign-in'),
      await new WebClient(web.url).ask('/probe'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 303, 403, 500, 409, 503, 404, 200, 400, 303, 401]);
    for (const { headers, html } of answers) {
      for (const [name, value] of Object.entries(HEADERS)) expect([name, headers.get(name)]).toEqual([name, value]);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?:\/\//i);
    }
  });

  it('tells nothing of an error, in the page or in the log', async () => {
    const client = await signedIn();
    web.log.length = 0;
    const { html } = await client.ask('/probe/fails?status=0&name=Sam');
    expect(html).toContain('Something went wrong here');
    expect(html).not.toMatch(/Sam/);
    expect(web.log.join()).toContain('page-failed');
    expect(web.log.join()).not.toMatch(/Sam|worker|csrf|__Host/);
  });

  it('escapes what it shows', async () => {
    const name = '<script>alert(1)</script>"\'&';
    const client = await signedIn('hostile');
    web.api.say('hostile', { status: 200, body: stubProfile('hostile', { name }) });
    const { html } = await client.ask('/probe');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(html).not.toContain('<script');
  });

  it('is the same for every Host and every forwarding header', async () => {
    const location = (headers: Record<string, string>) =>
      new Promise<string>((resolve, reject) => {
        rawRequest(`${web.url}/sign-in`, { headers }, (answer) => {
          answer.resume();
          resolve(answer.headers.location ?? '');
        })
          .on('error', reject)
          .end();
      });
    const evil = 'evil.example';
    for (const headers of [
      { host: evil },
      { 'x-forwarded-host': evil, 'x-forwarded-proto': 'https' },
      { forwarded: `host=${evil}` },
    ]) {
      const url = new URL(await location(headers));
      expect(url.origin).toBe(web.url);
      expect(url.searchParams.get('redirect_uri')).toBe(`${web.url}/sign-in/callback`);
    }
  });

  it('leads nowhere else', async () => {
    const client = await signedIn();
    for (const to of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '/x\r\nSet-Cookie: a=b',
      '/\t/evil.example',
      '',
    ]) {
      const { status, headers } = await client.ask(`/probe/leads?${new URLSearchParams({ to }).toString()}`);
      expect([to, status, headers.get('location'), headers.getSetCookie()]).toEqual([to, 303, '/', []]);
    }
  });

  it('is a problem for programs and a page for people where there is nothing', async () => {
    const client = await signedIn();
    for (const path of ['/v1/nothing', '/v1', '/health/nothing', '/assets/nothing', '/assets/0/sightline.css']) {
      const { status, headers } = await client.ask(path);
      expect([path, status, headers.get('content-type')]).toEqual([path, 404, 'application/problem+json']);
    }
    expect((await fetch(`${web.url}/nothing`)).headers.get('content-type')).toBe('application/problem+json');
    const { status, html } = await client.ask('/children');
    expect([status, html.includes('There is nothing here')]).toEqual([404, true]);
  });
});
