import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type ICustomPartitioner, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { BusError, type BusMessage } from '#bus';
import type { Line } from './line.js';
import { TOO_LATE, within } from './within.js';

/** One send holds at most so many messages and bytes; it goes when it is full or its first message has waited. */
const MOST_MESSAGES = 500;
const MOST_BYTES = 900_000;
const LINGER_MS = 5;
/** Above it a broker with ordinary settings refuses, and with it whatever goes along. */
const LARGEST = 1_000_000;
/** What a message costs beside its key, value and headers, at most. */
const OVERHEAD = 64;
const FIRST_BACK_OFF_MS = 100;
const MOST_BACK_OFF_MS = 2000;
const CLOSE_MS = 3000;

/** Of these no further attempt comes to another end. */
const FOR_GOOD = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_TOPIC_EXCEPTION'];

export interface PublisherOptions {
  readonly openLine: () => Line;
  readonly log: (line: string) => void;
  /** A publication is refused when no broker has taken it after this many ms. */
  readonly publishWithin: number;
}

/** One call of `publish`: settled when all of its messages are, or at the first that fails. */
interface Call {
  readonly deadline: number;
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: BusError) => void;
}

interface Waiting {
  readonly topic: string;
  readonly message: Message;
  readonly bytes: number;
  readonly since: number;
  readonly call: Call;
}

interface OpenProducer {
  readonly line: Line;
  readonly producer: Producer;
  /** Partitions that the last attempt of the send in hand chose. */
  readonly chosen: Set<number>;
  begin(messages: number): void;
}

/**
 * Publishes what many callers give in few sends, one send at a time, every one acknowledged by all replicas in sync.
 *
 * The producer is idempotent: what the client itself sends again is written once. Its sequence numbers are safe only as
 * long as nothing else is sent after a send of unknown outcome, so one send is in hand at a time, and after one that
 * failed the producer is replaced. What was written without our knowing may then be written again.
 */
export class Publisher {
  private readonly waiting: Waiting[] = [];
  private open: OpenProducer | undefined;
  private running: Promise<void> | undefined;
  private closed = false;
  private failures = 0;
  private readonly closing = new AbortController();
  private readonly cutting = new AbortController();
  private full: () => void = () => undefined;

  constructor(private readonly options: PublisherOptions) {}

  publish(topic: string, messages: readonly BusMessage[]): Promise<void> {
    if (this.closed) return Promise.reject(closedError());
    if (messages.length === 0) return Promise.resolve();
    const since = Date.now();
    return new Promise((resolve, reject) => {
      const call: Call = { deadline: since + this.options.publishWithin, left: messages.length, resolve, reject };
      const items = messages.map((one) => ({ topic, message: messageOf(one), bytes: sizeOf(one), since, call }));
      if (items.some(({ bytes }) => bytes > LARGEST)) {
        reject(new BusError('invalid', `a message is larger than ${LARGEST} bytes`));
        return;
      }
      for (const item of items) this.waiting.push(item);
      if (this.waiting.length >= MOST_MESSAGES) this.full();
      this.running ??= this.run().finally(() => (this.running = undefined));
    });
  }

