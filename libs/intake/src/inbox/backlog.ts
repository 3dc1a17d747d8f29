import type { Pool } from 'pg';

/** Whether the inbox may take more: accepted and not yet filed, looked at again when a second has passed. */
export class Backlog {
  private looked = 0;
  private full: Promise<boolean> = Promise.resolve(false);

  constructor(
    private readonly pool: Pool,
    private readonly limit: number,
  ) {}

  isFull(now: number = Date.now()): Promise<boolean> {
    if (now - this.looked >= 1000) {
      this.looked = now;
      this.full = this.pool
        .query('select inbox.backlog($1) as waiting', [this.limit])
        .then(({ rows }) => (rows[0] as { waiting: number }).waiting >= this.limit);
    }
    return this.full;
  }
}
