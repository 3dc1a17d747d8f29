import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { HUB_PROGRAM } from './build-product.js';

const SUPPORT = join(process.cwd(), 'test/support/faults');

export interface HubProcessOptions {
  /** Folder of the compiled product. */
  readonly product: string;
  readonly dataDir: string;
  readonly port: number;
  /** File names in this folder of bugs to load before the product. */
  readonly plants: readonly string[];
  /** Settings beside those that every hub under test has. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The environment of the hub and of the commands beside it. */
export const environmentOf = ({ dataDir, port, environment }: HubProcessOptions): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  NODE_ENV: 'test',
  DATA_DIR: dataDir,
  HUB_PORT: String(port),
  LOG_LEVEL: 'warn',
  ...environment,
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The hub as a process of its own, started again whenever it ends, until `stop`. */
export class HubProcess {
  /** Times that the hub, once it answered, ended without being killed. */
  endedByItself = 0;
  /** Times that the hub gave up starting: PostgreSQL was killed under it. */
  startsFailed = 0;
  private answering = false;
  private child: ChildProcess | undefined;
  private killed = false;
  private stopping = false;
  private said = '';
  private readonly options: HubProcessOptions;

  constructor(options: HubProcessOptions) {
    this.options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  /** The last that the hub's processes wrote to their error output and logs. */
  get lastWords(): string {
    return this.said;
  }

  start(): void {
    const preloads = ['end-with-parent.mjs', ...this.options.plants].flatMap((name) => [
      '--import',
      pathToFileURL(join(SUPPORT, name)).href,
    ]);
    const child = spawn(process.execPath, [...preloads, HUB_PROGRAM], {
      cwd: this.options.product,
      env: environmentOf(this.options),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin?.on('error', () => undefined);
    this.answering = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (piece: Buffer) => {
        this.said = `${this.said}${piece.toString()}`.slice(-20_000);
        this.answering ||= piece.includes('The hub answers on');
      });
    }
    this.child = child;
    this.killed = false;
    child.once('exit', () => void this.ended());
  }

  private async ended(): Promise<void> {
    if (this.stopping) return;
    if (!this.killed) {
      if (this.answering) this.endedByItself += 1;
      else this.startsFailed += 1;
      await delay(300);
    }
    if (!this.stopping) this.start();
  }

  /** SIGKILL. It is started again at once. */
  kill(): void {
    this.killed = true;
    this.child?.kill('SIGKILL');
  }

  /** Process id of PostgreSQL's postmaster, as its own file names it. */
  async findPostmaster(): Promise<number | undefined> {
    const file = join(this.options.dataDir, 'postgres/cluster/postmaster.pid');
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
    return pid > 0 && isAlive(pid) ? pid : undefined;
  }

  /** Resolves when the hub answers that it is well, or that it lives at least. */
  async ready(limitMs = 60_000, what: 'ready' | 'live' = 'ready'): Promise<void> {
    const end = Date.now() + limitMs;
    while (Date.now() < end) {
      const answer = await fetch(`${this.url}/health/${what}`, { signal: AbortSignal.timeout(2000) }).catch(
        () => undefined,
      );
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok) return;
      await delay(50);
    }
    throw new Error(`the hub did not get ready; it said: ${this.said.slice(-2000)}`);
  }

  /** Ends the hub, and PostgreSQL with it. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const postmaster = await this.findPostmaster();
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([gone, delay(20_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
    for (let tries = 0; postmaster !== undefined && isAlive(postmaster) && tries < 100; tries += 1) {
      if (tries === 80) process.kill(postmaster, 'SIGKILL');
      await delay(100);
    }
  }
}
