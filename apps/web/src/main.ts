import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal } from '#engines';
import { keyFolderOf, openFileKeyService, POOLS, runApp } from '#platform';
import { WebModule } from './web.module.js';

await runApp('web', async ({ configuration, logger, closing }) => {
  const { environment, hubUrl, apiUrl, adapterUrls, issuerUrl, keysDir, webClientId, webClientSecret } = configuration;
  const pool = keepErrorsLocal(
    new pg.Pool({
      connectionString: configuration.databaseUrl,
      application_name: 'web',
      max: POOLS.web.web,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
    }),
  );
  closing.add(() => pool.end());
  const isReady = async (): Promise<boolean> => (await pool.query('select from web.session limit 0')).rowCount === 0;
  await isReady();
  return {
    module: await WebModule.register({
      pool,
      keys: openFileKeyService(join(keysDir, keyFolderOf('web'))),
      logger,
      environment,
      webUrl: hubUrl,
      apiUrl,
      adapterUrls,
      issuerUrl,
      clientId: webClientId,
      ...(webClientSecret === undefined ? {} : { clientSecret: webClientSecret }),
    }),
    pools: { web: pool },
    checks: [{ name: 'database', check: isReady }],
  };
});
