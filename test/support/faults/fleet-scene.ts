import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { keepErrorsLocal, openDatabase, openEventStore, provisionTopics, type Database } from '#engines';
import { CONTRIBUTIONS_TOPIC } from '#intake';
import { keyFolderOf, openFileKeyService } from '#platform';
import { roleNameOf } from '../../../apps/hub/src/hub-roles.js';
import { startStoreServer, type EngineProcess } from '../../../tools/fleet/start-engines.js';
import { APPS, startFleet, type App, type Fleet, type FleetProcess } from '../../../tools/fleet/start-fleet.js';
import { startBroker, type Broker } from '../../../tools/kafka-broker.mjs';
import { createCaller } from './hub-caller.js';
import { Points } from './points.js';
import type { Scene } from './scene.js';
import { TcpLine } from './tcp-line.js';

export type StoreKind = 'postgres' | 'eventstoredb';

export interface FleetSceneOptions {
  /** Folder of the compiled product. */
  readonly product: string;
  readonly store: StoreKind;
  readonly instances?: Partial<Record<App, number>>;
  /** Bugs to load into every process: file names beside this one. */
  readonly plants?: readonly string[];
  readonly say?: (line: string) => void;
}

/** PostgreSQL of the scene. It is started again by itself. */
export interface PostgresProcess {
  /** SIGKILL of the postmaster. Resolves when it takes connections again. */
  kill(): Promise<void>;
  /** The postmaster and everything it started stand still. */
  stop(): void;
  goOn(): void;
}

export interface FleetScene extends Scene {
  readonly url: string;
  readonly fleet: Fleet;
  readonly storeKind: StoreKind;
  readonly broker: Broker;
  readonly postgres: PostgresProcess;
  /** Present where the store is no PostgreSQL. */
  readonly storeServer: EngineProcess | undefined;
  /** Of each process to PostgreSQL, by its name. */
  readonly databaseLines: ReadonlyMap<string, TcpLine>;
  readonly storeLines: ReadonlyMap<string, TcpLine>;
  /** Of everybody to the broker. */
  readonly brokerLine: TcpLine;
  /** Address of the broker past that line, for those who put messages on it themselves. */
  readonly busUrl: string;
  /** How long a process that ended stays down, in ms. */
  restartAfterMs: number;
  /** Times that a process ended without anybody having killed it. */
  readonly endedByItself: string[];
  /** SIGKILL. It is started again after `restartAfterMs`. */
  kill(one: FleetProcess): void;
}

const SUPPORT = join(process.cwd(), 'test/support/faults');
const REBUILD_PROGRAM = 'dist/apps/hub/src/commands/rebuild-main.js';
const preload = (name: string): string[] => ['--import', pathToFileURL(join(SUPPORT, name)).href];

const INSTANCES: Partial<Record<App, number>> = { timeline: 2, sharing: 2 };

