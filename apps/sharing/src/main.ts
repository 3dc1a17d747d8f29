import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal, openBus, openDataSource, openEventStore, pgPool } from '#engines';
import { readRegistry } from '#intake';
import { keyFolderOf, observeAppends, openFileKeyService, POOLS, runApp } from '#platform';
import { projectionIsLevel } from './projection/projection-is-level.js';
import { sharingEntities, SharingModule } from './sharing.module.js';

await runApp('sharing', async ({ configuration, logger, closing }) => {
  const { databaseUrl, eventStoreUrl, busUrl, busSecurity, keysDir, registryFile, instance } = configuration;
  const dataSource = await openDataSource({
    url: databaseUrl,
    poolSize: POOLS.sharing.sharing,
    applicationName: 'sharing',
    entities: sharingEntities,
    migrations: [],
  });
  closing.add(() => dataSource.destroy());
  const pool = pgPool(dataSource);
  const relayPool = keepErrorsLocal(
    new pg.Pool({ connectionString: databaseUrl, application_name: 'sharing_relay', max: POOLS.sharing.relay }),
  );
  closing.add(() => relayPool.end());
  const store = observeAppends(
    await openEventStore({
      eventStoreUrl,
      databaseUrl,
      applicationName: 'sharing',
      hub: 'hub',
      clock: pool,
    }),
  );
  closing.add(() => store.close());
  const bus = openBus({
    busUrl,
    security: busSecurity,
    clientId: 'sharing',
    log: (line) => logger.warn(line),
  });
  closing.add(() => bus.close());
  return {
    module: await SharingModule.register({
      dataSource,
      store,
      keys: openFileKeyService(join(keysDir, keyFolderOf('sharing'))),
      registry: await readRegistry(registryFile),
      logger,
      hub: 'hub',
      instance,
      relay: { pool: relayPool, bus },
    }),
    pools: { sharing: pool, relay: relayPool },
    checks: [
      { name: 'database', check: async () => (await pool.query('select projection.live()')).rows.length === 1 },
      { name: 'projection', check: projectionIsLevel(pool, store) },
      { name: 'event-store', check: async () => (await store.head()) !== null },
    ],
    closeFirst: () => bus.close(),
  };
});
