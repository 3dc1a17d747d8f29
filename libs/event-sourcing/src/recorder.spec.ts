import { createHash, randomUUID } from 'node:crypto';
import type { AppendResult, EventStore, StoredEvent, StreamWrite } from './event-store.js';
import { createRecorder } from './recorder.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Keeps one stream; each append takes a turn of the event loop, and may be told to fail. */
const storeThat = (outcome: () => AppendResult['outcome'] | 'throws' = () => 'appended') => {
  const events: StoredEvent[] = [];
  const appends: number[] = [];
  const store = {
    readStream: async (_: string, { from = 0 }: { from?: number }) => events.slice(from),
    append: async ([write]: readonly StreamWrite[]) => {
      await new Promise((resolve) => setImmediate(resolve));
      appends.push(write!.events.length);
      const result = outcome();
      if (result === 'throws') throw new Error('gone');
      if (result !== 'appended') return [{ stream: write!.stream, outcome: result }];
      for (const event of write!.events) {
        events.push({ ...event, stream: write!.stream, revision: events.length, position: events.length + 1 });
      }
      return [{ stream: write!.stream, outcome: 'appended', revision: events.length - 1 }];
    },
  } as unknown as EventStore;
  const record = createRecorder({ store, sha256, hub: 'hub', now: async () => new Date(0), stream: 'reads-a' });
  return { record, events, appends };
};
const some = (n: number) => Array.from({ length: n }, () => randomUUID());

describe('a recorder', () => {
  it('appends those that come together in one append, in order', async () => {
    const { record, events, appends } = storeThat();
    const ids = some(20);
    await Promise.all(ids.map((id) => record(id, Buffer.from(id), 'looked')));
    expect(events.map(({ id }) => id)).toEqual(ids);
    expect(appends).toEqual([1, 19]);
    await record(ids[0]!, Buffer.from('x'), 'looked');
    expect(appends).toEqual([1, 19, 1]);
  });

  it.each(['conflict', 'unknown', 'throws'] as const)('tells everyone of an append that ends in %s', async (what) => {
    let fails = true;
    const { record, events } = storeThat(() => (fails ? what : 'appended'));
    const told = await Promise.allSettled(some(5).map((id) => record(id, Buffer.from(id), 'looked')));
    expect(told.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    fails = false;
    const [id] = some(1);
    await record(id!, Buffer.from('y'), 'looked').catch(() => record(id!, Buffer.from('y'), 'looked'));
    expect(events.map((event) => event.id)).toEqual([id]);
  });
});
