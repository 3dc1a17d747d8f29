import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ANY,
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  streamNameFilter,
  type AppendExpectedRevision,
  type AppendResult,
  type AppendToStreamOptions,
  type EventData,
} from '@eventstore/db-client';
import {
  serverUnderTest,
  TestServerProcess,
  type ServerUnderTest,
} from '../support/eventstoredb-server/start-server.js';

/**
 * How a server answers the client: one test a row. The test server must answer so, and a real one does. The engine's
 * own spec says what the product makes of it.
 */
describe('A server of events, asked by @eventstore/db-client', () => {
  let server: ServerUnderTest;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    server = await serverUnderTest();
    client = EventStoreDBClient.connectionString(server.url);
    if (!server.process) console.warn('The rows that stop or kill the server are left out: it is a real one.');
  });
  afterAll(async () => {
    await client?.dispose();
    await server?.stop();
  });

  const newStream = (): string => `behaviour-${randomUUID()}`;
  const json = (data: Record<string, unknown> = {}, id: string = randomUUID()): EventData =>
    jsonEvent({ id, type: 'noted', data: { ...data } }) as EventData;
  const sized = (bytes: number): EventData =>
    binaryEvent({ type: 'noted', data: new Uint8Array(bytes), id: randomUUID() }) as unknown as EventData;
  const append = (
    stream: string,
    expectedRevision: AppendExpectedRevision,
    events: EventData | EventData[],
    over: AppendToStreamOptions = {},
    by = client,
  ): Promise<AppendResult> => by.appendToStream(stream, events, { expectedRevision, ...over });
  const failure = async (answer: Promise<unknown>): Promise<Failed> =>
    answer.then(
      () => {
        throw new Error('it did not fail');
      },
      (error: unknown) => error as Failed,
    );
  const wrongVersion = (streamName: string, expectedVersion: unknown, actualVersion: unknown) => ({
    type: 'wrong-expected-version',
    message: '',
    streamName,
    expectedVersion,
    actualVersion,
  });
  const readAs = async (
    stream: string,
    options: Parameters<EventStoreDBClient['readStream']>[1] = {},
    by = client,
  ): Promise<Recorded[]> => {
    const events: Recorded[] = [];
    for await (const { event } of by.readStream(stream, options)) if (event) events.push(event as Recorded);
    return events;
  };
  const revisions = async (stream: string, options?: Parameters<EventStoreDBClient['readStream']>[1]) =>
    (await readAs(stream, options)).map(({ revision }) => revision);
  const filled = async (count: number): Promise<{ stream: string; events: EventData[]; result: AppendResult }> => {
    const stream = newStream();
    const events = Array.from({ length: count }, (_, n) => json({ n }));
    return { stream, events, result: await append(stream, NO_STREAM, events) };
  };

  const appends: Record<string, () => Promise<void>> = {
    'a new stream, NO_STREAM, one event: revision 0, and a position whose commit equals its prepare': async () => {
      const result = await append(newStream(), NO_STREAM, json());
      expect(result).toEqual({
        success: true,
        nextExpectedRevision: 0n,
        position: { commit: expect.any(BigInt), prepare: result.position?.commit },
      });
    },
    'an exact revision: the next one, and the position of the last event of the append': async () => {
      const { stream } = await filled(1);
      const result = await append(stream, 0n, [json(), json(), json()]);
      expect(result.nextExpectedRevision).toBe(3n);
      const stored = await readAs(stream);
      expect(stored.map(({ position }) => position?.commit)[3]).toBe(result.position?.commit);
      expect(new Set(stored.map(({ position }) => position?.commit)).size).toBe(4);
    },
    'a wrong revision (lower, higher, NO_STREAM on an existing stream): WrongExpectedVersionError': async () => {
      const { stream } = await filled(3);
      for (const expected of [1n, 7n, NO_STREAM] as const) {
        expect(await failure(append(stream, expected, json()))).toMatchObject(wrongVersion(stream, expected, 2n));
      }
      expect(await revisions(stream)).toEqual([0n, 1n, 2n]);
    },
    'STREAM_EXISTS on a missing stream: the same, no stream': async () => {
      const stream = newStream();
      expect(await failure(append(stream, STREAM_EXISTS, json()))).toMatchObject(
        wrongVersion(stream, 'stream_exists', 'no_stream'),
      );
    },
    'throwOnAppendFailure: false given to one call is ignored': async () => {
      const { stream } = await filled(1);
      const options = { throwOnAppendFailure: false } as AppendToStreamOptions;
      expect(await failure(append(stream, 5n, json(), options))).toMatchObject({ type: 'wrong-expected-version' });
    },
    'the same append again: success with its first revision and position, nothing written': async () => {
      const { stream, events, result } = await filled(1);
      await append(stream, 0n, json());
      expect(await append(stream, NO_STREAM, events)).toEqual(result);
      expect(await revisions(stream)).toEqual([0n, 1n]);
    },
    'a whole earlier batch again: the same': async () => {
      const { stream, events, result } = await filled(3);
      const next = [json(), json()];
      const second = await append(stream, 2n, next);
      await append(stream, 4n, json());
      expect(await append(stream, NO_STREAM, events)).toEqual(result);
      expect(await append(stream, 2n, next)).toEqual(second);
      expect(await revisions(stream)).toHaveLength(6);
    },
    'a part of an earlier batch at its place: success, nothing written': async () => {
      const { stream, events } = await filled(2);
      expect(await append(stream, 0n, events.slice(1))).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(await revisions(stream)).toEqual([0n, 1n]);
    },
    'an earlier batch and one new event: WrongExpectedVersionError': async () => {
      const { stream, events } = await filled(2);
      expect(await failure(append(stream, NO_STREAM, [...events, json()]))).toMatchObject(
        wrongVersion(stream, 'no_stream', 1n),
      );
    },
    'the same ids, other data, the same revision: success, and the first data stay': async () => {
      const { stream, events, result } = await filled(1);
      expect(await append(stream, NO_STREAM, json({ n: 'other' }, events[0]?.id))).toEqual(result);
      expect((await readAs(stream)).map(({ data }) => data)).toEqual([{ n: 0 }]);
    },
    'an id that is stored, at a revision that now matches: written again': async () => {
      const { stream, events } = await filled(1);
      expect(await append(stream, 0n, events)).toMatchObject({ nextExpectedRevision: 1n });
      expect((await readAs(stream)).map(({ id }) => id)).toEqual([events[0]?.id, events[0]?.id]);
    },
    'the same id in another stream, and twice in one batch: written': async () => {
      const { events } = await filled(1);
      const other = newStream();
      await append(other, NO_STREAM, [...events, ...events]);
      expect(await revisions(other)).toEqual([0n, 1n]);
    },
    'the same id with ANY: recognised while recent': async () => {
      const stream = newStream();
      const event = json();
      const first = await append(stream, ANY, event);
      expect(await append(stream, ANY, event)).toMatchObject({ nextExpectedRevision: first.nextExpectedRevision });
      expect(await revisions(stream)).toEqual([0n]);
    },
    'no events: success 0 for a missing stream, WrongExpectedVersionError at the right revision': async () => {
      expect(await append(newStream(), NO_STREAM, [])).toMatchObject({ success: true, nextExpectedRevision: 0n });
      const { stream } = await filled(2);
      expect(await failure(append(stream, 1n, []))).toMatchObject({ type: 'wrong-expected-version' });
    },
    '500 events: fine': async () => {
      expect((await filled(500)).result.nextExpectedRevision).toBe(499n);
    },
    'one event of 900 KB: fine': async () => {
      const stream = newStream();
      await append(stream, NO_STREAM, sized(900_000));
      expect((await readAs(stream))[0]?.data).toHaveLength(900_000);
    },
    'one event of 1.2 MB, or three of 500 KB: MaxAppendSizeExceededError of the whole append': async () => {
      for (const events of [[sized(1_200_000)], [1, 2, 3].map(() => sized(500_000))]) {
        const stream = newStream();
        expect(await failure(append(stream, NO_STREAM, events))).toMatchObject({
          type: 'maximum-append-size-exceeded',
          maxAppendSize: 1_048_576,
        });
        expect(await failure(readAs(stream))).toMatchObject({ type: 'stream-not-found' });
      }
    },
    'text with NUL, astral characters, a lone surrogate: stored, the surrogate as U+FFFD': async () => {
      const stream = newStream();
      const text = binaryEvent({
        id: randomUUID(),
        type: 'noted',
        data: Buffer.from('a\0b 🙂 \ud800.'),
      }) as unknown as EventData;
      await append(stream, NO_STREAM, [json({ text: 'a\0b 🙂' }), text]);
      const [first, second] = await readAs(stream);
      expect(first?.data).toEqual({ text: 'a\0b 🙂' });
      expect(Buffer.from(second?.data as Uint8Array).toString()).toBe('a\0b 🙂 \ufffd.');
    },
    'a stream name with spaces, accents, emoji: fine; $name: accepted': async () => {
      for (const stream of [`behaviour é 🙂 "x" ${randomUUID()}`, `$behaviour-${randomUUID()}`]) {
        await append(stream, NO_STREAM, json());
        expect((await readAs(stream)).map(({ streamId }) => streamId)).toEqual([stream]);
      }
    },
    'an empty stream name: UnknownError, "Could not recognize BadRequest"': async () => {
      const error = await failure(append('', NO_STREAM, json()));
      expect([error.type, error.message]).toEqual(['unknown', 'Could not recognize BadRequest']);
    },
    'an empty event type, or an id that is no UUID: UnknownError, and 2 s later the client ends the process':
      async () => {
        const results = await Promise.all([
          badAppend(server.url, { type: '' }),
          badAppend(server.url, { id: 'none' }),
          badAppend(server.url, { id: 'none' }, 'swallow'),
        ]);
        for (const { code, out, said } of results.slice(0, 2)) {
          expect(out).toBe('unknown\n');
          expect(code).not.toBe(0);
          expect(said).toContain('undefined is not iterable');
        }
        expect(results[2]).toMatchObject({ code: 0, out: 'unknown\nthe next append hangs\n' });
      },
    '20 appends at once at one revision: exactly one succeeds': async () => {
      const stream = newStream();
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => append(stream, NO_STREAM, json())));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await revisions(stream)).toEqual([0n]);
    },
    'deadline: 1: may succeed, or DeadlineExceededError': async () => {
      const outcome = await append(newStream(), NO_STREAM, json(), { deadline: 1 }).then(
        () => 'success',
        (error: unknown) => (error as Failed).type,
      );
      expect(['success', 'deadline-exceeded']).toContain(outcome);
    },
    'credentials given to one call: the unary path, the same answers': async () => {
      const options = { credentials: { username: 'admin', password: 'changeit' } };
      const stream = newStream();
      const event = json();
      const first = await append(stream, NO_STREAM, event, options);
      expect(first).toMatchObject({ success: true, nextExpectedRevision: 0n });
      expect(await append(stream, NO_STREAM, event, options)).toEqual(first);
      expect(await failure(append(stream, 4n, json(), options))).toMatchObject(wrongVersion(stream, 4n, 0n));
      expect(await failure(append(newStream(), NO_STREAM, sized(1_200_000), options))).toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 1_048_576,
      });
    },
  };

  const reads: Record<string, () => Promise<void>> = {
    'a missing stream: StreamNotFoundError on the first next(), with its name': async () => {
      const stream = newStream();
      const iterator = client.readStream(stream)[Symbol.asyncIterator]();
      expect(await failure(iterator.next())).toMatchObject({ type: 'stream-not-found', streamName: stream });
    },
    'from a revision past the end: empty; backwards from past the end: everything': async () => {
      const { stream } = await filled(3);
      expect(await revisions(stream, { fromRevision: 9n })).toEqual([]);
      expect(await revisions(stream, { fromRevision: 9n, direction: BACKWARDS })).toEqual([2n, 1n, 0n]);
    },
    '$maxCount: 2 on five events: the last two': async () => {
      const { stream } = await filled(5);
      await client.setStreamMetadata(stream, { maxCount: 2 });
      expect(await revisions(stream)).toEqual([3n, 4n]);
    },
    'a JSON event as objects, a binary one as Uint8Array; created is a Date, the id text': async () => {
      const stream = newStream();
      const id = randomUUID();
      await append(stream, NO_STREAM, [
        jsonEvent({ id, type: 'noted', data: { a: 1 }, metadata: { b: 2 } }) as EventData,
        binaryEvent({ type: 'noted', data: Buffer.of(0, 255) }) as unknown as EventData,
      ]);
      const [first, second] = await readAs(stream);
      expect(first).toMatchObject({ id, isJson: true, data: { a: 1 }, metadata: { b: 2 }, created: expect.any(Date) });
      expect(Math.abs((first?.created.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
      expect(second?.isJson).toBe(false);
      expect(Array.from(second?.data as Uint8Array)).toEqual([0, 255]);
    },
    'metadata that looks like JSON comes back parsed, not as its bytes': async () => {
      const stream = newStream();
      const metadata = new Uint8Array(Buffer.from('{ "b" : 2 }'));
      await append(stream, NO_STREAM, binaryEvent({ type: 'noted', data: Buffer.of(1), metadata }) as never);
      expect((await readAs(stream))[0]?.metadata).toEqual({ b: 2 });
    },
    'readAll from START: system events first; link events among the others': async () => {
      await Promise.all(Array.from({ length: 3 }, () => filled(1)));
      const types: string[] = [];
      for await (const { event } of client.readAll({ maxCount: 500 })) types.push(event?.type ?? '');
      expect(types[0]).toMatch(/^\$/);
      // A real server writes links only while its projections run.
      if (server.process) expect(types).toContain('$>');
    },
    'readAll({ filter }): ignored': async () => {
      const options = { maxCount: 1, filter: streamNameFilter({ prefixes: ['behaviour-'] }) };
      const streams: string[] = [];
      for await (const { event } of client.readAll(options)) streams.push(event?.streamId ?? '');
      expect(streams[0]).toMatch(/^\$/);
    },
    'readAll({ fromPosition }): inclusive': async () => {
      const { events, result } = await filled(1);
      const ids: (string | undefined)[] = [];
      const fromPosition = result.position ?? START;
      for await (const { event } of client.readAll({ fromPosition, maxCount: 1 })) ids.push(event?.id);
      expect(ids).toEqual([events[0]?.id]);
    },
    'readAll backwards from END: the last event first': async () => {
      const { stream, result } = await filled(2);
      const found: (bigint | undefined)[] = [];
      for await (const { event } of client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 20 })) {
        if (event?.streamId === stream) found.push(event.position.commit);
      }
      expect(found[0]).toBe(result.position?.commit);
      expect(found).toHaveLength(2);
    },
    'readAll from a position that is none: UnknownError, code 2': async () => {
      const { result } = await filled(1);
      await filled(1);
      const none = (result.position?.commit ?? 0n) + 1n;
      const read = async (): Promise<void> => {
        for await (const _ of client.readAll({ fromPosition: { commit: none, prepare: none }, maxCount: 1 })) continue;
      };
      expect(await failure(read())).toMatchObject({ type: 'unknown', code: 2 });
    },
    'subscribeToStream({ fromRevision: 0n }): exclusive; from START: confirmation, data, caughtUp, live data':
      async () => {
        const { stream } = await filled(3);
        const later = watch(client.subscribeToStream(stream, { fromRevision: 0n }));
        const all = watch(client.subscribeToStream(stream, { fromRevision: START }));
        await until(() => later.seen.includes('caughtUp') && all.seen.includes('caughtUp'));
        await append(stream, 2n, json());
        await until(() => later.seen.includes('3') && all.seen.includes('3'));
        expect(later.seen).toEqual(['confirmation', '1', '2', 'caughtUp', '3']);
        expect(all.seen).toEqual(['confirmation', '0', '1', '2', 'caughtUp', '3']);
        await Promise.all([later.stop(), all.stop()]);
      },
    'subscribeToStream to a missing stream: waits, and gives the data when they come': async () => {
      const stream = newStream();
      const watched = watch(client.subscribeToStream(stream));
      await until(() => watched.seen.includes('confirmation'));
      await append(stream, NO_STREAM, json());
      await until(() => watched.seen.includes('0'));
      expect(watched.seen.filter((one) => one !== 'caughtUp')).toEqual(['confirmation', '0']);
      await watched.stop();
    },
    'subscribeToAll with a filter of names: only those; checkpointReached often': async () => {
      const prefix = `filtered-${randomUUID()}`;
      const checkpoints: bigint[] = [];
      const filter = streamNameFilter({
        prefixes: [prefix],
        checkpointInterval: 1,
        checkpointReached: (_, { commit }) => void checkpoints.push(commit),
      });
      await append(`${prefix}-a`, NO_STREAM, [json(), json()]);
      await filled(100);
      const streams: string[] = [];
      const subscription = client.subscribeToAll({ filter });
      subscription.on('data', ({ event }) => streams.push(event?.streamId ?? ''));
      subscription.on('error', () => undefined);
      await append(`${prefix}-b`, NO_STREAM, json());
      await until(() => streams.length === 3 && checkpoints.length > 0);
      expect(streams).toEqual([`${prefix}-a`, `${prefix}-a`, `${prefix}-b`]);
      await subscription.unsubscribe();
    },
    'subscribeToAll from END: only new events': async () => {
      await filled(2);
      const streams: string[] = [];
      const subscription = client.subscribeToAll({ fromPosition: END });
      let isConfirmed = false;
      subscription.on('confirmation', () => (isConfirmed = true));
      subscription.on('data', ({ event }) => streams.push(event?.streamId ?? ''));
      await until(() => isConfirmed);
      const { stream } = await filled(1);
      await until(() => streams.includes(stream));
      expect(streams.filter((name) => name.startsWith('behaviour-'))).toEqual([stream]);
      await subscription.unsubscribe();
    },
    'unsubscribe(): end, then close': async () => {
      const watched = watch(client.subscribeToStream((await filled(1)).stream));
      await until(() => watched.seen.includes('caughtUp'));
      await watched.stop();
      await until(() => watched.seen.includes('close'));
      expect(watched.seen.slice(-2)).toEqual(['end', 'close']);
    },
  };

  /** Each on a server of its own: it is stopped or killed. */
  const faults: Record<string, (own: TestServerProcess, by: EventStoreDBClient) => Promise<void>> = {
    'SIGSTOP: batch append and subscription fail after about 20 s, without end or close; unary after 10 s; then it goes on':
      async (own, by) => {
        const stream = newStream();
        await append(stream, NO_STREAM, json(), {}, by);
        const watched = watch(by.subscribeToStream(stream));
        await until(() => watched.seen.includes('caughtUp'));
        own.pause();
        const unary = failure(
          append(newStream(), NO_STREAM, json(), { credentials: { username: 'a', password: 'b' } }, by),
        );
        const batch = failure(append(stream, 0n, json(), {}, by));
        expect(await unary).toMatchObject({ type: 'deadline-exceeded' });
        expect(await batch).toMatchObject({ type: 'unavailable' });
        await until(() => watched.seen.some((one) => one.startsWith('error')));
        own.resume();
        expect(watched.seen.slice(3)).toEqual(['error unavailable']);
        expect(await append(newStream(), NO_STREAM, json(), {}, by)).toMatchObject({ success: true });
      },
    'kill -9 with 200 appends in flight: all reject as unavailable, and sending them again is safe': async (
      own,
      by,
    ) => {
      const writes = Array.from({ length: 200 }, () => ({ stream: newStream(), event: json() }));
      await append(newStream(), NO_STREAM, json(), {}, by);
      own.pause();
      const outcomes = Promise.allSettled(writes.map(({ stream, event }) => append(stream, NO_STREAM, event, {}, by)));
      await new Promise((done) => setTimeout(done, 100));
      await own.kill();
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { type: 'unavailable' } });
      }
      await own.start();
      for (const { stream, event } of writes) {
        await append(stream, NO_STREAM, event, {}, by);
        expect((await readAs(stream, {}, by)).map(({ id }) => id)).toEqual([event.id]);
      }
    },
    'a server that is down: append rejects at once with code 14 and no type, a read as unavailable; then it connects by itself':
      async (own, by) => {
        const stream = newStream();
        await append(stream, NO_STREAM, json(), {}, by);
        await own.kill();
        await failure(append(stream, 0n, json(), {}, by));
        const error = await failure(append(stream, 0n, json(), {}, by));
        expect([error.code, error.type]).toEqual([14, undefined]);
        expect(await failure(readAs(stream, {}, by))).toMatchObject({ type: 'unavailable' });
        await own.start();
        expect(await untilAnswered(() => append(stream, 0n, json(), {}, by))).toMatchObject({
          nextExpectedRevision: 1n,
        });
      },
    "one connection's failure rejects the pending appends of every client of the process": async (own, by) => {
      const other = await TestServerProcess.start();
      const bystander = EventStoreDBClient.connectionString(other.url);
      try {
        await append(newStream(), NO_STREAM, json(), {}, by);
        await append(newStream(), NO_STREAM, json(), {}, bystander);
        own.pause();
        other.pause();
        const theirs = failure(append(newStream(), NO_STREAM, json(), {}, bystander));
        const ours = failure(append(newStream(), NO_STREAM, json(), {}, by));
        await new Promise((done) => setTimeout(done, 100));
        await own.kill();
        expect(await ours).toMatchObject({ type: 'unavailable' });
        expect(await theirs).toMatchObject({ type: 'unavailable' });
      } finally {
        // An answer that comes now would end this process.
        await other.kill();
        await other.stop();
      }
    },
  };

  /** What the product never calls, and so neither does the test server answer. */
  const notCalled: readonly (readonly [row: string, call: RegExp])[] = [
    ['a stream that was deleted: not found, and its numbering goes on', /\bdeleteStream\b/],
    ['a stream that was tombstoned: StreamDeletedError', /\btombstoneStream\b/],
    ['a persistent subscription created twice', /\bcreatePersistentSubscription/],
  ];

  describe('appends', () => {
    it.each(Object.entries(appends))('%s', (_, row) => row());
  });

  describe('reads and subscriptions', () => {
    it.each(Object.entries(reads))('%s', (_, row) => row());
  });

  const withServer = process.env['EVENT_STORE_URL']?.startsWith('esdb') ? it.skip.each : it.each;
  describe('faults', () => {
    withServer(Object.entries(faults))('%s', async (_, row) => {
      const own = await TestServerProcess.start();
      const by = EventStoreDBClient.connectionString(own.url);
      try {
        await row(own, by);
      } finally {
        own.resume();
        await own.stop();
      }
    });
  });

  it.each(notCalled)('is never asked for %s', async (_, call) => {
    const folders = await Promise.all(
      ['apps', 'libs'].map(async (folder) =>
        (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
      ),
    );
    const files = folders.flat().filter((name) => name.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) expect(await readFile(file, 'utf8')).not.toMatch(call);
  });
});

