import type { Pool } from 'pg';

/** Whether the inbox may take more: what is accepted and not yet filed, looked at again when a second has passed. */
export class Backlog {
  private looked = 0;
  private settled = '0';
  private full: Promise<boolean> = Promise.resolve(false);

  constructor(
    private readonly pool: Pool,
    private readonly limit: number,
  ) {}

  isFull(now: number = Date.now()): Promise<boolean> {
    if (now - this.looked >= 1000) {
      this.looked = now;
      this.full = this.look();
    }
    return this.full;
  }

  private async look(): Promise<boolean> {
    const floor = await this.pool.query('select inbox.settled($1) as no', [this.settled]);
    this.settled = (floor.rows[0] as { no: string }).no;
    const { rows } = await this.pool.query('select inbox.backlog($1, $2) as waiting', [this.settled, this.limit]);
    return (rows[0] as { waiting: number }).waiting >= this.limit;
  }
}
