import { bytesOf, type AppendResult, type StreamWrite } from '#event-sourcing';

export interface BatcherOptions {
  /** Sends a batch in which every stream occurs once; answers in its order. A rejection: all outcomes unknown. */
  readonly send: (batch: readonly StreamWrite[]) => Promise<readonly AppendResult[]>;
  /** After this long a write's outcome is unknown, and it is not sent any more, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxBatchBytes?: number;
  readonly maxBatchEvents?: number;
}

interface Pending {
  readonly write: StreamWrite;
  readonly settle: (result: AppendResult) => void;
  settled: boolean;
}

/**
 * Group commit: writes that come while a batch is on its way go together in the next; one batch at a time. Writes to
 * one stream keep their order. Nothing is ever sent twice.
 */
export class AppendBatcher {
  private queue: Pending[] = [];
  private scheduled = false;
  private idle: (() => void)[] = [];
  private readonly options: Required<BatcherOptions>;

  constructor(options: BatcherOptions) {
    this.options = { maxBatchBytes: 4_000_000, maxBatchEvents: 4_000, ...options };
  }

  append(writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> {
    const pending: Pending[] = [];
    const answers = writes.map(
      (write) =>
        new Promise<AppendResult>((done) => {
          const one: Pending = {
            write,
            settled: false,
            settle: (result) => {
              one.settled = true;
              done(result);
            },
          };
          pending.push(one);
        }),
    );
    const timer = setTimeout(() => {
      for (const one of pending) if (!one.settled) one.settle(unknown(one.write, 'no answer in time'));
    }, this.options.timeoutMs);
    this.queue.push(...pending);
    this.schedule();
    return Promise.all(answers).finally(() => clearTimeout(timer));
  }

  /** Resolves when nothing waits and nothing is on its way. */
  drained(): Promise<void> {
    if (!this.scheduled) return Promise.resolve();
    return new Promise((done) => this.idle.push(done));
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // Not at once: those who were answered together, or start together, then go together.
    setImmediate(() => void this.flush());
  }

  private async flush(): Promise<void> {
    const batch = this.takeBatch();
    if (batch.length > 0) await this.sendBatch(batch);
    this.scheduled = false;
    if (this.queue.length > 0) return this.schedule();
    for (const done of this.idle.splice(0)) done();
  }

  private takeBatch(): readonly Pending[] {
    const batch: Pending[] = [];
    const later: Pending[] = [];
    const streams = new Set<string>();
    let bytes = 0;
    let events = 0;
    let full = false;
    for (const one of this.queue) {
      if (one.settled) continue;
      const { stream, events: its } = one.write;
      const size = bytesOf(its);
      full ||=
        batch.length > 0 &&
        (bytes + size > this.options.maxBatchBytes || events + its.length > this.options.maxBatchEvents);
      if (full || streams.has(stream)) {
        later.push(one);
        continue;
      }
      streams.add(stream);
      bytes += size;
      events += its.length;
      batch.push(one);
    }
    this.queue = later;
    return batch;
  }

  private async sendBatch(batch: readonly Pending[]): Promise<void> {
    let results: readonly AppendResult[];
    try {
      results = await this.options.send(batch.map(({ write }) => write));
    } catch (error) {
      const cause = causeOf(error);
      results = batch.map(({ write }) => unknown(write, cause));
    }
    batch.forEach((one, i) => {
      if (!one.settled) one.settle(results[i] ?? unknown(one.write, 'no answer'));
    });
  }
}

const unknown = ({ stream }: StreamWrite, cause: string): AppendResult => ({ outcome: 'unknown', stream, cause });

/** A code where there is one: messages of an engine may carry values. */
const causeOf = (error: unknown): string => {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const said = [code, message].find((text) => typeof text === 'string' && text !== '');
  return (said as string | undefined) ?? 'unknown error';
};