interface Failed {
  readonly type?: string;
  readonly code?: number;
  readonly message: string;
}

interface Recorded {
  readonly id: string;
  readonly type: string;
  readonly streamId: string;
  readonly revision: bigint;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly isJson: boolean;
  readonly created: Date;
  readonly position?: { readonly commit: bigint };
}

interface Watched {
  readonly seen: string[];
  stop(): Promise<void>;
}

/** Writes down what a subscription says, in its order: events by their revision. */
const watch = (subscription: ReturnType<EventStoreDBClient['subscribeToStream']>): Watched => {
  const seen: string[] = [];
  subscription.on('confirmation', () => seen.push('confirmation'));
  subscription.on('caughtUp', () => seen.push('caughtUp'));
  subscription.on('data', ({ event }) => seen.push(String(event?.revision)));
  subscription.on('error', (error) => seen.push(`error ${(error as Failed).type}`));
  subscription.on('end', () => seen.push('end'));
  subscription.on('close', () => seen.push('close'));
  return { seen, stop: () => subscription.unsubscribe() };
};

const until = async (answer: () => boolean): Promise<void> => {
  const end = Date.now() + 40_000;
  while (!answer()) {
    if (Date.now() > end) throw new Error('it did not happen within 40 s');
    await new Promise((done) => setTimeout(done, 5));
  }
};

