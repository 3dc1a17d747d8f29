import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDatabase, type Database } from '#engines';
import { freePort } from './free-port.js';
import type { Broker } from '../kafka-broker.mjs';
import type * as broker from '../kafka-broker.mjs';

export interface EnginesOptions {
  /** Of this working copy. */
  readonly root: string;
  /** Where their data goes. */
  readonly folder: string;
  /** `postgres://` elsewhere, as its owner; the embedded one in `folder` when absent. */
  readonly databaseUrl?: string;
  /** `kafka://` elsewhere; a broker of this machine when absent. */
  readonly busUrl?: string;
  /** `esdb://` elsewhere, or `test-server`: the stand-in that the tests use. In PostgreSQL when absent. */
  readonly eventStoreUrl?: string;
  readonly say?: (line: string) => void;
}

/** A server that may be killed and started again over its data. */
export interface EngineProcess {
  pid(): number | undefined;
  kill(signal: NodeJS.Signals): void;
  restart(): Promise<void>;
}

export interface Engines {
  readonly database: Database;
  readonly busUrl: string;
  readonly eventStoreUrl?: string;
  /** Those that were started here. */
  readonly broker?: Broker;
  readonly storeServer?: EngineProcess;
  close(): Promise<void>;
}

type BrokerLibrary = Pick<typeof broker, 'startBroker' | 'whyNoBroker'>;

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** The stand-in for EventStoreDB: for tests and demonstrations only, and it says so. */
export const startStoreServer = async (
  root: string,
  folder: string,
  say: (line: string) => void = () => undefined,
): Promise<EngineProcess & { readonly url: string; stop(): Promise<void> }> => {
  const port = await freePort();
  const program = join(root, 'test/support/eventstoredb-server/main.ts');
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const node = [process.execPath, '--disable-warning=ExperimentalWarning'];
    const hooks = pathToFileURL(join(root, 'test/support/postgres/typescript-imports.mjs')).href;
    const command = [...node, '--import', hooks, program, '--port', String(port), '--data', folder];
    const [file, ...args] = SETPRIV ? [SETPRIV, '--pdeathsig', 'KILL', ...command] : command;
    const started = spawn(file!, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      started.once('exit', () => reject(new Error(`the test server of EventStoreDB ended: ${said.slice(-500)}`)));
      started.stderr.on('data', (data: Buffer) => {
        said += data.toString();
        for (const line of data.toString().split('\n').filter(Boolean)) say(line);
      });
      started.stdout.on('data', (data: Buffer) => {
        said += data.toString();
        if (said.includes('"port"')) resolve();
      });
    });
  };
  await start();
  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    pid: () => child?.pid,
    kill: (signal) => void child?.kill(signal),
    restart: async () => {
      const running = child;
      if (running?.exitCode === null && running.signalCode === null) {
        running.kill('SIGKILL');
        await new Promise((resolve) => running.once('exit', resolve));
      }
      await start();
    },
    stop: async () => {
      const running = child;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      running.kill('SIGCONT');
      running.kill('SIGTERM');
      await new Promise((resolve) => running.once('exit', resolve));
    },
  };
};

/** Engines for a fleet: those named by address, and started on this machine where none is named. */
export const startEngines = async (options: EnginesOptions): Promise<Engines> => {
  const { root, folder, databaseUrl, busUrl, eventStoreUrl, say = () => undefined } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step().catch(() => undefined);
  };
  try {
    const database = await openDatabase(databaseUrl ?? `embedded:${join(folder, 'postgres')}`, { log: say });
    closing.push(() => database.stop());
    let kafka: Broker | undefined;
    if (busUrl === undefined) {
      const library = (await import(pathToFileURL(join(root, 'tools/kafka-broker.mjs')).href)) as BrokerLibrary;
      const why = await library.whyNoBroker();
      if (why !== undefined) throw new Error(why);
      kafka = await library.startBroker({ dataDir: join(folder, 'kafka') });
      const started = kafka;
      closing.push(() => started.stop());
    }
    const storeServer =
      eventStoreUrl === 'test-server' ? await startStoreServer(root, join(folder, 'eventstoredb'), say) : undefined;
    if (storeServer) closing.push(() => storeServer.stop());
    const store = storeServer?.url ?? eventStoreUrl;
    return {
      database,
      busUrl: kafka?.url ?? busUrl ?? '',
      ...(store === undefined ? {} : { eventStoreUrl: store }),
      ...(kafka ? { broker: kafka } : {}),
      ...(storeServer ? { storeServer } : {}),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
