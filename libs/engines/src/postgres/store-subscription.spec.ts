import { randomUUID } from 'node:crypto';
import { StoreError, type Checkpoint, type StoredEvent } from '#event-sourcing';
import { startSubscription, Waker, type Page } from './store-subscription.js';

const store = randomUUID();
const event = (position: number): StoredEvent => ({
  stream: 's',
  revision: position,
  position,
  id: randomUUID(),
  type: 'noted',
  data: new Uint8Array(),
  metadata: new Uint8Array(),
});
const page = (...events: StoredEvent[]): Page => ({ events, head: { store, position: 99, eventId: store } });
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** A subscription whose reads are answered by `read`; polling is far too slow to help. */
const start = (read: (after: Checkpoint | null) => Promise<Page>) => {
  const waker = new Waker();
  const got: number[] = [];
  const subscription = startSubscription(
    { readAfter: read, waker, pollMs: 60_000 },
    {
      after: null,
      batchSize: 10,
      onBatch: (events) => {
        got.push(...events.map(({ position }) => position));
        return Promise.resolve();
      },
    },
  );
  return { waker, got, subscription };
};

describe('startSubscription', () => {
  it('does not miss what comes between a read that found nothing and its wait', async () => {
    let reads = 0;
    const { waker, got, subscription } = start(async () => {
      reads += 1;
      if (reads === 1) setImmediate(() => waker.wake());
      await pause(5);
      return reads === 2 ? page(event(1)) : page();
    });
    await pause(50);
    expect(got).toEqual([1]);
    await subscription.stop();
  });

  it('hands over nothing that was read when it was stopped meanwhile', async () => {
    const read = Promise.withResolvers<Page>();
    const { got, subscription } = start(() => read.promise);
    const stopped = subscription.stop();
    read.resolve(page(event(1)));
    await stopped;
    await expect(subscription.ended).resolves.toBeUndefined();
    expect(got).toEqual([]);
  });

  it('reads again from the same place after a failure of the engine', async () => {
    const places: (number | null)[] = [];
    const { got, subscription } = start((after) => {
      places.push(after?.position ?? null);
      if (places.length === 1) return Promise.resolve(page(event(1), event(2)));
      if (places.length === 2) return Promise.reject(new StoreError('unavailable', 'gone'));
      return Promise.resolve(places.length === 3 ? page(event(3)) : page());
    });
    await pause(120);
    expect(got).toEqual([1, 2, 3]);
    expect(places.slice(0, 3)).toEqual([null, 2, 2]);
    await subscription.stop();
  });

  it('ends with an error that no waiting mends', async () => {
    const { subscription } = start(() => Promise.reject(new StoreError('wrong-store', 'another')));
    await expect(subscription.ended).rejects.toMatchObject({ type: 'wrong-store' });
  });
});
