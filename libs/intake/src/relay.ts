import type { Pool, PoolClient } from 'pg';
import type { Bus, BusMessage } from '#bus';
import type { Logger } from '#platform';

export const CONTRIBUTIONS_TOPIC = 'contributions';
const SHARDS = 16;
const LOCK_SPACE = 0x51671;
/** Above every number of an item. */
const MOST_ITEMS = 2_147_483_647;

export interface RelayOptions {
  readonly pool: Pool;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Whose rows this relay carries; null for everyone's. */
  readonly organisations: readonly string[] | null;
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

/**
 * Publishes accepted inbox rows to the bus, in acceptance order, one owner a shard of subject keys (a PostgreSQL
 * session lock: it falls with the process). Nothing is marked as sent: what is still missing is published again.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private nudge: () => void = () => undefined;

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
    const { pollMs = 50, againAfterMs = 60_000 } = this.options;
    let shards: number[] = [];
    let cursor = { no: '0', item: 0 };
    let settled = '0';
    let lockAt = 0;
    let againAt = Date.now() + againAfterMs;
    await client.query('listen inbox_accepted');
    client.on('notification', () => this.nudge());
    while (!this.stopping.signal.aborted) {
      if (shards.length < SHARDS && Date.now() >= lockAt) {
        lockAt = Date.now() + 2000;
        const more = await this.claim(client, shards);
        if (more.length > 0) {
          shards = [...shards, ...more];
          cursor = { no: '0', item: 0 };
        }
      }
      if (Date.now() >= againAt) {
        againAt = Date.now() + againAfterMs;
        const floor = await client.query('select inbox.settled($1) as no', [settled]);
        settled = (floor.rows[0] as { no: string }).no;
        await this.publishAll(client, shards, { no: settled, item: MOST_ITEMS }, `${againAfterMs} milliseconds`);
      }
      const before = cursor;
      cursor = await this.publishAll(client, shards, cursor, null);
      if (cursor === before) await this.rest(pollMs);
    }
  }

  private async rest(ms: number): Promise<void> {
    const woken = new AbortController();
    this.nudge = () => woken.abort();
    await delay(ms, woken.signal);
  }

  private async claim(client: PoolClient, held: readonly number[]): Promise<number[]> {
    const free = Array.from({ length: SHARDS }, (_, shard) => shard).filter((shard) => !held.includes(shard));
    const space = LOCK_SPACE + hash((this.options.organisations ?? ['*']).join('\n'));
    const { rows } = await client.query(
      'select shard from unnest($1::int[]) shard where pg_try_advisory_lock($2::int, shard)',
      [free, space],
    );
    return (rows as { shard: number }[]).map((row) => row.shard);
  }

  private async publishAll(
    client: PoolClient,
    shards: readonly number[],
    from: { no: string; item: number },
    olderThan: string | null,
  ): Promise<{ no: string; item: number }> {
    const { bus, organisations, batchSize = 500 } = this.options;
    let cursor = from;
    while (!this.stopping.signal.aborted && shards.length > 0) {
      const { rows } = await client.query({
        name: 'inbox-unfiled',
        text: 'select * from inbox.unfiled($1, $2, $3, $4, $5::interval, $6)',
        values: [cursor.no, cursor.item, shards, organisations, olderThan, batchSize],
      });
      const page = rows as Row[];
      if (page.length === 0) break;
      await bus.publish(CONTRIBUTIONS_TOPIC, page.map(messageOf));
      const last = page.at(-1)!;
      cursor = { no: last.accepted_no, item: last.item_no };
      if (page.length < batchSize) break;
    }
    return cursor;
  }
}

/** A small stable number for a text, so that relays of other organisations hold other locks. */
const hash = (text: string): number => {
  let h = 0;
  for (const c of text) h = (h * 31 + c.codePointAt(0)!) % 1_000_003;
  return h;
};
