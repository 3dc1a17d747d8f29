import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { keepErrorsLocal, openEventStore } from '#engines';
import { readRegistry } from '#intake';
import {
  createHttpAdapter,
  createLogger,
  createTokenVerifier,
  keyFolderOf,
  NestLogger,
  openFileKeyService,
  PlatformModule,
  recordedNow,
  remoteKeys,
  runProcess,
} from '#platform';
import { AuditModule } from './audit.module.js';

await runProcess('audit', async (configuration) => {
  const logger = createLogger({ app: 'audit', instance: configuration.instance, level: configuration.logLevel });
  const pool = keepErrorsLocal(
    new pg.Pool({ connectionString: configuration.databaseUrl, application_name: 'audit', max: 4, keepAlive: true }),
  );
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: configuration.databaseUrl,
    applicationName: 'audit',
    hub: 'hub',
    now: () => recordedNow(pool),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class AuditProcess {},
      imports: [
        PlatformModule.forRoot({
          logger,
          verifyAccessToken: createTokenVerifier({
            issuer: configuration.issuerUrl,
            audience: configuration.audience,
            keys: remoteKeys(configuration.issuerUrl),
          }),
        }),
        await AuditModule.register({
          pool,
          store,
          keys: openFileKeyService(join(configuration.keysDir, keyFolderOf('audit'))),
          registry: await readRegistry(configuration.registryFile),
          hub: 'hub',
          instance: configuration.instance,
        }),
      ],
    },
    createHttpAdapter({ bodies: 'stream' }),
    { bodyParser: false, logger: new NestLogger(logger) },
  );
  await app.listen(configuration.hubPort, configuration.hubHost);
  return async () => {
    await app.close();
    await store.close();
    await pool.end();
  };
});
