import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import pg from 'pg';
import { createLogger, readConfiguration, readIssuerKeys, signDevelopmentToken, type Configuration } from '#platform';
import { HubClient } from '../../../apps/hub/src/demo/hub-client.js';
import { setClock } from '../../../apps/hub/src/set-clock.js';
import { startHub, type Hub } from '../../../apps/hub/src/start-hub.js';
import { freePort } from '../../../tools/fleet/free-port.js';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.js';
import { startTestFleet, type FleetKind } from './start-test-fleet.js';

export interface TestHub {
  readonly hub: Hub;
  readonly url: string;
  readonly client: HubClient;
  readonly configuration: Configuration;
  readonly database: TestDatabase;
  /** As the owner of the schema: for looking, and for holding locks. */
  readonly sql: pg.Pool;
  token(login: string, options?: { scope?: string; clientId?: string }): Promise<string>;
  moveClock(to: Date | string): Promise<void>;
  /** Stops the hub and starts it again on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface TestHubOptions {
  readonly firstTime?: Date;
  readonly registryFile?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * A whole hub in this process, on a database of its own in the run's PostgreSQL; with TEST_FLEET, the same as processes
 * on real engines.
 */
export const startTestHub = async (options: TestHubOptions = {}): Promise<TestHub> => {
  const fleet = process.env['TEST_FLEET'];
  if (fleet) return startTestFleet(fleet as FleetKind, options);
  const folder = await mkdtemp(join(tmpdir(), 'sightline-hub-'));
  const database = await createTestDatabase({ migrations: [] });
  const port = await freePort();
  const read = readConfiguration(
    {
      NODE_ENV: 'test',
      DATA_DIR: folder,
      HUB_PORT: String(port),
      DATABASE_URL: database.url,
      LOG_LEVEL: 'error',
      ...(options.registryFile === undefined ? {} : { REGISTRY_FILE: options.registryFile }),
      ...options.settings,
    },
    { everyModule: true },
  );
  if (!read.ok) throw new Error(read.problems.map(({ name, reason }) => `${name} ${reason}`).join('; '));
  const { configuration } = read;
  const logger = createLogger({ app: 'hub', instance: 'test', level: configuration.logLevel });
  const start = async (): Promise<Hub> => {
    const started = await startHub({
      configuration,
      logger,
      ...(options.firstTime ? { firstTime: options.firstTime } : {}),
    });
    // It answers at once; it is ready when its projection is level.
    while (!(await fetch(`${started.url}/health/ready`)).ok) await delay(20);
    return started;
  };
  let hub = await start();
  const sql = new pg.Pool({ connectionString: database.url, max: 4 });
  sql.on('error', () => undefined);
  const token: TestHub['token'] = async (subject, { scope = 'read', clientId } = {}) =>
    signDevelopmentToken({
      subject,
      scope,
      ...(clientId === undefined ? {} : { clientId }),
      issuer: configuration.issuerUrl,
      audience: configuration.audience,
      jwks: await readIssuerKeys(configuration.keysDir),
      environment: configuration.environment,
    });
  return {
    get hub() {
      return hub;
    },
    url: hub.url,
    client: new HubClient(hub.url, token, (clientId) => hub.connectorSecret(clientId)),
    configuration,
    database,
    sql,
    token,
    moveClock: async (to) => void (await setClock(hub.database, configuration, new Date(to))),
    restart: async () => {
      await hub.close();
      hub = await start();
    },
    close: async () => {
      await hub.close();
      await sql.end();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
