import {
  StoreError,
  type Checkpoint,
  type StoredEvent,
  type SubscribeOptions,
  type Subscription,
} from '#event-sourcing';

/** Events after a checkpoint, and the head, as of one snapshot. */
export interface Page {
  readonly events: readonly StoredEvent[];
  readonly head: Checkpoint;
}

export interface SubscriptionSource {
  readonly readAfter: (after: Checkpoint | null, limit: number) => Promise<Page>;
  readonly waker: Waker;
  readonly pollMs: number;
}

/**
 * Wakes those who wait for new events. `seen` is the count before the read that found nothing, so that what came
 * between the read and the wait is not missed.
 */
export class Waker {
  count = 0;
  private waiting = new Set<() => void>();

  wake(): void {
    this.count += 1;
    const woken = this.waiting;
    this.waiting = new Set();
    for (const go of woken) go();
  }

  async wait(seen: number, milliseconds: number): Promise<void> {
    if (this.count !== seen) return;
    await new Promise<void>((done) => {
      const go = (): void => {
        clearTimeout(timer);
        this.waiting.delete(go);
        done();
      };
      const timer = setTimeout(go, milliseconds);
      this.waiting.add(go);
    });
  }
}

/**
 * Reads on from the checkpoint for as long as it is not stopped. Each read says where the head is, in the same
 * snapshot, so a reader that gets nothing has compared itself with the head. A read that fails is tried again, from
 * the last batch that was handled; only a checkpoint that is not of this store, or the handler, ends it.
 */
export const startSubscription = (source: SubscriptionSource, options: SubscribeOptions): Subscription => {
  let stopping = false;

  const nextPage = async (after: Checkpoint | null): Promise<Page | undefined> => {
    for (let failures = 0; !stopping; failures += 1) {
      try {
        return await source.readAfter(after, options.batchSize);
      } catch (error) {
        if (!(error instanceof StoreError && error.type === 'unavailable')) throw error;
        await source.waker.wait(source.waker.count, Math.min(50 * 2 ** failures, 2_000));
      }
    }
    return undefined;
  };

  const run = async (): Promise<void> => {
    let { after } = options;
    while (!stopping) {
      const seen = source.waker.count;
      const page = await nextPage(after);
      const last = page?.events.at(-1);
      if (page === undefined || stopping) return;
      if (last === undefined) {
        await source.waker.wait(seen, source.pollMs);
        continue;
      }
      await options.onBatch(page.events, page.head);
      after = { store: page.head.store, position: last.position, eventId: last.id };
    }
  };

  const ended = run();
  // Whoever started it watches `ended`; a process does not end because nobody did yet.
  ended.catch(() => undefined);
  return {
    ended,
    stop: async () => {
      stopping = true;
      source.waker.wake();
      await ended.catch(() => undefined);
    },
  };
};