const untilAnswered = async <T>(call: () => Promise<T>): Promise<T> => {
  for (const end = Date.now() + 20_000; ;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
};

const BAD_APPEND = `
  import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
  import { randomUUID } from 'node:crypto';
  const [url, over, mode] = process.argv.slice(1);
  if (mode === 'swallow') process.on('uncaughtException', () => undefined);
  const client = EventStoreDBClient.connectionString(url);
  const event = { id: randomUUID(), type: 'noted', contentType: 'application/octet-stream', data: new Uint8Array(1) };
  const append = (one) => client.appendToStream('behaviour-' + randomUUID(), one, { expectedRevision: NO_STREAM });
  await append({ ...event, ...JSON.parse(over) }).catch(({ type }) => console.log(type));
  await new Promise((done) => setTimeout(done, 4000));
  if (mode !== 'swallow') process.exit(0);
  const late = new Promise((done) => setTimeout(done, 2000, 'the next append hangs'));
  console.log(await Promise.race([append(event).then(() => 'appended', ({ type }) => type), late]));
  process.exit(0);
`;

/** Appends, in a process of its own, an event that cannot be read. */
const badAppend = (
  url: string,
  over: object,
  mode = '',
): Promise<{ code: number | string; out: string; said: string }> =>
  new Promise((done) => {
    const parameters = ['--input-type=module', '-e', BAD_APPEND, url, JSON.stringify(over), mode];
    execFile(process.execPath, parameters, { timeout: 30_000 }, (error, out, said) =>
      done({ code: error?.code ?? 0, out, said }),
    );
  });
