import type { Pool } from 'pg';
import type { EventStore } from '#event-sourcing';

/**
 * False until the live projection stands where the store stood when it was first asked: what was restored, or lay
 * behind for long, answers nobody before. True for ever then: what comes in meanwhile is folded into each read.
 */
export const projectionIsLevel = (
  pool: Pick<Pool, 'query'>,
  store: Pick<EventStore, 'head'>,
): (() => Promise<boolean>) => {
  let level = false;
  let goal: number | undefined;
  return async () => {
    if (level) return true;
    goal ??= (await store.head())?.position ?? 0;
    const { rows } = await pool.query(`select position from projection.generation where state = 'live'`);
    const { position } = (rows[0] ?? { position: '-1' }) as { position: string };
    level = Number(position) >= goal;
    return level;
  };
};
