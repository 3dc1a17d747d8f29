import 'reflect-metadata';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { keepErrorsLocal } from '#engines';
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
import { WebModule } from './web.module.js';

await runProcess('web', async (configuration) => {
  const { environment, hubUrl, apiUrl, issuerUrl, audience, webClientId, webClientSecret } = configuration;
  const logger = createLogger({ app: 'web', instance: configuration.instance, level: configuration.logLevel });
  const pool = keepErrorsLocal(
    new pg.Pool({
      connectionString: configuration.databaseUrl,
      application_name: 'web',
      max: 4,
      connectionTimeoutMillis: 5000,
    }),
  );
  const app = await NestFactory.create<NestFastifyApplication>(
    {
      module: class WebProcess {},
      imports: [
        PlatformModule.forRoot({
          logger,
          verifyAccessToken: createTokenVerifier({ issuer: issuerUrl, audience, keys: remoteKeys(issuerUrl) }),
          healthChecks: [
            {
              name: 'database',
              check: async () => (await pool.query('select from web.session limit 0')).rowCount === 0,
            },
          ],
        }),
        await WebModule.register({
          pool,
          keys: openFileKeyService(join(configuration.keysDir, keyFolderOf('web'))),
          logger,
          environment,
          webUrl: hubUrl,
          apiUrl,
          issuerUrl,
          clientId: webClientId,
          ...(webClientSecret === undefined ? {} : { clientSecret: webClientSecret }),
        }),
      ],
    },
    createHttpAdapter({ bodies: 'stream' }),
    { bodyParser: false, logger: new NestLogger(logger) },
  );
  await app.listen(configuration.hubPort, configuration.hubHost);
  return async () => {
    await app.close();
    await pool.end();
  };
});
