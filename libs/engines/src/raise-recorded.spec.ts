import type { AppendResult, EventStore, StreamWrite } from '#event-sourcing';
import { raisingRecordedTime } from './raise-recorded.js';

const event = (hubAt?: string) => ({
  id: '00000000-0000-4000-8000-000000000000',
  type: 'noted',
  data: new Uint8Array(),
  metadata: Buffer.from(hubAt === undefined ? 'no JSON' : JSON.stringify({ v: 1, hubAt })),
});
const write = (...times: (string | undefined)[]): StreamWrite => ({
  stream: 's-1',
  expectedRevision: 'none',
  events: times.map(event),
});

const scene = () => {
  const done: string[] = [];
  const store = {
    id: 'store-1',
    append: async (writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> => {
      done.push(`append ${writes.length}`);
      return [];
    },
  } as unknown as EventStore;
  const raise = async (at: Date): Promise<void> => void done.push(`raise ${at.toISOString()}`);
  return {
    done,
    store: raisingRecordedTime(store, raise),
    failing: raisingRecordedTime(store, () => Promise.reject(new Error('no clock'))),
  };
};

describe('a store elsewhere than the clock', () => {
  it('has recorded time raised to the latest of what it will write, before it writes', async () => {
    const { done, store } = scene();
    await store.append([
      write('2026-03-02T09:00:00.000Z', '2026-03-02T09:00:02.000Z'),
      write('2026-03-02T09:00:01.000Z'),
    ]);
    expect(done).toEqual(['raise 2026-03-02T09:00:02.000Z', 'append 2']);
  });

  it('writes nothing when recorded time cannot be raised', async () => {
    const { done, failing } = scene();
    await expect(failing.append([write('2026-03-02T09:00:00.000Z')])).rejects.toThrow('no clock');
    expect(done).toEqual([]);
  });

  it('writes what bears no time', async () => {
    const { done, store } = scene();
    await store.append([write(undefined)]);
    expect(done).toEqual(['append 1']);
  });
});
