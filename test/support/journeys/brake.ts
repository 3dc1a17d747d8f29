import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** What of the hub is held up from outside while a round of races runs. */
export const BRAKES = ['running', 'projection-slowed', 'projection-stopped', 'timeline-stopped'] as const;
export type Brake = (typeof BRAKES)[number];

const LOCKS = {
  projection: `select 1 from projection.generation where state = 'live' for update`,
  timeline: 'select 1 from store.head for update',
} as const;

/** Holds the one row that a process needs to get on; the returned function lets go. */
export const hold = async (sql: Pool, what: keyof typeof LOCKS): Promise<() => Promise<void>> => {
  const client = await sql.connect();
  await client.query('begin');
  await client.query(LOCKS[what]);
  return async () => {
    await client.query('rollback');
    client.release();
  };
};

/** Lets the projection do one batch now and then. */
const slow = async (sql: Pool, heldMs: number, freeMs: number): Promise<() => Promise<void>> => {
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      const release = await hold(sql, 'projection');
      await delay(heldMs);
      await release();
      await delay(freeMs);
    }
  })();
  return async () => {
    stopped = true;
    await running;
  };
};

/** Puts a brake on; the returned function takes it off. */
export const apply = async (sql: Pool, brake: Brake): Promise<() => Promise<void>> => {
  switch (brake) {
    case 'running':
      return async () => undefined;
    case 'projection-slowed':
      return slow(sql, 200, 3);
    case 'projection-stopped':
      return hold(sql, 'projection');
    case 'timeline-stopped':
      return hold(sql, 'timeline');
  }
};
