import { randomUUID } from 'node:crypto';
import pg, { type Pool, type PoolClient } from 'pg';
import { canonicalBytes } from '#contracts';
import {
  checkAppend,
  StoreError,
  type AppendResult,
  type Checkpoint,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type ReadOptions,
  type StoredEvent,
  type StreamWrite,
  type SubscribeOptions,
  type Subscription,
} from '#event-sourcing';
import { AppendBatcher } from './append-batcher.js';
import { keepErrorsLocal } from './database.js';
import { pause } from './processes.js';
import { startSubscription, Waker, type Page } from './store-subscription.js';

export interface PostgresEventStoreOptions {
  /** `postgres://role:password@host:port/database`; the role has `sightline_store_append`, or only `..._read`. */
  readonly url: string;
  readonly applicationName: string;
  /** Connections for reads (default 2); one more appends, and one listens once there is a subscription. */
  readonly readers?: number;
  /** After this long an append's outcome is unknown, and a read has failed (default 5,000 ms). */
  readonly timeoutMs?: number;
  /** How often a subscription asks when it hears nothing (default 250 ms). */
  readonly pollMs?: number;
  /** The recorded time in an event's metadata, as an RFC 3339 text; default: the member `hubAt` of a JSON object. */
  readonly hubAtOf?: (event: NewEvent) => string | undefined;
  /** The metadata of the store's first event, if this call is the one that creates the store; default: none. */
  readonly birthMetadata?: (event: Omit<StoredEvent, 'metadata'>) => Uint8Array;
}

const birthStream = 'hub-store';
const birthType = 'store-created';
const maxLimit = 10_000;

/**
 * Opens the store in the tables of `EventStoreTables1763900000001`, and creates it (first event: `store-created`
 * in `hub-store`) when it is new. Rejects with `StoreError` `unavailable`.
 */
export const openPostgresEventStore = async (options: PostgresEventStoreOptions): Promise<EventStore> => {
  const pools = {
    reads: openPool(options, options.readers ?? 2),
    appends: openPool(options, 1),
  };
  try {
    const id = await answered(findOrCreate(pools.appends, options));
    return new PostgresEventStore(id, pools, options);
  } catch (error) {
    await Promise.all([pools.reads.end(), pools.appends.end()]);
    throw error;
  }
};

const timeoutOf = (options: PostgresEventStoreOptions): number => options.timeoutMs ?? 5_000;

const openPool = (options: PostgresEventStoreOptions, max: number): Pool =>
  keepErrorsLocal(
    new pg.Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max,
      keepAlive: true,
      connectionTimeoutMillis: timeoutOf(options),
      query_timeout: timeoutOf(options),
      // The server gives up too: what nobody waits for any more does not stay in the way of others.
      statement_timeout: timeoutOf(options),
    }),
  );

const findOrCreate = async (pool: Pool, options: PostgresEventStoreOptions): Promise<string> => {
  const { rows } = await pool.query<{ store_id: string }>('select store_id from store.head');
  if (rows[0] !== undefined) return rows[0].store_id;
  const store = randomUUID();
  const event = {
    stream: birthStream,
    revision: 0,
    position: 1,
    id: randomUUID(),
    type: birthType,
    data: canonicalBytes({ store, v: 1 }),
  };
  const metadata = options.birthMetadata?.(event) ?? new Uint8Array();
  const created = await pool.query<{ id: string }>('select store.create_once($1, $2, $3, $4) as id', [
    store,
    event.id,
    Buffer.from(event.data),
    Buffer.from(metadata),
  ]);
  return created.rows[0]?.id ?? store;
};

class PostgresEventStore implements EventStore {
  readonly id: string;
  readonly densePositions = true;
  private readonly pools: { readonly reads: Pool; readonly appends: Pool };
  private readonly options: PostgresEventStoreOptions;
  private readonly batcher: AppendBatcher;
  private readonly waker = new Waker();
  private readonly subscriptions = new Set<Subscription>();
  private listener: Promise<void> | undefined;
  private listening: pg.Client | undefined;
  private closed = false;

  constructor(id: string, pools: { reads: Pool; appends: Pool }, options: PostgresEventStoreOptions) {
    this.id = id;
    this.pools = pools;
    this.options = options;
    this.batcher = new AppendBatcher({ timeoutMs: timeoutOf(options), send: (batch) => this.send(batch) });
  }

