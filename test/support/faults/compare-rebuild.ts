import type { Pool } from 'pg';
import { BlindIndex, PROJECTED_TABLES, Projector } from '#apps/sharing';
import type { Checkpoint, EventStore } from '#event-sourcing';
import { BLIND_SECRET, createPartOpener, type KeyService } from '#platform';

/** What a generation holds now: everything but the generation itself and where an open row began. */
const TABLES = {
  filed: 'select contribution_id, position from projection.filed where generation = $1',
  contribution: `select position, revision, contribution_id, confirms, subject_kind, subject_key, type, organisation, feed,
      record_key, body, rank_key, ranked_by, encode(sha256(bytes), 'hex') from projection.contribution where generation = $1`,
  blind: `select position, subject_key, organisation, kind, encode(hmac, 'hex') from projection.blind where generation = $1`,
  membership: 'select subject_key, child from projection.membership where generation = $1 and to_position is null',
  relation: `select position, contribution_id, subject_key, owner, organisation, feed, record_key, relation, service,
      staff_key, draw from projection.relation where generation = $1`,
  relation_review: 'select position, review from projection.relation_review where generation = $1',
  emergency_access: `select position, access, staff_key, handle, opened_at, until, deputy_by
      from projection.emergency_access where generation = $1`,
  emergency_owner: `select access, organisation, subject_key, position from projection.emergency_owner
      where generation = $1`,
  emergency_review:
    'select position, access, organisation, decided_at from projection.emergency_review where generation = $1',
  read: `select position, read_id, kind, stream, revision, at, purpose, entries, viewer, checkpoint, handle, relations from projection.read
      where generation = $1`,
  read_subject: 'select subject_key, position, decided_on from projection.read_subject where generation = $1',
  question:
    'select reference_a, reference_b, why from projection.question where generation = $1 and to_position is null',
};

const rowsOf = async (pool: Pool, text: string, generation: number): Promise<Set<string>> => {
  const { rows } = await pool.query({ text, values: [generation], rowMode: 'array' });
  return new Set((rows as unknown[][]).map((row) => JSON.stringify(row)));
};

/** Builds a second generation from the beginning of the store, up to where the live one stands. */
const rebuild = async (pool: Pool, store: EventStore, keys: KeyService, generation: number): Promise<void> => {
  const [first] = await store.readAll(null, 1);
  await pool.query(
    `insert into projection.generation (generation, state, store_id, position, event_id) values ($1, 'shadow', $2, $3, $4)`,
    [generation, store.id, first!.position, first!.id],
  );
  const opener = createPartOpener(keys);
  const blind = new BlindIndex(await keys.secret(BLIND_SECRET));
  const projector = new Projector({ pool, generation, opener, blind });
  let checkpoint: Checkpoint = await projector.checkpoint();
  // In batches as large as can be: what is projected may not rest on where the live one's ended.
  for (;;) {
    const events = await store.readAll(checkpoint, 10_000);
    if (events.length === 0) return;
    checkpoint = await projector.project(events, checkpoint);
  }
};

export interface RebuildFindings {
  readonly rows: number;
  readonly differences: number;
  readonly what: readonly string[];
}

/** Holds the live projection against a fresh rebuild of the same events, and takes that away again. */
export const compareRebuild = async (pool: Pool, store: EventStore, keys: KeyService): Promise<RebuildFindings> => {
  const generations = await pool.query(
    'select projection.live() as live, max(generation) + 1 as fresh from projection.generation',
  );
  const generation = generations.rows[0] as { live: number; fresh: number };
  await rebuild(pool, store, keys, generation.fresh);
  const what: string[] = [];
  let rows = 0;
  for (const [table, text] of Object.entries(TABLES)) {
    const [live, fresh] = [await rowsOf(pool, text, generation.live), await rowsOf(pool, text, generation.fresh)];
    rows += fresh.size;
    for (const row of live.difference(fresh)) what.push(`${table} has more than a rebuild: ${row.slice(0, 200)}`);
    for (const row of fresh.difference(live)) what.push(`${table} lacks what a rebuild has: ${row.slice(0, 200)}`);
  }
  for (const table of PROJECTED_TABLES) {
    await pool.query(`delete from projection.${table} where generation = $1`, [generation.fresh]);
  }
  await pool.query('delete from projection.generation where generation = $1', [generation.fresh]);
  return { rows, differences: what.length, what };
};
