import { openDatabase } from '#engines';
import { passwordsByRole } from '../hub-roles.js';
import { makeDevelopmentKeys } from '../development-keys.js';
import { prepareDatabase, prepareStore } from '../prepare-database.js';
import { configurationOf, registryOf, stop, withDatabase } from './command.js';

/**
 * `npm run migrate`: schema, roles and rights of DATABASE_URL, and of EVENT_STORE_URL where that is another PostgreSQL,
 * both named as their owner. One at a time; again does no harm. In development it also makes the keys.
 */
const configuration = configurationOf();
const registry = await registryOf(configuration);
try {
  if (configuration.environment !== 'production') await makeDevelopmentKeys(configuration.keysDir, registry);
  await withDatabase(configuration, (database) => prepareDatabase(database, registry));
  const { eventStoreUrl, databaseUrl } = configuration;
  if (eventStoreUrl.startsWith('postgres') && eventStoreUrl !== databaseUrl) {
    const rolePasswords = passwordsByRole(configuration.rolePasswords);
    await prepareStore(await openDatabase(eventStoreUrl, { log: () => undefined, rolePasswords }));
  }
  process.stdout.write('The database is prepared.\n');
} catch (error) {
  stop(`The database was not prepared: ${(error as Error).message}`);
}
