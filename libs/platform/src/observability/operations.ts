import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { collectDefaultMetrics } from 'prom-client';
import type { Configuration } from '../config/read-configuration.js';
import { Readiness, type HealthCheck } from '../health/readiness.js';
import { openTracing } from '../trace/open-tracing.js';
import { METRICS, metricsText, watchPool, type AppKind, type PoolName, type WatchedPool } from './metrics.js';

export interface OperationsOptions {
  readonly app: AppKind;
  readonly configuration: Pick<Configuration, 'instance' | 'opsHost' | 'opsPort' | 'otlpEndpoint'>;
  /** What the process needs in order to answer. */
  readonly checks: readonly HealthCheck[];
  readonly pools?: Readonly<Partial<Record<PoolName, WatchedPool>>>;
}

/** What an operator sees of a process. */
export interface Operations {
  /** To be given to `PlatformModule`, so that the public health says the same. */
  readonly readiness: Readiness;
  /** Answers operators from now on, if the configuration names a port. To be called when the process serves. */
  listen(): Promise<void>;
  /** The process is about to end: it is not ready from now on, and goes on to answer. */
  drain(): void;
  /** Sends the spans that wait, for three seconds at most, and answers no more. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

const json = (status: number, body: unknown): Answer => ({ status, type: JSON_TYPE, body: JSON.stringify(body) });

const answerOf = async (readiness: Readiness, method: string | undefined, path: string): Promise<Answer> => {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { status: 'method-not-allowed' });
  switch (path) {
    case '/health/live':
      return json(200, { status: 'up' });
    case '/health/ready': {
      const reasons = await readiness.missing();
      return reasons.length === 0 ? json(200, { status: 'up' }) : json(503, { status: 'not-ready', reasons });
    }
    case '/metrics':
      return { status: 200, type: METRICS.contentType, body: await metricsText() };
    default:
      return json(404, { status: 'not-found' });
  }
};

const send = (response: ServerResponse, { status, type, body }: Answer): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
};

let measuresProcess = false;

/** Metrics of Node and of the process itself; they are the same for whoever asks. */
const measureProcess = (): void => {
  if (!measuresProcess) collectDefaultMetrics({ register: METRICS });
  measuresProcess = true;
};

/**
 * Opens what an operator sees of a process: spans to the collector of the configuration at once, and on a server of its
 * own, once it listens, `/health/live`, `/health/ready` with reasons of a fixed list, and `/metrics`. The server asks
 * nobody who he is and belongs on an address that only operators reach. Rejects in `listen` when the port is taken.
 */
export const openOperations = async ({
  app,
  configuration,
  checks,
  pools = {},
}: OperationsOptions): Promise<Operations> => {
  const { instance, opsHost, opsPort, otlpEndpoint } = configuration;
  const readiness = new Readiness(checks);
  METRICS.setDefaultLabels({ app });
  const unwatch = Object.entries(pools).map(([name, pool]) => watchPool(name as PoolName, pool));
  const tracing = otlpEndpoint === undefined ? undefined : await openTracing({ app, instance, endpoint: otlpEndpoint });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    answerOf(readiness, request.method, request.url?.split('?')[0] ?? '').then(
      (answer) => send(response, answer),
      () => send(response, json(500, { status: 'failed' })),
    );
  });
  return {
    readiness,
    listen: async () => {
      if (opsPort === 0) return;
      measureProcess();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(opsPort, opsHost, resolve);
      });
    },
    drain: () => readiness.drain(),
    close: async () => {
      for (const stop of unwatch) stop();
      if (server.listening) {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
      await tracing?.close();
    },
  };
};
