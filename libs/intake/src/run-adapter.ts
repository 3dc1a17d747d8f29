import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { keepErrorsLocal, openBus } from '#engines';
import {
  createHttpAdapter,
  createLogger,
  createTokenVerifier,
  keyFolderOf,
  NestLogger,
  openFileKeyService,
  PlatformModule,
  remoteKeys,
  runProcess,
} from '#platform';
import type { FeedDefinition } from './feed.js';
import { IntakeModule } from './intake.module.js';
import { profileDirectory } from './people-directory.js';
import { readRegistry } from './registry.js';

/** One agency's adapter as a process of its own, on real engines: its feeds, its role, its keys, and nothing else. */
export const runAdapter = (app: string, feeds: readonly FeedDefinition[]): Promise<void> =>
  runProcess(app, async (configuration) => {
    const logger = createLogger({ app, instance: configuration.instance, level: configuration.logLevel });
    const bus = openBus(configuration.busUrl);
    const poolOf = (max: number) =>
      keepErrorsLocal(new pg.Pool({ connectionString: configuration.databaseUrl, application_name: app, max }));
    const pools = [poolOf(6), poolOf(1)] as const;
    const nest = await NestFactory.create<NestFastifyApplication>(
      {
        module: class AdapterModule {},
        imports: [
          PlatformModule.forRoot({
            logger,
            verifyAccessToken: createTokenVerifier({
              issuer: configuration.issuerUrl,
              audience: configuration.audience,
              keys: remoteKeys(configuration.issuerUrl),
            }),
          }),
          IntakeModule.register({
            feeds,
            registry: await readRegistry(configuration.registryFile),
            keyService: openFileKeyService(join(configuration.keysDir, keyFolderOf(app))),
            pool: pools[0],
            relayPool: pools[1],
            bus,
            logger,
            inboxLimit: configuration.inboxLimit,
            relayAll: false,
            people: profileDirectory(configuration.apiUrl),
          }),
        ],
      },
      createHttpAdapter({ bodies: 'stream' }),
      { bodyParser: false, logger: new NestLogger(logger) },
    );
    await nest.listen(configuration.hubPort, configuration.hubHost);
    return async () => {
      await bus.close();
      await nest.close();
      await Promise.all(pools.map((pool) => pool.end()));
    };
  });
