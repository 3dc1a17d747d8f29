import { join } from 'node:path';
import pg from 'pg';
import { openEventStore } from '#engines';
import { createPartOpener, keyFolderOf, openFileKeyService } from '#platform';
import { verifyHistory, type VerificationReport } from '../../../apps/audit/src/verify-history.js';
import { roleNameOf } from '../../../apps/hub/src/hub-roles.js';
import type { TestHub } from './start-test-hub.js';

/** What `npm run verify` says of this hub, with the audit's own keys and rights. */
export const verifyTestHub = async (hub: TestHub): Promise<VerificationReport> => {
  const url = hub.hub.database.urlOf(roleNameOf('audit'));
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const store = await openEventStore({
    eventStoreUrl: 'embedded:',
    databaseUrl: url,
    applicationName: 'verify',
    hub: 'hub',
    clock: pool,
  });
  try {
    const keys = openFileKeyService(join(hub.configuration.keysDir, keyFolderOf('audit')));
    return await verifyHistory({ store, pool, keys, opener: createPartOpener(keys) });
  } finally {
    await store.close();
    await pool.end();
  }
};
