import { randomUUID } from 'node:crypto';
import type {
  AppendResult,
  Checkpoint,
  EventStore,
  ExpectedRevision,
  NewEvent,
  StoredEvent,
  StreamWrite,
  SubscribeOptions,
  Subscription,
} from '#event-sourcing';

/** An engine under test, on data of its own. */
export interface EventStoreFixture {
  readonly store: EventStore;
  /** Another object over the same data, as a second process would have; the fixture closes it. */
  reopen(): Promise<EventStore>;
  /** Begins a transaction of the engine's own that stays open; returns what ends it. Nothing, where there are none. */
  holdTransactionOpen(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const plain = (bytes: Uint8Array): number[] => Array.from(bytes);
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
const newStream = (): string => `suite-${randomUUID()}`;
const newEvent = (over: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'noted',
  data: text(`{"n":"${randomUUID()}"}`),
  metadata: text('{}'),
  ...over,
});
const newEvents = (count: number): NewEvent[] => Array.from({ length: count }, () => newEvent());
const ids = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);
const after = (store: EventStore, { position, id }: StoredEvent): Checkpoint => ({
  store: store.id,
  position,
  eventId: id,
});

/** Everything the `EventStore` port promises. An engine joins with a fixture; `open` is called once. */
export const eventStoreSuite = (name: string, open: () => Promise<EventStoreFixture>): void => {
  describe(`${name} as an event store`, () => {
    let fixture: EventStoreFixture;
    let store: EventStore;
    const running: Subscription[] = [];

    beforeAll(async () => {
      fixture = await open();
      ({ store } = fixture);
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((subscription) => subscription.stop()));
    });
    afterAll(async () => {
      await fixture?.close();
    });

    const append = async (
      stream: string,
      expectedRevision: ExpectedRevision,
      events: readonly NewEvent[],
      to: EventStore = store,
    ): Promise<AppendResult> => {
      const results = await to.append([{ stream, expectedRevision, events }]);
      expect(results).toHaveLength(1);
      return results[0] as AppendResult;
    };
    const appended = async (
      stream: string,
      expectedRevision: ExpectedRevision,
      events: readonly NewEvent[],
    ): Promise<{ revision: number; position: number }> => {
      const result = await append(stream, expectedRevision, events);
      if (result.outcome !== 'appended') throw new Error(`not appended: ${JSON.stringify(result)}`);
      return result;
    };
    const read = (stream: string, limit = 1_000): Promise<readonly StoredEvent[]> =>
      store.readStream(stream, { limit });
    const headOf = async (of: EventStore = store): Promise<Checkpoint> => {
      const head = await of.head();
      if (head === null) throw new Error('the store has no head');
      return head;
    };
    const everything = async (start: Checkpoint | null, limit = 1_000): Promise<StoredEvent[]> => {
      const all: StoredEvent[] = [];
      for (let from = start; ;) {
        const page = await store.readAll(from, limit);
        all.push(...page);
        const last = page.at(-1);
        if (last === undefined) return all;
        from = after(store, last);
      }
    };
    const subscribe = (options: Partial<SubscribeOptions>, to: EventStore = store): Subscription => {
      const subscription = to.subscribe({ after: null, batchSize: 100, onBatch: () => Promise.resolve(), ...options });
      running.push(subscription);
      return subscription;
    };
    /** Subscribes and collects until `enough` says so. */
    const collect = async (
      start: Checkpoint | null,
      enough: (events: readonly StoredEvent[]) => boolean,
      batchSize = 100,
      to: EventStore = store,
    ): Promise<StoredEvent[]> => {
      const got: StoredEvent[] = [];
      let subscription: Subscription | undefined;
      await new Promise<void>((done, fail) => {
        subscription = subscribe(
          {
            after: start,
            batchSize,
            onBatch: (events) => {
              got.push(...events);
              if (enough(got)) done();
              return Promise.resolve();
            },
          },
          to,
        );
        subscription.ended.then(() => fail(new Error('ended early')), fail);
      });
      await subscription?.stop();
      return got;
    };

    describe('its first event', () => {
      it('is store-created in hub-store, at revision 0, and carries the id of the store', async () => {
        const [first] = await store.readStream('hub-store', { limit: 10 });
        expect(first).toMatchObject({ stream: 'hub-store', revision: 0, type: 'store-created' });
        expect(new TextDecoder().decode(first?.data)).toBe(`{"store":"${store.id}","v":1}`);
        expect((await store.readAll(null, 1)).map(({ id }) => id)).toEqual([first?.id]);
      });

      it('stays the only one however often the store is opened', async () => {
        const other = await fixture.reopen();
        expect(other.id).toBe(store.id);
        expect(await read('hub-store')).toHaveLength(1);
      });
    });

    describe('append', () => {
      it('answers with the exact revision and position of the last event', async () => {
        const stream = newStream();
        const first = await append(stream, 'none', newEvents(1));
        expect(first).toEqual({ outcome: 'appended', stream, revision: 0, position: expect.any(Number) });
        const second = await append(stream, 0, newEvents(3));
        expect(second).toEqual({ outcome: 'appended', stream, revision: 3, position: expect.any(Number) });
        const events = await read(stream);
        expect(events.map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
        expect([events[0]?.position, events[3]?.position]).toEqual(
          [first, second].map((result) => result.outcome === 'appended' && result.position),
        );
      });

      it.each<[string, number, ExpectedRevision, ExpectedRevision]>([
        ['none for a stream that exists', 2, 'none', 1],
        ['a revision that is too low', 2, 0, 1],
        ['a revision that is too high', 2, 5, 1],
        ['a revision for a stream that does not exist', 0, 0, 'none'],
      ])('answers %s with a conflict that says where the stream is', async (_, existing, expected, actual) => {
        const stream = newStream();
        if (existing > 0) await appended(stream, 'none', newEvents(existing));
        const head = await headOf();
        expect(await append(stream, expected, newEvents(1))).toEqual({ outcome: 'conflict', stream, expected, actual });
        expect(await read(stream)).toHaveLength(existing);
        expect(await headOf()).toEqual(head);
      });

      it('lets each stream of one call answer for itself, in the order of the call', async () => {
        const [a, b, c] = [newStream(), newStream(), newStream()];
        await appended(b, 'none', newEvents(2));
        const results = await store.append([
          { stream: a, expectedRevision: 'none', events: newEvents(2) },
          { stream: b, expectedRevision: 'none', events: newEvents(1) },
          { stream: c, expectedRevision: 'none', events: newEvents(1) },
        ]);
        expect(results).toEqual([
          { outcome: 'appended', stream: a, revision: 1, position: expect.any(Number) },
          { outcome: 'conflict', stream: b, expected: 'none', actual: 1 },
          { outcome: 'appended', stream: c, revision: 0, position: expect.any(Number) },
        ]);
        expect(await Promise.all([a, b, c].map(async (stream) => (await read(stream)).length))).toEqual([2, 2, 1]);
      });

      it('takes 500 events in one append and 300 streams in one call', async () => {
        const stream = newStream();
        const events = newEvents(500);
        expect(await appended(stream, 'none', events)).toMatchObject({ revision: 499 });
        expect(ids(await read(stream))).toEqual(ids(events));
        const writes = Array.from({ length: 300 }, (): StreamWrite => {
          return { stream: newStream(), expectedRevision: 'none', events: newEvents(2) };
        });
        const results = await store.append(writes);
        expect(results.map(({ stream: of, outcome }) => [of, outcome])).toEqual(
          writes.map(({ stream: of }) => [of, 'appended']),
        );
      });

      it('lets exactly one of 20 writers at the same revision win', async () => {
        const stream = newStream();
        const other = await fixture.reopen();
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => append(stream, 'none', newEvents(1), i % 2 === 0 ? store : other)),
        );
        expect(results.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
        expect(results.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(19);
        expect(await read(stream)).toHaveLength(1);
      });

      it('is one stream after another for 200 appends that each expect the one before', async () => {
        const stream = newStream();
        const results = await Promise.all(
          Array.from({ length: 200 }, (_, i) => append(stream, i === 0 ? 'none' : i - 1, newEvents(1))),
        );
        expect(results.map((result) => result.outcome === 'appended' && result.revision)).toEqual(
          Array.from({ length: 200 }, (_, i) => i),
        );
      });
    });

    describe('a repeated append', () => {
      it('is answered with its old result and writes nothing', async () => {
        const stream = newStream();
        const events = newEvents(3);
        const first = await append(stream, 'none', events);
        const head = await headOf();
        expect(await append(stream, 'none', events)).toEqual(first);
        expect(await headOf()).toEqual(head);
        expect(ids(await read(stream))).toEqual(ids(events));
      });

      it('is so after later appends', async () => {
        const stream = newStream();
        const [a, b, c] = [newEvents(2), newEvents(2), newEvents(1)];
        const first = await append(stream, 'none', a);
        const second = await append(stream, 1, b);
        await appended(stream, 3, c);
        expect(await append(stream, 'none', a)).toEqual(first);
        expect(await append(stream, 1, b)).toEqual(second);
        expect(ids(await read(stream))).toEqual(ids([...a, ...b, ...c]));
      });

      it('is so for a part of an earlier append at its place', async () => {
        const stream = newStream();
        const events = newEvents(3);
        const whole = await appended(stream, 'none', events);
        expect(await append(stream, 0, events.slice(1))).toEqual({ outcome: 'appended', stream, ...whole });
        expect(await append(stream, 0, events.slice(1, 2))).toMatchObject({ outcome: 'appended', revision: 1 });
        expect(await read(stream)).toHaveLength(3);
      });

      it('is so where two streams repeat and a third is new', async () => {
        const [a, b, c] = [newStream(), newStream(), newStream()];
        const writes = [a, b].map((stream): StreamWrite => {
          return { stream, expectedRevision: 'none', events: newEvents(1) };
        });
        const first = await store.append(writes);
        const again = await store.append([...writes, { stream: c, expectedRevision: 'none', events: newEvents(1) }]);
        expect(again.slice(0, 2)).toEqual(first);
        expect(again[2]).toMatchObject({ outcome: 'appended', revision: 0 });
        expect(await Promise.all([a, b, c].map(async (stream) => (await read(stream)).length))).toEqual([1, 1, 1]);
      });

      it('is so from another process, and when both come at once', async () => {
        const stream = newStream();
        const events = newEvents(2);
        const other = await fixture.reopen();
        const results = await Promise.all([store, other, store, other].map((to) => append(stream, 'none', events, to)));
        expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
        expect(results[0]).toMatchObject({ outcome: 'appended', revision: 1 });
        expect(await read(stream)).toHaveLength(2);
      });

      it('keeps the first data when they differ', async () => {
        const stream = newStream();
        const event = newEvent({ data: text('first') });
        const first = await append(stream, 'none', [event]);
        expect(await append(stream, 'none', [{ ...event, data: text('second') }])).toEqual(first);
        expect((await read(stream)).map(({ data }) => plain(data))).toEqual([plain(text('first'))]);
      });

      it('is a conflict when there is more in it than before, or other ids, or another order', async () => {
        const stream = newStream();
        const [a, b] = newEvents(2) as [NewEvent, NewEvent];
        await appended(stream, 'none', [a, b]);
        const conflict = { outcome: 'conflict', stream, expected: 'none', actual: 1 };
        expect(await append(stream, 'none', [a, b, newEvent()])).toEqual(conflict);
        expect(await append(stream, 'none', [a, newEvent()])).toEqual(conflict);
        expect(await append(stream, 'none', [b, a])).toEqual(conflict);
        expect(ids(await read(stream))).toEqual([a.id, b.id]);
      });

      it('does not look beyond its stream: an id may be in two', async () => {
        const event = newEvent();
        const [a, b] = [newStream(), newStream()];
        await appended(a, 'none', [event]);
        await appended(b, 'none', [event]);
        expect([...ids(await read(a)), ...ids(await read(b))]).toEqual([event.id, event.id]);
      });
    });

    describe('what the port refuses', () => {
      const good = (): StreamWrite => ({ stream: newStream(), expectedRevision: 'none', events: newEvents(1) });
      it.each<[string, () => StreamWrite[]]>([
        ['an append without writes', () => []],
        ['a write without events', () => [{ ...good(), events: [] }]],
        ['an event type that is empty', () => [{ ...good(), events: [newEvent({ type: '' })] }]],
        ["an event type of the engine's", () => [{ ...good(), events: [newEvent({ type: '$metadata' })] }]],
        [
          'more than 1,048,576 bytes together with the types',
          () => [
            {
              ...good(),
              events: Array.from({ length: 100 }, () =>
                newEvent({ type: 't'.repeat(250), data: new Uint8Array(9_990) }),
              ),
            },
          ],
        ],
        ['an id that is no UUID', () => [{ ...good(), events: [newEvent({ id: 'one' })] }]],
        ['an id that is empty', () => [{ ...good(), events: [newEvent({ id: '' })] }]],
        ['the same id twice in one write', () => [{ ...good(), events: Array(2).fill(newEvent()) as NewEvent[] }]],
        ['more than 1,000,000 bytes', () => [{ ...good(), events: [newEvent({ data: new Uint8Array(1_000_001) })] }]],
        [
          'more than 1,000,000 bytes together',
          () => [{ ...good(), events: [1, 2, 3].map(() => newEvent({ data: new Uint8Array(500_000) })) }],
        ],
        ['a stream without a name', () => [{ ...good(), stream: '' }]],
        ["a stream of the engine's", () => [{ ...good(), stream: '$all' }]],
        ['a stream name with NUL', () => [{ ...good(), stream: 'a\0b' }]],
        ['a revision below 0', () => [{ ...good(), expectedRevision: -1 }]],
        ['a revision that is no integer', () => [{ ...good(), expectedRevision: 1.5 }]],
        ['any revision', () => [{ ...good(), expectedRevision: 'any' as 'none' }]],
        [
          'the same stream twice',
          () => [
            { ...good(), stream: 'suite-twice' },
            { ...good(), stream: 'suite-twice' },
          ],
        ],
      ])('is %s, and nothing of the call is written', async (_, writes) => {
        const bystander = good();
        const bad = writes();
        const head = await headOf();
        await expect(store.append(bad.length === 0 ? bad : [bystander, ...bad])).rejects.toMatchObject({
          name: 'StoreError',
          type: 'invalid-append',
        });
        expect(await headOf()).toEqual(head);
        expect(await read(bystander.stream)).toEqual([]);
      });

      it('is a limit or a batch size that is none', async () => {
        for (const limit of [0, -1, 1.5, 10_001]) {
          await expect(store.readStream(newStream(), { limit })).rejects.toThrow(RangeError);
          await expect(store.readAll(null, limit)).rejects.toThrow(RangeError);
          expect(() => store.subscribe({ after: null, batchSize: limit, onBatch: () => Promise.resolve() })).toThrow(
            RangeError,
          );
        }
      });
    });

    describe('bytes', () => {
      it.each<[string, Uint8Array]>([
        ['all 256 bytes', Uint8Array.from({ length: 256 }, (_, i) => i)],
        ['NUL alone', new Uint8Array(3)],
        ['what is no UTF-8', Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80)],
        ['what looks like an escape', text('\\x00\\000{"a":"\\u0000"}')],
        ['nothing', new Uint8Array()],
        ['a view into a larger buffer', new Uint8Array(Uint8Array.from({ length: 64 }, (_, i) => i).buffer, 7, 9)],
      ])('come back unchanged: %s', async (_, bytes) => {
        const stream = newStream();
        const metadata = Uint8Array.of(...bytes, 0, 255);
        await appended(stream, 'none', [
          newEvent({ data: bytes, metadata }),
          newEvent({ data: text('next'), metadata: text('to it') }),
        ]);
        const [event, next] = await read(stream);
        expect(plain(event?.data ?? new Uint8Array(1))).toEqual(plain(bytes));
        expect(plain(event?.metadata ?? new Uint8Array(1))).toEqual(plain(metadata));
        expect(plain(next?.data ?? new Uint8Array())).toEqual(plain(text('next')));
        expect(plain(next?.metadata ?? new Uint8Array())).toEqual(plain(text('to it')));
      });

      it('come back unchanged: 900 KB, and several such streams in one call', async () => {
        const large = Uint8Array.from({ length: 900_000 }, (_, i) => (i * 31) ^ (i >> 8));
        const streams = [newStream(), newStream(), newStream()];
        await store.append(
          streams.map((stream) => ({ stream, expectedRevision: 'none', events: [newEvent({ data: large })] })),
        );
        for (const stream of streams) {
          const [event] = await read(stream);
          expect(Buffer.compare(event?.data ?? new Uint8Array(), large)).toBe(0);
        }
      });

      it('keep names with spaces, accents, emoji and quotes', async () => {
        const stream = `suite é "x" 'y' {a,b} \\ 🙂 ${randomUUID()}`;
        const event = newEvent({ type: 'Größe, "weit" \\ 🙂' });
        await appended(stream, 'none', [event]);
        expect(await read(stream)).toMatchObject([{ stream, type: event.type, id: event.id, revision: 0 }]);
      });
    });

    describe('readStream', () => {
      const five = newEvents(5);
      const stream = newStream();
      beforeAll(async () => {
        await appended(stream, 'none', five);
      });

      it.each<[string, { from?: number; backwards?: boolean; limit: number }, number[]]>([
        ['everything', { limit: 10 }, [0, 1, 2, 3, 4]],
        ['the first page', { limit: 2 }, [0, 1]],
        ['from a revision, inclusive', { from: 2, limit: 2 }, [2, 3]],
        ['past the end', { from: 9, limit: 2 }, []],
        ['backwards from the end', { backwards: true, limit: 2 }, [4, 3]],
        ['backwards from a revision, inclusive', { from: 2, backwards: true, limit: 5 }, [2, 1, 0]],
        ['backwards from past the end', { from: 9, backwards: true, limit: 2 }, [4, 3]],
        ['backwards from the first', { from: 0, backwards: true, limit: 2 }, [0]],
      ])('reads %s', async (_, options, revisions) => {
        const events = await store.readStream(stream, options);
        expect(events.map(({ revision }) => revision)).toEqual(revisions);
        expect(ids(events)).toEqual(revisions.map((revision) => five[revision]?.id));
      });

      it('is empty for a stream that does not exist', async () => {
        expect(await read(newStream())).toEqual([]);
        expect(await store.readStream(newStream(), { backwards: true, limit: 1 })).toEqual([]);
      });

      it('gives everything that was appended and nothing else', async () => {
        const [event] = await read(stream);
        const { id, type, data, metadata } = five[0] as NewEvent;
        expect({
          ...event,
          data: plain(event?.data ?? new Uint8Array()),
          metadata: plain(event?.metadata ?? new Uint8Array()),
        }).toEqual({
          ...{ stream, revision: 0, position: expect.any(Number), id, type },
          ...{ data: plain(data), metadata: plain(metadata) },
        });
      });
    });

    describe('readAll', () => {
      it('gives every event once, in position order, whatever the size of a page', async () => {
        const start = await headOf();
        const streams = [newStream(), newStream(), newStream()];
        for (let n = 0; n < 4; n += 1) {
          for (const stream of streams) await appended(stream, n === 0 ? 'none' : n - 1, newEvents(1));
        }
        const all = await everything(start);
        expect(all.map(({ stream, revision }) => [stream, revision])).toEqual(
          [0, 1, 2, 3].flatMap((n) => streams.map((stream) => [stream, n])),
        );
        expect(all.every((event, i) => event.position > (all[i - 1]?.position ?? start.position))).toBe(true);
        for (const limit of [1, 5, 12]) expect(ids(await everything(start, limit))).toEqual(ids(all));
        expect(await headOf()).toEqual(after(store, all.at(-1) as StoredEvent));
      });

      it('begins with the first event of everything and ends at the head', async () => {
        const all = await everything(null);
        expect(all[0]).toMatchObject({ stream: 'hub-store', revision: 0 });
        expect(after(store, all.at(-1) as StoredEvent)).toEqual(await headOf());
        expect(await store.readAll(await headOf(), 10)).toEqual([]);
      });

      it('refuses a checkpoint past the end, of another store, or of another event', async () => {
        await appended(newStream(), 'none', newEvents(1));
        const head = await headOf();
        const cases: readonly [Checkpoint, string][] = [
          [{ ...head, position: head.position + 1_000_000 }, 'beyond-head'],
          [{ ...head, store: randomUUID() }, 'wrong-store'],
          [{ ...head, eventId: randomUUID() }, 'wrong-store'],
        ];
        for (const [checkpoint, type] of cases) {
          await expect(store.readAll(checkpoint, 1)).rejects.toMatchObject({ name: 'StoreError', type });
          await expect(subscribe({ after: checkpoint }).ended).rejects.toMatchObject({ name: 'StoreError', type });
        }
      });
    });

    describe('subscribe', () => {
      it('catches up, then gives what comes, each event once and in order, with the head', async () => {
        const start = await headOf();
        const stream = newStream();
        const before = newEvents(7);
        const since = newEvents(7);
        await appended(stream, 'none', before);
        const heads: number[] = [];
        const got: StoredEvent[] = [];
        subscribe({
          after: start,
          batchSize: 3,
          onBatch: (events, head) => {
            got.push(...events);
            heads.push(head.position - (events.at(-1)?.position ?? 0));
            return Promise.resolve();
          },
        });
        await until(() => got.length === 7);
        for (const [i, event] of since.entries()) await appended(stream, 6 + i, [event]);
        await until(() => got.length === 14);
        expect(ids(got)).toEqual(ids([...before, ...since]));
        expect(heads.every((distance) => distance >= 0)).toBe(true);
        expect(heads[0]).toBeGreaterThan(0);
      });

      it('hears of what another process appends', async () => {
        const start = await headOf();
        const other = await fixture.reopen();
        const event = newEvent();
        const collected = collect(start, (events) => events.length === 1);
        await append(newStream(), 'none', [event], other);
        expect(ids(await collected)).toEqual([event.id]);
      });

      it('resumes exactly from any checkpoint, in any process', async () => {
        const start = await headOf();
        for (let n = 0; n < 5; n += 1) await appended(newStream(), 'none', newEvents(4));
        const all = await everything(start);
        expect(all).toHaveLength(20);
        const other = await fixture.reopen();
        for (const [i, event] of all.entries()) {
          const rest = ids(all.slice(i + 1));
          expect(ids(await store.readAll(after(store, event), 100))).toEqual(rest);
          if (rest.length === 0) continue;
          const to = i % 2 === 0 ? store : other;
          const got = await collect(after(store, event), (events) => events.length >= rest.length, 3, to);
          expect(ids(got)).toEqual(rest);
        }
      });

      it('reads the next batch only when the one before is handled, never more than asked', async () => {
        const start = await headOf();
        await appended(newStream(), 'none', newEvents(40));
        let inHand = 0;
        const sizes: number[] = [];
        const most: number[] = [];
        subscribe({
          after: start,
          batchSize: 8,
          onBatch: async (events) => {
            inHand += 1;
            most.push(inHand);
            sizes.push(events.length);
            await pause(30);
            inHand -= 1;
          },
        });
        await pause(45);
        expect(sizes.length).toBeLessThanOrEqual(2);
        await until(() => sizes.reduce((sum, size) => sum + size, 0) === 40);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
        expect(Math.max(...most)).toBe(1);
      });

      it('stops after the batch in hand, and then gives nothing more', async () => {
        const start = await headOf();
        await appended(newStream(), 'none', newEvents(10));
        let handled = 0;
        let begun = 0;
        const subscription = subscribe({
          after: start,
          batchSize: 2,
          onBatch: async () => {
            begun += 1;
            await pause(50);
            handled += 1;
          },
        });
        await until(() => begun === 1);
        await subscription.stop();
        expect([begun, handled]).toEqual([1, 1]);
        await expect(subscription.ended).resolves.toBeUndefined();
        await appended(newStream(), 'none', newEvents(1));
        await pause(50);
        expect(begun).toBe(1);
      });

      it('stops while it waits', async () => {
        const subscription = subscribe({ after: await headOf() });
        await pause(20);
        await subscription.stop();
        await expect(subscription.ended).resolves.toBeUndefined();
      });

      it('ends with the rejection of its handler, and gives nothing after it', async () => {
        const start = await headOf();
        await appended(newStream(), 'none', newEvents(4));
        let calls = 0;
        const subscription = subscribe({
          after: start,
          batchSize: 2,
          onBatch: () => {
            calls += 1;
            return Promise.reject(new Error('the handler failed'));
          },
        });
        await expect(subscription.ended).rejects.toThrow('the handler failed');
        await pause(50);
        expect(calls).toBe(1);
      });

      it('lets several run, each at its own place', async () => {
        const start = await headOf();
        await appended(newStream(), 'none', newEvents(6));
        const all = await everything(start);
        const [a, b] = await Promise.all([
          collect(start, (events) => events.length === 6, 2),
          collect(after(store, all[2] as StoredEvent), (events) => events.length === 3, 1),
        ]);
        expect(ids(a)).toEqual(ids(all));
        expect(ids(b)).toEqual(ids(all.slice(3)));
      });
    });

    describe('under concurrent appends, while a transaction is held open', () => {
      it('has one order without gaps for every reader', async () => {
        const start = await headOf();
        const release = await fixture.holdTransactionOpen();
        try {
          const other = await fixture.reopen();
          const seen: StoredEvent[] = [];
          subscribe({
            after: start,
            batchSize: 7,
            onBatch: (events) => {
              seen.push(...events);
              return Promise.resolve();
            },
          });
          const acknowledged: StoredEvent['id'][] = [];
          await Promise.all(
            Array.from({ length: 20 }, async (_, writer) => {
              const stream = newStream();
              const to = writer % 2 === 0 ? store : other;
              for (let n = 0; n < 10; n += 1) {
                const events = newEvents(1 + (n % 3));
                const revision =
                  n === 0
                    ? 'none'
                    : ((await to.readStream(stream, { backwards: true, limit: 1 }))[0]?.revision ?? 'none');
                expect(await append(stream, revision, events, to)).toMatchObject({ outcome: 'appended' });
                acknowledged.push(...ids(events));
              }
            }),
          );
          await until(() => seen.length >= acknowledged.length);
          expect(new Set(ids(seen))).toEqual(new Set(acknowledged));
          expect(seen).toHaveLength(acknowledged.length);
          expect(seen.every((event, i) => event.position > (seen[i - 1]?.position ?? start.position))).toBe(true);
          for (const own of Map.groupBy(seen, ({ stream }) => stream).values()) {
            expect(own.map(({ revision }) => revision)).toEqual(own.map((_, i) => i));
          }
          expect(ids(await everything(start))).toEqual(ids(seen));
        } finally {
          await release();
        }
      });
    });

    describe('close', () => {
      it('ends subscriptions, answers what is on its way, and refuses what comes after', async () => {
        const other = await fixture.reopen();
        const subscription = other.subscribe({
          after: await headOf(other),
          batchSize: 10,
          onBatch: () => Promise.resolve(),
        });
        const last = append(newStream(), 'none', newEvents(1), other);
        await other.close();
        await expect(subscription.ended).resolves.toBeUndefined();
        expect(await last).toMatchObject({ outcome: 'appended' });
        await expect(
          other.append([{ stream: newStream(), expectedRevision: 'none', events: newEvents(1) }]),
        ).rejects.toMatchObject({ type: 'unavailable' });
        await expect(other.head()).rejects.toMatchObject({ type: 'unavailable' });
      });
    });
  });
};

const until = async (answer: () => boolean): Promise<void> => {
  const end = Date.now() + 20_000;
  while (!answer()) {
    if (Date.now() > end) throw new Error('it did not happen within 20 s');
    await pause(5);
  }
};