  /** Refuses what waits, lets the send in hand end for a while, and opens nothing again. */
  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.closing.abort();
      this.full();
      for (const { call } of this.waiting.splice(0)) call.reject(closedError());
    }
    if (this.running) await within(CLOSE_MS, this.running);
    this.cutting.abort();
    await this.running;
    const open = this.open;
    this.open = undefined;
    if (open) await within(CLOSE_MS, open.producer.disconnect()).catch(() => undefined);
    open?.line.cut();
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.linger();
      const batch = this.nextBatch();
      if (batch.length === 0) continue;
      const error = await this.send(batch);
      for (const { call } of batch) settle(call, error);
    }
  }

  /** Waits until the first message has waited long enough, or a send is full. */
  private async linger(): Promise<void> {
    const ms = (this.waiting[0]?.since ?? 0) + LINGER_MS - Date.now();
    if (ms <= 0 || this.waiting.length >= MOST_MESSAGES) return;
    await within(ms, new Promise<void>((resolve) => (this.full = resolve)));
  }

  /** The next messages of one topic, in the order they were given, less those of calls that have failed. */
  private nextBatch(): Waiting[] {
    const topic = this.waiting[0]?.topic;
    let bytes = 0;
    let count = 0;
    for (const item of this.waiting) {
      if (item.topic !== topic || count === MOST_MESSAGES || (count > 0 && bytes + item.bytes > MOST_BYTES)) break;
      bytes += item.bytes;
      count += 1;
    }
    return this.waiting.splice(0, count).filter(({ call }) => call.left > 0);
  }

  /** Undefined when the broker has everything; else why the callers are refused. */
  private async send(batch: readonly Waiting[]): Promise<BusError | undefined> {
    const topic = batch[0]!.topic;
    const messages = batch.map(({ message }) => message);
    const deadline = Math.min(...batch.map(({ call }) => call.deadline));
    for (;;) {
      try {
        const sent = await within(deadline - Date.now(), this.attempt(topic, messages), this.cutting.signal);
        if (sent !== TOO_LATE) {
          this.failures = 0;
          return undefined;
        }
      } catch (error) {
        const type = typeOf(error);
        if (FOR_GOOD.includes(type)) {
          this.drop();
          return new BusError('invalid', `the broker refuses what is published: ${type}`);
        }
      }
      this.drop();
      this.options.log('kafka-send-failed');
      if (this.closed) return closedError();
      const wait = Math.min(FIRST_BACK_OFF_MS * 2 ** this.failures, MOST_BACK_OFF_MS);
      this.failures += 1;
      if (Date.now() + wait >= deadline) return new BusError('unavailable', 'no broker took it in time');
      await delay(wait, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }

  private async attempt(topic: string, messages: Message[]): Promise<void> {
    const open = await this.opened();
    open.begin(messages.length);
    const taken = await open.producer.send({ topic, messages, acks: -1 });
    if (!tookEvery(taken, open.chosen)) throw new Error('a partition was left out');
  }

  private async opened(): Promise<OpenProducer> {
    if (this.open) return this.open;
    const line = this.options.openLine();
    const chosen = new Set<number>();
    let asked = 0;
    let perAttempt = 1;
    const createPartitioner: ICustomPartitioner = () => {
      const byKey = kafkajs.Partitioners.DefaultPartitioner();
      return (args) => {
        if (asked % perAttempt === 0) chosen.clear();
        asked += 1;
        const partition = byKey(args);
        chosen.add(partition);
        return partition;
      };
    };
    const producer = line.kafka.producer({
      idempotent: true,
      createPartitioner,
      allowAutoTopicCreation: false,
      metadataMaxAge: 30_000,
      retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 6 },
    });
    this.open = {
      line,
      producer,
      chosen,
      begin: (count) => {
        asked = 0;
        perAttempt = count;
      },
    };
    await producer.connect();
    return this.open;
  }

  private drop(): void {
    const open = this.open;
    this.open = undefined;
    if (!open) return;
    open.line.cut();
    open.producer.disconnect().catch(() => undefined);
  }
}

const closedError = (): BusError => new BusError('closed', 'the bus is closed');

const settle = (call: Call, error: BusError | undefined): void => {
  if (error) {
    call.left = 0;
    call.reject(error);
    return;
  }
  call.left -= 1;
  if (call.left === 0) call.resolve();
};

/**
 * Whether every partition that was chosen has answered. The client does not ask again a partition whose leader moved
 * in mid-send to a broker that has already answered for others.
 */
const tookEvery = (taken: readonly RecordMetadata[], chosen: ReadonlySet<number>): boolean => {
  const answered = new Set(taken.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
  return [...chosen].every((partition) => answered.has(partition));
};

/** A copy: the caller may use its bytes again. */
const messageOf = ({ key, value, headers }: BusMessage): Message => ({
  key,
  value: Buffer.from(value),
  headers: { ...headers },
});

const sizeOf = ({ key, value, headers }: BusMessage): number =>
  Object.entries(headers).reduce(
    (size, [name, text]) => size + Buffer.byteLength(name) + Buffer.byteLength(text) + 10,
    value.byteLength + Buffer.byteLength(key) + OVERHEAD,
  );

/** The protocol's own name of what went wrong, however deep it lies. */
const typeOf = (error: unknown): string => {
  const { type, cause } = (error ?? {}) as { type?: unknown; cause?: unknown };
  if (typeof type === 'string') return type;
  return cause && cause !== error ? typeOf(cause) : '';
};
