import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { Bus, BusMessage } from '#bus';
import { countBusBatches, countContributions, inBatchSpan, type Logger } from '#platform';

export const CONTRIBUTIONS_TOPIC = 'contributions';
const SHARDS = 16;
/** A relay that has not renewed its claim for this long has lost its shards to the others. */
const LEASE_MS = 6000;
const CLAIM_EVERY_MS = 1000;
/** How often a relay looks up to where everything is filed: what lies before need not be looked through again. */
const SETTLE_EVERY_MS = 5000;
const MOST_BACK_OFF_MS = 5000;
/** Above every number of an item. */
const MOST_ITEMS = 2_147_483_647;

export type RelayLoad = 'everything' | 'commands' | { readonly sentBy: readonly string[] };

export interface RelayOptions {
  readonly pool: Pool;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Which rows this relay carries: all, those that these organisations sent, or what people decided in the hub. */
  readonly carries: RelayLoad;
  readonly batchSize?: number;
  readonly pollMs?: number;
  /** What was accepted this long ago and is still missing is published again. */
  readonly againAfterMs?: number;
}

interface Row {
  accepted_no: string;
  item_no: number;
  subject_key: string;
  bytes: Buffer;
  trace: string;
}

const messageOf = (row: Row): BusMessage => ({
  key: row.subject_key,
  value: row.bytes,
  headers: { format: 'sightline-final', version: '1', trace: row.trace },
});

const delay = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });

/** `organisations` and `commands` as `inbox.unfiled` takes them. */
const scopeOf = (load: RelayLoad): readonly [readonly string[] | null, boolean | null] => {
  if (load === 'everything') return [null, null];
  return load === 'commands' ? [null, true] : [load.sentBy, false];
};

/** Counts what becomes of a page, and traces it. */
const published = (page: readonly Row[], publish: () => Promise<void>): Promise<void> =>
  inBatchSpan(
    page,
    ({ trace }) => trace,
    'publish',
    async () => {
      try {
        await publish();
        countBusBatches({ direction: 'published', outcome: 'done' });
        countContributions({ stage: 'published' }, page.length);
      } catch (error) {
        countBusBatches({ direction: 'published', outcome: 'failed' });
        throw error;
      }
    },
  );

/** A place in acceptance order. */
interface Place {
  readonly no: string;
  readonly item: number;
}

/** One connection, asked one thing after the other. */
class Asked {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: PoolClient) {}

  query(query: QueryConfig): Promise<QueryResult> {
    const asked = this.last.then(() => this.client.query(query));
    this.last = asked.catch(() => undefined);
    return asked;
  }
}

/** The bus did not take what it was given: it is tried again, on the same connection and with the same shards. */
class BusAway extends Error {
  constructor(cause: unknown) {
    super('the bus did not take the messages', { cause });
    this.name = 'BusAway';
  }
}

