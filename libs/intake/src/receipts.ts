import type { Pool } from 'pg';
import { isUuid } from '#contracts';

/** `accepted`: durable, on its way to its timeline. The other three are for ever. */
export type ItemState = 'accepted' | 'filed' | 'quarantined' | 'duplicate';

export interface ReceiptItem {
  readonly item: number;
  readonly path: string;
  readonly contribution: string;
  readonly state: ItemState;
  readonly field?: string;
  readonly reason?: string;
}

export interface Receipt {
  readonly receipt: string;
  readonly feed: string;
  readonly acceptedAt: string;
  readonly total: number;
  readonly items: readonly ReceiptItem[];
  /** Number of the last item here, to ask for those after it; null at the end. */
  readonly next: number | null;
}

interface Row {
  item_no: number;
  path: string;
  contribution_id: string;
  field: string | null;
  reason: string | null;
  state: ItemState;
}

/** Above every number of an item. */
const MOST_ITEMS = 2_147_483_647;
const MOST_AT_ONCE = 10_000;

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** Whose receipt is asked for: of a client, or any on a feed that whoever asks keeps. */
export type ReceiptOf = string | { readonly isOwn: (organisation: string, feed: string) => boolean };

/** Receipts of submissions. What became of an item is read from what is filed, never marked. */
export class Receipts {
  constructor(private readonly pool: Pool) {}

  /**
   * At most `limit` (1 to 10,000) items after the item number `after`. Undefined where who asks has no such
   * receipt, or one of the numbers is no whole number in range.
   */
  async find(of: ReceiptOf, receipt: string, after: number, limit: number): Promise<Receipt | undefined> {
    if (!isUuid(receipt) || !isWithin(after, 0, MOST_ITEMS) || !isWithin(limit, 1, MOST_AT_ONCE)) return undefined;
    const client = typeof of === 'string' ? of : null;
    const head = await this.pool.query('select * from inbox.receipt($1, $2)', [client, receipt]);
    const found = head.rows[0] as { feed: string; organisation: string; accepted_at: Date; items: string } | undefined;
    if (!found || (typeof of !== 'string' && !of.isOwn(found.organisation, found.feed))) return undefined;
    const { rows } = await this.pool.query('select * from inbox.receipt_items($1, $2, $3, $4)', [
      client,
      receipt,
      after,
      limit + 1,
    ]);
    const page = (rows as Row[]).slice(0, limit);
    return {
      receipt,
      feed: found.feed,
      acceptedAt: found.accepted_at.toISOString(),
      total: Number(found.items),
      items: page.map((row) => ({
        item: row.item_no,
        path: row.path,
        contribution: row.contribution_id,
        state: row.state,
        ...(row.field === null ? {} : { field: row.field }),
        ...(row.reason === null ? {} : { reason: row.reason }),
      })),
      next: rows.length > limit ? page.at(-1)!.item_no : null,
    };
  }
}
