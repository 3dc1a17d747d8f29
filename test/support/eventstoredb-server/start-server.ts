import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url));
const IMPORTS = pathToFileURL(join(process.cwd(), 'test/support/postgres/typescript-imports.mjs')).href;

/** The test server as a process of its own, on a folder and a port that it keeps over a restart. */
export class TestServerProcess {
  readonly folder: string;
  /** What it wrote to its error output. */
  said = '';
  private readonly flags: readonly string[];
  private child: ChildProcess | undefined;
  private port = 0;

  private constructor(folder: string, flags: readonly string[]) {
    this.folder = folder;
    this.flags = flags;
  }

  /** With more of the flags of `main.ts`. */
  static async start(flags: readonly string[] = []): Promise<TestServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'eventstoredb-test-'));
    const server = new TestServerProcess(folder, flags);
    await server.start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `esdb://${this.address}?tls=${this.flags.includes('--tls-key')}`;
  }

  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      [
        ...['--import', IMPORTS, PROGRAM, '--end-with-input'],
        ...['--port', String(this.port), '--data', this.folder, ...this.flags],
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    this.child = child;
    child.stdin.on('error', () => undefined);
    child.stderr.on('data', (piece: Buffer) => {
      this.said += piece.toString();
    });
    const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
    const failed = once(child, 'exit').then(() => {
      throw new Error(`the test server did not start: ${this.said}`);
    });
    failed.catch(() => undefined);
    const [started] = await Promise.race([line, failed]);
    this.port = (JSON.parse(started) as { port: number }).port;
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The server that tests are for: a real one that `EVENT_STORE_URL` names, else the test server. */
export interface ServerUnderTest {
  readonly url: string;
  /** Undefined for a real server, which tests do not stop, kill or fill. */
  readonly process: TestServerProcess | undefined;
  stop(): Promise<void>;
}

const given = process.env['EVENT_STORE_URL'] ?? '';
export const realServerUrl = given.startsWith('esdb') ? given : undefined;

export const serverUnderTest = async (): Promise<ServerUnderTest> => {
  if (realServerUrl !== undefined) {
    return { url: realServerUrl, process: undefined, stop: await takeTurn(realServerUrl) };
  }
  const server = await TestServerProcess.start();
  return { url: server.url, process: server, stop: () => server.stop() };
};

/** Spec files that run at the same time see each other's events on a real server: so one at a time. */
const takeTurn = async (url: string): Promise<() => Promise<void>> => {
  const file = join(tmpdir(), `eventstoredb-turn-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`);
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch {
      const owner = Number(await readFile(file, 'utf8').catch(() => ''));
      if (owner > 0 && !isAlive(owner)) await rm(file, { force: true });
      await delay(100);
    }
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
