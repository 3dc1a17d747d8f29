import { join } from 'node:path';
import pg from 'pg';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { verifyHub } from '../support/journeys/verify-hub.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  allocation,
  custodianFile,
  HEALTH,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
} from '../support/journeys/scene.js';

const OWN_DATA = join(import.meta.dirname, '../../apps/hub/demo');

interface Row {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly type: string;
}

describe('a history that somebody changed', () => {
  let hub: TestHub;
  let superuser: pg.Client;
  let rows: readonly Row[];

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: LOADING_TIME });
    const files = await findFiles(OWN_DATA, hub.hub.registry);
    await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, () => undefined);
    superuser = new pg.Client({ connectionString: hub.database.superuserUrl });
    await superuser.connect();
    await superuser.query('alter table store.event disable trigger append_only');
    rows = (await superuser.query('select position, stream, revision, type from store.event order by position'))
      .rows as Row[];
  });
  afterAll(async () => {
    await superuser.end();
    await hub.close();
  });

  /** Applies a change, looks what is found, and takes it back. */
  const findings = async (change: string, back: string, values: unknown[]) => {
    await superuser.query(change, values);
    try {
      return (await verifyHub(hub)).findings;
    } finally {
      await superuser.query(back, values);
    }
  };
  const found = async (change: string, back: string, values: unknown[]) =>
    (await findings(change, back, values)).map(({ stream, revision }) => `${stream}@${revision}`);

  it('is sound before', async () => {
    expect((await verifyHub(hub)).findings).toEqual([]);
  });

  it('is named wherever one byte is flipped, in every kind of stream', async () => {
    const kinds = Map.groupBy(rows, ({ stream }) => stream.split('-')[0]!);
    expect([...kinds.keys()].sort()).toEqual(['agreement', 'child', 'hub', 'reads', 'staff']);
    for (const ofKind of kinds.values()) {
      for (const row of [ofKind[0]!, ofKind.at(-1)!, ofKind[Math.floor(ofKind.length / 2)]!]) {
        for (const column of ['data', 'metadata']) {
          const flip = `update store.event set ${column} = set_byte(${column}, length(${column}) / 2,
            get_byte(${column}, length(${column}) / 2) # 1) where position = $1`;
          expect(await found(flip, flip, [row.position])).toContain(`${row.stream}@${row.revision}`);
        }
      }
    }
  }, 120_000);

  it('is named where a type, an id or the projection is changed, or an event is gone', async () => {
    const row = rows.find(({ stream, revision }) => stream.startsWith('child-') && revision === '1')!;
    const name = `${row.stream}@${row.revision}`;
    expect(
      await found(
        `update store.event set type = type || 'x' where position = $1`,
        `update store.event set type = left(type, -1) where position = $1`,
        [row.position],
      ),
    ).toContain(name);
    expect(
      await found(
        `update projection.contribution set bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1) where position = $1`,
        `update projection.contribution set bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1) where position = $1`,
        [row.position],
      ),
    ).toContain(name);
    for (const column of ['type', 'organisation', 'feed', 'record_key', 'body', 'rank_key', 'ranked_by']) {
      const change = (to: string) => `update projection.contribution set ${column} = ${to} where position = $1`;
      expect([column, await found(change(`${column} || 'x'`), change(`left(${column}, -1)`), [row.position])]).toEqual([
        column,
        expect.arrayContaining([name]),
      ]);
    }
    await superuser.query('create temp table gone as select * from store.event where position = $1', [row.position]);
    const withGap = await found(
      'with deleted as (delete from store.event where position = $1 returning 1) select count(*) from deleted',
      'insert into store.event select * from gone where position = $1',
      [row.position],
    );
    expect(withGap).toContain(`$all@${row.position}`);
    const last = rows.at(-1)!;
    await superuser.query('create temp table ended as select * from store.event where position = $1', [last.position]);
    expect(
      await found(
        'with deleted as (delete from store.event where position = $1 returning 1) select count(*) from deleted',
        'insert into store.event select * from ended where position = $1',
        [last.position],
      ),
    ).not.toEqual([]);
  });

  it('is named where the projection has a row of which the store has no event, or is that of another store', async () => {
    const row = rows.findLast(({ stream, type }) => stream.startsWith('child-') && type !== 'record-confirmed')!;
    const made = await superuser.query(
      `select position from generate_series(1, $1::bigint) position
        where not exists (select from projection.contribution c where c.position = position.position) order by 1 limit 1`,
      [row.position],
    );
    const { position } = made.rows[0] as { position: string };
    // Positions are dense here: an event of the hub's own stands at that place, and goes.
    await superuser.query('create temp table own as select * from store.event where position = $1', [position]);
    await superuser.query('create temp table invented as select * from projection.contribution where position = $1', [
      row.position,
    ]);
    await superuser.query('update invented set position = $1', [position]);
    const all = await findings(
      'with deleted as (delete from store.event where position = $1 returning 1), made as (insert into projection.contribution select * from invented where position = $1 returning 1) select (select count(*) from deleted) + (select count(*) from made)',
      'with kept as (insert into store.event select * from own where position = $1 returning 1) delete from projection.contribution where position = $1',
      [position],
    );
    expect(all).toContainEqual({ stream: '$all', revision: Number(position), what: 'store-misses' });
    const stores = await superuser.query(`select store_id from projection.generation where state = 'live'`);
    const { store_id } = stores.rows[0] as { store_id: string };
    const other = await findings(
      'update projection.generation set store_id = gen_random_uuid() where store_id = $1',
      'update projection.generation set store_id = $1',
      [store_id],
    );
    expect(other).toContainEqual({ stream: '$all', revision: 0, what: 'projection-of-another-store' });
  });

  it('is named where the projection has no row of what it has passed, and nowhere else', async () => {
    for (const kind of ['child', 'staff', 'agreement']) {
      const row = rows.findLast(({ stream }) => stream.startsWith(`${kind}-`))!;
      await superuser.query(
        `create temp table missed_${kind} as select * from projection.contribution where position = $1`,
        [row.position],
      );
      const all = await findings(
        'with deleted as (delete from projection.contribution where position = $1 returning 1) select count(*) from deleted',
        `insert into projection.contribution select * from missed_${kind} where position = $1`,
        [row.position],
      );
      expect(all).toContainEqual({
        stream: row.stream,
        revision: Number(row.revision),
        what: 'projection-misses',
      });
      expect(all.filter(({ what }) => what === 'projection-misses')).toHaveLength(1);
    }
  });

  it('is named where a recorded read stood on another event', async () => {
    const { rows: events } = await superuser.query<{ stream: string; revision: string; data: Buffer }>(
      `select stream, revision, data from store.event where type = 'chronology-opened' order by position`,
    );
    const streamAt = new Map(rows.map(({ position, stream }) => [Number(position), stream]));
    const checkpointOf = ({ data }: { readonly data: Buffer }) =>
      (JSON.parse(data.toString()) as { checkpoint: { position: number; eventId: string } }).checkpoint;
    // A stream of reads that is broken itself is not decided again.
    const read = events.find((event) => streamAt.get(checkpointOf(event).position) !== event.stream)!;
    const { stream, revision } = read;
    const checkpoint = checkpointOf(read);
    expect(
      await findings(
        'update store.event set id = gen_random_uuid() where position = $1 and id = $2',
        'update store.event set id = $2 where position = $1',
        [checkpoint.position, checkpoint.eventId],
      ),
    ).toContainEqual({ stream, revision: Number(revision), what: 'checkpoint-differs' });
  });

  it('is sound again after', async () => {
    expect((await verifyHub(hub)).findings).toEqual([]);
  });
});

