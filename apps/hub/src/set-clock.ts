import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { canonicalBytes } from '#contracts';
import { openEventStore, type Database } from '#engines';
import { createStreamWriter } from '#event-sourcing';
import { recordedNow, type Configuration } from '#platform';
import { roleNameOf } from './hub-roles.js';

/** The moment lies before recorded time, which never goes back. */
export class ClockRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClockRefused';
  }
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * Moves recorded time, for development and tests, and records that as an event. Returns the new recorded time.
 * `onlyWhenNew`: does nothing once anything has been recorded. Throws a `ClockRefused`.
 */
export const setClock = async (
  database: Database,
  configuration: Configuration,
  to: Date,
  { onlyWhenNew = false } = {},
): Promise<Date> => {
  if (configuration.environment === 'production') throw new ClockRefused('Production has one clock: it is not moved.');
  const client = new pg.Client({ connectionString: database.urlOf(roleNameOf('clock')), application_name: 'clock' });
  await client.connect();
  try {
    const { rows } = await client.query('select platform.clock_is_new() as new');
    if (onlyWhenNew && !(rows[0] as { new: boolean }).new) return await recordedNow(client);
    try {
      await client.query('select platform.set_clock($1)', [to.toISOString()]);
    } catch (error) {
      if ((error as { code?: string }).code !== '22023') throw error;
      throw new ClockRefused('Recorded time does not go back: the moment lies before what has been recorded.');
    }
    const store = await openEventStore({
      eventStoreUrl: configuration.eventStoreUrl,
      databaseUrl: database.urlOf(roleNameOf('clock')),
      applicationName: 'clock',
      hub: 'hub',
      clock: client,
    });
    try {
      const writer = createStreamWriter({
        store,
        hub: 'hub',
        sha256,
        now: () => recordedNow(client),
        fold: { initial: new Set<string>(), evolve: (seen: Set<string>, event) => new Set([...seen, event.id]) },
      });
      const id = randomUUID();
      await writer.write('hub-clock', (seen) =>
        seen.has(id) ? [] : [{ id, type: 'clock-moved', data: canonicalBytes({ v: 1, to: to.toISOString() }) }],
      );
      return await recordedNow(client);
    } finally {
      await store.close();
    }
  } finally {
    await client.end();
  }
};
