import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { BusTransport } from '#bus';
import pg from 'pg';
import { keepErrorsLocal, openBus, openEventStore } from '#engines';
import { createLogger, NestLogger, recordedNow, runProcess } from '#platform';
import { TimelineModule } from './timeline.module.js';

await runProcess('timeline', async (configuration) => {
  const logger = createLogger({ app: 'timeline', instance: configuration.instance, level: configuration.logLevel });
  const bus = openBus(configuration.busUrl);
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: configuration.databaseUrl, max: 2 }));
  const now = () => recordedNow(pool);
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: configuration.databaseUrl,
    applicationName: 'timeline',
    hub: 'hub',
    now,
  });
  const app = await NestFactory.createMicroservice(TimelineModule.register({ store, hub: 'hub', now, logger }), {
    strategy: new BusTransport({ bus, group: 'timeline', batchSize: 500 }),
    logger: new NestLogger(logger),
  });
  await app.listen();
  return async () => {
    await bus.close();
    await app.close();
    await store.close();
    await pool.end();
  };
});
