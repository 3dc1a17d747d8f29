import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { openEventStore } from '#engines';
import type { EventStore, SubscribeOptions } from '#event-sourcing';
import { BLIND_SECRET, createLogger, createPartOpener, keyFolderOf, openFileKeyService } from '#platform';
import { BlindIndex, ProjectionRunner, rebuildProjection } from '#apps/sharing';
import { roleNameOf } from '../../apps/hub/src/hub-roles.js';
import { compareRebuild } from '../support/faults/compare-rebuild.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { custodianFile, nhsNumber, POLICE, recordOf, SCENE_BEGINS } from '../support/journeys/scene.js';

let hub: TestHub;
let api: HubApi;
let intake: pg.Pool;
let sharing: pg.Pool;
let people = 0;

const newRecords = (count: number) =>
  Array.from({ length: count }, () =>
    recordOf({
      recordId: `POL-${(people += 1)}`,
      personId: nhsNumber(2000 + people),
      recordType: 'crime-justice.details',
      payload: {},
    }),
  );
const send = (count: number) =>
  api.accepted(POLICE.connector, POLICE.records, custodianFile(POLICE, newRecords(count)));
const waiting = async (receipt: string): Promise<number> =>
  (await api.items(POLICE.connector, receipt)).filter(({ state }) => state === 'accepted').length;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  intake = new pg.Pool({ connectionString: hub.hub.database.urlOf(roleNameOf('intake')), max: 1 });
  sharing = new pg.Pool({ connectionString: hub.hub.database.urlOf(roleNameOf('sharing')), max: 4 });
});
afterAll(async () => {
  await Promise.all([intake, sharing].map((pool) => pool?.end()));
  await hub?.close();
});

describe('two relays of one role', () => {
  const claim = async (owner: string, lease: string): Promise<number[]> => {
    const { rows } = await intake.query('select shard from inbox.claim_shards($1, 16, $2::interval) as shard', [
      owner,
      lease,
    ]);
    return (rows as { shard: number }[]).map(({ shard }) => shard);
  };
  const held = async (): Promise<Record<string, number>> => {
    const { rows } = await hub.sql.query('select owner, count(*)::int as n from inbox.relay_shard group by owner');
    return Object.fromEntries((rows as { owner: string; n: number }[]).map(({ owner, n }) => [owner, n]));
  };

  it('share the shards, and what one that stands still had falls to the other', async () => {
    const ghost = randomUUID();
    await until(async () => Object.values(await held()).join() === '16');
    // The ghost claims and publishes nothing, like a process that is stopped.
    await until(async () => (await claim(ghost, '4 seconds')).length === 8);
    expect(Object.values(await held()).sort()).toEqual([8, 8]);
    const receipt = await send(60);
    await until(async () => (await waiting(receipt)) < 60);
    await delay(500);
    expect(await waiting(receipt)).toBeGreaterThan(5);
    await until(async () => (await waiting(receipt)) === 0, 15_000);
    expect(await held()).not.toHaveProperty(ghost);
  }, 60_000);

  it('lose them at once when their session ends', async () => {
    const dying = new pg.Client({ connectionString: hub.hub.database.urlOf(roleNameOf('intake')) });
    await dying.connect();
    const owner = randomUUID();
    await until(async () => {
      const { rows } = await dying.query(`select inbox.claim_shards($1, 16, '1 minute')`, [owner]);
      return rows.length === 8;
    });
    expect((await held())[owner]).toBe(8);
    await dying.end();
    await until(async () => Object.values(await held()).join() === '16', 3000);
  });

  it('give their shards back when they end in an orderly way', async () => {
    const other = randomUUID();
    await until(async () => (await claim(other, '1 minute')).length === 8);
    await intake.query('select inbox.release_shards($1)', [other]);
    await until(async () => Object.values(await held()).join() === '16');
  });
});

