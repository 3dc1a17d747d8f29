import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface PublishedOperation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const published = JSON.parse(
  readFileSync(new URL('../../libs/contracts/generated/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: {
    'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text)),
    date: /^\d{4}-\d\d-\d\d$/,
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  },
});
ajv.addSchema(published, 'openapi.json');

/** Whether a document fits a schema that the hub publishes. */
export const fitsPublished = (component: string, document: unknown): boolean =>
  ajv.validate({ $ref: `openapi.json#/components/schemas/${component}` }, document);

/** Every route that the hub publishes: `GET /v1/receipts/{id}`. */
export const PUBLISHED_ROUTES: readonly string[] = Object.entries(published.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
);

const segmentsOf = (path: string): string[] => (path.split('?')[0] ?? '').split('/');

/** The published route of a request, if there is one. */
export const publishedRouteOf = (method: string, path: string): string | undefined => {
  const asked = segmentsOf(path);
  return PUBLISHED_ROUTES.find((route) => {
    const [of, pattern = ''] = route.split(' ');
    const segments = segmentsOf(pattern);
    return (
      of === method &&
      segments.length === asked.length &&
      segments.every((segment, i) => segment.startsWith('{') || segment === asked[i])
    );
  });
};

/** What is not as published in an answer of a route: its status, its media type or its body. */
export const unpublishedIn = (
  route: string,
  { status, headers, json }: { readonly status: number; readonly headers: Headers; readonly json: unknown },
): readonly string[] => {
  const [method = '', path = ''] = route.split(' ');
  const response = published.paths[path]?.[method.toLowerCase()]?.responses[status];
  if (!response) return [`${route} does not publish the status ${status}`];
  const { content } = response;
  if (!content) return json === undefined ? [] : [`${route} publishes no body for the status ${status}`];
  const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
  if (!content[mediaType]) return [`${route} does not publish ${mediaType} for the status ${status}`];
  const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema']
    .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  if (ajv.validate({ $ref: `openapi.json#/${pointer}` }, json)) return [];
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${route} ${status} ${instancePath}: ${message ?? ''}`);
};
