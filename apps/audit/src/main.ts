import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal, openEventStore } from '#engines';
import { createPartOpener, keyFolderOf, openFileKeyService, recordedNow, runProcess } from '#platform';
import { reportText } from './report-text.js';
import { verifyHistory } from './verify-history.js';

/** Verifies once, with the audit's own role and keys, and ends: status 1 when anything is wrong. */
await runProcess('audit', async (configuration) => {
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: configuration.databaseUrl, max: 2 }));
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: configuration.databaseUrl,
    applicationName: 'audit',
    hub: 'hub',
    now: () => recordedNow(pool),
  });
  const keys = openFileKeyService(join(configuration.keysDir, keyFolderOf('audit')));
  const report = await verifyHistory({ store, pool, keys, opener: createPartOpener(keys) });
  process.stdout.write(reportText(report));
  await store.close();
  await pool.end();
  process.exit(report.findings.length === 0 ? 0 : 1);
});