describe('two projections of one generation', () => {
  let gate: Promise<void> = Promise.resolve();
  let other: ProjectionRunner;
  let runner: () => ProjectionRunner;
  let store: EventStore;
  const batches: number[] = [];

  beforeAll(async () => {
    store = await openEventStore({
      eventStoreUrl: 'embedded:',
      databaseUrl: hub.hub.database.urlOf(roleNameOf('sharing')),
      applicationName: 'another_projection',
      hub: 'hub',
      clock: sharing,
    });
    // What comes through while the gate is shut waits before it, like a process that is stopped in mid-batch.
    const gated: EventStore = Object.create(store, {
      subscribe: {
        value: (options: SubscribeOptions) =>
          store.subscribe({
            ...options,
            onBatch: async (events, head) => {
              await gate;
              await options.onBatch(events, head);
              batches.push(events.length);
            },
          }),
      },
    }) as EventStore;
    const keys = openFileKeyService(join(hub.configuration.keysDir, keyFolderOf('sharing')));
    const blind = new BlindIndex(await keys.secret(BLIND_SECRET));
    runner = () =>
      new ProjectionRunner({
        pool: sharing,
        store: gated,
        opener: createPartOpener(keys),
        blind,
        logger: createLogger({ app: 'sharing', instance: 'other', level: 'error' }),
      });
  });
  afterAll(async () => {
    await other?.stop();
    await store?.close();
  });

  it('project everything once, whichever of them stands still, wakes late or ends', async () => {
    other = runner();
    other.start();
    const filed = async (count: number): Promise<void> => {
      const receipt = await send(count);
      await until(async () => (await waiting(receipt)) === 0, 15_000);
    };
    for (let i = 0; i < 5; i += 1) await filed(3);
    // Whoever of the two projects now: the other one stands still, then this one does.
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    for (let i = 0; i < 3; i += 1) await filed(3);
    open();
    gate = Promise.resolve();
    for (let i = 0; i < 3; i += 1) await filed(3);
    await other.stop();
    await filed(3);
    const keys = openFileKeyService(join(hub.configuration.keysDir, keyFolderOf('sharing')));
    const { rows, differences } = await compareRebuild(hub.sql, store, keys);
    expect(rows).toBeGreaterThan(100);
    expect(differences).toBe(0);
  }, 90_000);

  it('are not built again from a store that is older than they are, or another', async () => {
    const keys = openFileKeyService(join(hub.configuration.keysDir, keyFolderOf('sharing')));
    const options = {
      pool: sharing,
      opener: createPartOpener(keys),
      blind: new BlindIndex(await keys.secret(BLIND_SECRET)),
    };
    const older = Object.create(store, { head: { value: async () => ({ ...(await store.head()), position: 1 }) } });
    await expect(rebuildProjection({ ...options, store: older as EventStore })).rejects.toThrow(
      'older than the database',
    );
    const another = Object.create(store, { id: { value: randomUUID() } });
    await expect(rebuildProjection({ ...options, store: another as EventStore })).rejects.toThrow('another store');
    const { rows } = await hub.sql.query('select count(*)::int as n from projection.generation');
    expect((rows[0] as { n: number }).n).toBeLessThanOrEqual(2);
  });

  it('take over from one that ends', async () => {
    const projected = batches.length;
    other = runner();
    other.start();
    await delay(500);
    await hub.hub.close();
    // The hub is gone: nobody else projects.
    const { rows } = await hub.sql.query(`select position::int as at from projection.generation where state = 'live'`);
    const before = (rows[0] as { at: number }).at;
    await store.append([
      {
        stream: `hub-${randomUUID()}`,
        expectedRevision: 'none',
        events: [{ id: randomUUID(), type: 'noted', data: Buffer.from('{}'), metadata: Buffer.from('{}') }],
      },
    ]);
    await until(async () => {
      const now = await hub.sql.query(`select position::int as at from projection.generation where state = 'live'`);
      return (now.rows[0] as { at: number }).at > before;
    });
    expect(batches.length).toBeGreaterThan(projected);
  }, 30_000);
});
