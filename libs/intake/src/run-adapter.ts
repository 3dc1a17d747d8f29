import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal, openBus } from '#engines';
import { HUB_RECIPIENT, keyFolderOf, openFileKeyService, POOLS, runApp } from '#platform';
import type { FeedDefinition } from './feed.js';
import { IntakeModule } from './intake.module.js';
import { profileDirectory } from './people-directory.js';
import { readRegistry } from './registry.js';

/** One agency's adapter as a process of its own, on real engines: its feeds, its role, its keys, and nothing else. */
export const runAdapter = (app: string, feeds: readonly FeedDefinition[]): Promise<void> =>
  runApp(app, async ({ configuration, logger, closing }) => {
    const { busUrl, busSecurity, databaseUrl, keysDir, registryFile, inboxLimit, apiUrl } = configuration;
    const poolOf = (max: number): pg.Pool => {
      const pool = keepErrorsLocal(
        new pg.Pool({
          connectionString: databaseUrl,
          application_name: app,
          max,
          keepAlive: true,
          connectionTimeoutMillis: 5000,
        }),
      );
      closing.add(() => pool.end());
      return pool;
    };
    const pool = poolOf(POOLS.adapter.inbox);
    const keyService = openFileKeyService(join(keysDir, keyFolderOf(app)));
    const hasKeys = async (): Promise<boolean> => (await keyService.publicKeyOf(HUB_RECIPIENT)).publicKey.length > 0;
    await hasKeys();
    const relayPool = poolOf(POOLS.adapter.relay);
    await pool.query('select inbox.settled(0)');
    const bus = openBus({ busUrl, security: busSecurity, clientId: app, log: (line) => logger.warn(line) });
    closing.add(() => bus.close());
    return {
      module: IntakeModule.register({
        feeds,
        registry: await readRegistry(registryFile),
        keyService,
        pool,
        relayPool,
        bus,
        logger,
        inboxLimit,
        relayAll: false,
        people: profileDirectory(apiUrl),
      }),
      // The broker is no part of this: an adapter takes submissions while the broker is away.
      checks: [
        { name: 'database', check: async () => (await pool.query('select platform.recorded_now()')).rows.length === 1 },
        { name: 'keys', check: hasKeys },
      ],
      pools: { intake: pool, relay: relayPool },
      closeFirst: () => bus.close(),
    };
  });
