import type { FeedDefinition } from '#intake';
import { ANSWER_SCHEMAS } from './answer-schemas.js';
import type { JsonSchema } from './class-schema.js';
import type { Route } from './collect-routes.js';
import { feedSchemas } from './feed-schemas.js';
import { OPERATIONS, type Operation } from './operations.js';

const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const PROBLEM = { 'application/problem+json': { schema: ref('Problem') } };
const SCIM = 'application/scim+json';

const SCOPES: Readonly<Record<string, string>> = {
  submit: 'Send documents of the feeds a connector is registered for, and ask what became of them.',
  read: 'Ask as a person. What may be seen is decided at every read.',
};

const checkCover = (routes: readonly Route[]): void => {
  const served = routes.map(({ name }) => name);
  const described = Object.keys(OPERATIONS);
  const missing = served.filter((name) => !described.includes(name));
  const gone = described.filter((name) => !served.includes(name));
  if (missing.length > 0) throw new Error(`routes without an operation: ${missing.join(', ')}`);
  if (gone.length > 0) throw new Error(`operations without a route: ${gone.join(', ')}`);
  if (new Set(served).size !== served.length) throw new Error('a route is served twice');
};

const problemsOf = ({ scopes }: Route, { problems }: Operation): Readonly<Record<string, string>> =>
  scopes === null
    ? problems
    : {
        401: 'The access token is missing or not valid. Every such request is answered the same.',
        403: `The access token lacks the scope ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`,
        ...problems,
      };

const operationOf = (route: Route, bodies: Readonly<Record<string, JsonSchema>>): JsonSchema => {
  const operation = OPERATIONS[route.name]!;
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
  if (inPath.sort().join() !== [...route.parameters].sort().join()) {
    throw new Error(`${route.name} has other parameters in its path than its operation says`);
  }
  const isScim = operation.tag === 'Staff';
  const mediaType = isScim ? SCIM : 'application/json';
  const content =
    operation.body === 'feeds'
      ? Object.fromEntries(Object.entries(bodies).map(([type, schema]) => [type, { schema }]))
      : operation.body && { [mediaType]: { schema: ref(operation.body) } };
  const { description, headers, schema } = operation.answer;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    security: route.scopes === null ? [] : [...route.scopes.map((scope) => ({ oauth: [scope] })), { bearer: [] }],
    ...(operation.parameters && { parameters: operation.parameters }),
    ...(content && { requestBody: { required: true, content } }),
    responses: {
      [route.status]: {
        description,
        ...(headers && { headers }),
        ...(schema !== null && { content: { [mediaType]: { schema: ref(schema) } } }),
      },
      ...Object.fromEntries(
        Object.entries(problemsOf(route, operation)).map(([status, why]) => [
          status,
          {
            description: why,
            ...(status === '503' && operation.tag === 'Feeds'
              ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }
              : {}),
            content: isScim ? { [SCIM]: { schema: ref('ScimError') } } : PROBLEM,
          },
        ]),
      ),
    },
  };
};

const refsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
};

/** Every reference leads somewhere, and everything that is there is led to. */
const checkReferences = (document: { readonly components: { readonly schemas: object } }): void => {
  const there = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  const used = refsIn(document);
  const dangling = used.filter((name) => !there.includes(name));
  const idle = there.filter((name) => !used.includes(name));
  if (dangling.length > 0) throw new Error(`references that lead nowhere: ${dangling.join(', ')}`);
  if (idle.length > 0) throw new Error(`schemas that nothing refers to: ${idle.join(', ')}`);
};

/** The OpenAPI 3.1 document of exactly these routes and of what these feeds take. */
export const openApi = (routes: readonly Route[], feeds: readonly FeedDefinition[], version: string): JsonSchema => {
  checkCover(routes);
  const taken = feedSchemas(feeds);
  const lines = feeds.map(({ name, title, mediaTypes }) => {
    const component = taken.byFeed.get(name);
    return `- \`${name}\` (${mediaTypes.join(', ')}): ${title}${component ? `; schema \`${component}\`` : ''}`;
  });
  const paths = Map.groupBy(routes, ({ path }) => path);
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Sightline',
      version,
      description: `What connectors of agencies send to the hub, and what practitioners read from it. Feeds:\n\n${lines.join('\n')}`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8080', description: 'A hub on this machine' }],
    tags: ['Feeds', 'Staff', 'Children', 'Identity', 'Agreements', 'Audit', 'Health'].map((name) => ({ name })),
    paths: Object.fromEntries(
      [...paths].map(([path, at]) => [
        path,
        Object.fromEntries(at.map((route) => [route.method, operationOf(route, taken.bodies)])),
      ]),
    ),
    components: {
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          description: 'Of connectors. The address is that of the development issuer; any issuer by configuration.',
          flows: { clientCredentials: { tokenUrl: '/issuer/token', scopes: SCOPES } },
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token (RFC 9068) of a person or a connector, with the scope that the route asks for.',
        },
      },
      schemas: Object.fromEntries(
        Object.entries({ ...ANSWER_SCHEMAS, ...taken.components } as Record<string, JsonSchema>).sort(([a], [b]) =>
          a < b ? -1 : 1,
        ),
      ),
    },
  };
  const unknownScope = routes.find(({ scopes }) => scopes?.some((scope) => !(scope in SCOPES)));
  if (unknownScope) throw new Error(`${unknownScope.name} asks for a scope without a description`);
  checkReferences(document);
  return document;
};
