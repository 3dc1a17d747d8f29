import { randomUUID } from 'node:crypto';
import { canonicalBytes } from '#contracts';
import {
  checkAppend,
  StoreError,
  type AppendResult,
  type Checkpoint,
  type EventStore,
  type ReadOptions,
  type StoredEvent,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from '#event-sourcing';
import { EngineError } from '../postgres/engine-error.js';
import { AppendQueue } from './append-queue.js';
import { BatchAppender, type Sent } from './batch-appender.js';
import { Connection, isAddress } from './connection.js';
import { answered, birthStream, Everything } from './everything.js';
import { describeFailure } from './failure.js';
import { streamPageRequest, toStored, type AppendAnswer, type ReadEvent } from './messages.js';
import { readPage } from './read-pages.js';
import { startSubscription } from './subscription.js';

export interface EventStoreDbOptions {
  /** `esdb://host:port` or `esdb+discover://name`, with the options of the client (`?tls=false&tlsCAFile=...`). */
  readonly url: string;
  readonly applicationName: string;
  /** After this long an append's outcome is unknown, and a read without a sign of life failed (default 5,000 ms). */
  readonly timeoutMs?: number;
  /** A subscription that heard nothing for this long compares its place with the head (default 5,000 ms). */
  readonly quietMs?: number;
  /** The metadata of the store's first event, if this call is the one that creates the store; default: none. */
  readonly birthMetadata?: (event: Omit<StoredEvent, 'metadata' | 'position'>) => Uint8Array;
}

const birthType = 'store-created';
const maxLimit = 10_000;

/**
 * Opens the store on a server that is the hub's alone, and creates it (first event: `store-created` in `hub-store`)
 * when it is new. Rejects with `StoreError` `unavailable`, or with `EngineError` for an address that is none.
 */
export const openEventStoreDb = async (options: EventStoreDbOptions): Promise<EventStore> => {
  if (!isAddress(options.url)) {
    throw new EngineError('not-supported', 'EVENT_STORE_URL is no address that the client of EventStoreDB takes.');
  }
  const reads = new Connection(options);
  const appends = new Connection(options);
  const appender = new BatchAppender(appends);
  try {
    const { id, position } = await findOrCreate(reads, appender, options);
    return new EventStoreDbStore({ id, birth: position, reads, appends, appender, options });
  } catch (error) {
    appender.close();
    reads.close();
    appends.close();
    throw error;
  }
};

const timeoutOf = (options: EventStoreDbOptions): number => options.timeoutMs ?? 5_000;

interface Birth {
  readonly id: string;
  readonly position: number;
}

/** Of several that find no store, one creates it: the append is for a stream that does not exist. */
const findOrCreate = async (
  reads: Connection,
  appender: BatchAppender,
  options: EventStoreDbOptions,
): Promise<Birth> => {
  const found = await findBirth(reads, options);
  if (found) return found;
  const event = {
    stream: birthStream,
    revision: 0,
    id: randomUUID(),
    type: birthType,
    data: canonicalBytes({ store: randomUUID(), v: 1 }),
  };
  const { id, type, data } = event;
  const metadata = options.birthMetadata?.(event) ?? new Uint8Array();
  const write: StreamWrite = {
    stream: birthStream,
    expectedRevision: 'none',
    events: [{ id, type, data, metadata }],
  };
  // The first time its outcome may be unknown; the same once more writes nothing twice.
  await inTime(appender.send(write), timeoutOf(options)).catch(() => undefined);
  const created = await findBirth(reads, options);
  if (created) return created;
  await answered(inTime(appender.send(write), timeoutOf(options)));
  const createdNow = await findBirth(reads, options);
  if (!createdNow) throw new StoreError('unavailable', 'the store could not be created');
  return createdNow;
};

const findBirth = async (reads: Connection, options: EventStoreDbOptions): Promise<Birth | undefined> => {
  const request = streamPageRequest({ stream: birthStream, from: 'start', backwards: false, count: 1 });
  const [first] = (await answered(readPage(reads, request, timeoutOf(options)))) ?? [];
  return first === undefined ? undefined : { id: storeOf(first), position: first.position };
};

const storeOf = ({ type, data }: ReadEvent): string => {
  try {
    const { store } = JSON.parse(new TextDecoder().decode(data)) as { store?: unknown };
    if (type === birthType && typeof store === 'string') return store;
  } catch {
    // As below.
  }
  throw new StoreError('wrong-store', `the first event of ${birthStream} is none of a store`);
};

const inTime = async (sent: Sent, milliseconds: number): Promise<AppendAnswer> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      sent.abandon();
      reject(new StoreError('unavailable', 'the event store did not answer (no answer in time)'));
    }, milliseconds);
  });
  try {
    return await Promise.race([sent.answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

interface Parts {
  readonly id: string;
  readonly birth: number;
  readonly reads: Connection;
  readonly appends: Connection;
  readonly appender: BatchAppender;
  readonly options: EventStoreDbOptions;
}

class EventStoreDbStore implements EventStore {
  readonly id: string;
  private readonly parts: Parts;
  private readonly everything: Everything;
  private readonly queue: AppendQueue;
  private readonly subscriptions = new Set<Subscription>();
  private closed = false;

  constructor(parts: Parts) {
    const { id, birth, reads, options } = parts;
    this.id = id;
    this.parts = parts;
    this.everything = new Everything({ connection: reads, store: id, birth, timeoutMs: timeoutOf(options) });
    this.queue = new AppendQueue({
      timeoutMs: timeoutOf(options),
      causeOf: describeFailure,
      send: (write) => {
        const sent = parts.appender.send(write);
        return { result: sent.answer.then((answer) => this.resultOf(write, answer)), abandon: sent.abandon };
      },
    });
  }

  async append(writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> {
    checkAppend(writes);
    this.checkOpen();
    return this.queue.append(writes);
  }

  async readStream(stream: string, { from, backwards = false, limit }: ReadOptions): Promise<readonly StoredEvent[]> {
    checkLimit(limit);
    this.checkOpen();
    const page = await this.read(stream, from ?? (backwards ? 'end' : 'start'), backwards, limit);
    return page.map(toStored);
  }

  async readAll(after: Checkpoint | null, limit: number): Promise<readonly StoredEvent[]> {
    checkLimit(limit);
    this.checkOpen();
    return this.everything.readAfter(after, limit);
  }

  async head(): Promise<Checkpoint | null> {
    this.checkOpen();
    return this.everything.head();
  }

  subscribe(options: SubscribeOptions): Subscription {
    checkLimit(options.batchSize);
    this.checkOpen();
    const { birth, options: own } = this.parts;
    const subscription = startSubscription(
      {
        connection: new Connection(own),
        everything: this.everything,
        store: this.id,
        birth,
        quietMs: own.quietMs ?? 5_000,
      },
      options,
    );
    this.subscriptions.add(subscription);
    const forget = (): void => void this.subscriptions.delete(subscription);
    subscription.ended.then(forget, forget);
    return subscription;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await this.queue.drained();
    this.parts.appender.close();
    this.parts.appends.close();
    this.parts.reads.close();
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreError('unavailable', 'the store is closed');
  }

  private async read(
    stream: string,
    from: number | 'start' | 'end',
    backwards: boolean,
    count: number,
  ): Promise<readonly ReadEvent[]> {
    const request = streamPageRequest({ stream, from, backwards, count });
    return (await answered(readPage(this.parts.reads, request, timeoutOf(this.parts.options)))) ?? [];
  }

  private async resultOf(write: StreamWrite, answer: AppendAnswer): Promise<AppendResult> {
    const { stream, expectedRevision } = write;
    switch (answer.answer) {
      case 'appended': {
        const { revision } = answer;
        const position = answer.position ?? (await this.read(stream, revision, false, 1))[0]?.position;
        if (position === undefined) return { outcome: 'unknown', stream, cause: 'no position' };
        return { outcome: 'appended', stream, revision, position };
      }
      case 'wrong-version': {
        const repeated = await this.findRepeated(write).catch(() => undefined);
        if (repeated) return repeated;
        return { outcome: 'conflict', stream, expected: expectedRevision, actual: answer.actual };
      }
      case 'refused':
        return { outcome: 'unknown', stream, cause: answer.type };
    }
  }

  /** The old result, where the ids of the write stand in their order right after the expected revision. */
  private async findRepeated({ stream, expectedRevision, events }: StreamWrite): Promise<AppendResult | undefined> {
    const first = expectedRevision === 'none' ? 0 : expectedRevision + 1;
    const revision = first + events.length - 1;
    const [last] = await this.read(stream, revision, false, 1);
    if (last?.revision !== revision || last.id !== events.at(-1)?.id.toLowerCase()) return undefined;
    const stored = await this.read(stream, first, false, events.length);
    const isRepeated = events.every(({ id }, i) => stored[i]?.id === id.toLowerCase());
    return isRepeated ? { outcome: 'appended', stream, revision, position: last.position } : undefined;
  }
}

const checkLimit = (limit: number): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw new RangeError(`a limit is an integer from 1 to ${maxLimit}`);
  }
};
