import { join } from 'node:path';
import pg from 'pg';
import { verifyHistory, type VerificationReport } from '#apps/audit';
import { openEventStore } from '#engines';
import { createPartOpener, keyFolderOf, openFileKeyService } from '#platform';
import { roleNameOf } from '../../../apps/hub/src/hub-roles.js';
import type { TestHub } from '../hub/start-test-hub.js';

/** Verifies a running hub's whole history with the rights and keys of the audit alone. */
export const verifyHub = async ({ hub, configuration }: TestHub): Promise<VerificationReport> => {
  const url = hub.database.urlOf(roleNameOf('audit'));
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: url,
    applicationName: 'verify',
    hub: 'hub',
    clock: pool,
  });
  try {
    const keys = openFileKeyService(join(configuration.keysDir, keyFolderOf('audit')));
    return await verifyHistory({ store, pool, keys, opener: createPartOpener(keys) });
  } finally {
    await store.close();
    await pool.end();
  }
};
