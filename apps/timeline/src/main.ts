import pg from 'pg';
import { BusTransport } from '#bus';
import { keepErrorsLocal, openBus, openEventStore } from '#engines';
import { POOLS, recordedNow, runApp } from '#platform';
import { TimelineModule } from './timeline.module.js';

await runApp('timeline', async ({ configuration, logger, closing }) => {
  const { databaseUrl, eventStoreUrl, busUrl, busSecurity } = configuration;
  const pool = keepErrorsLocal(
    new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'timeline',
      max: POOLS.timeline.clock,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    }),
  );
  closing.add(() => pool.end());
  const now = () => recordedNow(pool);
  const store = await openEventStore({
    eventStoreUrl,
    databaseUrl,
    applicationName: 'timeline',
    hub: 'hub',
    clock: pool,
  });
  closing.add(() => store.close());
  const bus = openBus({
    busUrl,
    security: busSecurity,
    clientId: 'timeline',
    log: (line) => logger.warn(line),
  });
  closing.add(() => bus.close());
  return {
    module: TimelineModule.register({ store, hub: 'hub', now, logger }),
    transport: new BusTransport({ bus, group: 'timeline', batchSize: 500 }),
    pools: { timeline: pool },
    checks: [
      { name: 'database', check: async () => (await now()) instanceof Date },
      { name: 'event-store', check: async () => (await store.head()) !== null },
    ],
  };
});
