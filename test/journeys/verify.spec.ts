import { join } from 'node:path';
import pg from 'pg';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { verifyTestHub } from '../support/hub/verify-test-hub.js';

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
  const found = async (change: string, back: string, values: unknown[]) => {
    await superuser.query(change, values);
    try {
      return (await verifyTestHub(hub)).findings.map(({ stream, revision }) => `${stream}@${revision}`);
    } finally {
      await superuser.query(back, values);
    }
  };

  it('is sound before', async () => {
    expect((await verifyTestHub(hub)).findings).toEqual([]);
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
    await superuser.query('create temp table gone as select * from store.event where position = $1', [row.position]);
    const findings = await found(
      'with deleted as (delete from store.event where position = $1 returning 1) select count(*) from deleted',
      'insert into store.event select * from gone where position = $1',
      [row.position],
    );
    expect(findings).toContain(`$all@${row.position}`);
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

  it('is sound again after', async () => {
    expect((await verifyTestHub(hub)).findings).toEqual([]);
  });
});
