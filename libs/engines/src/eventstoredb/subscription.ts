import { setImmediate } from 'node:timers/promises';
import {
  StoreError,
  type Checkpoint,
  type StoredEvent,
  type SubscribeOptions,
  type Subscription,
} from '#event-sourcing';
import type { Connection } from './connection.js';
import { Feed } from './feed.js';
import type { Everything } from './everything.js';

export interface SubscriptionSource {
  /** A connection of its own: what becomes of it is nobody else's concern. The subscription closes it. */
  readonly connection: Connection;
  readonly everything: Everything;
  readonly store: string;
  readonly birth: number;
  /** After this long without a word the place is compared with the head; after as long again it subscribes anew. */
  readonly quietMs: number;
}

const firstBackOffMs = 50;
const mostBackOffMs = 2_000;

/**
 * Subscribes to everything after the checkpoint, and again whenever the call fails, ends, or stalls: exactly after what
 * was handled. Only a checkpoint that is not of this store, or the handler, ends it.
 */
export const startSubscription = (source: SubscriptionSource, options: SubscribeOptions): Subscription => {
  const runner = new Runner(source, options);
  const ended = runner.run().finally(() => source.connection.close());
  // Whoever started it watches `ended`; a process does not end because nobody did yet.
  ended.catch(() => undefined);
  return {
    ended,
    stop: async () => {
      runner.stop();
      await ended.catch(() => undefined);
    },
  };
};

class Runner {
  private readonly source: SubscriptionSource;
  private readonly options: SubscribeOptions;
  private readonly stopped = new AbortController();
  /** The last event that was handled, and the position up to which there is nothing more for us. */
  private handled: Checkpoint | null;
  private upTo: number | 'start';
  private knownHead: Checkpoint | undefined;
  private failures = 0;
  private feed: Feed | undefined;

  constructor(source: SubscriptionSource, options: SubscribeOptions) {
    this.source = source;
    this.options = options;
    this.handled = options.after;
    this.upTo = options.after?.position ?? 'start';
  }

  stop(): void {
    this.stopped.abort();
    this.feed?.close(this.source.connection);
  }

  async run(): Promise<void> {
    while (!this.isStopped) {
      const feed = await this.open();
      if (feed === undefined) {
        await this.backOff();
        continue;
      }
      this.feed = feed;
      try {
        await this.follow(feed);
      } finally {
        feed.close(this.source.connection);
      }
      if (!this.isStopped) await this.backOff();
    }
  }

  private get isStopped(): boolean {
    return this.stopped.signal.aborted;
  }

  /** Undefined when the server does not answer. Rejects when our place is none in this store. */
  private async open(): Promise<Feed | undefined> {
    try {
      await this.source.everything.check(this.handled);
      const feed = await Feed.open(this.source.connection, this.upTo, this.options.batchSize);
      if (this.isStopped) feed.close(this.source.connection);
      return feed;
    } catch (error) {
      if (error instanceof StoreError && error.type !== 'unavailable') throw error;
      return undefined;
    }
  }

  /** Handles what comes until the feed is over or stalls. Rejects with what the handler rejects with. */
  private async follow(feed: Feed): Promise<void> {
    for (let suspected = false; ;) {
      const hasCome = await feed.wait(this.source.quietMs).catch(() => undefined);
      if (hasCome === undefined || this.isStopped) return;
      if (hasCome) {
        suspected = false;
        await this.handleNext(feed);
        if (this.isStopped) return;
        continue;
      }
      const isBehind = await this.isBehind(feed);
      if (isBehind && suspected) return;
      suspected = isBehind ?? suspected;
    }
  }

  private async handleNext(feed: Feed): Promise<void> {
    // What has arrived meanwhile goes with it.
    await setImmediate();
    const { events, upTo } = feed.take();
    this.failures = 0;
    const ours = events.filter(({ position }) => position >= this.source.birth);
    const last = ours.at(-1);
    if (last) {
      const head = await this.headFor(feed, last);
      if (this.isStopped) return;
      await this.options.onBatch(ours, head);
      this.handled = this.checkpointOf(last);
    }
    this.upTo = upTo;
  }

  /** Undefined when the server does not say. */
  private async isBehind(feed: Feed): Promise<boolean | undefined> {
    try {
      const head = await this.source.everything.head();
      const here = this.upTo === 'start' ? feed.received : Math.max(this.upTo, feed.received);
      return head.position > here;
    } catch {
      return undefined;
    }
  }

  /** The head as far as it is known, which is asked for only while we are behind. */
  private async headFor(feed: Feed, last: StoredEvent): Promise<Checkpoint> {
    const newest = feed.last ?? last;
    if (this.knownHead && this.knownHead.position > newest.position) return this.knownHead;
    const isLive = feed.caughtUp && !feed.holdsBack;
    const head = isLive ? undefined : await this.source.everything.head().catch(() => undefined);
    this.knownHead = head && head.position > newest.position ? head : this.checkpointOf(newest);
    return this.knownHead;
  }

  private checkpointOf({ position, id }: StoredEvent): Checkpoint {
    return { store: this.source.store, position, eventId: id };
  }

  private async backOff(): Promise<void> {
    const milliseconds = Math.min(firstBackOffMs * 2 ** this.failures, mostBackOffMs);
    this.failures += 1;
    await new Promise<void>((done) => {
      const go = (): void => {
        clearTimeout(timer);
        done();
      };
      const timer = setTimeout(go, milliseconds);
      this.stopped.signal.addEventListener('abort', go, { once: true });
    });
  }
}
