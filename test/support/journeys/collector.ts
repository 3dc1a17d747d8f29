import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2: the work failed. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly events: readonly unknown[];
}

/** Takes traces as a collector does, and keeps them. */
export interface Collector {
  readonly endpoint: string;
  readonly spans: readonly ExportedSpan[];
  /** What the processes say of themselves. */
  readonly resources: readonly Readonly<Record<string, unknown>>[];
  /** Everything that came, as it came. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ExportedSpan, 'attributes' | 'links' | 'events'> & {
        readonly attributes: readonly Attribute[];
        readonly links?: ExportedSpan['links'];
        readonly events?: readonly unknown[];
      })[];
    }[];
  }[];
}

const plain = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export const startCollector = async (): Promise<Collector> => {
  const [bodies, spans, resources]: [string[], ExportedSpan[], Record<string, unknown>[]] = [[], [], []];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      bodies.push(body);
      for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans) {
        resources.push(plain(resource.attributes));
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
          const { attributes, links = [], events = [] } = span;
          spans.push({ ...span, attributes: plain(attributes), links, events });
        }
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    resources,
    bodies,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
