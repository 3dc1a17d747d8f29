import type { Attributes, Span } from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace';
import type { AppKind } from '../observability/metrics.js';
import { within } from '../observability/within.js';
import { useSpanMaker, type SpanFacts, type SpanName } from './spans.js';

export interface TracingOptions {
  readonly app: AppKind;
  readonly instance: string;
  /** Address of a collector that takes OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
}

export interface Tracing {
  /** Sends what has not been sent, for three seconds at most, and makes no more spans. */
  close(): Promise<void>;
}

const LONGEST_CLOSE_MS = 3000;

const attributesOf = (app: AppKind, { route, method, status, count }: SpanFacts): Attributes => ({
  'sightline.app': app,
  ...(route !== undefined && { 'http.route': route }),
  ...(method !== undefined && { 'http.request.method': method }),
  ...(status !== undefined && { 'http.response.status_code': status }),
  ...(count !== undefined && { 'sightline.count': count }),
});

/**
 * Makes spans and sends them to a collector. A span is the root of its process in the trace that came with the
 * contribution, since only the trace travels with it. Of a failure a span says that it was one, and nothing else. The
 * packages are loaded here, so that a process without a collector does without them.
 */
export const openTracing = async ({ app, instance, endpoint }: TracingOptions): Promise<Tracing> => {
  const { ROOT_CONTEXT, SpanStatusCode } = await import('@opentelemetry/api');
  const { BatchSpanProcessor, AlwaysOnSampler, RandomIdGenerator, TracerProvider } =
    await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');

  const random = new RandomIdGenerator();
  let given: string | undefined;
  const idGenerator: IdGenerator = {
    generateSpanId: () => random.generateSpanId(),
    generateTraceId: () => given ?? random.generateTraceId(),
  };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `sightline-${app}`, 'service.instance.id': instance }),
    sampler: new AlwaysOnSampler(),
    idGenerator,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 2000 }),
        scheduledDelayMillis: 1000,
      }),
    ],
  });
  const tracer = provider.getTracer('sightline');
  const start = (trace: string | undefined, name: SpanName, facts: SpanFacts, startTime = Date.now()): Span => {
    given = trace;
    try {
      return tracer.startSpan(name, { attributes: attributesOf(app, facts), startTime }, ROOT_CONTEXT);
    } finally {
      given = undefined;
    }
  };
  const around = async <T>(spans: readonly Span[], work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      for (const span of spans) span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  };
  const stopMaking = useSpanMaker({
    around: (trace, name, work) => around([start(trace, name, {})], work),
    aroundBatch: (traces, name, count, work) => {
      const batch = start(undefined, name, { count });
      const members = traces.map((trace) => start(trace, name, {}));
      for (const member of members) {
        member.addLink({ context: batch.spanContext() });
        batch.addLink({ context: member.spanContext() });
      }
      return around([batch, ...members], work);
    },
    ended: (trace, name, beganAt, facts) => start(trace, name, facts, beganAt).end(),
  });
  return {
    close: async () => {
      stopMaking();
      await within(LONGEST_CLOSE_MS, () => provider.shutdown(), undefined);
    },
  };
};