describe('a read of what was pending', () => {
  const [child, login] = [nhsNumber(4713), 'pending-reader'];
  let hub: TestHub;
  let superuser: pg.Client;
  let contribution: string;

  const told = (recordId: string) =>
    custodianFile(HEALTH, [
      recordOf({ recordId, personId: child, recordType: 'health.details', payload: { gpTelephone: '1' } }),
    ]);

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    const api = new HubApi(hub);
    await api.filed(HEALTH.connector, HEALTH.records, told('HE-1'));
    const staff = staffDocument(HEALTH, [post(HEALTH, login, 1)], [allocation(HEALTH, login, child, 1)]);
    await api.filed(HEALTH.connector, HEALTH.staff, staff);
    const handle = await api.search(login, child);
    const release = await hold(hub.sql, 'projection');
    const receipt = await api.accepted(HEALTH.connector, HEALTH.records, told('HE-2'));
    await api.read(login, handle);
    await release();
    [contribution] = (await api.settled(HEALTH.connector, receipt)).map((item) => item.contribution) as [string];
    superuser = new pg.Client({ connectionString: hub.database.superuserUrl });
    await superuser.connect();
    await superuser.query('set session_replication_role = replica');
  });
  afterAll(async () => {
    await superuser.end();
    await hub.close();
  });

  const codes = async () => (await verifyHub(hub)).findings.map(({ what }) => what);

  it('rests on what the store has, whatever became of the inbox', async () => {
    expect(await codes()).toEqual([]);
    await superuser.query('create temp table kept as select * from inbox.item where contribution_id = $1', [
      contribution,
    ]);
    const { rowCount } = await superuser.query('delete from inbox.item where contribution_id = $1', [contribution]);
    expect(rowCount).toBe(1);
    expect(await codes()).toEqual([]);
  });

  it('is named where that is neither in the store nor in the inbox', async () => {
    const { rowCount } = await superuser.query(
      `delete from store.event where stream like 'child-%' and convert_from(data, 'UTF8') like '%' || $1::text || '%'`,
      [contribution],
    );
    expect(rowCount).toBe(1);
    expect(await codes()).toContain('pending-lost');
    await superuser.query('insert into inbox.item select * from kept');
    expect(await codes()).not.toContain('pending-lost');
    await superuser.query(
      'update inbox.attempt set accepted_no = null where attempt_id in (select attempt_id from kept)',
    );
    expect(await codes()).toContain('pending-lost');
  });
});
