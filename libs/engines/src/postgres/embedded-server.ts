import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findBinaries } from './embedded-binaries.js';
import { EngineError } from './engine-error.js';
import { claimFolder, findOwner } from './folder-owner.js';
import { clearLeftovers, readPostmasterFile, stopPostmaster } from './postmaster-file.js';
import { pause, waitUntil } from './processes.js';
import { chooseLauncher, endingWithParent, hasParentDeathSignal, type Launcher, type Way } from './run-as.js';

const run = promisify(execFile);

export interface EmbeddedOptions {
  /** The engine's own folder; made when missing. It holds the cluster, the secret, the owner's claim and the log. */
  readonly directory: string;
  /** Gets a sentence for each thing worth knowing: started, died, started again. Never data. */
  readonly log: (line: string) => void;
  /** For tests: the ways to try as root, and whether to do without `setpriv --pdeathsig`. */
  readonly ways?: readonly Way[];
  readonly withoutDeathSignal?: boolean;
}

/** A running PostgreSQL on 127.0.0.1. Its port stays the same for as long as this object lives. */
export interface EmbeddedPostgres {
  readonly host: string;
  readonly port: number;
  readonly superuserPassword: string;
  /** True when another process owns the server: `stop` then leaves it alone. */
  readonly attached: boolean;
  /** The password of a role on this server: always the same for this folder. */
  password(role: string): string;
  /** `postgres://role:password@host:port/database`; the superuser is `postgres`. */
  url(role: string, database: string): string;
  /** Stops the server and gives the folder back. */
  stop(): Promise<void>;
  /** Calls `listener` each time a server that died is ready again. Returns what ends that. */
  onRestart(listener: () => void): () => void;
}

const host = '127.0.0.1';
const superuser = 'postgres';
/** Below the range from which systems take ports for outgoing connections, so that a restart finds its port free. */
const ports = { from: 15_000, below: 32_000 };
const startLimit = 300_000;

/**
 * Starts PostgreSQL on the folder, and starts it again whenever it dies, until `stop`. It ends with this process,
 * however that ends. Throws an `EngineError` with a sentence: `data-folder-in-use` when another process has it.
 */
export const openEmbeddedPostgres = async (options: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const binaries = findBinaries();
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const giveBack = await claimFolder(directory);
  try {
    const secret = await ensureSecret(directory);
    const folder = join(directory, 'cluster');
    if (!existsSync(folder)) await initialise(directory, folder, secret, binaries, options);
    const cluster = await realpath(folder);
    await clearLeftovers(cluster);
    const supervisor = new Supervisor({
      cluster,
      postgres: binaries.postgres,
      launcher: await chooseLauncher(binaries.postgres, cluster, options.ways),
      logFile: join(directory, 'postgres.log'),
      deathSignal: options.withoutDeathSignal !== true && (await hasParentDeathSignal()),
      log: options.log,
    });
    await supervisor.start();
    return {
      ...describe(supervisor.port, secret),
      attached: false,
      stop: async () => {
        await supervisor.stop();
        await giveBack();
      },
      onRestart: (listener) => supervisor.onRestart(listener),
    };
  } catch (error) {
    await giveBack();
    throw error;
  }
};

/**
 * For a command beside a hub: uses the running server of the folder, else starts one, which `stop` then stops.
 * Waits up to 60 s for a server that is starting.
 */
export const attachOrOpenEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const directory = resolve(options.directory);
  const end = Date.now() + 60_000;
  for (;;) {
    if ((await findOwner(directory)) === undefined) {
      try {
        return await openEmbeddedPostgres(options);
      } catch (error) {
        if (!(error instanceof EngineError && error.type === 'data-folder-in-use')) throw error;
      }
    }
    const postmaster = await readPostmasterFile(join(directory, 'cluster'));
    if (postmaster?.ready === true && (await accepts(postmaster.port))) {
      return {
        ...describe(postmaster.port, await readSecret(directory)),
        attached: true,
        stop: () => Promise.resolve(),
        onRestart: () => () => undefined,
      };
    }
    if (Date.now() > end) {
      throw new EngineError(
        'did-not-start',
        `Another process has the data folder ${directory}, and its PostgreSQL does not answer.`,
      );
    }
    await pause(100);
  }
};

