import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { SignJWT, importJWK } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { Provider } from 'oidc-provider';
import type { Adapter, ClientMetadata } from 'oidc-provider';
import type { Environment } from '../config/read-configuration.js';
import { describeError } from '../logging/logger.js';
import type { Logger } from '../logging/logger.js';

/** A connector that may ask for tokens with its id and secret (client credentials, RFC 6749 section 4.4). */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Scopes it may ask for, parted by spaces. */
  readonly scope: string;
}

export interface DevelopmentIssuerOptions {
  /** Its address, with the path under which it is mounted: `http://127.0.0.1:8080/issuer`. */
  readonly issuer: string;
  readonly audience: string;
  /** Private JWK set; see `readIssuerKeys`. */
  readonly jwks: JSONWebKeySet;
  readonly clients: readonly IssuerClient[];
  readonly environment: Environment;
  readonly logger?: Logger;
}

/** Answers one HTTP request whose address has lost the path of the mount. */
export type IssuerHandler = (request: IncomingMessage, response: ServerResponse) => void;

const TOKEN_SECONDS = 3600;
/** What the hub's API is called in a request for a token; the default, so that no client need name it. */
const RESOURCE = 'urn:sightline:api';
/** The client that tokens of people name. */
const DEVELOPMENT_CLIENT = 'sightline-development';

const refuseInProduction = (environment: Environment): void => {
  if (environment === 'production') throw new Error('the development issuer is refused in production');
};

/** Private JWK set of the development issuer, from `issuer.json` in the keys folder. */
export const readIssuerKeys = async (keysDir: string): Promise<JSONWebKeySet> =>
  JSON.parse(await readFile(join(keysDir, 'issuer.json'), 'utf8')) as JSONWebKeySet;

/** Access tokens are JWTs and clients are configured: there is nothing to keep. */
class KeepsNothing implements Adapter {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

const metadataOf = ({ clientId, clientSecret, scope }: IssuerClient): ClientMetadata => ({
  client_id: clientId,
  client_secret: clientSecret,
  scope,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
});

/**
 * An issuer for development: access tokens (JWT, RFC 9068, one hour) for registered connectors. Throws in production.
 * `POST token` takes `grant_type=client_credentials` and `scope`, with the client's id and secret in HTTP Basic.
 */
export const createDevelopmentIssuer = ({
  issuer,
  audience,
  jwks,
  clients,
  environment,
  logger,
}: DevelopmentIssuerOptions): IssuerHandler => {
  refuseInProduction(environment);
  const scopes = [...new Set(clients.flatMap(({ scope }) => scope.split(' ')))];
  const provider = new Provider(issuer, {
    adapter: KeepsNothing,
    clients: clients.map(metadataOf),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: jwks as never,
    scopes,
    cookies: { keys: [randomUUID()] },
    ttl: { ClientCredentials: TOKEN_SECONDS },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        getResourceServerInfo: () => ({
          scope: scopes.join(' '),
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_SECONDS,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  provider.on('server_error', (_context, error) => logger?.error('issuer-failed', describeError(error)));
  const callback = provider.callback();
  return (request, response) => void callback(request, response);
};

/**
 * Mounts an issuer under a path of a Fastify server, before it listens. The routes stand in a context of their own in
 * which no parser reads the body, because the issuer reads it itself.
 */
export const mountIssuer = async (server: FastifyInstance, path: string, handler: IssuerHandler): Promise<void> => {
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all(`${path}/*`, (request, reply) => {
      reply.hijack();
      const raw = request.raw as IncomingMessage & { originalUrl?: string };
      raw.originalUrl = raw.url ?? '/';
      raw.url = raw.originalUrl.slice(path.length);
      handler(raw, reply.raw);
    });
  });
};

export interface DevelopmentTokenRequest {
  /** Login of a person. */
  readonly subject: string;
  /** Client that the token names; the development client when absent. */
  readonly clientId?: string;
  /** Scopes parted by spaces. */
  readonly scope: string;
  /** How long the token is valid: one hour when absent, negative for one that has expired. */
  readonly hours?: number;
  readonly issuer: string;
  readonly audience: string;
  /** Private JWK set; see `readIssuerKeys`. */
  readonly jwks: JSONWebKeySet;
  readonly environment: Environment;
}

/** An access token for a person, as the development issuer would give one after a sign-in. Throws in production. */
export const signDevelopmentToken = async ({
  subject,
  clientId = DEVELOPMENT_CLIENT,
  scope,
  hours = 1,
  issuer,
  audience,
  jwks,
  environment,
}: DevelopmentTokenRequest): Promise<string> => {
  refuseInProduction(environment);
  const [jwk] = jwks.keys;
  if (!jwk) throw new Error('the development issuer has no key');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ scope, client_id: clientId })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...(jwk.kid !== undefined && { kid: jwk.kid }) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + Math.round(hours * 3600))
    .sign(await importJWK(jwk, 'ES256'));
};
