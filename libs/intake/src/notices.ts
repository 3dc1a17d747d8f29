import type { Pool } from 'pg';

/**
 * `conflicting-versions`: two versions of equal rank differ; both stay current until a higher one comes.
 * `absent-from-later-extract`: a later extract does not hold this record; nothing was retracted.
 */
export interface Notice {
  readonly kind: 'conflicting-versions' | 'absent-from-later-extract';
  readonly receipt: string;
  readonly path: string;
  readonly at: string;
}

const MOST = 10_000;

/** What the hub has to say about what was sent: by one connector, or by whoever sends for the organisation. */
export class Notices {
  constructor(private readonly pool: Pool) {}

  async list(client: string | null, organisation: string, feed: string): Promise<readonly Notice[]> {
    const { rows } = await this.pool.query('select * from inbox.notices($1, $2, $3, $4)', [
      client,
      organisation,
      feed,
      MOST,
    ]);
    return (rows as { kind: Notice['kind']; receipt: string; path: string; at: Date }[]).map((row) => ({
      ...row,
      at: row.at.toISOString(),
    }));
  }
}
