import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal, openEventStore } from '#engines';
import { BLIND_SECRET, createPartOpener, keyFolderOf, openFileKeyService } from '#platform';
import { BlindIndex, rebuildProjection } from '#apps/sharing';
import { roleNameOf } from '../hub-roles.js';
import { configurationOf, stop, withDatabase } from './command.js';

/** `npm run rebuild`: projects everything again beside the live generation, then puts the new one in its place. */
const configuration = configurationOf();
await withDatabase(configuration, async (database) => {
  const url = database.urlOf(roleNameOf('sharing'));
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: url, max: 3, application_name: 'rebuild' }));
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: url,
    applicationName: 'rebuild_store',
    hub: 'hub',
    clock: pool,
  });
  try {
    const keys = openFileKeyService(join(configuration.keysDir, keyFolderOf('sharing')));
    const blind = new BlindIndex(await keys.secret(BLIND_SECRET));
    const generation = await rebuildProjection({ pool, store, opener: createPartOpener(keys), blind });
    process.stdout.write(`generation ${generation} is live\n`);
  } finally {
    await store.close();
    await pool.end();
  }
}).catch((error: unknown) => stop(`Nothing was rebuilt: ${(error as Error).message}`));
