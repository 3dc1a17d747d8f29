import { bytesOf, type AppendResult, type StreamWrite } from '#event-sourcing';

export interface QueueOptions {
  /** Sends one write; `abandon` is called when nobody waits for its result any more. A rejection: unknown. */
  readonly send: (write: StreamWrite) => { readonly result: Promise<AppendResult>; abandon(): void };
  /** After this long a write's outcome is unknown, and it is not sent any more, in milliseconds. */
  readonly timeoutMs: number;
  readonly causeOf: (error: unknown) => string;
  /** Writes on their way at a time (64), and bytes of them (8,000,000; a larger one goes alone). */
  readonly most?: { readonly writes: number; readonly bytes: number };
}

interface Pending {
  readonly write: StreamWrite;
  readonly bytes: number;
  readonly settle: (result: AppendResult) => void;
  settled: boolean;
  abandon: (() => void) | undefined;
}

/** Many streams at a time, each stream one after another in the order given. Nothing is ever sent twice. */
export class AppendQueue {
  private readonly options: QueueOptions;
  private readonly most: NonNullable<QueueOptions['most']>;
  private readonly byStream = new Map<string, Pending[]>();
  private ready: Pending[] = [];
  private onTheWay = { writes: 0, bytes: 0 };
  private idle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.options = options;
    this.most = options.most ?? { writes: 64, bytes: 8_000_000 };
  }

  append(writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> {
    const pending: Pending[] = [];
    const results = writes.map(
      (write) =>
        new Promise<AppendResult>((settle) => {
          pending.push({ write, bytes: bytesOf(write.events), settle, settled: false, abandon: undefined });
        }),
    );
    const timer = setTimeout(() => {
      for (const one of pending) this.giveUp(one);
    }, this.options.timeoutMs);
    for (const one of pending) this.enqueue(one);
    this.start();
    return Promise.all(results).finally(() => clearTimeout(timer));
  }

  /** Resolves when nothing waits and nothing is on its way. */
  drained(): Promise<void> {
    if (this.byStream.size === 0) return Promise.resolve();
    return new Promise((done) => this.idle.push(done));
  }

  private enqueue(one: Pending): void {
    const own = this.byStream.get(one.write.stream);
    if (own) return void own.push(one);
    this.byStream.set(one.write.stream, [one]);
    this.ready.push(one);
  }

  private start(): void {
    let started = 0;
    for (const one of this.ready) {
      const { writes, bytes } = this.onTheWay;
      if (writes > 0 && (writes >= this.most.writes || bytes + one.bytes > this.most.bytes)) break;
      started += 1;
      this.onTheWay = { writes: writes + 1, bytes: bytes + one.bytes };
      void this.send(one);
    }
    this.ready = this.ready.slice(started);
  }

  private async send(one: Pending): Promise<void> {
    if (!one.settled) {
      const sent = this.options.send(one.write);
      const abandoned = new Promise<AppendResult>((done) => {
        one.abandon = () => {
          done(unknown(one.write, 'no answer in time'));
          sent.abandon();
        };
      });
      this.settle(
        one,
        await Promise.race([sent.result, abandoned]).catch((error: unknown) =>
          unknown(one.write, this.options.causeOf(error)),
        ),
      );
    } else await Promise.resolve();
    this.leave(one);
  }

  private leave({ write, bytes }: Pending): void {
    this.onTheWay = { writes: this.onTheWay.writes - 1, bytes: this.onTheWay.bytes - bytes };
    const own = this.byStream.get(write.stream) ?? [];
    own.shift();
    const [next] = own;
    if (next) this.ready.push(next);
    else this.byStream.delete(write.stream);
    this.start();
    if (this.byStream.size > 0) return;
    for (const done of this.idle.splice(0)) done();
  }

  private giveUp(one: Pending): void {
    if (one.settled) return;
    this.settle(one, unknown(one.write, 'no answer in time'));
    one.abandon?.();
  }

  private settle(one: Pending, result: AppendResult): void {
    if (one.settled) return;
    one.settled = true;
    one.settle(result);
  }
}

const unknown = ({ stream }: StreamWrite, cause: string): AppendResult => ({ outcome: 'unknown', stream, cause });
