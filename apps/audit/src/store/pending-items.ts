import type { Pool } from 'pg';
import { unsealForDecision, type PartOpener } from '#platform';
import type { FiledContribution } from '#timeline';

/** What the inbox accepted, as it was accepted first. */
export interface AcceptedItem {
  readonly id: string;
  readonly stream: string;
  /** Recorded time, milliseconds since 1970. */
  readonly acceptedAt: number;
  /** Final bytes; null once the store has held them for a day. */
  readonly bytes: Uint8Array | null;
}

interface Row {
  contribution_id: string;
  subject_kind: string;
  subject_key: string;
  accepted_at: Date;
  bytes: Buffer | null;
}

/** Items about these subjects, or that say one of these facts, with their bytes, and the items of these ids. In order of acceptance. */
export const acceptedItems = async (
  pool: Pool,
  {
    subjects,
    facts,
    ids,
  }: { readonly subjects: readonly string[]; readonly facts: readonly string[]; readonly ids: readonly string[] },
): Promise<readonly AcceptedItem[]> => {
  const { rows } = await pool.query({
    name: 'audit-accepted',
    text: `with found as (
             select i.* from inbox.item i where i.subject_key = any ($1::text[]) and i.bytes is not null
             union
             select i.* from inbox.item i where i.facts && $2::text[] and i.facts <> '{}' and i.bytes is not null
             union
             select i.* from inbox.item i where i.contribution_id = any ($3::uuid[]))
           select i.contribution_id, i.subject_kind, i.subject_key, a.accepted_at, i.bytes
             from found i join inbox.attempt a using (attempt_id)
            where a.accepted_no is not null order by a.accepted_no, i.item_no`,
    values: [subjects, facts, ids],
  });
  const first = new Map<string, Row>();
  for (const row of rows as Row[]) if (!first.has(row.contribution_id)) first.set(row.contribution_id, row);
  return [...first.values()].map((row) => ({
    id: row.contribution_id,
    stream: `${row.subject_kind}-${row.subject_key}`,
    acceptedAt: row.accepted_at.getTime(),
    bytes: row.bytes,
  }));
};

/** Filed with its own body: a confirmation was accepted with one too, which the inbox may still have. */
export const isWhole = (filed: FiledContribution | undefined): filed is FiledContribution =>
  filed !== undefined && filed.confirms === undefined;

/**
 * These items as contributions that are not filed yet, in order: as the store has them, else as the inbox does. What
 * neither holds is left out.
 */
export const asPending = async (
  pool: Pool,
  opener: PartOpener,
  items: readonly { readonly filed: FiledContribution | undefined; readonly bytes: Uint8Array | null }[],
): Promise<FiledContribution[]> => {
  const unfiled = items.filter(({ filed, bytes }) => !isWhole(filed) && bytes !== null);
  const opened = await unsealForDecision(
    pool,
    opener,
    unfiled.map(({ bytes }) => ({ position: null, confirms: null, bytes: bytes! })),
  );
  const accepted = new Map(unfiled.map((item, i) => [item, opened[i]!]));
  return items.flatMap((item) => {
    const found = isWhole(item.filed) ? item.filed : (accepted.get(item) ?? item.filed);
    return found ? [{ ...found, position: null }] : [];
  });
};