const describe = (
  port: number,
  superuserPassword: string,
): Pick<EmbeddedPostgres, 'host' | 'port' | 'superuserPassword' | 'password' | 'url'> => {
  const password = (role: string): string =>
    role === superuser
      ? superuserPassword
      : createHmac('sha256', superuserPassword).update(`role ${role}`).digest('base64url');
  return {
    host,
    port,
    superuserPassword,
    password,
    url: (role, database) =>
      `postgres://${encodeURIComponent(role)}:${password(role)}@${host}:${port}/${encodeURIComponent(database)}`,
  };
};

const secretFile = (directory: string): string => join(directory, 'superuser-password');

const readSecret = async (directory: string): Promise<string> => (await readFile(secretFile(directory), 'utf8')).trim();

const ensureSecret = async (directory: string): Promise<string> => {
  if (!existsSync(secretFile(directory))) {
    if (existsSync(join(directory, 'cluster'))) {
      throw new EngineError(
        'did-not-start',
        `The file ${secretFile(directory)} is missing; without it nobody can open the database beside it.`,
      );
    }
    const draft = `${secretFile(directory)}.new`;
    await writeDurably(draft, `${randomBytes(32).toString('base64url')}\n`);
    await rename(draft, secretFile(directory));
  }
  return readSecret(directory);
};

