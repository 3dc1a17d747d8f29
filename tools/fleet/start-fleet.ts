import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { provisionTopics, type Database } from '#engines';
import { CONTRIBUTIONS_TOPIC, readRegistry, type Registry } from '#intake';
import { readConfiguration, readIssuerKeys, type Configuration } from '#platform';
import { feeds as educationFeeds } from '#apps/education-adapter';
import { feeds as healthFeeds } from '#apps/health-adapter';
import { feeds as policeFeeds } from '#apps/police-adapter';
import { feeds as socialCareFeeds } from '#apps/social-care-adapter';
import { makeDevelopmentKeys } from '../../apps/hub/src/development-keys.js';
import { roleNameOf, type AppRole } from '../../apps/hub/src/hub-roles.js';
import { clientSecretOf } from '../../apps/hub/src/issuer.js';
import { adapterOf, prepareDatabase, prepareStore } from '../../apps/hub/src/prepare-database.js';
import { setClock } from '../../apps/hub/src/set-clock.js';
import { freePort } from './free-port.js';
import { ReverseProxy } from './reverse-proxy.js';

const FEEDS_OF = {
  'police-adapter': policeFeeds,
  'health-adapter': healthFeeds,
  'education-adapter': educationFeeds,
  'social-care-adapter': socialCareFeeds,
} as const;

export const ADAPTERS = Object.keys(FEEDS_OF) as (keyof typeof FEEDS_OF)[];
export const APPS = [...ADAPTERS, 'timeline', 'sharing', 'audit', 'web', 'issuer'] as const;
export type App = (typeof APPS)[number];

export interface FleetOptions {
  /** Of this working copy, with `dist` built in it. */
  readonly root: string;
  /** Keys and logs. */
  readonly folder: string;
  readonly database: Database;
  /** A store in PostgreSQL elsewhere than in `database`. */
  readonly storeDatabase?: Database;
  /** `esdb://`; the store is in PostgreSQL when absent. */
  readonly eventStoreUrl?: string;
  readonly busUrl: string;
  /** Processes of each app; one where it is not named, none for 0. */
  readonly instances?: Partial<Record<App, number>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** For one app alone. */
  readonly settingsOf?: (app: App, instance: number) => Readonly<Record<string, string>>;
  /** `--import` flags and the like, before the app's file. */
  readonly nodeArguments?: (app: App, instance: number) => readonly string[];
  /** Starts a process again that ended without being asked to. */
  readonly supervise?: boolean;
  /** Recorded time at which a new hub begins. */
  readonly firstTime?: Date;
  readonly port?: number;
  readonly registryFile?: string;
}

/** One process of the fleet. Killed, it is started again by `start`. */
export interface FleetProcess {
  readonly app: App;
  readonly instance: number;
  readonly port: number;
  readonly name: string;
  pid(): number | undefined;
  /** Starts it where it does not run; resolves when it is ready. */
  start(): Promise<void>;
  launch(): void;
  untilReady(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Ends it by SIGTERM, in an orderly way. */
  stop(): Promise<void>;
  /** Resolves when it has ended. */
  ended(): Promise<void>;
}

export interface Fleet {
  /** The proxy's address. */
  readonly url: string;
  readonly configuration: Configuration;
  readonly registry: Registry;
  readonly database: Database;
  readonly processes: readonly FleetProcess[];
  of(app: App, instance?: number): FleetProcess;
  connectorSecret(clientId: string): string;
  /** Settings of one process, as its environment has them. */
  settingsOf(app: App): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const fileOf = (app: App): string =>
  app === 'issuer' ? 'dist/apps/hub/src/commands/issuer-main.js' : `dist/apps/${app}/src/main.js`;

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
const AGAIN_AFTER_MS = 300;
const READY_LIMIT_MS = 90_000;

class AppProcess implements FleetProcess {
  readonly name: string;
  private child: ChildProcess | undefined;
  private stopping = false;

  constructor(
    readonly app: App,
    readonly instance: number,
    readonly port: number,
    private readonly command: {
      readonly root: string;
      readonly log: string;
      readonly nodeArguments: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly supervise: boolean;
    },
  ) {
    this.name = `${app}-${instance}`;
  }

  pid(): number | undefined {
    return this.child?.pid;
  }

  launch(): void {
    if (this.child) return;
    const { root, log, nodeArguments, environment } = this.command;
    const node = [process.execPath, ...nodeArguments, join(root, fileOf(this.app))];
    // Nothing outlives the one who started it, even where he is killed.
    const [file, ...args] = SETPRIV ? [SETPRIV, '--pdeathsig', 'KILL', ...node] : node;
    const child = spawn(file!, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const to = createWriteStream(log, { flags: 'a' });
    child.stdout?.pipe(to, { end: false });
    child.stderr?.pipe(to, { end: false });
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
      to.end();
      if (this.command.supervise && !this.stopping) setTimeout(() => this.stopping || this.launch(), AGAIN_AFTER_MS);
    });
    this.child = child;
  }

