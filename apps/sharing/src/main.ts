import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openDataSource, openEventStore, pgPool } from '#engines';
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
import { sharingEntities, SharingModule } from './sharing.module.js';

await runProcess('sharing', async (configuration) => {
  const logger = createLogger({ app: 'sharing', instance: configuration.instance, level: configuration.logLevel });
  const dataSource = await openDataSource({
    url: configuration.databaseUrl,
    poolSize: 8,
    applicationName: 'sharing',
    entities: sharingEntities,
    migrations: [],
  });
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: configuration.databaseUrl,
    applicationName: 'sharing',
    hub: 'hub',
    now: () => recordedNow(pgPool(dataSource)),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class SharingProcess {},
      imports: [
        PlatformModule.forRoot({
          logger,
          verifyAccessToken: createTokenVerifier({
            issuer: configuration.issuerUrl,
            audience: configuration.audience,
            keys: remoteKeys(configuration.issuerUrl),
          }),
        }),
        await SharingModule.register({
          dataSource,
          store,
          keys: openFileKeyService(join(configuration.keysDir, keyFolderOf('sharing'))),
          registry: await readRegistry(configuration.registryFile),
          logger,
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
    await dataSource.destroy();
  };
});