  async append(writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> {
    checkAppend(writes);
    this.checkOpen();
    return this.batcher.append(writes);
  }

  async readStream(stream: string, options: ReadOptions): Promise<readonly StoredEvent[]> {
    checkLimit(options.limit);
    const rows =
      options.backwards === true
        ? await this.read<EventRow>('stream-backwards', BACKWARDS, [stream, options.from ?? null, options.limit])
        : await this.read<EventRow>('stream', FORWARDS, [stream, options.from ?? 0, options.limit]);
    return rows.map(toEvent);
  }

  async readAll(after: Checkpoint | null, limit: number): Promise<readonly StoredEvent[]> {
    return (await this.readAfter(after, limit)).events;
  }

  async head(): Promise<Checkpoint | null> {
    const rows = await this.read<HeadRow>('head', 'select store_id, position, event_id from store.head', []);
    return rows[0] === undefined ? null : toCheckpoint(rows[0]);
  }

  subscribe(options: SubscribeOptions): Subscription {
    checkLimit(options.batchSize);
    this.checkOpen();
    this.listener ??= this.listen();
    const subscription = startSubscription(
      {
        readAfter: (after, limit) => this.readAfter(after, limit),
        waker: this.waker,
        pollMs: this.options.pollMs ?? 250,
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
    await this.batcher.drained();
    await this.listening?.end().catch(() => undefined);
    await this.listener;
    await Promise.all([this.pools.reads.end(), this.pools.appends.end()]);
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreError('unavailable', 'the store is closed');
  }

  private async read<Row extends object>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    this.checkOpen();
    return answered(this.pools.reads.query<Row>({ name: `store-${name}`, text, values }).then(({ rows }) => rows));
  }

  /** One snapshot: head, the event that the checkpoint names, and what comes after it. */
  private async readAfter(after: Checkpoint | null, limit: number): Promise<Page> {
    checkLimit(limit);
    if (after !== null && after.store !== this.id) {
      throw new StoreError('wrong-store', 'the checkpoint belongs to another store');
    }
    const rows = await this.read<PageRow>('after', AFTER, [after?.position ?? 0, limit]);
    const [first] = rows;
    if (first === undefined) throw new StoreError('unavailable', 'the store has no head');
    const head = { store: first.store_id, position: Number(first.head_position), eventId: first.head_event };
    if (head.store !== this.id) throw new StoreError('wrong-store', 'the store has been replaced by another');
    if (after !== null) checkPlace(after, head, first.after_event);
    return { events: rows.flatMap((row) => (row.id === null ? [] : [toEvent(row as EventRow)])), head };
  }

  private async send(batch: readonly StreamWrite[]): Promise<readonly AppendResult[]> {
    const client = await this.pools.appends.connect();
    let failure: Error | undefined;
    try {
      const rows = await inTime(appendRows(client, batch, this.hubAt(batch)), timeoutOf(this.options));
      if (rows.length !== batch.length) throw new Error('the store answered for other writes than were sent');
      this.waker.wake();
      return batch.map((write, i) => toResult(write, rows[i] as ResultRow));
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      // With a failure the connection is closed: an answer that comes late finds nobody.
      client.release(failure);
    }
  }

  private hubAt(batch: readonly StreamWrite[]): string | null {
    const hubAtOf = this.options.hubAtOf ?? hubAtOfMetadata;
    let latest = -Infinity;
    for (const { events } of batch) {
      for (const event of events) {
        const time = Date.parse(hubAtOf(event) ?? '');
        if (time > latest) latest = time;
      }
    }
    return latest === -Infinity ? null : new Date(latest).toISOString();
  }

  /** Hears of other processes' appends, and connects again for as long as the store is open. Polling covers the gaps. */
  private async listen(): Promise<void> {
    for (let failures = 0; !this.closed; failures += 1) {
      const client = new pg.Client({
        connectionString: this.options.url,
        application_name: this.options.applicationName,
        keepAlive: true,
        connectionTimeoutMillis: timeoutOf(this.options),
      });
      const over = new Promise<void>((done) => {
        client.on('error', () => done());
        client.on('end', () => done());
      });
      this.listening = client;
      try {
        await client.connect();
        client.on('notification', () => this.waker.wake());
        await client.query('listen store_appended');
        this.waker.wake();
        failures = 0;
        if (!this.closed) await over;
      } catch {
        // Tried again below.
      }
      await client.end().catch(() => undefined);
      if (!this.closed) await pause(Math.min(50 * 2 ** failures, 2_000));
    }
  }
}

const checkLimit = (limit: number): void => {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    throw new RangeError(`a limit is an integer from 1 to ${maxLimit}`);
  }
};

const checkPlace = (after: Checkpoint, head: Checkpoint, found: string | null): void => {
  if (after.position > head.position) throw new StoreError('beyond-head', 'the checkpoint lies past the end');
  if (found !== after.eventId.toLowerCase()) {
    throw new StoreError('wrong-store', 'the store holds another event at the place of the checkpoint');
  }
};

interface EventRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

interface HeadRow {
  readonly store_id: string;
  readonly position: string;
  readonly event_id: string;
}

type PageRow = { readonly [K in keyof EventRow]: EventRow[K] | null } & {
  readonly store_id: string;
  readonly head_position: string;
  readonly head_event: string;
  readonly after_event: string | null;
};

interface ResultRow {
  readonly appended: boolean;
  readonly at_revision: string;
  readonly at_position: string | null;
}

const columns = 'e.position, e.stream, e.revision, e.id, e.type, e.data, e.metadata';
const FORWARDS = `select ${columns} from store.event e where e.stream = $1 and e.revision >= $2
  order by e.revision limit $3`;
const BACKWARDS = `select ${columns} from store.event e
  where e.stream = $1 and e.revision <= coalesce($2::bigint, 9223372036854775807) order by e.revision desc limit $3`;
const AFTER = `select h.store_id, h.position as head_position, h.event_id as head_event,
    (select p.id from store.event p where p.position = $1) as after_event, ${columns}
  from store.head h left join lateral (
    select * from store.event e where e.position > $1 order by e.position limit $2) e on true
  order by e.position`;

const toEvent = (row: EventRow): StoredEvent => ({
  stream: row.stream,
  revision: Number(row.revision),
  position: Number(row.position),
  id: row.id,
  type: row.type,
  data: row.data,
  metadata: row.metadata,
});

const toCheckpoint = (row: HeadRow): Checkpoint => ({
  store: row.store_id,
  position: Number(row.position),
  eventId: row.event_id,
});

const toResult = ({ stream, expectedRevision }: StreamWrite, row: ResultRow): AppendResult =>
  row.appended
    ? { outcome: 'appended', stream, revision: Number(row.at_revision), position: Number(row.at_position) }
    : { outcome: 'conflict', stream, expected: expectedRevision, actual: fromNumber(Number(row.at_revision)) };

const fromNumber = (revision: number): ExpectedRevision => (revision < 0 ? 'none' : revision);

const appendRows = async (
  client: PoolClient,
  batch: readonly StreamWrite[],
  hubAt: string | null,
): Promise<ResultRow[]> => {
  const events = batch.flatMap(({ events }) => events);
  const { rows } = await client.query<ResultRow>({
    name: 'store-append',
    text: 'select * from store.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [
      batch.map(({ stream }) => stream),
      batch.map(({ expectedRevision }) => (expectedRevision === 'none' ? -1 : expectedRevision)),
      batch.flatMap(({ events }, i) => events.map(() => i + 1)),
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      Buffer.concat(events.map(({ data }) => data)),
      events.map(({ data }) => data.byteLength),
      Buffer.concat(events.map(({ metadata }) => metadata)),
      events.map(({ metadata }) => metadata.byteLength),
      hubAt,
    ],
  });
  return rows;
};

/** Rejects when the answer is late; the query may still be carried out. */
const inTime = async <T>(answer: Promise<T>, milliseconds: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
  });
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Whatever an engine says when it cannot answer is one error to the hub. */
const answered = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    throw new StoreError('unavailable', `the event store did not answer (${String(code ?? message)})`);
  }
};

const decoder = new TextDecoder();

const hubAtOfMetadata = ({ metadata }: NewEvent): string | undefined => {
  if (metadata[0] !== 0x7b) return undefined;
  try {
    const { hubAt } = JSON.parse(decoder.decode(metadata)) as { hubAt?: unknown };
    return typeof hubAt === 'string' ? hubAt : undefined;
  } catch {
    return undefined;
  }
};
