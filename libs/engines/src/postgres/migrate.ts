import pg from 'pg';
import { openDataSource, type MigrationClass } from './database.js';
import { EngineError } from './engine-error.js';

export interface MigrateOptions {
  /** The address of the database as its owner role, which then owns what the migrations make. */
  readonly url: string;
  readonly migrations: readonly MigrationClass[];
  /** How long to wait for another process that is migrating, in milliseconds. */
  readonly waitMs?: number;
}

/** Any fixed number: one lock for all migrations of a database. */
const lockKey = 7_341_990_113;

/**
 * Runs the migrations that a database has not had, each in a transaction of its own, in the order of the numbers that
 * end their names. One process at a time; the others wait. Returns the names of those that ran.
 */
export const migrate = async (options: MigrateOptions): Promise<readonly string[]> => {
  const guard = new pg.Client({ connectionString: options.url, application_name: 'migrations-guard' });
  guard.on('error', () => undefined);
  await guard.connect();
  try {
    await takeLock(guard, options.waitMs ?? 120_000);
    return await runAll(options);
  } finally {
    // The lock goes with its session.
    await guard.end();
  }
};

const takeLock = async (guard: pg.Client, waitMs: number): Promise<void> => {
  try {
    await guard.query(`set lock_timeout = ${Math.trunc(waitMs)}`);
    await guard.query('select pg_advisory_lock($1)', [lockKey]);
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error;
    throw new EngineError(
      'migration-locked',
      `Another process has been changing the database's schema for more than ${Math.round(waitMs / 1000)} s.`,
    );
  }
};

const runAll = async ({ url, migrations }: MigrateOptions): Promise<readonly string[]> => {
  const dataSource = await openDataSource({
    url,
    poolSize: 2,
    applicationName: 'migrations',
    entities: [],
    migrations,
  });
  try {
    return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
};
