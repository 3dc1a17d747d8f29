import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, exportJWK, decodeJwt, type JSONWebKeySet } from 'jose';
import { createDevelopmentIssuer } from './development-issuer.js';
import { IssuerMemory } from './issuer-memory.js';
import { createTokenVerifier, localKeys } from './verify-access-token.js';

const AUDIENCE = 'sightline';
const REDIRECT = 'http://127.0.0.1:9/sign-in/callback';
const CLIENT = { clientId: 'pages', clientSecret: 'a secret of pages', scope: 'read', redirectUri: REDIRECT };
const OTHER = { ...CLIENT, clientId: 'others', clientSecret: 'a secret of others' };

let server: Server;
let issuer: string;
let jwks: JSONWebKeySet;

beforeAll(async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  jwks = { keys: [{ ...(await exportJWK(privateKey)), kid: 'a', alg: 'ES256', use: 'sig' }] };
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/issuer`;
  const handler = createDevelopmentIssuer({
    issuer,
    audience: AUDIENCE,
    jwks,
    environment: 'test',
    clients: [{ clientId: 'connector', clientSecret: 'a secret of connectors', scope: 'submit' }],
    webClients: [CLIENT, OTHER],
    people: [{ login: 'dsl', name: 'Dana <Whitlock>', look: 'sees <less>' }],
  });
  server.on('request', (request: IncomingMessage & { originalUrl?: string }, response) => {
    request.originalUrl = request.url ?? '/';
    request.url = request.originalUrl.replace('/issuer', '');
    handler(request, response);
  });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Cookies of one browser. */
class Browser {
  private readonly cookies = new Map<string, string>();

  async ask(url: string, init: RequestInit = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(url, issuer), {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return {
      status: answer.status,
      location: answer.headers.get('location') ?? '',
      headers: answer.headers,
      html: await answer.text(),
    };
  }

  say(url: string, fields: Record<string, string>) {
    return this.ask(url, { method: 'POST', body: new URLSearchParams(fields) });
  }
}

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');
const question = (changes: Record<string, string | undefined> = {}) => {
  const all: Record<string, string | undefined> = {
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid read',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    prompt: 'login',
    ...changes,
  };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `${issuer}/auth?${new URLSearchParams(given).toString()}`;
};
const codeFor = async (browser: Browser, login: string, changes: Record<string, string> = {}): Promise<URL> => {
  const { location: interaction } = await browser.ask(question(changes));
  const { location: resume } = await browser.say(interaction, { login });
  return new URL((await browser.ask(resume)).location);
};
const redeem = async (code: string, { clientId, clientSecret } = CLIENT, changes: Record<string, string> = {}) => {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(clientSecret).replaceAll('%20', '+')}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      ...changes,
    }),
  });
  return { status: answer.status, tokens: (await answer.json()) as Record<string, string> };
};

describe('a sign-in at the development issuer', () => {
  it('gives a token of the API for whoever one says to be, and an identity token', async () => {
    const back = await codeFor(new Browser(), 'dsl');
    expect([back.origin + back.pathname, back.searchParams.get('state'), back.searchParams.get('iss')]).toEqual([
      REDIRECT,
      'a-state',
      issuer,
    ]);
    const { status, tokens } = await redeem(back.searchParams.get('code') ?? '');
    expect(status).toBe(200);
    const verify = createTokenVerifier({ issuer, audience: AUDIENCE, keys: localKeys(jwks) });
    expect(await verify(tokens['access_token'] ?? '')).toEqual({ subject: 'dsl', clientId: 'pages', scope: ['read'] });
    const { exp = 0, iat = 0 } = decodeJwt(tokens['access_token'] ?? '');
    expect(exp - iat).toBe(3600);
    expect(decodeJwt(tokens['id_token'] ?? '')).toMatchObject({
      sub: 'dsl',
      aud: 'pages',
      nonce: 'a-nonce',
      iss: issuer,
    });
    await expect(verify(tokens['id_token'] ?? '')).rejects.toMatchObject({ name: 'TokenRefused' });
  });

  it('asks for a name each time, though the browser signed in before', async () => {
    const browser = new Browser();
    await codeFor(browser, 'dsl');
    expect((await browser.ask(question())).location).toContain('/interaction/');
    const { tokens } = await redeem((await codeFor(browser, 'auditor')).searchParams.get('code') ?? '');
    expect(decodeJwt(tokens['access_token'] ?? '').sub).toBe('auditor');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a plain challenge', { code_challenge: verifier, code_challenge_method: 'plain' }],
    ['a challenge whose method is not said', { code_challenge_method: undefined }],
    ['a token at once', { response_type: 'id_token token' }],
    ['a scope that is not the client’s', { scope: 'openid submit' }],
  ])('refuses %s', async (_what, changes) => {
    const { location } = await new Browser().ask(question(changes));
    expect(location).not.toContain('/interaction/');
    expect(location).toContain('error=');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['another address', { redirect_uri: 'https://evil.example/' }],
    ['an address below the registered one', { redirect_uri: `${REDIRECT}/more` }],
    ['an unknown client', { client_id: 'nobody' }],
  ])('sends nobody back to %s', async (_what, changes) => {
    const { status, location } = await new Browser().ask(question(changes));
    expect([status, location]).toEqual([400, '']);
  });

  it('gives nothing for a code without its verifier, to another client, or twice', async () => {
    const code = async () => (await codeFor(new Browser(), 'dsl')).searchParams.get('code') ?? '';
    expect((await redeem(await code(), CLIENT, { code_verifier: 'x'.repeat(43) })).status).toBe(400);
    expect((await redeem(await code(), CLIENT, { code_verifier: '' })).status).toBe(400);
    expect((await redeem(await code(), OTHER)).status).toBe(400);
    expect((await redeem(await code(), { ...CLIENT, clientSecret: 'wrong' })).status).toBe(401);
    const used = await code();
    expect((await redeem(used)).status).toBe(200);
    expect((await redeem(used)).status).toBe(400);
  });

  it('belongs to the browser that began it', async () => {
    const { location } = await new Browser().ask(question());
    expect((await new Browser().ask(location)).status).toBe(400);
    expect((await new Browser().say(location, { login: 'dsl' })).status).toBe(400);
    expect((await new Browser().ask('/issuer/interaction/nothing')).status).toBe(400);
  });
});

describe('its page', () => {
  it('lists people, escapes them, and works without script', async () => {
    const browser = new Browser();
    const { location } = await browser.ask(question());
    const { html, headers } = await browser.ask(location);
    expect(html).toContain('<button type="submit" name="login" value="dsl">Dana &lt;Whitlock&gt; (dsl)</button>');
    expect(html).toContain('<p>sees &lt;less&gt;</p>');
    expect(html).toContain('<label for="login">Sign in as</label>');
    expect(html).not.toContain('<script');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self' http:\/\/127\.0\.0\.1:9; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('asks again for what cannot be a login', async () => {
    const browser = new Browser();
    const { location } = await browser.ask(question());
    for (const login of ['', '  ', 'two words', 'a\nb', 'x'.repeat(256)]) {
      const { status, html } = await browser.say(location, { login });
      expect([status, html.includes('id="login-error"'), html.includes('two words')]).toEqual([400, true, false]);
    }
    expect((await browser.say(location, { login: 'x'.repeat(5000) })).status).toBe(413);
    expect((await browser.say(location, { login: 'dsl' })).status).toBe(303);
  });
});

describe('what it remembers', () => {
  it('ends in its time, and is bounded', async () => {
    let now = 0;
    const memory = new IssuerMemory(() => now);
    const sessions = memory.adapterOf('Session');
    await sessions.upsert('a', { uid: 'u' }, 10);
    expect(await sessions.find('a')).toEqual({ uid: 'u' });
    expect(await sessions.findByUid('u')).toEqual({ uid: 'u' });
    expect(await memory.adapterOf('Grant').find('a')).toBeUndefined();
    now = 10_000;
    expect(await sessions.find('a')).toBeUndefined();
    expect(await sessions.findByUid('u')).toBeUndefined();
    await sessions.upsert('first', {}, 10);
    for (let i = 0; i < 10_000; i += 1) await sessions.upsert(`${i}`, {}, 10);
    expect(await sessions.find('first')).toBeUndefined();
    expect(await sessions.find('9999')).toEqual({});
  });

  it('goes with its grant', async () => {
    const codes = new IssuerMemory().adapterOf('AuthorizationCode');
    await codes.upsert('a', { grantId: 'g' }, 10);
    await codes.upsert('b', { grantId: 'h' }, 10);
    await codes.revokeByGrantId('g');
    expect([await codes.find('a'), await codes.find('b')]).toEqual([undefined, { grantId: 'h' }]);
    await codes.consume('b');
    expect(await codes.find('b')).toMatchObject({ consumed: expect.any(Number) as number });
  });
});
