import { join } from 'node:path';
import { SingleBar, Presets } from 'cli-progress';
import pg from 'pg';
import { keepErrorsLocal, openEventStore } from '#engines';
import { createPartOpener, keyFolderOf, openFileKeyService } from '#platform';
import { reportText, verifyHistory } from '#apps/audit';
import { roleNameOf } from '../hub-roles.js';
import { configurationOf, stop, withDatabase } from './command.js';

/** `npm run verify`: every stream's chain, every recorded read, and the projection's copy of the bytes. */
const configuration = configurationOf();
const report = await withDatabase(configuration, async (database) => {
  const url = database.urlOf(roleNameOf('audit'));
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: url, max: 3, application_name: 'verify' }));
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: url,
    applicationName: 'verify_store',
    hub: 'hub',
    clock: pool,
  });
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '  {bar} {value}/{total} events', clearOnComplete: true }, Presets.shades_classic)
    : undefined;
  bar?.start(1, 0);
  try {
    const keys = openFileKeyService(join(configuration.keysDir, keyFolderOf('audit')));
    return await verifyHistory({
      store,
      pool,
      keys,
      opener: createPartOpener(keys),
      onProgress: (events, total) => {
        bar?.setTotal(total);
        bar?.update(events);
      },
    });
  } finally {
    bar?.stop();
    await store.close();
    await pool.end();
  }
}).catch((error: unknown) => stop(`Nothing was verified: ${(error as Error).message}`));

process.stdout.write(reportText(report));
process.exit(report.findings.length === 0 ? 0 : 1);
