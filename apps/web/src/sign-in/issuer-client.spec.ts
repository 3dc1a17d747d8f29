import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { IssuerClient, type Beginning, type IssuerClientOptions } from './issuer-client.js';

const CLIENT = 'pages';

interface Said {
  readonly status?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey;
  readonly body?: object;
}

let server: Server;
let issuer: string;
let own: CryptoKey;
let half: JWK;
/** What the token endpoint says; null: the issuer is down. */
let said: Said | null = {};
let options: IssuerClientOptions;

const idToken = ({ claims = {}, key = own }: Said): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: issuer, aud: CLIENT, sub: 'dsl', nonce: 'n', iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'a' })
    .sign(key);
};

const tokens = async (answer: Said) => ({
  access_token: 'an-access-token',
  token_type: 'Bearer',
  expires_in: 300,
  id_token: await idToken(answer),
  ...answer.body,
});

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  own = pair.privateKey;
  half = { ...(await exportJWK(pair.publicKey)), kid: 'a', alg: 'ES256', use: 'sig' };
  server = createServer((request, response) => {
    const answer = said;
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (answer === null) return void request.socket.destroy();
    if (request.url === '/.well-known/openid-configuration') {
      return void send(200, {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        id_token_signing_alg_values_supported: ['ES256'],
        code_challenge_methods_supported: ['S256'],
      });
    }
    if (request.url === '/jwks') return void send(200, { keys: [half] });
    if (answer.status !== undefined) return void send(answer.status, { error: 'invalid_grant' });
    void tokens(answer).then((body) => send(200, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  options = { issuerUrl: issuer, clientId: CLIENT, redirectUri: 'http://pages.invalid/callback', insecure: true };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  said = {};
});

const BEGUN: Beginning = { state: 's', nonce: 'n', verifier: 'v'.repeat(43) };
const finish = (answer: Said, client = new IssuerClient(options)) => {
  said = answer;
  return client.finish('?code=c&state=s', BEGUN);
};
const REFUSED = { name: 'SignInRefused' };
const UNAVAILABLE = { status: 503, slug: 'issuer-unavailable' };

describe('IssuerClient', () => {
  it('takes what the issuer says of whoever signed in', async () => {
    expect(await finish({})).toEqual({ accessToken: 'an-access-token', lifetime: 300 });
    expect(await finish({ body: { expires_in: undefined } })).toEqual({
      accessToken: 'an-access-token',
      lifetime: 900,
    });
  });

  it.each<[string, () => Promise<Said> | Said]>([
    ['a code that the issuer does not know', () => ({ status: 400 })],
    ['no identity token', () => ({ body: { id_token: undefined } })],
    ['the identity token of another sign-in', () => ({ claims: { nonce: 'other' } })],
    ['an identity token without its nonce', () => ({ claims: { nonce: undefined } })],
    ['an identity token for another client', () => ({ claims: { aud: 'others' } })],
    ['an identity token of another issuer', () => ({ claims: { iss: 'https://evil.example' } })],
    ['an identity token that has expired', () => ({ claims: { exp: 1 } })],
    ['an identity token by another key', async () => ({ key: (await generateKeyPair('ES256')).privateKey })],
    ['an identity token that nobody signed', () => ({ body: { id_token: 'eyJhbGciOiJub25lIn0.e30.' } })],
  ])('refuses %s', async (_what, answer) => {
    await expect(finish(await answer())).rejects.toMatchObject(REFUSED);
  });

  it('says that the issuer does not answer, and asks it again the next time', async () => {
    const client = new IssuerClient(options);
    said = null;
    await expect(client.begin()).rejects.toMatchObject(UNAVAILABLE);
    said = {};
    expect((await client.begin()).url.origin).toBe(issuer);
    said = null;
    await expect(client.finish('?code=c&state=s', BEGUN)).rejects.toMatchObject(UNAVAILABLE);
    await expect(finish({ status: 503 }, client)).rejects.toMatchObject(UNAVAILABLE);
    expect((await finish({}, client)).accessToken).toBe('an-access-token');
  });

  it('takes no issuer without TLS where that is not allowed', async () => {
    await expect(new IssuerClient({ ...options, insecure: false }).begin()).rejects.toMatchObject(UNAVAILABLE);
  });
});
