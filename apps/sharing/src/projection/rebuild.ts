import type { Pool } from 'pg';
import { inTransaction } from '#engines';
import type { EventStore } from '#event-sourcing';
import { Projector, type ProjectorOptions } from './projector.js';

export interface RebuildOptions extends Pick<ProjectorOptions, 'opener' | 'blind'> {
  readonly pool: Pool;
  readonly store: EventStore;
  readonly onProgress?: (position: number, head: number) => void;
}

/** Every table whose rows are of one generation. */
export const PROJECTED_TABLES = [
  'contribution',
  'blind',
  'filed',
  'membership',
  'question',
  'relation',
  'emergency_access',
  'emergency_owner',
  'emergency_review',
  'relation_review',
  'read',
  'read_subject',
] as const;

/** Projects everything into a second generation, from the first event to where the live one stands. */
export const buildShadow = async (options: RebuildOptions): Promise<number> => {
  const { pool, store, opener, blind, onProgress } = options;
  const [first] = await store.readAll(null, 1);
  if (!first) throw new Error('the store has no first event');
  const { rows } = await pool.query(
    `insert into projection.generation (generation, state, store_id, position, event_id)
     select max(generation) + 1, 'shadow', $1, $2, $3 from projection.generation returning generation`,
    [store.id, first.position, first.id],
  );
  const { generation } = rows[0] as { generation: number };
  await catchUp(new Projector({ pool, generation, opener, blind }), store, onProgress);
  return generation;
};

const catchUp = async (projector: Projector, store: EventStore, onProgress?: RebuildOptions['onProgress']) => {
  let checkpoint = await projector.checkpoint();
  for (;;) {
    const events = await store.readAll(checkpoint, 500);
    if (events.length === 0) return;
    checkpoint = await projector.project(events, checkpoint);
    onProgress?.(checkpoint.position, (await store.head())?.position ?? checkpoint.position);
  }
};

/** Makes a shadow the live generation, if it stands at or past it. False: it is behind; catch up and try again. */
export const switchTo = (pool: Pool, generation: number): Promise<boolean> =>
  inTransaction(pool, 'read committed', async (client) => {
    const { rows } = await client.query(
      `select generation, position from projection.generation where state = 'live' or generation = $1 order by generation for update`,
      [generation],
    );
    const places = rows as { generation: number; position: string }[];
    const shadow = places.find((place) => place.generation === generation);
    const live = places.find((place) => place.generation !== generation);
    if (!shadow || !live || Number(shadow.position) < Number(live.position)) return false;
    await client.query(`update projection.generation set state = 'old' where generation = $1`, [live.generation]);
    await client.query(`update projection.generation set state = 'live' where generation = $1`, [generation]);
    return true;
  });

/** Throws an Error where the store ends before the live generation stands: a shadow would never reach it. */
const refuseStoreBehind = async ({ pool, store }: RebuildOptions): Promise<void> => {
  const { rows } = await pool.query(`select position, store_id from projection.generation where state = 'live'`);
  const live = rows[0] as { position: string; store_id: string } | undefined;
  const head = await store.head();
  if (live && live.store_id !== store.id) throw new Error('the live projection is that of another store');
  if (live && Number(live.position) > (head?.position ?? 0)) {
    throw new Error('the store ends before the place where the live projection stands: it is older than the database');
  }
};

/** Projects everything again beside the live generation, and puts the new one in its place. Returns its number. */
export const rebuildProjection = async (options: RebuildOptions): Promise<number> => {
  await refuseStoreBehind(options);
  const generation = await buildShadow(options);
  const projector = new Projector({ ...options, generation });
  while (!(await switchTo(options.pool, generation))) await catchUp(projector, options.store, options.onProgress);
  for (const table of PROJECTED_TABLES) {
    await options.pool.query(`delete from projection.${table} where generation < $1`, [generation]);
  }
  await options.pool.query('delete from projection.generation where generation < $1', [generation]);
  return generation;
};
