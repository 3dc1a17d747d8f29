import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { createDevelopmentKeys } from '../keys/development-keys.js';
import { createLogger } from '../logging/logger.js';
import { PlatformModule } from '../platform.module.js';
import { createDevelopmentIssuer, mountIssuer, readIssuerKeys, signDevelopmentToken } from './development-issuer.js';
import { createTokenVerifier, localKeys, publicJwks, remoteKeys } from './verify-access-token.js';
import type { VerifyAccessToken } from './verify-access-token.js';

const AUDIENCE = 'sightline';
const CLIENTS = [
  { clientId: 'pol1-connector', clientSecret: 's3cret-police', scope: 'submit' },
  { clientId: 'sch1-connector', clientSecret: 's3cret-school', scope: 'submit notices' },
];

let dir: string;
let jwks: JSONWebKeySet;
let app: NestFastifyApplication;
let issuer: string;
let verify: VerifyAccessToken;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'issuer-'));
  await createDevelopmentKeys(dir, []);
  jwks = await readIssuerKeys(dir);
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}/issuer`;
  verify = createTokenVerifier({ issuer, audience: AUDIENCE, keys: localKeys(jwks) });

  @Module({
    imports: [
      PlatformModule.forRoot({
        logger: createLogger({ app: 'test', instance: 'a', level: 'error' }),
        verifyAccessToken: verify,
      }),
    ],
  })
  class TestModule {}
  app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), { logger: false });
  const handler = createDevelopmentIssuer({ issuer, audience: AUDIENCE, jwks, clients: CLIENTS, environment: 'test' });
  await mountIssuer(app.getHttpAdapter().getInstance(), '/issuer', handler);
  await app.listen(port, '127.0.0.1');
});

afterAll(async () => {
  await app.close();
  await rm(dir, { recursive: true, force: true });
});

const askForToken = (client: { clientId: string; clientSecret: string }, scope?: string, more: object = {}) =>
  fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }), ...more }),
  });

const tokenOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { access_token: string }).access_token;

const [POLICE, SCHOOL] = CLIENTS as [(typeof CLIENTS)[0], (typeof CLIENTS)[0]];

describe('the development issuer', () => {
  it('gives a registered connector a token that is accepted', async () => {
    const answer = await askForToken(POLICE, 'submit');
    expect(answer.status).toBe(200);
    const token = await tokenOf(answer);
    expect(await verify(token)).toEqual({ subject: 'pol1-connector', clientId: 'pol1-connector', scope: ['submit'] });
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const { iss, aud, exp = 0, iat = 0 } = decodeJwt(token);
    expect({ iss, aud, seconds: exp - iat }).toEqual({ iss: issuer, aud: AUDIENCE, seconds: 3600 });
    expect((await verify(await tokenOf(await askForToken(SCHOOL, 'submit notices')))).scope).toEqual([
      'submit',
      'notices',
    ]);
  });

  it('gives nothing to a wrong secret, an unknown client, another grant or a scope that is not registered', async () => {
    expect((await askForToken({ ...POLICE, clientSecret: 'wrong' }, 'submit')).status).toBe(401);
    expect((await askForToken({ clientId: 'nobody', clientSecret: 'x' }, 'submit')).status).toBe(401);
    expect((await askForToken(POLICE, 'submit', { grant_type: 'password' })).status).toBe(400);
    expect((await askForToken(POLICE, 'notices')).status).toBe(400);
    const without = await tokenOf(await askForToken(POLICE));
    expect((await verify(without)).scope).toEqual([]);
  });

  it('publishes the public half of its keys alone, where a verifier elsewhere finds it', async () => {
    const published = (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet;
    expect(published.keys.length).toBe(1);
    expect(JSON.stringify(published)).not.toContain('"d"');
    expect(JSON.stringify(publicJwks(jwks))).not.toContain('"d"');
    const elsewhere = createTokenVerifier({ issuer, audience: AUDIENCE, keys: remoteKeys(issuer) });
    const token = await tokenOf(await askForToken(POLICE, 'submit'));
    expect((await elsewhere(token)).clientId).toBe('pol1-connector');
    await expect(elsewhere(await tokenFor({ header: { kid: 'another' } }))).rejects.toMatchObject({
      name: 'TokenRefused',
    });
  });

  it('does not take the routes of others', async () => {
    expect((await fetch(new URL('/health/live', issuer))).status).toBe(200);
    expect((await fetch(new URL('/issuerx', issuer))).headers.get('content-type')).toBe('application/problem+json');
  });

  it('is refused in production', async () => {
    const environment = 'production';
    expect(() => createDevelopmentIssuer({ issuer, audience: AUDIENCE, jwks, clients: CLIENTS, environment })).toThrow(
      /production/,
    );
    await expect(
      signDevelopmentToken({ subject: 'dsl', scope: 'read', issuer, audience: AUDIENCE, jwks, environment }),
    ).rejects.toThrow(/production/);
  });

  it('signs an hour for a person, and no longer', async () => {
    const request = { subject: 'dsl', scope: 'read', issuer, audience: AUDIENCE, jwks, environment: 'test' as const };
    const token = await signDevelopmentToken(request);
    expect(await verify(token)).toEqual({ subject: 'dsl', clientId: 'sightline-development', scope: ['read'] });
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(3600);
    const expired = await signDevelopmentToken({ ...request, hours: -0.001 });
    await expect(verify(expired)).rejects.toMatchObject({ reason: 'ERR_JWT_EXPIRED' });
  });
});

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly without?: readonly string[];
  readonly key?: KeyObject | JsonWebKey;
  readonly signature?: (input: string) => string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed by hand, so that it can be wrong in ways that a library would not sign. */
const tokenFor = async ({ header = {}, claims = {}, without = [], key, signature }: Forgery): Promise<string> => {
  const [own] = jwks.keys;
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'dsl',
    client_id: 'sightline-development',
    scope: 'read',
    jti: randomUUID(),
    iat: now,
    exp: now + 600,
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(payload).filter(([name]) => !without.includes(name)));
  const input = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: own?.kid, ...header })}.${encode(kept)}`;
  const signer = (key ?? own) as JsonWebKey;
  const made =
    signature?.(input) ??
    sign('sha256', Buffer.from(input), {
      ...('type' in signer ? { key: signer as unknown as KeyObject } : { key: signer, format: 'jwk' as const }),
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url');
  return `${input}.${made}`;
};

describe('verifyAccessToken', () => {
  it('takes the token from which the wrong ones are made', async () => {
    expect(await verify(await tokenFor({}))).toMatchObject({ subject: 'dsl', scope: ['read'] });
    expect(await verify(await tokenFor({ claims: { aud: ['other', AUDIENCE] } }))).toMatchObject({ subject: 'dsl' });
    expect(await verify(await tokenFor({ without: ['scope'] }))).toMatchObject({ scope: [] });
  });

  const hmacWith = (secret: () => string | Buffer) => (input: string) =>
    createHmac('sha256', secret()).update(input).digest('base64url');
  const publicPem = () => {
    const [own] = publicJwks(jwks).keys;
    return createPublicKey({ key: own as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  };
  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);

  it.each<[string, Forgery]>([
    ['no algorithm', { header: { alg: 'none' }, signature: () => '' }],
    ['no algorithm, in other letters', { header: { alg: 'nOnE' }, signature: () => '' }],
    ['an empty signature', { signature: () => '' }],
    ['a signature of zeros', { signature: () => Buffer.alloc(64).toString('base64url') }],
    ['HMAC with the public key', { header: { alg: 'HS256' }, signature: hmacWith(publicPem) }],
    ['HMAC with an empty key', { header: { alg: 'HS256', kid: '/dev/null' }, signature: hmacWith(() => '') }],
    ['another key under the known name', { key: otherKey.privateKey }],
    [
      'another key that the token brings',
      { key: otherKey.privateKey, header: { jwk: otherKey.publicKey.export({ format: 'jwk' }), kid: undefined } },
    ],
    [
      'another key that the token points to',
      { key: otherKey.privateKey, header: { jku: 'http://127.0.0.1:1/jwks', kid: 'x' } },
    ],
    ['a name that is a path', { header: { kid: '../../../../dev/null' } }],
    ['a name that is a statement', { header: { kid: "x' union select 'key" } }],
    ['an unknown name', { header: { kid: 'another' } }],
    ['another algorithm of the same key', { header: { alg: 'ES384' } }],
    ['RSA under the name of an EC key', { header: { alg: 'RS256' }, key: rsa.privateKey }],
    ['the type of an identity token', { header: { typ: 'JWT' } }],
    ['no type', { header: { typ: undefined } }],
    ['an extension that must be understood', { header: { crit: ['x'], x: 1 } }],
    ['an unencoded payload', { header: { crit: ['b64'], b64: false } }],
    ['another issuer', { claims: { iss: 'https://login.example' } }],
    ['the issuer with a slash', { claims: { iss: 'http://127.0.0.1/issuer/' } }],
    ['another audience', { claims: { aud: 'sightline-other' } }],
    ['audiences without ours', { claims: { aud: ['a', 'b'] } }],
    ['an expired one', { claims: { exp: now - 1 } }],
    ['one for later', { claims: { nbf: now + 600 } }],
    ['an expiry that is text', { claims: { exp: '9999999999' } }],
    ['no expiry', { without: ['exp'] }],
    ['no issuer', { without: ['iss'] }],
    ['no audience', { without: ['aud'] }],
    ['no subject', { without: ['sub'] }],
    ['no client', { without: ['client_id'] }],
    ['a subject that is a number', { claims: { sub: 1 } }],
    ['an empty subject', { claims: { sub: '' } }],
    ['a subject with a line break', { claims: { sub: 'dsl\nx' } }],
    ['a scope that is a list', { claims: { scope: ['read'] } }],
  ])('refuses %s', async (_what, forgery) => {
    await expect(verify(await tokenFor(forgery))).rejects.toMatchObject({ name: 'TokenRefused' });
  });

  it.each<[string, (token: string) => string]>([
    ['a part too many', (token) => `${token}.x`],
    ['a dot too many', (token) => token.replace('.', '..')],
    ['a part too few', (token) => token.slice(0, token.lastIndexOf('.'))],
    ['a truncated signature', (token) => token.slice(0, -8)],
    ['a changed signature', (token) => token.slice(0, -20) + (token.at(-20) === 'A' ? 'B' : 'A') + token.slice(-19)],
    [
      'a changed claim',
      (token) => {
        const [header = '', payload = '', signature = ''] = token.split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
        return `${header}.${encode({ ...claims, sub: 'auditor' })}.${signature}`;
      },
    ],
    ['white space', (token) => ` ${token}`],
    [
      'a JSON serialisation',
      (token) => {
        const [header, payload, signature] = token.split('.');
        return JSON.stringify({ protected: header, payload, signature });
      },
    ],
    ['nothing', () => ''],
    ['dots', () => '..'],
    ['nine kilobytes', (token) => token + 'A'.repeat(9000)],
  ])('refuses %s', async (_what, change) => {
    await expect(verify(change(await tokenFor({})))).rejects.toMatchObject({ name: 'TokenRefused' });
  });

  it('says that the issuer is not there, once it is not, and asks again', async () => {
    const gone = `http://127.0.0.1:${await freePort()}/issuer`;
    const elsewhere = createTokenVerifier({ issuer: gone, audience: AUDIENCE, keys: remoteKeys(gone) });
    const token = await tokenFor({ claims: { iss: gone } });
    for (let i = 0; i < 2; i += 1) await expect(elsewhere(token)).rejects.toMatchObject({ status: 503 });
  });

  it('does not take keys from an issuer of another name', async () => {
    const alias = issuer.replace('127.0.0.1', 'localhost');
    const elsewhere = createTokenVerifier({ issuer: alias, audience: AUDIENCE, keys: remoteKeys(alias) });
    await expect(elsewhere(await tokenFor({ claims: { iss: alias } }))).rejects.toMatchObject({ status: 503 });
  });
});
