import type { Pool } from 'pg';

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
}