const CLOSE_MS = 30_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A process and everything it started, parents first. */
const familyOf = (pid: number): number[] => {
  const children = (one: number): number[] => {
    try {
      return readdirSync(`/proc/${one}/task`).flatMap((task) =>
        readFileSync(`/proc/${one}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
      );
    } catch {
      return [];
    }
  };
  return [pid, ...children(pid).flatMap(familyOf)];
};

const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
};

const postgresIn = (folder: string, ownerUrl: string): PostgresProcess => {
  const postmaster = async (): Promise<number> => {
    for (;;) {
      const file = join(folder, 'cluster/postmaster.pid');
      const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
      if (pid > 0 && isAlive(pid)) return pid;
      await delay(5);
    }
  };
  const answers = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  let stopped: readonly number[] = [];
  return {
    kill: async () => {
      const pid = await postmaster();
      process.kill(pid, 'SIGKILL');
      while (isAlive(pid)) await delay(5);
      while (!(await answers())) await delay(20);
    },
    stop: () => {
      const pid = Number(readFileSync(join(folder, 'cluster/postmaster.pid'), 'utf8').split('\n')[0]);
      signalAll([pid], 'SIGSTOP');
      stopped = familyOf(pid);
      signalAll(stopped, 'SIGSTOP');
    },
    goOn: () => {
      signalAll([...stopped].reverse(), 'SIGCONT');
      stopped = [];
    },
  };
};

const throughLine = (address: string, port: number): string => {
  const url = new URL(address);
  url.port = String(port);
  return url.toString();
};

/** Every app as processes on real engines that are this scene's own, with a line to cut before each. */
export const openFleetScene = async (options: FleetSceneOptions): Promise<FleetScene> => {
  const { product, plants = [], say = () => undefined } = options;
  const root = process.cwd();
  const folder = await mkdtemp(join(tmpdir(), 'sightline-fleet-faults-'));
  const steps: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  let closing = false;
  const close = async (): Promise<void> => {
    closing = true;
    for (const step of steps.splice(0).reverse()) {
      const ended = step().then(
        () => true,
        () => true,
      );
      // What does not end of itself ends with us.
      if (!(await Promise.race([ended, delay(CLOSE_MS, false, { ref: false })]))) say(`did not end: ${String(step)}`);
    }
  };
  const lineTo = async (target: () => { host: string; port: number }): Promise<TcpLine> => {
    const line = new TcpLine(target);
    await line.listen();
    steps.push(() => line.close());
    return line;
  };
  try {
    say('starting PostgreSQL');
    const postgresFolder = join(folder, 'postgres');
    const database: Database = await openDatabase(`embedded:${postgresFolder}`, { log: () => undefined });
    steps.push(() => database.stop());
    say('starting Kafka');
    let brokerPort = 0;
    const brokerLine = await lineTo(() => ({ host: '127.0.0.1', port: brokerPort }));
    const broker = await startBroker({
      dataDir: join(folder, 'kafka'),
      properties: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${brokerLine.port}` },
    });
    brokerPort = broker.port;
    steps.push(() => broker.stop());
    const busUrl = `kafka://127.0.0.1:${brokerLine.port}`;
    await provisionTopics({
      busUrl,
      clientId: 'faults',
      topics: [{ name: CONTRIBUTIONS_TOPIC, partitions: 16, replication: 1, retentionHours: 168 }],
    });
    const storeServer =
      options.store === 'eventstoredb' ? await startStoreServer(root, join(folder, 'store'), say) : undefined;
    if (storeServer) steps.push(() => storeServer.stop());

    say('starting the apps');
    const points = new Points(join(folder, 'points'));
    const databaseLines = new Map<string, TcpLine>();
    const storeLines = new Map<string, TcpLine>();
    const instances = { ...INSTANCES, ...options.instances };
    const databasePort = Number(new URL(database.ownerUrl).port);
    const storePort = storeServer ? Number(new URL(storeServer.url.replace('esdb', 'http')).port) : 0;
    const names = APPS.flatMap((app) => Array.from({ length: instances[app] ?? 1 }, (_, i) => `${app}-${i + 1}`));
    for (const name of names) {
      databaseLines.set(name, await lineTo(() => ({ host: '127.0.0.1', port: databasePort })));
      if (storeServer) storeLines.set(name, await lineTo(() => ({ host: '127.0.0.1', port: storePort })));
    }
    const urlOf = (app: App): string => database.urlOf(roleNameOf(app === 'issuer' ? 'web' : app));
    const fleet = await startFleet({
      root: product,
      folder,
      database,
      busUrl,
      ...(storeServer ? { eventStoreUrl: storeServer.url } : {}),
      instances,
      settings: { LOG_LEVEL: 'warn', FAULT_POINTS: points.folder },
      settingsOf: (app, i) => {
        const name = `${app}-${i}`;
        const url = throughLine(urlOf(app), databaseLines.get(name)!.port);
        return {
          DATABASE_URL: url,
          EVENT_STORE_URL: storeServer ? throughLine(storeServer.url, storeLines.get(name)!.port) : url,
        };
      },
      nodeArguments: (app) => (app === 'issuer' ? [] : [...plants.flatMap(preload), ...preload('crash-points.mjs')]),
    });
    steps.push(() => fleet.close());

    const pool = keepErrorsLocal(new pg.Pool({ connectionString: database.ownerUrl, max: 6 }));
    steps.push(() => pool.end());
    const store = await openEventStore({
      eventStoreUrl: storeServer?.url ?? database.ownerUrl,
      databaseUrl: database.ownerUrl,
      applicationName: 'faults',
      hub: 'hub',
      clock: pool,
    });
    steps.push(() => store.close());

    const endedByItself: string[] = [];
    const killed = new Set<FleetProcess>();
    const keep = async (one: FleetProcess): Promise<void> => {
      for (;;) {
        await one.ended();
        if (closing) return;
        const log = join(folder, 'logs', `${one.name}.log`);
        if (!killed.delete(one) && !points.tookLately()) {
          endedByItself.push(`${one.name}: ${(await readFile(log, 'utf8').catch(() => '')).slice(-500)}`);
        }
        await delay(scene.restartAfterMs);
        if (!closing) one.launch();
      }
    };
    const keysOf = (app: string) => openFileKeyService(join(folder, 'keys', keyFolderOf(app)));
    const scene: FleetScene = {
      caller: createCaller(fleet.url, folder),
      url: fleet.url,
      points,
      pool,
      store,
      storeKind: options.store,
      keys: { sharing: keysOf('sharing'), audit: keysOf('audit') },
      fleet,
      broker,
      postgres: postgresIn(postgresFolder, database.ownerUrl),
      storeServer,
      databaseLines,
      storeLines,
      brokerLine,
      busUrl,
      restartAfterMs: 100,
      endedByItself,
      kill: (one) => {
        killed.add(one);
        one.kill('SIGKILL');
      },
      well: async () => {
        await delay(scene.restartAfterMs + 100);
        await Promise.all(
          fleet.processes.map(async (one) => {
            while (one.pid() === undefined) await delay(20);
            await one.untilReady();
          }),
        );
      },
      rebuild: () =>
        new Promise((resolve) => {
          const environment = {
            ...process.env,
            ...fleet.settingsOf('sharing'),
            DATABASE_URL: database.ownerUrl,
            DATABASE_ROLE_PASSWORDS: `sharing=${database.passwordOf(roleNameOf('sharing'))}`,
            EVENT_STORE_URL: storeServer?.url ?? urlOf('sharing'),
          };
          const command = [...preload('crash-points.mjs'), REBUILD_PROGRAM];
          execFile(process.execPath, command, { cwd: product, env: environment }, () => resolve());
        }),
      forgetLeases: async () => undefined,
      close,
    };
    for (const one of fleet.processes) void keep(one);
    return scene;
  } catch (error) {
    await close();
    throw error;
  }
};