  async start(): Promise<void> {
    this.stopping = false;
    this.launch();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    const end = Date.now() + READY_LIMIT_MS;
    for (;;) {
      const ready = await fetch(`http://127.0.0.1:${this.port}/health/ready`, { signal: AbortSignal.timeout(2000) })
        .then(({ ok }) => ok)
        .catch(() => false);
      if (ready) return;
      if (!this.child && !this.command.supervise) throw new Error(`${this.name} ended: see ${this.command.log}`);
      if (Date.now() > end) throw new Error(`${this.name} did not become ready: see ${this.command.log}`);
      await delay(50);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.kill('SIGCONT');
    this.kill('SIGTERM');
    await this.ended();
  }

  async ended(): Promise<void> {
    const { child } = this;
    if (!child) return;
    await new Promise<void>((resolve) => child.once('exit', () => resolve()));
  }
}

/** The adapters that may know somebody, those of his own organisation first: the token's claims are read, not believed. */
const ownAdapters = (registry: Registry, authorization = ''): readonly (typeof ADAPTERS)[number][] => {
  const claims = (() => {
    try {
      return JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString()) as {
        client_id?: string;
      };
    } catch {
      return {};
    }
  })();
  const connector = registry.connectors.find(({ clientId }) => clientId === claims.client_id);
  const organisation = registry.organisations.find(({ id }) => id === connector?.organisation);
  const own = organisation && adapterOf(organisation.kind);
  return [...ADAPTERS].sort((a, b) => Number(b === own) - Number(a === own));
};

/** Every app as processes of its own on engines that run already, behind one address. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { root, folder, database, storeDatabase, busUrl } = options;
  const registryFile = options.registryFile ?? join(root, 'deploy/registry/development.json');
  const registry = await readRegistry(registryFile);
  const keysDir = join(folder, 'keys');
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  await makeDevelopmentKeys(keysDir, registry);
  const jwks = await readIssuerKeys(keysDir);
  const stores = storeDatabase ?? database;
  await prepareDatabase(database, registry);
  if (storeDatabase) await prepareStore(storeDatabase);

  const shared = {
    NODE_ENV: 'development',
    HUB_URL: url,
    API_URL: url,
    ADAPTER_URLS: [...new Set(registry.organisations.map(({ kind }) => kind))]
      .map((kind) => `${kind}=${url}/adapters/${adapterOf(kind)}`)
      .join(','),
    ISSUER_URL: `${url}/issuer`,
    BUS_URL: busUrl,
    KEYS_DIR: keysDir,
    DATA_DIR: folder,
    REGISTRY_FILE: registryFile,
    LOG_LEVEL: 'info',
    ...options.settings,
  };
  const read = readConfiguration(
    {
      ...shared,
      HUB_PORT: String(port),
      DATABASE_URL: database.ownerUrl,
      EVENT_STORE_URL: options.eventStoreUrl ?? stores.ownerUrl,
    },
    { everyModule: true },
  );
  if (!read.ok) throw new Error(read.problems.map(({ name, reason }) => `${name} ${reason}`).join('; '));
  const { configuration } = read;
  await provisionTopics({
    busUrl,
    clientId: 'fleet',
    security: configuration.busSecurity,
    topics: [{ name: CONTRIBUTIONS_TOPIC, ...configuration.busTopics }],
  });
  if (options.firstTime) await setClock(database, configuration, options.firstTime, { onlyWhenNew: true });

  const settingsOf = (app: App): Record<string, string> => {
    const role = app === 'issuer' ? 'web' : (app as AppRole);
    return {
      ...shared,
      DATABASE_URL: database.urlOf(roleNameOf(role)),
      EVENT_STORE_URL: options.eventStoreUrl ?? stores.urlOf(roleNameOf(role)),
      WEB_CLIENT_SECRET: clientSecretOf(jwks, configuration.webClientId),
    };
  };
  const processes: AppProcess[] = [];
  for (const app of APPS) {
    for (let i = 1; i <= (options.instances?.[app] ?? 1); i += 1) {
      const own = await freePort();
      processes.push(
        new AppProcess(app, i, own, {
          root,
          log: join(logs, `${app}-${i}.log`),
          nodeArguments: ['--enable-source-maps', ...(options.nodeArguments?.(app, i) ?? [])],
          environment: {
            PATH: process.env['PATH'] ?? '',
            ...settingsOf(app),
            HUB_PORT: String(own),
            INSTANCE: `${app}-${i}`,
            ...options.settingsOf?.(app, i),
          },
          supervise: options.supervise ?? false,
        }),
      );
    }
  }
  const portsOf = (app: App): number[] => processes.filter((one) => one.app === app).map((one) => one.port);
  const servedBy = new Map<string, App>(
    ADAPTERS.flatMap((app) => FEEDS_OF[app].map(({ name }) => [name, app] as const)),
  );
  const appsFor = (address: string, authorization: string | undefined): readonly App[] => {
    const [, first, second, third] = (address.split('?')[0] ?? '').split('/');
    if (first === 'issuer') return ['issuer'];
    if (first === 'scim') return ['sharing'];
    if (first !== 'v1') return ['web'];
    if (second === 'audit') return ['audit'];
    if (second === 'feeds' && third !== undefined) return [servedBy.get(third) ?? 'police-adapter'];
    // What names no feed is known to the adapter of whoever asks.
    if (second === 'feeds' || second === 'receipts') return ownAdapters(registry, authorization);
    return ['sharing'];
  };
  const proxy = new ReverseProxy((address, authorization) => {
    const [, adapter, rest] = /^\/adapters\/([a-z-]+)(\/.*)$/.exec(address) ?? [];
    const apps = adapter === undefined ? appsFor(address, authorization) : ADAPTERS.filter((app) => app === adapter);
    return { groups: apps.map(portsOf), path: rest ?? address };
  });
  const close = async (): Promise<void> => {
    await Promise.all(processes.map((one) => one.stop()));
    await proxy.close();
  };
  try {
    await proxy.listen(port);
    for (const one of processes) one.launch();
    await Promise.all(processes.map((one) => one.untilReady()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    configuration,
    registry,
    database,
    processes,
    of: (app, instance = 1) => {
      const found = processes.find((one) => one.app === app && one.instance === instance);
      if (!found) throw new Error(`the fleet has no ${app}-${instance}`);
      return found;
    },
    connectorSecret: (clientId) => clientSecretOf(jwks, clientId),
    settingsOf,
    close,
  };
};
