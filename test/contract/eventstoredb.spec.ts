import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKWARDS, END, EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { openEventStoreDb } from '#engines';
import type { AppendResult, Checkpoint, EventStore, NewEvent, StoredEvent, StreamWrite } from '#event-sourcing';
import { eventStoreSuite } from '#event-sourcing/testing';
import {
  serverUnderTest,
  TestServerProcess,
  type ServerUnderTest,
} from '../support/eventstoredb-server/start-server.js';

eventStoreSuite('EventStoreDB', async () => {
  const server = await serverUnderTest();
  const stores: EventStore[] = [];
  const reopen = async (): Promise<EventStore> => {
    const store = await openEventStoreDb({ url: server.url, applicationName: 'suite' });
    stores.push(store);
    return store;
  };
  return {
    store: await reopen(),
    reopen,
    // Nothing of a writer's stays open between its appends.
    holdTransactionOpen: async () => async () => undefined,
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await server.stop();
    },
  };
});

const newEvent = (over: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'noted',
  data: new TextEncoder().encode(`{"n":"${randomUUID()}"}`),
  metadata: new TextEncoder().encode('{ "v" : 1 }'),
  ...over,
});
const newWrite = (events = [newEvent()]): StreamWrite => ({
  stream: `engine-${randomUUID()}`,
  expectedRevision: 'none',
  events,
});
const appendOne = async (store: EventStore, write: StreamWrite): Promise<AppendResult> =>
  (await store.append([write]))[0] as AppendResult;
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
const until = async (answer: () => boolean, seconds = 45): Promise<void> => {
  const end = Date.now() + seconds * 1_000;
  while (!answer()) {
    if (Date.now() > end) throw new Error(`it did not happen within ${seconds} s`);
    await pause(5);
  }
};
const untilAppended = async (store: EventStore, write: StreamWrite): Promise<AppendResult> => {
  for (const end = Date.now() + 30_000; ;) {
    const result = await appendOne(store, write);
    if (result.outcome === 'appended' || Date.now() > end) return result;
    await pause(50);
  }
};
const after = (store: EventStore, { position, id }: StoredEvent): Checkpoint => ({
  store: store.id,
  position,
  eventId: id,
});

