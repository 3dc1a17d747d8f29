import type { Pool, PoolClient } from 'pg';
import { DataSource, type DataSourceOptions, type EntitySchema, type MigrationInterface } from 'typeorm';

export type EntityClass = (abstract new () => object) | EntitySchema;
export type MigrationClass = new () => MigrationInterface;

export interface DataSourceSettings {
  /** `postgres://role:password@host:port/database` */
  readonly url: string;
  /** Most connections at once. All pools of a full deployment fit in 100. */
  readonly poolSize: number;
  /** What `pg_stat_activity` calls us. */
  readonly applicationName: string;
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
}

const connectLimit = 5_000;

/**
 * An initialised TypeORM data source. It never changes the schema by itself. A connection that drops is an error of
 * the call in hand; the next call connects again.
 */
export const openDataSource = async (settings: DataSourceSettings): Promise<DataSource> => {
  const options: DataSourceOptions = {
    type: 'postgres',
    url: settings.url,
    poolSize: settings.poolSize,
    applicationName: settings.applicationName,
    entities: [...settings.entities],
    migrations: [...settings.migrations],
    migrationsTableName: 'migration',
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    logging: false,
    connectTimeoutMS: connectLimit,
    // What happens to an idle connection is of no interest: the next call opens another.
    poolErrorHandler: () => undefined,
    extra: { keepAlive: true },
  };
  const dataSource = await new DataSource(options).initialize();
  keepErrorsLocal(pgPool(dataSource));
  return dataSource;
};

/** The one pool of a data source, for SQL by hand. */
export const pgPool = (dataSource: DataSource): Pool => (dataSource.driver as unknown as { master: Pool }).master;

/**
 * Makes a pool outlive its server. A client that is checked out has no error listener of its own, and an `error` event
 * without one ends the process; the query in hand rejects anyway.
 */
export const keepErrorsLocal = (pool: Pool): Pool => {
  const known = new WeakSet<PoolClient>();
  pool.on('error', () => undefined);
  pool.on('acquire', (client) => {
    if (known.has(client)) return;
    known.add(client);
    client.on('error', () => undefined);
  });
  return pool;
};

export type Isolation = 'read committed' | 'repeatable read' | 'repeatable read, read only';

/** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. */
export const inTransaction = async <T>(
  pool: Pool,
  isolation: Isolation,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query(`begin isolation level ${isolation}`);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    try {
      await client.query('rollback');
    } catch (lost) {
      failure = lost as Error;
    }
    throw error;
  } finally {
    // A connection that could not even roll back is not used again.
    client.release(failure);
  }
};
