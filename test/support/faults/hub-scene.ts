import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { keepErrorsLocal, openEventStore } from '#engines';
import { keyFolderOf, openFileKeyService } from '#platform';
import { createTestDatabase } from '../postgres/test-database.js';
import { Points } from './points.js';
import { createCaller } from './hub-caller.js';
import { environmentOf, HubProcess, type HubProcessOptions } from './hub-process.js';
import { freePort } from '../../../tools/fleet/free-port.js';
import type { Scene } from './scene.js';

const REBUILD_PROGRAM = 'dist/apps/hub/src/commands/rebuild-main.js';
const CRASH_POINTS_FILE = 'crash-points.mjs';

/** A hub of one process on embedded engines, with crash points and planted bugs, on a database of its own. */
export const openHubScene = async (product: string, plants: readonly string[] = []): Promise<Scene> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-crash-'));
  const database = await createTestDatabase({ migrations: [] });
  const points = new Points(join(dataDir, 'points'));
  const options: HubProcessOptions = {
    product,
    dataDir,
    port: await freePort(),
    // A bug comes first: the crash points are then found in what it has made of the product.
    plants: [...plants, CRASH_POINTS_FILE],
    environment: { DATABASE_URL: database.url, FAULT_POINTS: points.folder },
  };
  const hub = new HubProcess(options);
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: database.url, max: 4 }));
  const steps: (() => Promise<unknown>)[] = [
    () => rm(dataDir, { recursive: true, force: true }),
    () => database.drop(),
    () => pool.end(),
    () => hub.stop(),
  ];
  const close = async (): Promise<void> => {
    for (const step of steps.splice(0).reverse()) await step();
  };
  try {
    hub.start();
    await hub.ready();
    const store = await openEventStore({
      eventStoreUrl: 'embedded:',
      databaseUrl: database.url,
      applicationName: 'faults',
      hub: 'hub',
      clock: pool,
    });
    steps.push(() => store.close());
    const keysOf = (app: string) => openFileKeyService(join(dataDir, 'keys', keyFolderOf(app)));
    return {
      caller: createCaller(hub.url, dataDir),
      points,
      pool,
      store,
      keys: { sharing: keysOf('sharing'), audit: keysOf('audit') },
      well: async () => {
        await delay(100);
        // A projection that is held up from outside must not hold up the test.
        await hub.ready(60_000, 'live');
      },
      rebuild: () =>
        new Promise((resolve) => {
          const preload = pathToFileURL(join(process.cwd(), 'test/support/faults', CRASH_POINTS_FILE)).href;
          const command = ['--import', preload, REBUILD_PROGRAM];
          execFile(process.execPath, command, { cwd: product, env: environmentOf(options) }, () => resolve());
        }),
      forgetLeases: async () => void (await pool.query('delete from inbox.relay; delete from inbox.relay_shard')),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