describe('the EventStoreDB event store', () => {
  let server: ServerUnderTest;
  let client: EventStoreDBClient;
  let store: EventStore;

  beforeAll(async () => {
    server = await serverUnderTest();
    client = EventStoreDBClient.connectionString(server.url);
    store = await openEventStoreDb({ url: server.url, applicationName: 'spec' });
  });
  afterAll(async () => {
    await store?.close();
    await client?.dispose();
    await server?.stop();
  });

  /** Puts among the product's events what is none of them: of the server, links, metadata of a stream. */
  const addServersEvents = async (target: string): Promise<void> => {
    const own = jsonEvent({ type: '$own', data: {} });
    await client.appendToStream(`$test-${randomUUID()}`, [own, jsonEvent({ type: 'plain', data: {} })], {
      expectedRevision: NO_STREAM,
    });
    const link = { id: randomUUID(), type: '$>', contentType: 'application/octet-stream' } as const;
    const links = { ...link, data: new TextEncoder().encode(`0@${target}`) };
    await client.appendToStream(`links-${randomUUID()}`, links as never, { expectedRevision: NO_STREAM });
    await client.setStreamMetadata(target, { custom: true });
  };

  it('never gives system and link events, and counts none of them', async () => {
    const start = await store.head();
    const writes = [newWrite(), newWrite(), newWrite()];
    for (const write of writes) {
      await appendOne(store, write);
      await addServersEvents(write.stream);
    }
    const ids = writes.map(({ events }) => events[0]?.id);
    const read = async (limit: number): Promise<string[]> => {
      const found: string[] = [];
      for (let place = start; ;) {
        const page = await store.readAll(place, limit);
        expect(page.length).toBeLessThanOrEqual(limit);
        found.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        if (!last) return found;
        place = after(store, last);
      }
    };
    expect([await read(1), await read(2), await read(100)]).toEqual([ids, ids, ids]);
    expect((await store.head())?.eventId).toBe(ids[2]);
    const other = await openEventStoreDb({ url: server.url, applicationName: 'cold' });
    expect(await other.head()).toEqual(await store.head());
    await other.close();

    const got: StoredEvent[] = [];
    const subscription = store.subscribe({
      after: start,
      batchSize: 2,
      onBatch: async (events) => void got.push(...events),
    });
    await until(() => got.length >= 3);
    await addServersEvents(writes[0]?.stream ?? '');
    const last = newWrite();
    await appendOne(store, last);
    await until(() => got.length >= 4);
    expect(got.map(({ id }) => id)).toEqual([...ids, last.events[0]?.id]);
    expect(got.every(({ stream, type }) => !stream.startsWith('$') && !type.startsWith('$'))).toBe(true);
    await subscription.stop();
  });

  it('gives everything from the first event of the store on, past what stood before it', async () => {
    const got: StoredEvent[] = [];
    const all = await store.readAll(null, 5);
    const subscription = store.subscribe({
      after: null,
      batchSize: 5,
      onBatch: async (events) => void got.push(...events),
    });
    await until(() => got.length >= all.length);
    await subscription.stop();
    expect(got.slice(0, all.length)).toEqual(all);
    expect(all[0]).toMatchObject({ stream: 'hub-store', revision: 0 });
  });

  it('keeps metadata that looks like JSON as it is, to the byte', async () => {
    const write = newWrite([newEvent({ metadata: new TextEncoder().encode('{ "b" : 2.0, "a" : 1 }') })]);
    await appendOne(store, write);
    const [event] = await store.readStream(write.stream, { limit: 1 });
    expect(new TextDecoder().decode(event?.metadata)).toBe('{ "b" : 2.0, "a" : 1 }');
    const buffer = newWrite([newEvent({ data: Buffer.from('{}'), metadata: Buffer.from('{"c":3}') })]);
    await appendOne(store, buffer);
    const [second] = await store.readStream(buffer.stream, { limit: 1 });
    expect([second?.data, second?.metadata].map((bytes) => new TextDecoder().decode(bytes))).toEqual(['{}', '{"c":3}']);
  });

  it('stores binary events, as the client reads them', async () => {
    const write = newWrite();
    const result = await appendOne(store, write);
    for await (const { event } of client.readStream(write.stream)) {
      expect(event).toMatchObject({ isJson: false, type: 'noted', id: write.events[0]?.id });
      expect(event?.position?.commit).toBe(BigInt(result.outcome === 'appended' ? result.position : -1));
    }
  });

  it('takes ids in capitals, and recognises them again', async () => {
    const write = newWrite([newEvent({ id: randomUUID().toUpperCase() })]);
    const first = await appendOne(store, write);
    expect(first).toMatchObject({ outcome: 'appended' });
    expect(await appendOne(store, write)).toEqual(first);
    expect((await store.readStream(write.stream, { limit: 1 }))[0]?.id).toBe(write.events[0]?.id.toLowerCase());
  });

  it('has no dense positions', async () => {
    expect(store.densePositions).toBeUndefined();
    await appendOne(store, newWrite([newEvent(), newEvent()]));
    const positions: bigint[] = [];
    for await (const { event } of client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 2 })) {
      positions.push(event?.position.commit ?? 0n);
    }
    expect((positions[0] ?? 0n) - (positions[1] ?? 0n)).toBeGreaterThan(1n);
  });

  it('refuses an address that the client does not take, without repeating it', async () => {
    const opened = openEventStoreDb({ url: 'esdb://user:secret@:::?x', applicationName: 'spec' });
    await expect(opened).rejects.toMatchObject({ name: 'EngineError', message: expect.not.stringContaining('secret') });
  });

  it('says that it is unavailable where no server is', async () => {
    const opened = openEventStoreDb({ url: 'esdb://127.0.0.1:9?tls=false', applicationName: 'spec', timeoutMs: 2_000 });
    await expect(opened).rejects.toMatchObject({ name: 'StoreError', type: 'unavailable' });
  });
});

