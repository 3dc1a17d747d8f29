import { randomBytes } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';

/** W3C Trace Context, version 00 and its successors, in which the first four fields stay. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A random trace id: 16 bytes in 32 hex digits. */
export const newTrace = (): string => randomBytes(16).toString('hex');

/** Whether a text is a trace id: what an event or a message without a trace holds is none. */
export const isTrace = (text: string): boolean => /^(?!0{32})[0-9a-f]{32}$/.test(text);

/** The trace id of a `traceparent` header in its valid form, and of nothing else. */
export const traceOfHeader = (header: unknown): string | undefined =>
  typeof header === 'string' ? TRACEPARENT.exec(header)?.[1] : undefined;

export interface TracedRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const traces = new WeakMap<object, string>();

/** The trace id of a request: the caller's when it names one in valid form, else a random one. Always the same. */
export const traceOf = (request: TracedRequest): string => {
  const trace = traces.get(request) ?? traceOfHeader(request.headers.traceparent) ?? newTrace();
  traces.set(request, trace);
  return trace;
};

/** Parameter of a handler: the trace id of the request. */
export const Trace = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  traceOf(context.switchToHttp().getRequest<TracedRequest>()),
);
