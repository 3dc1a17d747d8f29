import type { Pool } from 'pg';

/** A submission and what became of its items by now. */
export interface SentSubmission {
  readonly organisation: string;
  readonly receipt: string;
  readonly acceptedAt: string;
  readonly items: number;
  readonly filed: number;
  readonly quarantined: number;
  readonly duplicate: number;
  /** Durable, on their way. */
  readonly accepted: number;
}

export interface FeedStanding {
  readonly lastHeartbeat: string | null;
  readonly coversUntil: string | null;
  /** Items that are durable and on their way. */
  readonly waiting: number;
  /** Items in quarantine about which nobody has decided. */
  readonly quarantined: number;
}

type Counts = Readonly<Record<'items' | 'filed' | 'quarantined' | 'duplicate' | 'accepted', string>>;

/** What was sent on a feed, and how it stands. */
export class SentSubmissions {
  private settled = '0';

  constructor(private readonly pool: Pool) {}

  /** The newest first: at most `limit` of those before a receipt. `client` null: whoever sent them. */
  async list(
    organisations: readonly string[],
    feed: string,
    client: string | null,
    before: string | null,
    limit: number,
  ): Promise<readonly SentSubmission[]> {
    const { rows } = await this.pool.query('select * from inbox.submissions($1, $2, $3, $4, $5)', [
      organisations,
      feed,
      client,
      before,
      limit,
    ]);
    return (rows as (Counts & { organisation: string; receipt_id: string; accepted_at: Date })[]).map((row) => ({
      organisation: row.organisation,
      receipt: row.receipt_id,
      acceptedAt: row.accepted_at.toISOString(),
      items: Number(row.items),
      filed: Number(row.filed),
      quarantined: Number(row.quarantined),
      duplicate: Number(row.duplicate),
      accepted: Number(row.accepted),
    }));
  }

  async standing(organisation: string, feed: string, client: string | null): Promise<FeedStanding> {
    const floor = await this.pool.query('select inbox.settled($1) as no', [this.settled]);
    this.settled = (floor.rows[0] as { no: string }).no;
    const { rows } = await this.pool.query('select * from inbox.feed_standing($1, $2, $3, $4)', [
      organisation,
      feed,
      client,
      this.settled,
    ]);
    const row = rows[0] as
      { last_heartbeat: Date | null; covers_until: Date | null; waiting: string; quarantined: string } | undefined;
    return {
      lastHeartbeat: row?.last_heartbeat?.toISOString() ?? null,
      coversUntil: row?.covers_until?.toISOString() ?? null,
      waiting: Number(row?.waiting ?? 0),
      quarantined: Number(row?.quarantined ?? 0),
    };
  }
}
