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
  /** Address that answers 2xx once the program is ready; absent where the program says so itself. */
  readonly readyUrl?: string;
  /** Takes what the program says without being asked. */
  readonly onMessage?: (message: object) => void;
}

interface Answer {
  readonly answer?: number;
  readonly error?: string;
  readonly ready?: true;
}

/** A program under measurement, in a process of its own that ends with this one. */
export class AppProcess {
  private said = '';
  private saidReady = false;
  private asked = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
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
    this.child.on('message', (message: Answer) => this.hear(message));
  }

  private hear(message: Answer): void {
    const { answer, ready } = message;
    if (ready) this.saidReady = true;
    else if (answer === undefined) this.options.onMessage?.(message);
    else {
      this.waiting.get(answer)?.(message);
      this.waiting.delete(answer);
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
      if (await this.isReady()) return;
      await delay(50);
    }
    throw new Error(`${this.options.name} did not get ready; it said: ${this.lastWords}`);
  }

  private async isReady(): Promise<boolean> {
    const { readyUrl } = this.options;
    if (readyUrl === undefined) return this.saidReady;
    const answer = await fetch(readyUrl, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    return answer?.ok ?? false;
  }

  /** Asks the program to do something, and resolves with what it answers. Throws what it could not do. */
  async ask<T extends object>(question: object): Promise<T> {
    if (this.over) throw new Error(`${this.options.name} ended; it said: ${this.lastWords}`);
    this.asked += 1;
    const ask = this.asked;
    const answered = new Promise<Answer>((resolve) => this.waiting.set(ask, resolve));
    const watching = new AbortController();
    const gone = once(this.child, 'exit', { signal: watching.signal }).then(() => {
      throw new Error(`${this.options.name} ended; it said: ${this.lastWords}`);
    });
    gone.catch(() => undefined);
    this.child.send({ ...question, ask });
    try {
      const answer = await Promise.race([answered, gone]);
      if (answer.error !== undefined) throw new Error(`${this.options.name} could not: ${answer.error}`);
      return answer as T;
    } finally {
      watching.abort();
    }
  }

  /** Takes a CPU profile of what happens while `work` runs, into a file. */
  async profile<T>(file: string, work: () => Promise<T>): Promise<T> {
    await this.ask({ profile: 'start' });
    try {
      return await work();
    } finally {
      await this.ask({ profile: 'stop', file });
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
