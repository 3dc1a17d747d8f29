import type { Pool } from 'pg';

export interface Heartbeat {
  readonly organisation: string;
  /** Recorded time. */
  readonly receivedAt: string;
  /** Up to when the feed covers everything; null: it said only that it lives. */
  readonly coversUntil: string | null;
}

/** Signs of life of the feeds, kept in the order they came. */
export class Heartbeats {
  constructor(private readonly pool: Pool) {}

  /** Recorded time of receipt, RFC 3339. */
  async received(organisation: string, feed: string, client: string, coversUntil: string | null): Promise<string> {
    const { rows } = await this.pool.query('select inbox.heartbeat_received($1, $2, $3, $4) as at', [
      organisation,
      feed,
      client,
      coversUntil,
    ]);
    return (rows[0] as { at: Date }).at.toISOString();
  }

  /** The latest, newest first. */
  async latest(organisations: readonly string[], feed: string, limit: number): Promise<readonly Heartbeat[]> {
    const { rows } = await this.pool.query('select * from inbox.heartbeats($1, $2, $3)', [organisations, feed, limit]);
    return (rows as { organisation: string; received_at: Date; covers_until: Date | null }[]).map((row) => ({
      organisation: row.organisation,
      receivedAt: row.received_at.toISOString(),
      coversUntil: row.covers_until?.toISOString() ?? null,
    }));
  }
}
