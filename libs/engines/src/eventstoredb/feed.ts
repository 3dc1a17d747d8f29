import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from '#event-sourcing';
import type { Connection, Line } from './connection.js';
import { readEventOf, safe, subscribeRequest, toStored } from './messages.js';

/** What comes over a subscription, in its order: an event, or word that everything up to a position was looked at. */
export type FeedItem =
  { readonly event: StoredEvent; readonly position: number } | { readonly event: undefined; readonly position: number };

export interface FeedBatch {
  readonly events: readonly StoredEvent[];
  /** Everything up to this position is in this batch or before it. */
  readonly upTo: number;
}

/** What a feed holds at most before it asks the server to wait. */
const mostBytes = 16_000_000;

/** One subscription call: a bounded queue of what came, until it fails or ends. */
export class Feed {
  /** True since the server said that it had given all there was. */
  caughtUp = false;
  /** The furthest position that came, in the queue or taken from it. */
  received = -1;
  private lastEvent = -1;
  private readonly batchSize: number;
  private readonly line: Line;
  private readonly call: ReturnType<Line['streams']['read']>;
  private queue: FeedItem[] = [];
  private bytes = 0;
  private paused = false;
  private over: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  private constructor(line: Line, after: number | 'start', batchSize: number) {
    this.batchSize = batchSize;
    this.line = line;
    this.call = line.streams.read(subscribeRequest(after), ...line.call());
    this.call.on('data', (response: ReadResp) => this.hear(response));
    this.call.on('error', (error) => this.end(error));
    // Neither an end nor a close comes after an error; either may come without one.
    this.call.on('end', () => this.end(new Error('the subscription ended')));
  }

  static async open(connection: Connection, after: number | 'start', batchSize: number): Promise<Feed> {
    return new Feed(await connection.line(), after, batchSize);
  }

  /** Resolves with true when there is something to take, with false after that long without. Rejects once it is over. */
  async wait(milliseconds: number): Promise<boolean> {
    if (this.queue.length === 0 && !this.over) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((done) => {
        this.wake = done;
        timer = setTimeout(done, milliseconds);
      });
      clearTimeout(timer);
    }
    // What came before the failure is handled before it.
    if (this.queue.length > 0) return true;
    if (this.over) throw this.over.error;
    return false;
  }

  /** The next events, at most as many as a batch has, and where they end. */
  take(): FeedBatch {
    const events: StoredEvent[] = [];
    let taken = 0;
    let upTo = this.received;
    for (const { event, position } of this.queue) {
      if (event && events.length === this.batchSize) break;
      taken += 1;
      upTo = position;
      if (event) {
        events.push(event);
        this.bytes -= sizeOf(event);
      }
    }
    this.queue = this.queue.slice(taken);
    if (this.paused && !this.isFull()) {
      this.paused = false;
      this.call.resume();
    }
    return { events, upTo };
  }

  /** The last event that waits to be taken. */
  get last(): StoredEvent | undefined {
    return this.queue.findLast(({ event }) => event !== undefined)?.event;
  }

  get holdsBack(): boolean {
    return this.paused;
  }

  close(connection: Connection): void {
    this.over ??= { error: new Error('the subscription was closed') };
    this.queue = [];
    this.call.cancel();
    connection.giveUp(this.line, this.over.error);
    this.wake();
  }

  private hear(response: ReadResp): void {
    if (this.over) return;
    try {
      if (response.hasCaughtUp()) this.caughtUp = true;
      if (response.hasFellBehind()) this.caughtUp = false;
      const checkpoint = response.getCheckpoint();
      if (checkpoint) this.put({ event: undefined, position: safe(checkpoint.getCommitPosition()) });
      const event = readEventOf(response);
      if (event) this.put({ event: event.isServers ? undefined : toStored(event), position: event.position });
    } catch (error) {
      this.end(error);
    }
  }

  private put(item: FeedItem): void {
    const { event, position } = item;
    // An event comes once, whatever was said of the positions around it.
    if (position <= (event ? this.lastEvent : this.received)) return;
    this.received = Math.max(this.received, position);
    if (event) {
      this.lastEvent = position;
      this.bytes += sizeOf(event);
    } else if (this.queue.at(-1)?.event === undefined) this.queue.pop();
    this.queue.push(item);
    if (!this.paused && this.isFull()) {
      this.paused = true;
      this.call.pause();
    }
    this.wake();
  }

  private isFull(): boolean {
    return this.queue.length >= 2 * this.batchSize || this.bytes >= mostBytes;
  }

  private end(error: unknown): void {
    this.over ??= { error };
    this.wake();
  }
}

const sizeOf = ({ data, metadata }: StoredEvent): number => data.byteLength + metadata.byteLength;
