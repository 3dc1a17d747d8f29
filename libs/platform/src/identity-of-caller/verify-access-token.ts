import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { Problem } from '../http/problem.js';

/** Who calls, as the issuer says: a person (`subject`) or a connector (`clientId`). */
export interface Caller {
  readonly subject: string;
  readonly clientId: string;
  readonly scope: readonly string[];
}

/** A token that is not taken. The reason is for tests and the log; callers all get the same answer. */
export class TokenRefused extends Error {
  constructor(readonly reason: string) {
    super('the access token is not valid');
    this.name = 'TokenRefused';
  }
}

/** Rejects with `TokenRefused`, or with a Problem 503 when the issuer's keys cannot be had. */
export type VerifyAccessToken = (token: string) => Promise<Caller>;

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
}

/** Asymmetric algorithms alone: with `none` or an HMAC a public key would be enough to sign. */
const ALGORITHMS = ['ES256', 'RS256'];
const MAX_TOKEN_LENGTH = 8192;
const NAME = /^[\x21-\x7e]{1,255}$/;

const asName = (value: unknown, claim: string): string => {
  if (typeof value !== 'string' || !NAME.test(value)) throw new TokenRefused(`claim-${claim}`);
  return value;
};

const asScope = (value: unknown): readonly string[] => {
  if (value === undefined) return [];
  if (typeof value !== 'string') throw new TokenRefused('claim-scope');
  return value.split(' ').filter((word) => word !== '');
};

/** The keys of the issuer cannot be had; that says nothing about the token. */
class IssuerUnavailable extends Error {
  override name = 'IssuerUnavailable';
}

/**
 * Checks JWT access tokens (RFC 9068): signature by a key of the issuer (ES256 or RS256), `typ` at+jwt, `iss`, `aud`,
 * `exp` and `nbf` by the machine's clock without tolerance, and `sub` and `client_id` present.
 */
export const createTokenVerifier =
  ({ issuer, audience, keys }: VerifierOptions): VerifyAccessToken =>
  async (token) => {
    if (token.length > MAX_TOKEN_LENGTH) throw new TokenRefused('too-long');
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      typ: 'at+jwt',
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub', 'client_id'],
    }).catch((error: unknown) => {
      if (error instanceof IssuerUnavailable) {
        throw new Problem(503, 'issuer-unavailable', 'Access tokens cannot be checked now', {
          headers: { 'Retry-After': '5' },
        });
      }
      throw new TokenRefused(error instanceof errors.JOSEError ? error.code : 'not-a-token');
    });
    return {
      subject: asName(payload.sub, 'sub'),
      clientId: asName(payload.client_id, 'client-id'),
      scope: asScope(payload.scope),
    };
  };

/** The public half of a private JWK set. */
export const publicJwks = (jwks: JSONWebKeySet): JSONWebKeySet => ({
  keys: jwks.keys.map(({ kty, crv, x, y, n, e, kid, alg, use }) =>
    Object.fromEntries(Object.entries({ kty, crv, x, y, n, e, kid, alg, use }).filter(([, v]) => v !== undefined)),
  ) as JSONWebKeySet['keys'],
});

/** Keys of an issuer in this process. */
export const localKeys = (jwks: JSONWebKeySet): JWTVerifyGetKey => createLocalJWKSet(publicJwks(jwks));

/** What a key set says of a token that names no key of it. Every other failure is the issuer's. */
const isAboutTheToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const discover = async (issuer: string): Promise<JWTVerifyGetKey> => {
  try {
    const answer = await fetch(`${issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(5000),
      redirect: 'error',
    });
    const metadata = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (!answer.ok || metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string')
      throw new IssuerUnavailable();
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: 5000 });
    return (header, token) =>
      keys(header, token).catch((error: unknown) => {
        throw isAboutTheToken(error) ? error : new IssuerUnavailable();
      });
  } catch {
    throw new IssuerUnavailable();
  }
};

/**
 * Keys of an issuer elsewhere: its address is found once through OpenID Connect Discovery, and asked again when a
 * token names a key that is not known (at most every 30 seconds).
 */
export const remoteKeys = (issuer: string): JWTVerifyGetKey => {
  let found: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    found ??= discover(issuer);
    const keys = await found.catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return keys(header, token);
  };
};
