import { openDatabase, type Database } from '#engines';
import { readRegistry, type Registry } from '#intake';
import { readConfiguration, type Configuration } from '#platform';
import { passwordsByRole } from '../hub-roles.js';

/** Says a sentence and ends with status 1. */
export const stop = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

/** The configuration of this folder's hub, as the commands beside it read it. */
export const configurationOf = (): Configuration => {
  const read = readConfiguration({ LOG_LEVEL: 'warn', ...process.env }, { everyModule: true });
  return read.ok ? read.configuration : stop(read.problems.map(({ name, reason }) => `${name} ${reason}`).join('\n'));
};

export const registryOf = (configuration: Configuration): Promise<Registry> => readRegistry(configuration.registryFile);

/** Runs `work` on the hub's database: on the running hub's server, or on one that is started for it. */
export const withDatabase = async <T>(
  configuration: Configuration,
  work: (database: Database) => Promise<T>,
): Promise<T> => {
  const database = await openDatabase(configuration.databaseUrl, {
    attach: true,
    log: () => undefined,
    rolePasswords: passwordsByRole(configuration.rolePasswords),
  });
  try {
    return await work(database);
  } finally {
    await database.stop();
  }
};