const withServer = process.env['EVENT_STORE_URL']?.startsWith('esdb') ? describe.skip : describe;
if (withServer === describe.skip) console.warn('What stops or kills the server is left out: it is a real one.');

withServer('the EventStoreDB event store, when its server fails', () => {
  let server: TestServerProcess;
  const opened: EventStore[] = [];
  const proxies: Proxy[] = [];
  const openProxy = async (): Promise<Proxy> => {
    const proxy = await Proxy.open(server.address);
    proxies.push(proxy);
    return proxy;
  };
  const open = async (over: { timeoutMs?: number; quietMs?: number; url?: string } = {}): Promise<EventStore> => {
    const store = await openEventStoreDb({ url: server.url, applicationName: 'spec', ...over });
    opened.push(store);
    return store;
  };
  const collect = (store: EventStore, start: Checkpoint | null): { ids: string[]; ended: Promise<void> } => {
    const ids: string[] = [];
    const { ended } = store.subscribe({
      after: start,
      batchSize: 10,
      onBatch: async (events) => void ids.push(...events.map(({ id }) => id)),
    });
    ended.catch(() => undefined);
    return { ids, ended };
  };

  beforeEach(async () => {
    server = await TestServerProcess.start();
  });
  afterEach(async () => {
    server.resume();
    await Promise.all(opened.splice(0).map((store) => store.close()));
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
    await server.stop();
  });

  it('SIGKILL with 200 appends in flight, then the same again: none lost, none doubled', async () => {
    const store = await open();
    const writes = Array.from({ length: 200 }, () => newWrite([newEvent(), newEvent()]));
    let answers = 0;
    const first = Promise.all(
      writes.map(async (write) => {
        const result = await appendOne(store, write);
        answers += 1;
        return result;
      }),
    );
    await until(() => answers > 0);
    await server.kill();
    const outcomes = (await first).map(({ outcome }) => outcome);
    expect(outcomes).toContain('appended');
    expect(outcomes).toContain('unknown');
    expect(outcomes).not.toContain('conflict');
    await server.start();
    const acknowledged = writes.filter((_, i) => outcomes[i] === 'appended');
    for (const { stream } of acknowledged) expect(await store.readStream(stream, { limit: 3 })).toHaveLength(2);
    const again = await store.append(writes);
    expect(again.map(({ outcome }) => outcome)).toEqual(writes.map(() => 'appended'));
    for (const { stream, events } of writes) {
      const stored = await store.readStream(stream, { limit: 10 });
      expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    }
    expect(await store.readAll(null, 1_000)).toHaveLength(401);
  });

  it('SIGKILL at the moment of an acknowledgement: what was acknowledged is there', async () => {
    const store = await open();
    for (let time = 0; time < 8; time += 1) {
      const write = newWrite();
      expect(await untilAppended(store, write)).toMatchObject({ outcome: 'appended' });
      await server.kill();
      await server.start();
      expect(await store.readStream(write.stream, { limit: 2 })).toHaveLength(1);
    }
  });

  it('SIGSTOP: the outcome is unknown after our own timer, and the next append works after SIGCONT', async () => {
    const store = await open();
    const stream = `engine-${randomUUID()}`;
    await appendOne(store, { stream, expectedRevision: 'none', events: [newEvent()] });
    server.pause();
    const began = Date.now();
    const hung = [newWrite(), { stream, expectedRevision: 0, events: [newEvent()] }];
    const results = await store.append(hung);
    expect(results.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
    expect(Date.now() - began).toBeGreaterThan(4_900);
    await expect(store.head()).rejects.toMatchObject({ name: 'StoreError', type: 'unavailable' });
    server.resume();
    expect(await appendOne(store, newWrite())).toMatchObject({ outcome: 'appended' });
    const again = await store.append(hung);
    expect(again.map(({ outcome }) => outcome)).toEqual(['appended', 'appended']);
    expect(await store.readStream(stream, { limit: 10 })).toHaveLength(2);
  });

  it('a server that is down: unknown at once, unavailable, and as before when it is back, however often', async () => {
    const store = await open();
    for (let time = 0; time < 3; time += 1) {
      await server.kill();
      for (let tries = 0; tries < 5; tries += 1) {
        expect(await appendOne(store, newWrite())).toMatchObject({ outcome: 'unknown' });
        await expect(store.readAll(null, 1)).rejects.toMatchObject({ type: 'unavailable' });
      }
      await server.start();
      expect(await untilAppended(store, newWrite())).toMatchObject({ outcome: 'appended' });
    }
  });

  it('a subscription goes on exactly after SIGKILL and restart, time and again', async () => {
    const store = await open();
    const { ids } = collect(store, await store.head());
    const appended: string[] = [];
    for (let time = 0; time < 4; time += 1) {
      for (let n = 0; n < 25; n += 1) {
        const write = newWrite();
        await untilAppended(store, write);
        appended.push(write.events[0]?.id ?? '');
      }
      await server.kill();
      await pause(time * 100);
      await server.start();
    }
    await until(() => ids.length >= appended.length);
    expect(ids).toEqual(appended);
  });

  it('a subscription whose call fails without an end goes on: an error after 20 s of SIGSTOP', async () => {
    const store = await open({ quietMs: 60_000 });
    const { ids } = collect(store, await store.head());
    const before = newWrite();
    await appendOne(store, before);
    await until(() => ids.length === 1);
    server.pause();
    await pause(22_000);
    server.resume();
    const next = newWrite();
    await untilAppended(store, next);
    await until(() => ids.length === 2);
    expect(ids).toEqual([before.events[0]?.id, next.events[0]?.id]);
  }, 90_000);

  it('a subscription goes on after a short SIGSTOP', async () => {
    const store = await open();
    const { ids } = collect(store, await store.head());
    server.pause();
    await pause(3_000);
    server.resume();
    const write = newWrite();
    await untilAppended(store, write);
    await until(() => ids.length === 1);
    expect(ids).toEqual([write.events[0]?.id]);
  });

  it('a call that says nothing any more, though the store went on, is replaced', async () => {
    const proxy = await openProxy();
    const writer = await open();
    const reader = await open({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, quietMs: 400 });
    const { ids } = collect(reader, await reader.head());
    const first = newWrite();
    await appendOne(writer, first);
    await until(() => ids.length === 1);
    proxy.swallow();
    const second = newWrite();
    await appendOne(writer, second);
    // The connection's own keep-alive would need 20 s to notice.
    await until(() => ids.length === 2, 15);
    expect(ids).toEqual([first.events[0]?.id, second.events[0]?.id]);
    expect(proxy.swallowed).toBeGreaterThan(0);
  });

  it('a connection that swallows everything: unknown once, then a new one', async () => {
    const proxy = await openProxy();
    const store = await open({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, timeoutMs: 500 });
    await appendOne(store, newWrite());
    proxy.swallow();
    expect(await appendOne(store, newWrite())).toMatchObject({ outcome: 'unknown', cause: 'no answer in time' });
    expect(await appendOne(store, newWrite())).toMatchObject({ outcome: 'appended' });
  });

  it("what fails on one store's connection is no other's concern, and late answers harm nobody", async () => {
    const other = await TestServerProcess.start();
    const bystander = await openEventStoreDb({ url: other.url, applicationName: 'bystander' });
    const store = await open();
    await Promise.all([appendOne(store, newWrite()), appendOne(bystander, newWrite())]);
    other.pause();
    const theirs = appendOne(bystander, newWrite());
    await pause(50);
    server.pause();
    const ours = appendOne(store, newWrite());
    await pause(50);
    await server.kill();
    expect(await ours).toMatchObject({ outcome: 'unknown' });
    other.resume();
    expect(await theirs).toMatchObject({ outcome: 'appended' });
    await bystander.close();
    await other.stop();
    await server.start();
  });

  it('twenty that open a new store at once agree on its id', async () => {
    const stores = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(new Set(stores.map(({ id }) => id)).size).toBe(1);
    expect(await stores[0]?.readStream('hub-store', { limit: 10 })).toHaveLength(1);
    for (const store of stores)
      expect((await store.readAll(null, 10)).map(({ stream }) => stream)).toEqual(['hub-store']);
  });

  it('a store that was replaced by another ends the subscription', async () => {
    const store = await open();
    for (let n = 0; n < 3; n += 1) await appendOne(store, newWrite());
    const head = await store.head();
    const { ended } = collect(store, head);
    await pause(100);
    await server.kill();
    await truncate(join(server.folder, 'events.log'), 8);
    await server.start();
    const next = await open();
    await expect(ended).rejects.toMatchObject({ name: 'StoreError' });
    await expect(store.readAll(head, 1)).rejects.toMatchObject({
      type: expect.stringMatching(/wrong-store|beyond-head/),
    });
    await expect(next.readAll(head, 1)).rejects.toMatchObject({ type: 'wrong-store' });
  });

  it('what was cut off at the end of the file was not acknowledged; what stands is read after a restart', async () => {
    const store = await open();
    const write = newWrite();
    await appendOne(store, write);
    await server.kill();
    const file = join(server.folder, 'events.log');
    const whole = await readFile(file);
    const torn = Buffer.alloc(50);
    torn.writeUInt32LE(10, 0);
    torn.writeUInt32LE(40, 18);
    await appendFile(file, torn);
    await server.start();
    expect((await store.readStream(write.stream, { limit: 1 }))[0]?.id).toBe(write.events[0]?.id);
    expect(await untilAppended(store, newWrite())).toMatchObject({ outcome: 'appended' });
    expect(await readFile(file).then((bytes) => bytes.subarray(0, whole.length).equals(whole))).toBe(true);
  });

  it('goes on with the leader that a follower names', async () => {
    const follower = await TestServerProcess.start(['--leader', server.address]);
    try {
      const store = await open({ url: follower.url });
      const { ids } = collect(store, await store.head());
      const write = newWrite();
      expect(await untilAppended(store, write)).toMatchObject({ outcome: 'appended' });
      await until(() => ids.length === 1);
    } finally {
      await follower.stop();
    }
  });

  it('speaks TLS with the certificate that the address names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'eventstoredb-tls-'));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const made = spawnSync(certificateMaker, [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
    ]);
    if (made.error) return console.warn('TLS is left out: there is no openssl here.');
    const secure = await TestServerProcess.start(['--tls-key', key, '--tls-certificate', certificate]);
    try {
      const store = await open({ url: `${secure.url}&tlsCAFile=${encodeURIComponent(certificate)}` });
      expect(await appendOne(store, newWrite())).toMatchObject({ outcome: 'appended' });
      await expect(open({ url: secure.url })).rejects.toMatchObject({ type: 'unavailable' });
    } finally {
      await secure.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('finds its server by gossip, and says that the server is for tests only', async () => {
    const store = await open({ url: `esdb+discover://${server.address}?tls=false` });
    expect(await appendOne(store, newWrite())).toMatchObject({ outcome: 'appended' });
    expect(server.said).toContain('For tests only');
  });
});

const certificateMaker = 'openssl';

/** A way to the server on which everything that is under way can be made to disappear; new connections pass. */
class Proxy {
  swallowed = 0;
  private readonly sockets = new Set<Socket>();
  private current: Socket[] = [];
  private readonly server: Server;
  readonly port: number;

  private constructor(server: Server) {
    this.server = server;
    this.port = (server.address() as { port: number }).port;
  }

  static async open(address: string): Promise<Proxy> {
    const [host, port] = address.split(':');
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const proxy = new Proxy(server);
    server.on('connection', (down) => {
      const up = connect(Number(port), host);
      for (const socket of [down, up]) proxy.sockets.add(socket);
      proxy.current.push(down, up);
      down.on('error', () => up.destroy()).pipe(up);
      up.on('error', () => down.destroy()).pipe(down);
    });
    return proxy;
  }

  /** Of the connections there are, neither side hears anything any more. */
  swallow(): void {
    for (const socket of this.current.splice(0)) {
      socket.unpipe();
      socket.on('data', (bytes: Buffer) => {
        this.swallowed += bytes.length;
      });
      socket.resume();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
