import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { decodeMetadata, encodeMetadata, fromHex, linkOf, metadataWithoutLink, toHex, verifyStream } from '#ledger';
import {
  StoreError,
  type AppendResult,
  type EventStore,
  type NewEvent,
  type ReadOptions,
  type StoredEvent,
  type StreamWrite,
} from './event-store.js';
import { createStreamWriter, type NewFact, type StreamCommand, type StreamWriterOptions } from './stream-writer.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/**
 * What becomes of one write. `lost`: unknown, not written. `kept`: unknown, written. `late`: unknown, written when the
 * next append comes, where it still fits. `down-*`: the whole call rejects. `conflict`: a conflict out of nowhere.
 */
type Fault = 'none' | 'lost' | 'kept' | 'late' | 'conflict' | 'down-lost' | 'down-kept';

/** A store in memory that answers repeats as EventStoreDB does, and fails as planned. */
class FakeStore implements EventStore {
  readonly id = 'fake';
  readonly calls: string[] = [];
  readonly streams = new Map<string, StoredEvent[]>();
  faults: Fault[] = [];
  readFaults: boolean[] = [];
  /** Runs once, just before the next write. */
  rival: (() => void) | undefined;
  private late: StreamWrite[] = [];
  private position = 0;

  async append(writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> {
    this.calls.push(`append ${writes.map((write) => write.stream).join(' ')}`);
    await this.elsewhere();
    for (const { stream, events } of writes) {
      const bytes = events.reduce((sum, event) => sum + event.data.length + event.metadata.length, 0);
      if (bytes > 1_000_000 || events.length === 0 || events.some(({ type }) => type === ''))
        throw new StoreError('invalid-append', `${stream} is refused`);
    }
    this.rival?.();
    this.rival = undefined;
    for (const write of this.late.splice(0)) this.put(write);
    const results = writes.map((write): AppendResult | 'down' => {
      const { stream, expectedRevision } = write;
      const fault = this.faults.shift() ?? 'none';
      if (fault === 'none') return this.put(write);
      if (fault === 'conflict') return { outcome: 'conflict', stream, expected: expectedRevision, actual: 'none' };
      if (fault === 'kept' || fault === 'down-kept') this.put(write);
      if (fault === 'late') this.late.push(write);
      return fault.startsWith('down') ? 'down' : { outcome: 'unknown', stream, cause: fault };
    });
    await this.elsewhere();
    if (results.includes('down')) throw new StoreError('unavailable', 'planned');
    return results as AppendResult[];
  }

  async readStream(stream: string, { from = 0, limit }: ReadOptions): Promise<readonly StoredEvent[]> {
    this.calls.push(`read ${stream} ${from}`);
    await this.elsewhere();
    if (this.readFaults.shift()) throw new StoreError('unavailable', 'planned');
    return this.of(stream).slice(from, from + limit);
  }

  of(stream: string): StoredEvent[] {
    return this.streams.get(stream) ?? [];
  }

  put({ stream, expectedRevision, events }: StreamWrite): AppendResult {
    const stored = this.of(stream);
    const after = expectedRevision === 'none' ? 0 : expectedRevision + 1;
    if (after !== stored.length) {
      const repeated = stored.slice(after, after + events.length);
      const isRepeat = repeated.length === events.length && events.every(({ id }, i) => repeated[i]?.id === id);
      if (!isRepeat) {
        const actual = stored.length === 0 ? 'none' : stored.length - 1;
        return { outcome: 'conflict', stream, expected: expectedRevision, actual };
      }
    } else {
      const added = events.map((event: NewEvent, i) => {
        this.position += 1;
        return { ...event, stream, revision: after + i, position: this.position };
      });
      this.streams.set(stream, [...stored, ...added]);
    }
    return { outcome: 'appended', stream, revision: after + events.length - 1, position: this.position };
  }

  readAll(): never {
    throw new Error('not used');
  }
  head(): never {
    throw new Error('not used');
  }
  subscribe(): never {
    throw new Error('not used');
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  private elsewhere(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

type Ids = ReadonlySet<string>;
const fold = {
  initial: new Set<string>() as Ids,
  evolve: (state: Ids, { id }: NewFact): Ids => new Set([...state, id]),
};

const idOf = (n: number): string => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const fact = (n: number, size = 1): NewFact => ({ id: idOf(n), type: 'noted', data: new Uint8Array(size).fill(n) });

/** Writes the fact once, however often it is asked. */
const once =
  (...facts: readonly NewFact[]) =>
  (state: Ids): readonly NewFact[] =>
    facts.filter(({ id }) => !state.has(id));

let ticks = 0;
const writerOver = (store: EventStore, more: Partial<StreamWriterOptions<Ids>> = {}) =>
  createStreamWriter<Ids>({
    store,
    sha256,
    hub: 'hub-1',
    // Every call another time, so that no two attempts write the same metadata.
    now: () => Promise.resolve(new Date(Date.UTC(2025, 10, 28) + (ticks += 1))),
    fold,
    retry: { failures: 8, firstBackOff: 0.1, mostBackOff: 1 },
    ...more,
  });

const idsIn = (store: FakeStore, stream: string): string[] => store.of(stream).map(({ id }) => id);
const ids = (...numbers: number[]): string[] => numbers.map(idOf);

/** What another process writes at the end of a stream at this moment, well linked. */
const putByAnother = (store: FakeStore, stream: string, ...numbers: number[]): void => {
  for (const n of numbers) {
    const last = store.of(stream).at(-1);
    const { id, type, data } = fact(n);
    const unlinked = { v: 1, hub: 'hub-2', hubAt: '2025-11-28T09:00:00.000Z', trace: '' } as const;
    const link = linkOf(
      {
        previous: last ? fromHex(decodeMetadata(last.metadata).link) : null,
        stream,
        revision: store.of(stream).length,
        type,
        eventId: id,
        metadataWithoutLink: metadataWithoutLink(unlinked),
        dataDigest: sha256(data),
      },
      sha256,
    );
    const metadata = encodeMetadata({ ...unlinked, link: toHex(link) });
    store.put({ stream, expectedRevision: last?.revision ?? 'none', events: [{ id, type, data, metadata }] });
  }
};

const expectChains = (store: FakeStore): void => {
  for (const events of store.streams.values()) expect(verifyStream(events, sha256)).toMatchObject({ ok: true });
};

describe('a stream writer', () => {
  it('appends what was decided, stamped and linked', async () => {
    const store = new FakeStore();
    const writer = writerOver(store);
    const result = await writer.write('s-1', once(fact(1), fact(2)), 'trace-1');
    expect(result).toEqual({ stream: 's-1', facts: [fact(1), fact(2)], revision: 1 });
    expect(store.of('s-1')).toMatchObject([fact(1), fact(2)]);
    expect(store.of('s-1').map(({ metadata }) => decodeMetadata(metadata))).toMatchObject([
      { v: 1, hub: 'hub-1', hubAt: new Date(Date.UTC(2025, 10, 28) + ticks).toISOString(), trace: 'trace-1' },
      { trace: 'trace-1' },
    ]);
    expectChains(store);
  });

  it('writes nothing where nothing is decided', async () => {
    const store = new FakeStore();
    const writer = writerOver(store);
    expect(await writer.write('s-1', () => [])).toEqual({ stream: 's-1', facts: [], revision: null });
    await writer.write('s-1', once(fact(1)));
    expect(await writer.write('s-1', once(fact(1)))).toEqual({ stream: 's-1', facts: [], revision: 0 });
    expect(store.calls.filter((call) => call.startsWith('append'))).toHaveLength(1);
  });

  it('decides commands of one stream in order, each over those before it, and many streams in one append', async () => {
    const store = new FakeStore();
    const seen: number[] = [];
    const counting = (stream: string, n: number): StreamCommand<Ids> => ({
      stream,
      decide: (state) => {
        seen.push(state.size);
        return once(fact(n))(state);
      },
    });
    const twice = counting('s-1', 1);
    const results = await writerOver(store).writeMany([twice, counting('s-2', 1), counting('s-1', 2), twice]);
    expect(seen.toSorted()).toEqual([0, 0, 1, 2]);
    expect(results.map(({ stream, facts, revision }) => [stream, facts.length, revision])).toEqual([
      ['s-1', 1, 1],
      ['s-2', 1, 0],
      ['s-1', 1, 1],
      ['s-1', 0, 1],
    ]);
    expect(store.calls.filter((call) => call.startsWith('append'))).toEqual(['append s-1 s-2']);
    expect(await writerOver(store).writeMany([])).toEqual([]);
  });

  it('reads a kept stream from its last event only, and a long one page by page', async () => {
    const store = new FakeStore();
    const many = Array.from({ length: 450 }, (_, n) => fact(n));
    const writer = writerOver(store);
    await writer.write('s-1', once(...many));
    store.calls.length = 0;
    await writer.write('s-1', once(...many));
    expect(store.calls).toEqual(['read s-1 449']);
    store.calls.length = 0;
    await writerOver(store).write('s-1', once(...many));
    expect(store.calls).toEqual(['read s-1 0', 'read s-1 200', 'read s-1 400']);
  });

  it('goes on from what others appended meanwhile', async () => {
    const store = new FakeStore();
    const [one, other] = [writerOver(store), writerOver(store)];
    await one.write('s-1', once(fact(1)));
    await other.write('s-1', once(...Array.from({ length: 401 }, (_, n) => fact(n + 2))));
    await one.write('s-1', once(fact(2), fact(900)));
    expect(store.of('s-1')).toHaveLength(403);
    expectChains(store);
  });

  it('keeps no more folds than it may', async () => {
    const store = new FakeStore();
    const writer = writerOver(store, { keep: { streams: 2, events: 3 } });
    const firstRead = async (stream: string): Promise<string | undefined> => {
      store.calls.length = 0;
      await writer.write(stream, once(fact(1)));
      return store.calls[0];
    };
    await writer.write('s-1', once(fact(1), fact(2)));
    await writer.write('s-2', once(fact(1), fact(2)));
    expect(await firstRead('s-2')).toBe('read s-2 1');
    expect(await firstRead('s-1')).toBe('read s-1 0');
    for (const stream of ['s-3', 's-4', 's-5']) await writer.write(stream, once(fact(1)));
    expect(await firstRead('s-3')).toBe('read s-3 0');
  });

  it('reads and decides again after a conflict', async () => {
    const store = new FakeStore();
    const writer = writerOver(store);
    await writer.write('s-1', once(fact(1)));
    store.rival = () => putByAnother(store, 's-1', 2);
    const result = await writer.write('s-1', once(fact(2), fact(3)));
    expect(idsIn(store, 's-1')).toEqual(ids(1, 2, 3));
    expect(result.facts).toEqual([fact(3)]);
    expectChains(store);
  });

  it.each<Fault>(['lost', 'kept', 'late', 'down-lost', 'down-kept', 'conflict'])(
    'reads and decides again after an append that was %s, and after the success that follows',
    async (fault) => {
      const store = new FakeStore();
      const writer = writerOver(store);
      await writer.write('s-1', once(fact(1), fact(2)));
      store.faults = [fault];
      store.calls.length = 0;
      await writer.write('s-1', once(fact(3)));
      await writer.write('s-1', once(fact(4)));
      expect(idsIn(store, 's-1')).toEqual(ids(1, 2, 3, 4));
      expectChains(store);
      const doubted = ['read s-1 1', 'append s-1', 'read s-1 0'];
      const successAndLook = ['append s-1', 'read s-1 0'];
      // What was kept is found at the second look, so that the first success comes with the next write only.
      const calls = fault.endsWith('kept')
        ? [...doubted, 'read s-1 0', ...successAndLook]
        : [...doubted, ...successAndLook, 'read s-1 2', 'append s-1'];
      expect(store.calls).toEqual(calls);
    },
  );

  it('links to what is stored where a store answers a repeated id with an older success', async () => {
    const store = new FakeStore();
    const [one, other] = [writerOver(store), writerOver(store)];
    await one.write('s-1', once(fact(1)));
    store.rival = () => putByAnother(store, 's-1', 2);
    await one.write('s-1', once(fact(2)));
    await one.write('s-1', once(fact(3)));
    await other.write('s-1', once(fact(4)));
    expect(idsIn(store, 's-1')).toEqual(ids(1, 2, 3, 4));
    expectChains(store);
  });

  it('takes an append that went elsewhere for a doubt', async () => {
    const store = new FakeStore();
    const append = store.append.bind(store);
    store.append = async (writes) => {
      store.append = append;
      const results = await append(writes);
      return results.map((result) => ({ ...result, revision: 7 }) as AppendResult);
    };
    expect(await writerOver(store).write('s-1', once(fact(1)))).toEqual({ stream: 's-1', facts: [], revision: 0 });
  });

  it('cuts what does not fit one append, in order', async () => {
    const store = new FakeStore();
    const large = [1, 2, 3, 4, 5].map((n) => fact(n, 400_000));
    const results = await writerOver(store).writeMany([
      { stream: 's-1', decide: once(...large) },
      { stream: 's-2', decide: once(fact(9)) },
    ]);
    expect(idsIn(store, 's-1')).toEqual(ids(1, 2, 3, 4, 5));
    expect(results.map(({ facts }) => facts.length)).toEqual([5, 1]);
    expect(store.calls.filter((call) => call === 'append s-1').length).toBeGreaterThanOrEqual(2);
    expectChains(store);
  });

  it.each<Fault>(['lost', 'kept', 'late', 'conflict'])(
    'goes on where a part was %s, and links to no part of another writer',
    async (fault) => {
      const store = new FakeStore();
      store.faults = ['none', fault];
      store.rival = () => putByAnother(store, 's-1', 1, 2);
      const large = [1, 2, 3, 4, 5].map((n) => fact(n, 400_000));
      await writerOver(store).write('s-1', once(...large));
      expect(idsIn(store, 's-1')).toEqual(ids(1, 2, 3, 4, 5));
      expectChains(store);
    },
  );

  it('lets nobody suffer from a write that the store refuses', async () => {
    const store = new FakeStore();
    const writing = writerOver(store).writeMany([
      { stream: 's-1', decide: once(fact(1)) },
      { stream: 's-2', decide: () => [{ ...fact(2), type: '' }] },
      { stream: 's-3', decide: once(fact(3)) },
      {
        stream: 's-4',
        decide: () => {
          throw new TypeError('no decision');
        },
      },
      { stream: 's-5', decide: () => [{ ...fact(5), id: 'ABC' }] },
    ]);
    await expect(writing).rejects.toMatchObject({ name: 'StoreError', type: 'invalid-append' });
    expect([...store.streams.keys()].toSorted()).toEqual(['s-1', 's-3']);
  });

  it('gives up after so many failures, and says which kind', async () => {
    const store = new FakeStore();
    const writer = writerOver(store, { retry: { failures: 3, firstBackOff: 0.1, mostBackOff: 0.1 } });
    const writing = () => writer.write('s-1', once(fact(1)));
    const failed = { name: 'StreamWriteError', stream: 's-1' };
    store.faults = Array.from({ length: 3 }, () => 'conflict');
    await expect(writing()).rejects.toMatchObject({ ...failed, type: 'contention' });
    store.faults = Array.from({ length: 3 }, () => 'lost');
    await expect(writing()).rejects.toMatchObject({ ...failed, type: 'unavailable', cause: 'lost' });
    store.readFaults = [true, true, true];
    await expect(writing()).rejects.toMatchObject({ ...failed, type: 'unavailable' });
    const noClock = writerOver(store, {
      now: () => Promise.reject(new Error('no clock')),
      retry: { failures: 3, firstBackOff: 0.1, mostBackOff: 0.1 },
    });
    await expect(noClock.write('s-1', once(fact(1)))).rejects.toMatchObject({ ...failed, type: 'unavailable' });
    expect(store.of('s-1')).toEqual([]);
    await writing();
    expect(idsIn(store, 's-1')).toEqual(ids(1));
  });

  it('links nothing to what no stream writer wrote', async () => {
    const store = new FakeStore();
    store.put({ stream: 's-1', expectedRevision: 'none', events: [{ ...fact(1), metadata: new Uint8Array() }] });
    await expect(writerOver(store).write('s-1', once(fact(2)))).rejects.toMatchObject({ type: 'unreadable' });
  });

  it('takes turns with itself', async () => {
    const store = new FakeStore();
    const writer = writerOver(store);
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    await Promise.all(
      numbers.map((n) =>
        writer.writeMany([
          { stream: n % 2 ? 's-1' : 's-2', decide: once(fact(n)) },
          { stream: n % 2 ? 's-2' : 's-1', decide: once(fact(100 + n)) },
        ]),
      ),
    );
    expect(new Set(idsIn(store, 's-1')).size).toBe(30);
    expect(store.calls.filter((call) => call.startsWith('append'))).toHaveLength(30);
    expectChains(store);
  });

  it('brings every effect about exactly once, whatever fails and whoever else writes', async () => {
    const faults: fc.Arbitrary<Fault[]> = fc.array(
      fc.constantFrom<Fault>('none', 'none', 'lost', 'kept', 'late', 'conflict', 'down-lost', 'down-kept'),
      { maxLength: 25 },
    );
    const command = fc.record({
      stream: fc.constantFrom('s-1', 's-2', 's-3'),
      n: fc.nat(12),
      facts: fc.integer({ min: 1, max: 2 }),
    });
    const batches = fc.array(fc.array(command, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, batches, faults, fc.array(fc.boolean(), { maxLength: 10 }), async (a, b, f, r) => {
        const store = new FakeStore();
        store.faults = f;
        store.readFaults = r;
        // As a bus does: a batch comes again until it is through.
        const deliver = async (own: typeof a): Promise<void> => {
          const writer = writerOver(store, { keep: { streams: 2, events: 20 } });
          for (const batch of own) {
            const commands = batch.map(({ stream, n, facts }) => ({
              stream,
              decide: once(...[fact(n), fact(100 + n)].slice(0, facts)),
            }));
            while (
              !(await writer.writeMany(commands).then(
                () => true,
                () => false,
              ))
            );
          }
        };
        await Promise.all([deliver(a), deliver(b)]);
        expectChains(store);
        for (const stream of ['s-1', 's-2', 's-3']) {
          const wanted = [...a, ...b].flat().filter((one) => one.stream === stream);
          const effects = wanted.flatMap(({ n, facts }) => ids(n, 100 + n).slice(0, facts));
          expect(idsIn(store, stream).toSorted()).toEqual([...new Set(effects)].toSorted());
        }
      }),
      { numRuns: 300 },
    );
  });
});
