/** One message. The key decides the order: messages of one key are handled in the order they were published. */
export interface BusMessage {
  readonly key: string;
  readonly value: Uint8Array;
  /** Format, version and trace, and nothing else. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface BusSubscription {
  stop(): Promise<void>;
}

export interface ConsumeOptions {
  readonly topic: string;
  /** Consumers of one group share the work; every group sees everything. */
  readonly group: string;
  readonly batchSize: number;
  /** A rejection has the batch delivered again, later; nothing is skipped. */
  readonly onBatch: (messages: readonly BusMessage[]) => Promise<void>;
}

/**
 * A pipe, not a record: what is on it may be delivered again and may be lost with it; the inbox is the truth.
 * Every engine passes the one suite in `testing/`.
 */
export interface Bus {
  /** Resolves when the bus has taken every message; waits while it is full. */
  publish(topic: string, messages: readonly BusMessage[]): Promise<void>;
  consume(options: ConsumeOptions): Promise<BusSubscription>;
  close(): Promise<void>;
}

/**
 * `closed`: the bus was closed. `invalid`: what was asked cannot be done by any bus; the message names what.
 * `unavailable`: the bus is out of reach; what was published may have been taken or not, and may be published again.
 */
export class BusError extends Error {
  constructor(
    readonly type: 'closed' | 'invalid' | 'unavailable',
    message: string,
  ) {
    super(message);
    this.name = 'BusError';
  }
}

/** Throws a `BusError` of type `invalid` for options that no bus can serve. */
export const checkConsume = ({ topic, group, batchSize }: ConsumeOptions): void => {
  if (topic === '') throw new BusError('invalid', 'topic is empty');
  if (group === '') throw new BusError('invalid', 'group is empty');
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new BusError('invalid', 'batchSize is below 1');
};
