import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { publicJwks } from '#platform';

interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly without?: readonly string[];
  readonly key?: KeyObject;
  readonly signature?: (input: string) => string;
  /** Replaces the text of the payload. */
  readonly payload?: (text: string) => string;
}

export interface TokenMaker {
  readonly issuer: string;
  readonly audience: string;
  /** Private JWK set of the issuer. */
  readonly jwks: JSONWebKeySet;
  readonly login: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const forge = ({ issuer, audience, jwks, login }: TokenMaker, forgery: Forgery): string => {
  const { header = {}, claims = {}, without = [], key, signature, payload = (text) => text } = forgery;
  const [own] = jwks.keys;
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: issuer,
    aud: audience,
    sub: login,
    client_id: 'sightline-web',
    scope: 'read',
    jti: randomUUID(),
    iat: now,
    exp: now + 600,
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !without.includes(name)));
  const text = Buffer.from(payload(JSON.stringify(kept))).toString('base64url');
  const input = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: own?.kid, ...header })}.${text}`;
  const made =
    signature?.(input) ??
    sign('sha256', Buffer.from(input), {
      ...(key ? { key } : { key: own as JsonWebKey, format: 'jwk' as const }),
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url');
  return `${input}.${made}`;
};

/** A token made by hand that is right: what the wrong ones are made from. */
export const rightToken = (maker: TokenMaker): string => forge(maker, {});

const forgeries = (maker: TokenMaker): Readonly<Record<string, Forgery>> => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [half] = publicJwks(maker.jwks).keys;
  const pem = createPublicKey({ key: half as JsonWebKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const hmac = (secret: string | Buffer) => (input: string) =>
    createHmac('sha256', secret).update(input).digest('base64url');
  const now = Math.floor(Date.now() / 1000);
  return {
    'no algorithm': { header: { alg: 'none' }, signature: () => '' },
    'no algorithm, in other letters': { header: { alg: 'NoNe' }, signature: () => '' },
    'no algorithm over a right signature': { header: { alg: 'none' } },
    'an empty signature': { signature: () => '' },
    'a signature of zeros': { signature: () => Buffer.alloc(64).toString('base64url') },
    'HMAC with the public key': { header: { alg: 'HS256' }, signature: hmac(pem) },
    'HMAC with the public key as JSON': { header: { alg: 'HS256' }, signature: hmac(JSON.stringify(half)) },
    'HMAC with an empty key': { header: { alg: 'HS256', kid: '/dev/null' }, signature: hmac('') },
    'another key under the known name': { key: other.privateKey },
    'a key that the token brings': {
      key: other.privateKey,
      header: { jwk: other.publicKey.export({ format: 'jwk' }) },
    },
    'a key that the token points to': { key: other.privateKey, header: { jku: 'http://127.0.0.1:1/jwks', kid: 'x' } },
    'a certificate that the token points to': {
      key: other.privateKey,
      header: { x5u: 'http://127.0.0.1:1/x', kid: 'x' },
    },
    'a certificate that the token brings': { key: other.privateKey, header: { x5c: ['AAAA'], kid: undefined } },
    'a name that is a path': { header: { kid: '../../../../dev/null' } },
    'a name that is a statement': { header: { kid: "x' union select 'key" } },
    'an unknown name': { header: { kid: 'another' } },
    'a name that is a list': { header: { kid: ['a'] } },
    'another algorithm of the same key': { header: { alg: 'ES384' } },
    'RSA under the name of an EC key': { header: { alg: 'RS256' }, key: rsa.privateKey },
    'the type of an identity token': { header: { typ: 'JWT' } },
    'no type': { header: { typ: undefined } },
    'an extension that must be understood': { header: { crit: ['x'], x: 1 } },
    'an unencoded payload': { header: { crit: ['b64'], b64: false } },
    'another issuer': { claims: { iss: 'https://login.example' } },
    'the issuer with a slash': { claims: { iss: `${maker.issuer}/` } },
    'a list of issuers': { claims: { iss: [maker.issuer] } },
    'another audience': { claims: { aud: 'sightline-other' } },
    'audiences without ours': { claims: { aud: ['a', 'b'] } },
    'the client as audience': { claims: { aud: 'sightline-web' } },
    'an expired one': { claims: { exp: now - 1 } },
    'one for later': { claims: { nbf: now + 600 } },
    'an expiry that is text': { claims: { exp: '9999999999' } },
    'no expiry': { without: ['exp'] },
    'no time of issue': { without: ['iat'] },
    'no issuer': { without: ['iss'] },
    'no audience': { without: ['aud'] },
    'no subject': { without: ['sub'] },
    'no client': { without: ['client_id'] },
    'a subject that is a number': { claims: { sub: 1 } },
    'an empty subject': { claims: { sub: '' } },
    'a subject with a line break': { claims: { sub: `${maker.login}\nx` } },
    'a scope that is a list': { claims: { scope: ['read'] } },
    'an expiry that is given twice': { payload: (text) => text.replace('"exp":', `"exp":9999999999,"exp":1,"x":`) },
    'a payload that is a list': { payload: () => '[]' },
    'a payload that is no JSON': { payload: (text) => text.slice(1) },
  };
};

const changes: Readonly<Record<string, (token: string) => string>> = {
  'a part too many': (token) => `${token}.x`,
  'a dot too many': (token) => token.replace('.', '..'),
  'a part too few': (token) => token.slice(0, token.lastIndexOf('.')),
  'a truncated signature': (token) => token.slice(0, -8),
  'a changed signature': (token) => token.slice(0, -20) + (token.at(-20) === 'A' ? 'B' : 'A') + token.slice(-19),
  'a changed claim': (token) => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    return `${header}.${encode({ ...claims, sub: 'auditor' })}.${signature}`;
  },
  'the token twice': (token) => `${token}${token}`,
  'a very long one': (token) => `${token}${'A'.repeat(9000)}`,
  'no token at all': () => '',
  'a word': () => 'null',
};

/** `Authorization` headers that prove nothing, each named by what is wrong with it. */
export const mutatedAuthorizations = (maker: TokenMaker): ReadonlyMap<string, string | undefined> => {
  const right = rightToken(maker);
  return new Map<string, string | undefined>([
    ...Object.entries(forgeries(maker)).map(([name, forgery]) => [name, `Bearer ${forge(maker, forgery)}`] as const),
    ...Object.entries(changes).map(([name, change]) => [name, `Bearer ${change(right)}`] as const),
    ['no header', undefined],
    ['another scheme', `Basic ${right}`],
    ['no scheme', right],
    ['two tokens', `Bearer ${right}, Bearer ${right}`],
    ['a scheme that looks alike', `Bearerr ${right}`],
  ]);
};
