import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { SignJWT, importJWK } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { Provider } from 'oidc-provider';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import type { Environment } from '../config/read-configuration.js';
import { describeError } from '../logging/logger.js';
import type { Logger } from '../logging/logger.js';
import { IssuerMemory } from './issuer-memory.js';
import { signInPage, signInPageHeaders, type IssuerPerson } from './issuer-sign-in-page.js';

/** A connector that may ask for tokens with its id and secret (client credentials, RFC 6749 section 4.4). */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Scopes it may ask for, parted by spaces. */
  readonly scope: string;
}

/** A client for which people sign in (authorization code with PKCE). */
export interface IssuerWebClient extends IssuerClient {
  readonly redirectUri: string;
}

export interface DevelopmentIssuerOptions {
  /** Its address, with the path under which it is mounted: `http://127.0.0.1:8080/issuer`. */
  readonly issuer: string;
  readonly audience: string;
  /** Private JWK set; see `readIssuerKeys`. */
  readonly jwks: JSONWebKeySet;
  readonly clients: readonly IssuerClient[];
  readonly webClients?: readonly IssuerWebClient[];
  /** Whom the sign-in page lists; anybody else's login can be typed. */
  readonly people?: readonly IssuerPerson[];
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

const metadataOf = ({ clientId, clientSecret, scope }: IssuerClient): ClientMetadata => ({
  client_id: clientId,
  client_secret: clientSecret,
  scope,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_basic',
});

const webMetadataOf = ({ clientId, clientSecret, scope, redirectUri }: IssuerWebClient): ClientMetadata => ({
  client_id: clientId,
  client_secret: clientSecret,
  scope: `openid ${scope}`,
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: 'client_secret_basic',
});

const wordsOf = (scopes: readonly string[]): string[] => [...new Set(scopes.flatMap((scope) => scope.split(' ')))];

/** Where a sign-in waits for a person, below the path of the mount. */
const INTERACTION = /^\/interaction\/([A-Za-z0-9_-]{1,100})$/;
const LOGIN = /^[\x21-\x7e]{1,255}$/;
const MOST_FORM_BYTES = 4096;

/** Signing in needs a name and nothing more; what the client registered for is granted without a question. */
const signInOf = (mount: string): Partial<Configuration> => ({
  interactions: { url: (_context, { uid }) => `${mount}/interaction/${uid}` },
  renderError: (context) => {
    context.type = 'text/plain';
    context.body = 'This sign-in cannot go on. Go back and begin again.\n';
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  loadExistingGrant: async ({ oidc }) => {
    const { client, session, provider } = oidc;
    if (!client || session?.accountId === undefined) return undefined;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(client.scope ?? '');
    grant.addResourceScope(RESOURCE, client.scope ?? '');
    await grant.save();
    return grant;
  },
});

/** Shows the sign-in page, and takes the name that it sends. */
const answerInteraction = async (
  provider: Provider,
  people: readonly IssuerPerson[],
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
): Promise<void> => {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    if (Number(request.headers['content-length'] ?? Infinity) > MOST_FORM_BYTES) {
      response.writeHead(413).end();
      return;
    }
    const login = new URLSearchParams(await text(request)).get('login')?.trim() ?? '';
    if (LOGIN.test(login)) {
      await provider.interactionFinished(request, response, { login: { accountId: login, remember: false } });
      return;
    }
  }
  const page = signInPage({
    action: request.originalUrl ?? request.url ?? '',
    people,
    failed: request.method === 'POST',
  });
  const { origin } = new URL(String(params['redirect_uri']));
  response.writeHead(request.method === 'POST' ? 400 : 200, signInPageHeaders(origin)).end(page);
};

/**
 * An issuer for development: access tokens (JWT, RFC 9068, one hour). Throws in production.
 * For registered connectors `POST token` takes `grant_type=client_credentials` and `scope`, with the client's id and
 * secret in HTTP Basic. For people it is an OpenID provider: authorization code with PKCE (S256) and a page that asks
 * for a login and for no password. What it remembers of sign-ins lives in this process alone.
 */
export const createDevelopmentIssuer = ({
  issuer,
  audience,
  jwks,
  clients,
  webClients = [],
  people = [],
  environment,
  logger,
}: DevelopmentIssuerOptions): IssuerHandler => {
  refuseInProduction(environment);
  const scopes = wordsOf([...clients, ...webClients].map(({ scope }) => scope));
  const memory = new IssuerMemory();
  const provider = new Provider(issuer, {
    ...signInOf(new URL(issuer).pathname.replace(/\/$/, '')),
    // Nobody stays signed in here: the next sign-in in the same browser may be somebody else's.
    adapter: (model) =>
      model === 'Session' ? { ...memory.adapterOf(model), upsert: async () => undefined } : memory.adapterOf(model),
    expiresWithSession: () => false,
    clients: [...clients.map(metadataOf), ...webClients.map(webMetadataOf)],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: jwks as never,
    scopes: ['openid', ...scopes],
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: { keys: [randomUUID()] },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      AuthorizationCode: 60,
      ClientCredentials: TOKEN_SECONDS,
      Grant: TOKEN_SECONDS,
      IdToken: TOKEN_SECONDS,
      Interaction: 600,
      Session: TOKEN_SECONDS,
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
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
  return (request, response) => {
    if (!INTERACTION.test(request.url ?? '')) return void callback(request, response);
    answerInteraction(provider, people, request, response).catch(() => {
      // An interaction that is not this browser's, or has ended.
      if (!response.headersSent) response.writeHead(400, { 'Cache-Control': 'no-store' });
      response.end();
    });
  };
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
