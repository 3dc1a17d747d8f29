import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { readIssuerKeys, signDevelopmentToken } from '#platform';
import { HubClient } from '../../../apps/hub/src/demo/hub-client.js';
import { setClock } from '../../../apps/hub/src/set-clock.js';
import type { Hub } from '../../../apps/hub/src/start-hub.js';
import { startEngines } from '../../../tools/fleet/start-engines.js';
import { startFleet, type App } from '../../../tools/fleet/start-fleet.js';
import { createTestDatabase } from '../postgres/test-database.js';
import type { TestHub, TestHubOptions } from './start-test-hub.js';

/** The engines that a fleet under test stands on, by the value of TEST_FLEET. */
export type FleetKind = 'kafka-eventstoredb' | 'kafka-postgres';

const INSTANCES: Partial<Record<App, number>> = { timeline: 2, sharing: 2 };

/**
 * The same hub as processes: an adapter an agency, two timelines, two sharings, audit, web, on a Kafka broker of its
 * own. What only one process can tell (its routes) is not there.
 */
export const startTestFleet = async (kind: FleetKind, options: TestHubOptions): Promise<TestHub> => {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-fleet-'));
  const testDatabase = await createTestDatabase({ migrations: [] });
  const root = process.cwd();
  const engines = await startEngines({
    root,
    folder,
    databaseUrl: testDatabase.url,
    ...(process.env['TEST_BUS_URL'] ? { busUrl: process.env['TEST_BUS_URL'] } : {}),
    // A hub's store is its own: one that several fleets would share is no store of theirs.
    ...(kind === 'kafka-eventstoredb' ? { eventStoreUrl: process.env['TEST_FLEET_STORE'] || 'test-server' } : {}),
  });
  const { database } = engines;
  const start = () =>
    startFleet({
      root,
      folder,
      database,
      busUrl: engines.busUrl,
      ...(engines.eventStoreUrl === undefined ? {} : { eventStoreUrl: engines.eventStoreUrl }),
      instances: INSTANCES,
      ...(options.settings ? { settings: options.settings } : {}),
      ...(options.firstTime ? { firstTime: options.firstTime } : {}),
      ...(options.registryFile === undefined ? {} : { registryFile: options.registryFile }),
    });
  const fleet = await start().catch(async (error: unknown) => {
    await engines.close();
    throw error;
  });
  const { configuration } = fleet;
  const sql = new pg.Pool({ connectionString: testDatabase.url, max: 4 });
  sql.on('error', () => undefined);
  const jwks = await readIssuerKeys(configuration.keysDir);
  const token: TestHub['token'] = (subject, { scope = 'read', clientId } = {}) =>
    signDevelopmentToken({
      subject,
      scope,
      ...(clientId === undefined ? {} : { clientId }),
      issuer: configuration.issuerUrl,
      audience: configuration.audience,
      jwks,
      environment: configuration.environment,
    });
  const hub: Hub = {
    url: fleet.url,
    database,
    registry: fleet.registry,
    get routes(): never {
      throw new Error('a fleet does not tell its routes');
    },
    connectorSecret: fleet.connectorSecret,
    close: () => fleet.close(),
  };
  return {
    hub,
    url: fleet.url,
    client: new HubClient(fleet.url, token, fleet.connectorSecret),
    configuration,
    database: testDatabase,
    sql,
    token,
    moveClock: async (to) => void (await setClock(database, configuration, new Date(to))),
    restart: async () => {
      await Promise.all(fleet.processes.map((one) => one.stop()));
      await Promise.all(fleet.processes.map((one) => one.start()));
    },
    close: async () => {
      await fleet.close();
      await engines.close();
      await sql.end();
      await testDatabase.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
