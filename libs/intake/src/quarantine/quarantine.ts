import type { Pool, PoolClient } from 'pg';

export type QuarantineState = 'open' | 'released' | 'discarded';

/** An item in quarantine as it came last: where and why it could not be read, and what was decided. Never its text. */
export interface QuarantinedItem {
  readonly organisation: string;
  /** Contribution that opened it. */
  readonly id: string;
  readonly field: string;
  readonly reason: string;
  readonly receivedAt: string;
  readonly receipt: string;
  readonly path: string;
  readonly state: QuarantineState;
  readonly by: { readonly role: string } | null;
  /** Recorded time of the decision. */
  readonly at: string | null;
}

/** What a decision about an item needs to know of it. */
export interface HeldItem {
  readonly standing: QuarantinedItem;
  readonly subjectKey: string;
  /** Hex of its place in the reference table. */
  readonly triple: string;
  /** Who sent it last. */
  readonly client: string;
  /** The acceptance with which it came last. */
  readonly openedNo: string;
}

/** Place in the list: an item of a receipt. */
export interface QuarantinePlace {
  readonly receipt: string;
  readonly item: number;
}

/** Whose items: those that one client sent, or everybody's of these organisations. */
export interface QuarantineOf {
  readonly organisations: readonly string[];
  readonly feed: string;
  readonly client: string | null;
}

/** A suspension that ends with an item. */
export interface Suspension {
  readonly contribution: string;
  readonly kind: 'child' | 'staff';
  readonly triple: string;
}

interface Row {
  organisation: string;
  contribution_id: string;
  subject_key: string;
  triple: Buffer;
  client: string;
  opened_no: string;
  receipt_id: string;
  item_no: number;
  field: string;
  reason: string;
  received_at: Date;
  outcome: 'released' | 'discarded' | null;
  role: string | null;
  decided_at: Date | null;
}

const itemOf = (row: Row): QuarantinedItem => ({
  organisation: row.organisation,
  id: row.contribution_id,
  field: row.field,
  reason: row.reason,
  receivedAt: row.received_at.toISOString(),
  receipt: row.receipt_id,
  path: row.field,
  state: row.outcome ?? 'open',
  by: row.role === null ? null : { role: row.role },
  at: row.decided_at?.toISOString() ?? null,
});

/** Items in quarantine. What they are and what was decided is known from the inbox: nothing is unsealed. */
export class Quarantine {
  constructor(private readonly pool: Pool) {}

  /** At most `limit` items, the newest first, after a place; `next` where there are more. */
  async list(
    of: QuarantineOf,
    state: 'open' | 'closed' | null,
    after: QuarantinePlace | null,
    limit: number,
  ): Promise<{ readonly items: readonly QuarantinedItem[]; readonly next: QuarantinePlace | null }> {
    const open = state === null ? null : state === 'open';
    const rows = await this.rows(of, null, open, after, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(itemOf),
      next: last && rows.length > limit ? { receipt: last.receipt_id, item: last.item_no } : null,
    };
  }

  async find(of: QuarantineOf, id: string): Promise<HeldItem | undefined> {
    const [row] = await this.rows(of, id, null, null, 1);
    return (
      row && {
        standing: itemOf(row),
        subjectKey: row.subject_key,
        triple: row.triple.toString('hex'),
        client: row.client,
        openedNo: row.opened_no,
      }
    );
  }

  /** What ends with an item. */
  async suspensionsOf({ subjectKey, openedNo }: HeldItem): Promise<readonly Suspension[]> {
    const { rows } = await this.pool.query('select * from inbox.suspensions_of($1, $2)', [subjectKey, openedNo]);
    return (rows as { contribution_id: string; subject_kind: Suspension['kind']; triple: Buffer }[]).map((row) => ({
      contribution: row.contribution_id,
      kind: row.subject_kind,
      triple: row.triple.toString('hex'),
    }));
  }

  /** Notes a decision in the transaction that accepts its attempt. */
  async decide(
    client: PoolClient,
    attemptId: string,
    item: HeldItem,
    outcome: Exclude<QuarantineState, 'open'>,
    role: string,
    resumed: readonly Suspension[],
  ): Promise<'decided' | 'closed' | 'changed'> {
    const { rows } = await client.query('select inbox.decide_quarantine($1, $2, $3, $4, $5, $6) as answer', [
      attemptId,
      item.subjectKey,
      item.openedNo,
      outcome,
      role,
      resumed.map(({ contribution }) => contribution),
    ]);
    return (rows[0] as { answer: 'decided' | 'closed' | 'changed' }).answer;
  }

  private async rows(
    { organisations, feed, client }: QuarantineOf,
    contribution: string | null,
    open: boolean | null,
    after: QuarantinePlace | null,
    limit: number,
  ): Promise<readonly Row[]> {
    const { rows } = await this.pool.query('select * from inbox.quarantine($1, $2, $3, $4, $5, $6, $7, $8)', [
      organisations,
      feed,
      client,
      contribution,
      open,
      after?.receipt ?? null,
      after?.item ?? null,
      limit,
    ]);
    return rows as Row[];
  }
}
