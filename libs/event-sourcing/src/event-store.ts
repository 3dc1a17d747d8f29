/** An event to append: its bytes are final. `id` is a UUID, `type` is not empty. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event as stored. `revision` counts from 0 in its stream; `position` grows over everything in commit order. */
export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/** The revision a writer saw last, or `none` for a stream that does not exist. There is no `any`. */
export type ExpectedRevision = number | 'none';

export interface StreamWrite {
  readonly stream: string;
  readonly expectedRevision: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** Each stream answers for itself; nothing is atomic across streams. Unknown: fold again, never resend blindly. */
export type AppendResult =
  | { readonly outcome: 'appended'; readonly stream: string; readonly revision: number; readonly position: number }
  | {
      readonly outcome: 'conflict';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly actual: ExpectedRevision;
    }
  | { readonly outcome: 'unknown'; readonly stream: string; readonly cause: string };

/** A place in everything. It is good only in the store that gave it. */
export interface Checkpoint {
  readonly store: string;
  readonly position: number;
  readonly eventId: string;
}

export interface ReadOptions {
  /** First revision to return (inclusive); from the end when `backwards` and absent. */
  readonly from?: number;
  readonly backwards?: boolean;
  /** At most this many events (1 to 10,000). */
  readonly limit: number;
}

/** Batches in position order. `stop` ends the subscription after the batch in hand. */
export interface Subscription {
  stop(): Promise<void>;
  /** Settles when the subscription has ended; rejects with what ended it. */
  readonly ended: Promise<void>;
}

export interface SubscribeOptions {
  /** Exclusive; null for the beginning. */
  readonly after: Checkpoint | null;
  /** At most this many events a batch. */
  readonly batchSize: number;
  /** The next batch is read only after this promise resolves; a rejection ends the subscription. */
  readonly onBatch: (events: readonly StoredEvent[], head: Checkpoint) => Promise<void>;
}

/**
 * What the hub asks of a store of events. Every engine passes the one suite in `testing/`.
 * Calls reject with a `StoreError`.
 */
export interface EventStore {
  /** The random id of this store, from its stream `hub-store`. */
  readonly id: string;
  /** True where positions follow one another without a gap, so that a missing one is a missing event. */
  readonly densePositions?: boolean;
  /**
   * Answers in the order of the writes. Ids that already stand, in this order, right after the expected revision are a
   * repeated append: the old result, and nothing is written. Rejects with `invalid-append` for what `checkAppend`
   * refuses; then nothing of the call is written.
   */
  append(writes: readonly StreamWrite[]): Promise<readonly AppendResult[]>;
  /** Empty for a stream that does not exist. */
  readStream(stream: string, options: ReadOptions): Promise<readonly StoredEvent[]>;
  /** Events after the checkpoint (exclusive; null for the beginning), in position order. */
  readAll(after: Checkpoint | null, limit: number): Promise<readonly StoredEvent[]>;
  /** The last event of everything; null only while the store is being created. */
  head(): Promise<Checkpoint | null>;
  subscribe(options: SubscribeOptions): Subscription;
  close(): Promise<void>;
}

/**
 * `invalid-append`: refused before any engine saw it (the message names what). `wrong-store`, `beyond-head`: the
 * checkpoint is not of this store or lies past its end. `unavailable`: the engine did not answer.
 */
export class StoreError extends Error {
  constructor(
    readonly type: 'invalid-append' | 'wrong-store' | 'beyond-head' | 'unavailable',
    message: string,
  ) {
    super(message);
    this.name = 'StoreError';
  }
}