const writeDurably = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** initdb beside the final place, then a rename: a start that is killed leaves no half cluster. */
const initialise = async (
  directory: string,
  cluster: string,
  secret: string,
  binaries: { initdb: string; postgres: string },
  options: EmbeddedOptions,
): Promise<void> => {
  const fresh = join(directory, 'cluster.new');
  const passwordFile = join(directory, 'cluster.password');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  const launcher = await chooseLauncher(binaries.postgres, fresh, options.ways);
  await writeFile(passwordFile, secret, { mode: 0o600 });
  const [program, ...args] = launcher.wrap([
    binaries.initdb,
    '--pgdata',
    fresh,
    '--username',
    superuser,
    '--pwfile',
    passwordFile,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  try {
    await run(program ?? '', args, { env: environment() });
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new EngineError('did-not-start', `PostgreSQL could not make its data folder ${cluster}: ${said}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(fresh, cluster);
};

/** No secret of ours gets into the server's environment; its messages are in one language. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' });

interface Setting {
  readonly cluster: string;
  readonly postgres: string;
  readonly launcher: Launcher;
  readonly logFile: string;
  readonly deathSignal: boolean;
  readonly log: (line: string) => void;
}

const serverSettings = (port: number): readonly string[] =>
  Object.entries({
    listen_addresses: host,
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // Statements and the details of violations carry values: neither gets into a log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

class PortTaken extends Error {}

/** Somebody killed the server before it was ready: that says nothing of the server. */
class KilledAtStart extends EngineError {
  constructor() {
    super('did-not-start', 'PostgreSQL was killed while it was starting.');
  }
}

class Supervisor {
  port = 0;
  private child: ChildProcess | undefined;
  private exited: Promise<void> = Promise.resolve();
  private watchdog: ChildProcess | undefined;
  private stopping = false;
  private restarting: Promise<void> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly setting: Setting;

  constructor(setting: Setting) {
    this.setting = setting;
  }

  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.port = await freePort();
      try {
        await this.launch();
        this.setting.log(`PostgreSQL is ready on ${host}:${this.port}`);
        return;
      } catch (error) {
        if (!(error instanceof PortTaken || error instanceof KilledAtStart) || attempt === 20) throw error;
        if (error instanceof KilledAtStart) await clearLeftovers(this.setting.cluster);
      }
    }
  }

  onRestart(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.endChild();
    // A start that was under way may have brought up another.
    await this.restarting;
    await this.endChild();
    this.endWatchdog();
  }

  private async endChild(): Promise<void> {
    const { child } = this;
    const over = (): boolean => child?.exitCode !== null || child.signalCode !== null;
    if (child?.pid !== undefined && !over()) await stopPostmaster(child.pid, () => Promise.resolve(over()));
    await this.exited;
  }

  /** Starts the server and resolves when it is ready. Rejects, with nothing left running, when it ends before. */
  private async launch(): Promise<void> {
    const { setting } = this;
    await turnOver(setting.logFile);
    const logFile = await open(setting.logFile, 'a', 0o600);
    const logStart = (await logFile.stat()).size;
    const plain = [setting.postgres, '-D', setting.cluster, ...serverSettings(this.port)];
    const [program, ...args] = setting.launcher.wrap(setting.deathSignal ? endingWithParent(plain) : plain);
    // Its own session: Ctrl-C in a terminal reaches us, and we stop the server when its clients are done.
    const child = spawn(program ?? '', args, {
      stdio: ['ignore', logFile.fd, logFile.fd],
      detached: true,
      env: environment(),
    });
    const ended = new Promise<void>((done) => {
      child.once('exit', () => done());
      child.once('error', () => done());
    });
    await logFile.close();
    child.unref();
    this.child = child;
    this.exited = ended;
    if (!setting.deathSignal && child.pid !== undefined) this.watch(child.pid);

    let over = false;
    void ended.then(() => {
      over = true;
    });
    const ready = async (): Promise<boolean> => {
      const file = await readPostmasterFile(setting.cluster);
      return over || (file?.pid === child.pid && file?.ready === true);
    };
    const inTime = await waitUntil(ready, startLimit);
    if (over || !inTime) {
      this.endWatchdog();
      if (!over && child.pid !== undefined) await stopPostmaster(child.pid, () => Promise.resolve(over));
      const said = await readFrom(setting.logFile, logStart);
      if (/Address already in use|could not create any TCP\/IP sockets/.test(said)) throw new PortTaken(said);
      if (child.signalCode !== null) throw new KilledAtStart();
      throw new EngineError('did-not-start', `PostgreSQL did not start on ${setting.cluster}: ${said.slice(-2_000)}`);
    }
    void ended.then(() => {
      this.endWatchdog();
      if (!this.stopping) this.restarting = this.startAgain();
    });
  }

  private async startAgain(): Promise<void> {
    this.setting.log('PostgreSQL has died and is being started again');
    for (let attempt = 0; !this.stopping; attempt += 1) {
      try {
        await clearLeftovers(this.setting.cluster);
        await this.launch();
        this.setting.log(`PostgreSQL is ready again on ${host}:${this.port}`);
        for (const listener of this.listeners) listener();
        return;
      } catch (error) {
        this.setting.log(`PostgreSQL could not be started again yet: ${sentenceOf(error)}`);
        await pause(Math.min(100 * 2 ** attempt, 5_000));
      }
    }
  }

  /** Where the kernel cannot end the server with us: a shell that waits for our end of a pipe to close. */
  private watch(pid: number): void {
    this.watchdog = spawn('/bin/sh', ['-c', 'cat > /dev/null; kill -INT "$1"', 'sh', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.watchdog.on('error', () => undefined);
    this.watchdog.stdin?.on('error', () => undefined);
    this.watchdog.unref();
    (this.watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  private endWatchdog(): void {
    this.watchdog?.kill('SIGKILL');
    this.watchdog?.stdin?.destroy();
    this.watchdog = undefined;
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();

const turnOver = async (path: string): Promise<void> => {
  if (existsSync(path) && (await stat(path)).size > 16 * 1024 * 1024) await rename(path, `${path}.1`);
};

const readFrom = async (path: string, start: number): Promise<string> =>
  (await readFile(path)).subarray(start).toString('utf8').trim();

const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(ports.from, ports.below);
    if (await isFree(port)) return port;
  }
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, host, () => server.close(() => done(true)));
  });

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
