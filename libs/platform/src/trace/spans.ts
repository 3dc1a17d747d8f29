import type { Method } from '../observability/metrics.js';
import type { RoutePattern } from '../observability/routes.js';
import { isTrace } from './trace.js';

/** What a span may be called: a step on a contribution's way, or a request. */
export const SPAN_NAMES = ['request', 'submission', 'publish', 'file', 'project'] as const;
export type SpanName = (typeof SPAN_NAMES)[number];

/** All that a span may say beside its name, its times and the app: nothing of it is free text. */
export interface SpanFacts {
  readonly route?: RoutePattern;
  readonly method?: Method;
  readonly status?: number;
  readonly count?: number;
}

/** What makes spans while they are exported. */
export interface SpanMaker {
  /** A span of a trace around some work. */
  around<T>(trace: string, name: SpanName, work: () => Promise<T>): Promise<T>;
  /** A span of its own around the work of a batch, and one in each of these traces; each is linked to the other. */
  aroundBatch<T>(traces: readonly string[], name: SpanName, count: number, work: () => Promise<T>): Promise<T>;
  /** A span that has ended, which began at this time of the machine in milliseconds. */
  ended(trace: string, name: SpanName, beganAt: number, facts: SpanFacts): void;
}

/** Of one batch at most so many traces have a span of it. */
const MOST_TRACES = 50;

let maker: SpanMaker | undefined;

/** Has spans made, until the function that it returns is called. */
export const useSpanMaker = (made: SpanMaker): (() => void) => {
  maker = made;
  return () => {
    if (maker === made) maker = undefined;
  };
};

const tracesOf = <T>(items: readonly T[], traceOf: (item: T) => string | undefined): string[] => {
  const traces = new Set<string>();
  for (const item of items) {
    const trace = traceOf(item);
    if (trace !== undefined && isTrace(trace)) traces.add(trace);
    if (traces.size === MOST_TRACES) break;
  }
  return [...traces];
};

/** Does the work in a span of this trace; where nothing is exported, or the trace is none, it just does the work. */
export const inSpan = <T>(trace: string, name: SpanName, work: () => Promise<T>): Promise<T> =>
  maker !== undefined && isTrace(trace) ? maker.around(trace, name, work) : work();

/**
 * Does the work of a batch in a span that is linked with the traces of its items, of which the first 50 have a span of
 * it. Where nothing is exported it just does the work, and asks no item for its trace.
 */
export const inBatchSpan = <T, R>(
  items: readonly T[],
  traceOf: (item: T) => string | undefined,
  name: SpanName,
  work: () => Promise<R>,
): Promise<R> => {
  if (maker === undefined) return work();
  const traces = tracesOf(items, traceOf);
  return traces.length === 0 ? work() : maker.aroundBatch(traces, name, items.length, work);
};

/** Tells of something that has just ended. `facts` and `trace` are asked for only where spans are exported. */
export const endedSpan = (name: SpanName, milliseconds: number, trace: () => string, facts: () => SpanFacts): void => {
  maker?.ended(trace(), name, Date.now() - milliseconds, facts());
};
