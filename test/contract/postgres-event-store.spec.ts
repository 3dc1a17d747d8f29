import { randomUUID } from 'node:crypto';
import pg from 'pg';
import {
  appendStoreCapability,
  EventStoreTables1763900000001,
  openPostgresEventStore,
  PlatformClock1763900000000,
  readStoreCapability,
} from '#engines';
import type { AppendResult, EventStore, NewEvent } from '#event-sourcing';
import { eventStoreSuite } from '#event-sourcing/testing';
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js';

const migrations = [PlatformClock1763900000000, EventStoreTables1763900000001];

eventStoreSuite('PostgreSQL', async () => {
  const database = await createTestDatabase({ migrations });
  const url = await database.login(appendStoreCapability);
  const stores: EventStore[] = [];
  const reopen = async (): Promise<EventStore> => {
    const store = await openPostgresEventStore({ url, applicationName: 'suite' });
    stores.push(store);
    return store;
  };
  return {
    store: await reopen(),
    reopen,
    holdTransactionOpen: () => holdTransactionOpen(database),
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await database.drop();
    },
  };
});

const holdTransactionOpen = async (database: TestDatabase): Promise<() => Promise<void>> => {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query('begin isolation level repeatable read');
  await client.query('select pg_current_xact_id(), count(*) from store.event');
  return async () => {
    await client.query('rollback');
    await client.end();
  };
};

