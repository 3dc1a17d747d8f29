import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const PRELOAD = import.meta.resolve('./bench-child.mjs');

export interface AppOptions {
  readonly name: string;
  /** Folder of the compiled product. */
  readonly folder: string;
  /** Program in it. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** Address that answers 2xx once the program is ready. */
  readonly readyUrl: string;
}

/** A program under measurement, in a process of its own that ends with this one. */
export class AppProcess {
  private said = '';
  private readonly child: ChildProcess;
  private readonly options: AppOptions;

  constructor(options: AppOptions) {
    this.options = options;
    this.child = spawn(process.execPath, ['--import', PRELOAD, options.program], {
      cwd: options.folder,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.on('error', (error) => (this.said += error.message));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (piece: Buffer) => {
        this.said = `${this.said}${piece.toString()}`.slice(-20_000);
      });
    }
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** The last that it wrote. */
  get lastWords(): string {
    return this.said.slice(-2000);
  }

  private get over(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves when the program answers. */
  async ready(limitMs = 60_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (Date.now() < end && !this.over) {
      const signal = AbortSignal.timeout(2000);
      const answer = await fetch(this.options.readyUrl, { signal }).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok) return;
      await delay(50);
    }
    throw new Error(`${this.options.name} did not get ready; it said: ${this.lastWords}`);
  }

  /** Takes a CPU profile of what happens while `work` runs, into a file. */
  async profile<T>(file: string, work: () => Promise<T>): Promise<T> {
    const tell = async (message: object): Promise<void> => {
      const answered = once(this.child, 'message');
      const gone = once(this.child, 'exit').then(() => {
        throw new Error(`${this.options.name} ended; it said: ${this.lastWords}`);
      });
      this.child.send(message);
      await Promise.race([answered, gone]);
    };
    await tell({ profile: 'start' });
    try {
      return await work();
    } finally {
      await tell({ profile: 'stop', file });
    }
  }

  async stop(): Promise<void> {
    if (this.over) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await Promise.race([gone, delay(20_000, undefined, { ref: false })]);
    this.child.kill('SIGKILL');
  }
}
