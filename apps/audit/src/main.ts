import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal, openEventStore } from '#engines';
import { readRegistry } from '#intake';
import { keyFolderOf, observeAppends, openFileKeyService, POOLS, runApp } from '#platform';
import { AuditModule } from './audit.module.js';

await runApp('audit', async ({ configuration, closing }) => {
  const { databaseUrl, eventStoreUrl, keysDir, registryFile, instance } = configuration;
  const pool = keepErrorsLocal(
    new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'audit',
      max: POOLS.audit.audit,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    }),
  );
  closing.add(() => pool.end());
  const store = observeAppends(
    await openEventStore({
      eventStoreUrl,
      databaseUrl,
      applicationName: 'audit',
      hub: 'hub',
      clock: pool,
    }),
  );
  closing.add(() => store.close());
  return {
    module: await AuditModule.register({
      pool,
      store,
      keys: openFileKeyService(join(keysDir, keyFolderOf('audit'))),
      registry: await readRegistry(registryFile),
      hub: 'hub',
      instance,
    }),
    pools: { audit: pool },
    checks: [
      { name: 'database', check: async () => (await pool.query('select projection.live()')).rows.length === 1 },
      { name: 'event-store', check: async () => (await store.head()) !== null },
    ],
  };
});