/**
 * Publishes accepted inbox rows to the bus, in acceptance order, one owner a shard of subject keys. Relays of one login
 * role share the shards by a lease: they fall to the others when the process dies, or stands still. Nothing is marked
 * as sent: what is still missing is published again.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private nudge: () => void = () => undefined;
  private readonly owner = randomUUID();
  /** Everything up to here was taken by the bus once. */
  private cursor: Place = { no: '0', item: 0 };
  /** Everything up to here is filed. */
  private settled = '0';

  constructor(private readonly options: RelayOptions) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Something was accepted in this process: look at once. */
  wake(): void {
    this.nudge();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.nudge();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let client: PoolClient | undefined;
      let broken: Error | undefined;
      try {
        client = await this.options.pool.connect();
        client.on('error', () => this.nudge());
        await this.serve(client);
      } catch (error) {
        broken = error as Error;
        if (!this.stopping.signal.aborted) this.options.logger.warn('relay-again', { reason: broken.name });
        await delay(200, this.stopping.signal);
      } finally {
        client?.release(broken ?? true);
      }
    }
  }

  private async serve(client: PoolClient): Promise<void> {
    const { pollMs = 50, againAfterMs = 60_000, logger } = this.options;
    let held: readonly number[] = [];
    let scanned: readonly number[] = [];
    let lost: Error | undefined;
    let againAt = Date.now() + againAfterMs;
    let settleAt = Date.now();
    let failures = 0;
    const database = new Asked(client);
    const claim = async (): Promise<void> => {
      held = await this.claim(database);
    };
    await database.query({ text: 'listen inbox_accepted' });
    client.on('notification', () => this.nudge());
    await claim();
    // The lease is renewed also while the bus keeps us waiting.
    const renewing = setInterval(() => void claim().catch((error: Error) => (lost ??= error)), CLAIM_EVERY_MS);
    try {
      while (!this.stopping.signal.aborted) {
        if (lost) throw lost;
        const shards = held;
        if (shards.some((shard) => !scanned.includes(shard))) {
          // What came with a new shard may be older than where the others stand.
          this.cursor = { no: this.settled, item: MOST_ITEMS };
        }
        scanned = shards;
        try {
          if (Date.now() >= settleAt) {
            await this.settle(database);
            settleAt = Date.now() + SETTLE_EVERY_MS;
          }
          if (Date.now() >= againAt) {
            againAt = Date.now() + againAfterMs;
            await this.settle(database);
            const from = { no: this.settled, item: MOST_ITEMS };
            for await (const _ of this.publishAll(database, shards, from, `${againAfterMs} milliseconds`));
          }
          let idle = true;
          for await (const cursor of this.publishAll(database, shards, this.cursor, null)) {
            this.cursor = cursor;
            idle = false;
          }
          failures = 0;
          if (idle) await this.rest(pollMs);
        } catch (error) {
          if (!(error instanceof BusAway)) throw error;
          const wait = Math.min(MOST_BACK_OFF_MS, 200 * 2 ** failures);
          if (failures === 0) logger.warn('relay-waits', { reason: 'bus' });
          failures += 1;
          await delay(wait, this.stopping.signal);
        }
      }
    } finally {
      clearInterval(renewing);
    }
    await database.query({ text: 'select inbox.release_shards($1)', values: [this.owner] });
  }

  /** A relay that has nothing to publish for long does not fall behind what the others have published. */
  private async settle(database: Asked): Promise<void> {
    const floor = await database.query({ text: 'select inbox.settled($1) as no', values: [this.settled] });
    this.settled = (floor.rows[0] as { no: string }).no;
    if (BigInt(this.cursor.no) <= BigInt(this.settled)) this.cursor = { no: this.settled, item: MOST_ITEMS };
  }

  private async rest(ms: number): Promise<void> {
    const woken = new AbortController();
    this.nudge = () => woken.abort();
    await delay(ms, woken.signal);
  }

  private async claim(database: Asked): Promise<readonly number[]> {
    const { rows } = await database.query({
      name: 'inbox-claim-shards',
      text: 'select shard from inbox.claim_shards($1, $2, $3::interval) as shard',
      values: [this.owner, SHARDS, `${LEASE_MS} milliseconds`],
    });
    return (rows as { shard: number }[]).map(({ shard }) => shard);
  }

  /** Publishes page by page; gives the place behind each page that the bus has taken. */
  private async *publishAll(
    database: Asked,
    shards: readonly number[],
    from: Place,
    olderThan: string | null,
  ): AsyncGenerator<Place> {
    const { bus, carries, batchSize = 500 } = this.options;
    const [organisations, commands] = scopeOf(carries);
    let cursor = from;
    while (!this.stopping.signal.aborted && shards.length > 0) {
      const { rows } = await database.query({
        name: 'inbox-unfiled',
        text: 'select * from inbox.unfiled($1, $2, $3, $4, $5, $6::interval, $7)',
        values: [cursor.no, cursor.item, shards, organisations, commands, olderThan, batchSize],
      });
      const page = rows as Row[];
      if (page.length === 0) return;
      await published(page, () => bus.publish(CONTRIBUTIONS_TOPIC, page.map(messageOf))).catch((error: unknown) => {
        throw new BusAway(error);
      });
      const last = page.at(-1)!;
      cursor = { no: last.accepted_no, item: last.item_no };
      yield cursor;
      if (page.length < batchSize) return;
    }
  }
}