describe('the PostgreSQL event store', () => {
  let database: TestDatabase;
  let store: EventStore;
  let owner: pg.Client;
  let app: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase({ migrations });
    const url = await database.login(appendStoreCapability);
    store = await openPostgresEventStore({ url, applicationName: 'spec', timeoutMs: 1_500 });
    owner = await connect(database.url);
    app = await connect(url);
  });
  afterAll(async () => {
    await store?.close();
    await Promise.all([owner?.end(), app?.end()]);
    await database?.drop();
  });

  const connect = async (url: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const event = (metadata = ''): NewEvent => ({
    id: randomUUID(),
    type: 'noted',
    data: new Uint8Array(1),
    metadata: new TextEncoder().encode(metadata),
  });
  const append = async (stream: string, revision: number | 'none', ...events: NewEvent[]): Promise<AppendResult> =>
    (await store.append([{ stream, expectedRevision: revision, events }]))[0] as AppendResult;

  it('has dense positions from 1', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => append(`dense-${i}`, 'none', event(), event())));
    const all = await store.readAll(null, 1_000);
    expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i + 1));
  });

  it('never writes an id again that its stream holds, even where the revision matches', async () => {
    const [a, b] = [event(), event()];
    await append('again', 'none', a, b);
    expect(await append('again', 1, b)).toEqual({ outcome: 'conflict', stream: 'again', expected: 1, actual: 1 });
    expect(await append('again', 1, event(), a)).toMatchObject({ outcome: 'conflict' });
    expect(await store.readStream('again', { limit: 10 })).toHaveLength(2);
  });

  it.each([
    ['update', 'update store.event set type = type'],
    ['update of nothing', 'update store.event set type = type where false'],
    ['delete', 'delete from store.event'],
    ['truncate', 'truncate store.event'],
    ['delete of the head', 'delete from store.head'],
    ['truncate of the head', 'truncate store.head'],
  ])('refuses %s, to its owner too', async (_, sql) => {
    await expect(owner.query(sql)).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('lets an app append through the function only, and a reader not at all', async () => {
    await expect(
      app.query(`insert into store.event values (99, 's', 0, gen_random_uuid(), 't', '', '')`),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('update store.head set position = 0')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('select platform.set_clock(now())')).rejects.toMatchObject({ code: '42501' });
    const url = await database.login(readStoreCapability);
    const reader = await openPostgresEventStore({ url, applicationName: 'reader' });
    expect(await reader.readAll(null, 1)).toHaveLength(1);
    const [result] = await reader.append([{ stream: 's', expectedRevision: 'none', events: [event()] }]);
    expect(result).toEqual({ outcome: 'unknown', stream: 's', cause: '42501' });
    await reader.close();
  });

  it('answers unknown after its own timer, does not send again, and goes on when the way is free', async () => {
    await owner.query('begin');
    await owner.query('select from store.head for update');
    const began = Date.now();
    const [first, second] = await Promise.all([append('timer', 'none', event()), append('timer-2', 'none', event())]);
    expect([first?.outcome, second?.outcome]).toEqual(['unknown', 'unknown']);
    expect(Date.now() - began).toBeLessThan(2_500);
    await owner.query('rollback');
    expect(await append('timer-3', 'none', event())).toMatchObject({ outcome: 'appended' });
    expect(await store.readStream('timer', { limit: 2 })).toHaveLength(0);
  });

  it('answers unknown when its connection is cut, and connects again; subscriptions go on', async () => {
    const got: string[] = [];
    const subscription = store.subscribe({
      after: await store.head(),
      batchSize: 10,
      onBatch: (events) => {
        got.push(...events.map(({ id }) => id));
        return Promise.resolve();
      },
    });
    await owner.query('begin');
    await owner.query('select from store.head for update');
    const cut = append('cut', 'none', event());
    await new Promise((done) => setTimeout(done, 100));
    const superuser = await connect(database.superuserUrl);
    await superuser.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'spec' and datname = current_database()`,
    );
    await superuser.end();
    expect(await cut).toMatchObject({ outcome: 'unknown' });
    await owner.query('rollback');
    const next = event();
    expect(await append('cut-2', 'none', next)).toMatchObject({ outcome: 'appended' });
    const end = Date.now() + 5_000;
    while (got.length === 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 10));
    expect(got).toEqual([next.id]);
    await subscription.stop();
  });

  describe('recorded time', () => {
    const now = async (): Promise<Date> =>
      (await app.query<{ at: Date }>('select platform.recorded_now() as at')).rows[0]!.at;
    const set = async (at: string): Promise<unknown> => owner.query('select platform.set_clock($1)', [at]);

    it('is the clock in whole milliseconds, never before what was recorded', async () => {
      expect(Math.abs((await now()).getTime() - Date.now())).toBeLessThan(2_000);
      await append('clock', 'none', event(`{"hubAt":"${(await now()).toISOString()}"}`));
      const { rows } = await owner.query<{ last: string }>('select last_recorded::text as last from platform.clock');
      expect(rows[0]?.last).not.toBe('-infinity');
      await owner.query(`update platform.clock set offset_ms = -3600000`);
      const held = await now();
      expect(Math.abs(held.getTime() - Date.now())).toBeLessThan(5_000);
      expect(await now()).toEqual(held);
      await owner.query(`update platform.clock set offset_ms = 0`);
    });

    it('is not moved ahead by an event that claims a time to come', async () => {
      await append('clock-2', 'none', event('{"hubAt":"2099-01-01T00:00:00.000Z"}'), event('{"hubAt":7}'), event('{'));
      expect(Math.abs((await now()).getTime() - Date.now())).toBeLessThan(2_000);
    });

    it('can be moved forward, and does not go back', async () => {
      await set('2090-01-01T00:00:00Z');
      expect((await now()).toISOString()).toMatch(/^2090-01-01T00:00:0/);
      await expect(set('2089-12-31T23:59:59Z')).rejects.toMatchObject({ code: '22023' });
      await expect(set('infinity')).rejects.toMatchObject({ code: '22023' });
    });

    it('can be set to anything while nothing was recorded', async () => {
      const fresh = await createTestDatabase({ migrations });
      const client = await connect(fresh.url);
      try {
        const { rows } = await client.query<{ at: Date }>(`select platform.set_clock('2025-11-28T09:00:00Z') as at`);
        expect(rows[0]?.at.toISOString()).toMatch(/^2025-11-28T09:00:00/);
      } finally {
        await client.end();
        await fresh.drop();
      }
    });
  });
});
