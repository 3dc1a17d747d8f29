/** What went wrong, by the code of the protocol and the type that the server names; classes say nothing reliable. */
export interface Failure {
  readonly code: number | undefined;
  readonly type: string | undefined;
}

interface ServiceError {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly metadata?: { get?(key: string): readonly unknown[] };
}

export const failureOf = (error: unknown): Failure => {
  const { code, type, metadata } = (error ?? {}) as ServiceError;
  const named = metadata?.get?.('exception')[0];
  return {
    code: typeof code === 'number' ? code : undefined,
    type: [type, named].find((one): one is string => typeof one === 'string'),
  };
};

/** No message: it may carry values. */
export const describeFailure = (error: unknown): string => {
  const { code, type } = failureOf(error);
  if (type !== undefined) return type;
  if (code !== undefined) return `code ${code}`;
  return error instanceof NoAnswer ? error.message : 'failed';
};

export const isNotLeader = (error: unknown): error is Error =>
  error instanceof Error && failureOf(error).type === 'not-leader';

/** The server was asked for what cannot be, such as a position at which there is no event: UNKNOWN and its kin. */
export const isRefusal = (error: unknown): boolean => {
  const { code, type } = failureOf(error);
  return type === undefined && [2, 3, 5, 9, 11].includes(code ?? -1);
};

/** What a new connection may mend: CANCELLED, UNAVAILABLE, no answer, a channel that was shut down (no code at all). */
export const isConnectionsFault = (error: unknown): boolean => {
  const { code, type } = failureOf(error);
  return type === 'not-leader' || code === undefined || code === 1 || code === 14;
};

/** Our own timer ran out. */
export class NoAnswer extends Error {
  constructor() {
    super('no answer in time');
    this.name = 'NoAnswer';
  }
}
