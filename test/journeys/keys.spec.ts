import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import pg from 'pg';
import { PARTS } from '#contracts';
import { createPartOpener, openFileKeyService, unsealParts } from '#platform';
import { APP_ROLES, roleNameOf, type AppRole } from '../../apps/hub/src/hub-roles.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { Intruder, type Loot, type SubmissionKey } from '../support/journeys/adapter-attack.js';
import { hold } from '../support/journeys/brake.js';
import { bytesOfRows, findCanaries, newCanary } from '../support/journeys/canaries.js';
import { canaryDocuments } from '../support/journeys/canary-documents.js';
import { HubApi, type Chronology } from '../support/journeys/hub-api.js';
import { rightsOf } from '../support/journeys/rights.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  staffDocument,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const AGENCIES = [POLICE, HEALTH, SCHOOL, AUTHORITY];

const person = nhsNumber(4711);
const canary = newCanary();
/** Only in what is asked, never in what is sent. */
const asked = newCanary();
const canaries = { canary, person };

const readerOf = ({ organisation }: (typeof AGENCIES)[number]): string => `reader-${organisation.toLowerCase()}`;

let hub: TestHub;
let api: HubApi;
let superuser: pg.Client;
const log: Buffer[] = [];

const rowsOf = async <T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> =>
  (await superuser.query<T>(text, [...values])).rows;

/** Every row of every table outside the system's schemas, and what the planner keeps of them. */
const dumpDatabase = async (): Promise<Map<string, Buffer>> => {
  const tables = await rowsOf<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm', 'p') and n.nspname !~ '^(pg_|information_schema)'`,
  );
  const dump = new Map<string, Buffer>();
  for (const { name } of [...tables, { name: 'pg_catalog.pg_stats' }, { name: 'pg_catalog.pg_largeobject' }]) {
    dump.set(name, bytesOfRows(await rowsOf(`select t.*, t::text as whole from ${name} t`)));
  }
  return dump;
};

/** Sends the canary documents, reads the child as one reader of each agency, and asks for what is not there. */
const live = async (): Promise<void> => {
  for (const { of, feed, document, mediaType } of canaryDocuments(canary, person)) {
    const items = await api.filed(of.connector, feed, document, mediaType ? { mediaType } : {});
    expect(items.some(({ state }) => state === 'filed')).toBe(true);
  }
  for (const of of AGENCIES) {
    const login = readerOf(of);
    const child = { system: `${canary} system`, localId: person };
    await api.filed(
      of.connector,
      of.staff,
      staffDocument(of, [post(of, login, 1)], [allocation(of, login, person, 1, { child })]),
    );
    await api.seen(login, person);
    await api.call(login, 'POST', '/v1/child-searches', JSON.stringify({ ...child, purpose: 'SAFEGUARDING' }));
    await api.call(login, 'POST', '/v1/child-searches', JSON.stringify({ nhsNumber: asked, purpose: asked }));
    await api.call(login, 'GET', `/v1/children/${asked}/chronology?purpose=${asked}&cursor=${asked}`);
    await api.call(login, 'PUT', `/v1/agreements/${asked}/versions/1`, `{"document":{"${asked}":`);
    await api.call(of.connector, 'GET', `/v1/receipts/${asked}`);
    await api.call(of.connector, 'GET', `/${asked}?${asked}=${asked}`, undefined, { traceparent: asked });
    await api.call(null, 'GET', `/v1/feeds/${asked}/notices`, undefined, { authorization: `Bearer ${asked}` });
    await api.send(of.connector, of.records, `{"${asked}": "${asked}`, { key: randomUUID() });
    await api.send(of.connector, of.records, { orgId: asked, records: [{ [asked]: asked }] }, { key: randomUUID() });
    await api.send(of.connector, asked, {}, { key: `${asked} ${asked}`, mediaType: `application/${asked}` });
  }
};

let errorOutput: jest.SpiedFunction<typeof process.stderr.write>;
let standardOutput: jest.SpiedFunction<typeof process.stdout.write>;

beforeAll(async () => {
  const capture = ((piece: string | Uint8Array) => {
    log.push(Buffer.from(piece));
    return true;
  }) as typeof process.stderr.write;
  errorOutput = jest.spyOn(process.stderr, 'write').mockImplementation(capture);
  standardOutput = jest.spyOn(process.stdout, 'write').mockImplementation(capture);
  hub = await startTestHub({ firstTime: SCENE_BEGINS, settings: { LOG_LEVEL: 'debug' } });
  api = new HubApi(hub);
  superuser = new pg.Client({ connectionString: hub.database.superuserUrl });
  superuser.on('error', () => undefined);
  await superuser.connect();
  await sendSigners(api, AGENCIES);
  await adoptPolicy(
    api,
    AUTHORITY,
    importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', ['childrens-services.details', 'personal.details'], ['HEALTH']),
  );
  await live();
});
afterAll(async () => {
  errorOutput.mockRestore();
  standardOutput.mockRestore();
  await superuser.end();
  await hub.close();
});

describe('what is written down', () => {
  it('shows the canaries to readers, so that the searches below can fail', async () => {
    for (const of of AGENCIES) {
      const { entries } = await api.seen(readerOf(of), person);
      expect(findCanaries(Buffer.from(JSON.stringify(entries)), { canary })).toContain('canary: clear');
    }
  });

  it('holds no canary in the logs, at the level that says most', async () => {
    // Restarting and failing say more than running does.
    await rowsOf(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    for (const of of AGENCIES) await api.call(readerOf(of), 'GET', '/v1/agreements');
    await hub.restart();
    const text = Buffer.concat(log);
    expect(text.toString('utf8').split('\n').length).toBeGreaterThan(20);
    expect(findCanaries(text, { ...canaries, asked, reader: readerOf(POLICE) })).toEqual([]);
  });

  it('holds no canary in any row of any table', async () => {
    const dump = await dumpDatabase();
    expect([...dump.values()].reduce((total, { length }) => total + length, 0)).toBeGreaterThan(100_000);
    expect(
      [...dump].flatMap(([table, bytes]) =>
        findCanaries(bytes, { ...canaries, asked, birth: '2011-03-27' }).map((found) => `${table}: ${found}`),
      ),
    ).toEqual([]);
  });

  it('would be found by that search in any writing', () => {
    for (const shift of ['', 'x', 'xy']) {
      const text = `${shift}${canary}!`;
      for (const encoding of ['utf8', 'utf16le', 'base64', 'base64url', 'hex'] as const) {
        const written = encoding.startsWith('utf') ? Buffer.from(text, encoding) : Buffer.from(text).toString(encoding);
        expect(findCanaries(Buffer.from(written as string), { canary })).not.toEqual([]);
        expect(findCanaries(Buffer.from(Buffer.from(written as string).toString('hex')), { canary })).not.toEqual([]);
      }
    }
  });
});

describe('with the files of one adapter and its role', () => {
  let intruder: Intruder;
  let copy: string;
  let release: () => Promise<void>;
  let attempts: {
    attempt_id: string;
    organisation: string;
    client: string;
    feed: string;
    receipt_id: string;
    idempotency_key: string;
  }[];
  const refused = (loot: Loot) => ('refused' in loot ? loot.refused : 'allowed');
  const given = (loot: Loot) => ('rows' in loot ? loot.rows : []);

  beforeAll(async () => {
    // While the projection stands still, what was just sent is still on its way: the adapter's relay can read it.
    release = await hold(hub.sql, 'projection');
    for (const { of, feed, document, mediaType } of canaryDocuments(`${canary} again`, person)) {
      await api.accepted(of.connector, feed, document, mediaType ? { mediaType } : {});
    }
    copy = await mkdtemp(join(tmpdir(), 'sightline-keys-'));
    intruder = await Intruder.enter(
      hub.hub.database.urlOf(roleNameOf('police-adapter')),
      hub.configuration.keysDir,
      'adapter-police',
      copy,
    );
    attempts = await rowsOf('select * from inbox.attempt where accepted_no is not null');
  });
  afterAll(async () => {
    await intruder.leave();
    await release();
    await rm(copy, { recursive: true });
  });

  it('holds public keys and the index key of its own organisations, and nothing private', () => {
    const names = [...intruder.files.keys()].map(decodeURIComponent).sort();
    const organisations = hub.hub.registry.organisations.map(({ id }) => `public/org:${id}.json`);
    expect(names).toEqual(
      [...organisations, 'public/hub.json', 'public/org:hub.json', 'secrets/index:POLICE-01.json'].sort(),
    );
    for (const [, bytes] of intruder.files) expect(JSON.parse(bytes.toString('utf8'))).not.toHaveProperty('d');
  });

  it('can touch no table and become no other role', async () => {
    const tables = await rowsOf<{ name: string; column: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name,
              (select quote_ident(attname) from pg_attribute a where a.attrelid = c.oid and attnum > 0
                order by attnum desc limit 1) as column
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'm', 'p') and n.nspname !~ '^(pg_|information_schema)'`,
    );
    expect(tables.length).toBeGreaterThan(15);
    for (const { name, column } of tables) {
      for (const statement of [
        `select * from ${name}`,
        `table ${name}`,
        `copy ${name} to stdout`,
        `insert into ${name} default values`,
        `update ${name} set ${column} = ${column}`,
        `delete from ${name}`,
        `truncate ${name}`,
        `create trigger t after insert on ${name} execute function pg_catalog.suppress_redundant_updates_trigger()`,
      ]) {
        expect([statement, refused(await intruder.take(statement))]).toEqual([statement, '42501']);
      }
    }
    const roles = await rowsOf<{ name: string }>(
      `select quote_ident(rolname) as name from pg_roles where not pg_has_role($1, oid, 'member')`,
      [roleNameOf('police-adapter')],
    );
    for (const { name } of roles)
      expect([name, refused(await intruder.take(`set role ${name}`))]).toEqual([name, '42501']);
    for (const statement of [
      'create schema mine',
      'create temporary table mine (a int)',
      'create role mine',
      `select pg_read_file('postgresql.conf')`,
      `select pg_ls_dir('.')`,
      `select lo_import('/etc/passwd')`,
      `copy (select 1) to program 'true'`,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${roleNameOf('sharing')}'`,
      `alter role ${roleNameOf('police-adapter')} createrole`,
    ]) {
      expect([statement, refused(await intruder.take(statement))]).toEqual([statement, '42501']);
    }
  });

  it('is refused what belongs to others by every function, and opens nothing that its own give', async () => {
    const organisations = hub.hub.registry.organisations.map(({ id }) => id);
    const others = organisations.filter((id) => id !== POLICE.organisation);
    const quarantined = () =>
      rowsOf<{ organisation: string; feed: string; subject_key: string; accepted_no: string; attempt_id: string }>(
        `select a.organisation, a.feed, i.subject_key, a.accepted_no, a.attempt_id
           from inbox.item i join inbox.attempt a using (attempt_id) where i.reason is not null and a.accepted_no is not null`,
      );
    const shards = Array.from({ length: 16 }, (_, shard) => shard);
    const police = roleNameOf('police-adapter');
    const none = [[], [], [], [], [], [], [], [], [], [], [], [], [], [], [], []];
    const calls: Readonly<Record<string, () => Promise<void>>> = {
      'platform.recorded_now': async () => void (await intruder.take('select platform.recorded_now()')),
      'inbox.shard_of': async () => void (await intruder.take('select inbox.shard_of($1)', [person])),
      'inbox.settled': async () => void (await intruder.take('select inbox.settled(0)')),
      'inbox.backlog': async () => void (await intruder.take('select inbox.backlog(0, 1000000)')),
      'inbox.unfiled': async () => {
        const text = 'select * from inbox.unfiled(0, 0, $1, $2, null, $3, 100000)';
        for (const older of [null, '0 seconds']) {
          const all = given(await intruder.take(text, [shards, null, older]));
          expect(all.length).toBeGreaterThan(older === null ? 5 : 0);
          for (const { bytes } of all) {
            expect(Buffer.from(bytes as Uint8Array).toString()).toContain('"organisation":"POLICE-01"');
          }
          expect(given(await intruder.take(text, [shards, others, older]))).toEqual([]);
        }
      },
      // Claims are those of a login role: what this one takes is taken from its own relays alone.
      'inbox.claim_shards': async () => {
        const before = await rowsOf<Record<string, unknown>>(
          'select * from inbox.relay_shard where role <> $1 order by role, shard',
          [police],
        );
        expect(
          given(await intruder.take('select inbox.claim_shards($1, 16, $2)', ['intruder', '1 second'])).length,
        ).toBe(16);
        const after = await rowsOf<Record<string, unknown>>(
          'select * from inbox.relay_shard where role <> $1 order by role, shard',
          [police],
        );
        expect(after.map((row) => [row['role'], row['shard'], row['owner']])).toEqual(
          before.map((row) => [row['role'], row['shard'], row['owner']]),
        );
      },
      'inbox.release_shards': async () => {
        const owners = await rowsOf<{ owner: string }>(
          'select distinct owner from inbox.relay_shard where role <> $1',
          [police],
        );
        for (const { owner } of owners) await intruder.take('select inbox.release_shards($1)', [owner]);
        expect(await rowsOf('select distinct owner from inbox.relay_shard where role <> $1', [police])).toHaveLength(
          owners.length,
        );
      },
      'inbox.receipt': async () => {
        for (const { organisation, client, receipt_id } of attempts) {
          for (const as of new Set([client, POLICE.connector, null])) {
            const rows = given(await intruder.take('select * from inbox.receipt($1, $2)', [as, receipt_id]));
            expect([organisation, rows.length > 0]).toEqual([
              organisation,
              organisation === POLICE.organisation && (as === null || as === client),
            ]);
          }
        }
      },
      'inbox.receipt_items': async () => {
        for (const { organisation, client, receipt_id } of attempts) {
          for (const as of new Set([client, POLICE.connector, null])) {
            const text = 'select * from inbox.receipt_items($1, $2, -1, 100000)';
            const rows = given(await intruder.take(text, [as, receipt_id]));
            expect([organisation, rows.length > 0]).toEqual([
              organisation,
              organisation === POLICE.organisation && (as === null || as === client),
            ]);
          }
        }
      },
      'inbox.find_accepted': async () => {
        for (const { organisation, client, feed, idempotency_key } of attempts) {
          const rows = given(
            await intruder.take('select * from inbox.find_accepted($1, $2, $3)', [client, feed, idempotency_key]),
          );
          expect([organisation, rows.length]).toEqual([organisation, organisation === POLICE.organisation ? 1 : 0]);
        }
      },
      'inbox.place': async () => {
        const records = (await rowsOf<{ organisation: string; record: Buffer }>('select * from inbox.place')).filter(
          ({ organisation }) => organisation !== POLICE.organisation,
        );
        expect(records).not.toEqual([]);
        const text = `select * from inbox.place($1, $2, '{}', '{}', '{}', '{}', '{}', $3)`;
        const asked = records.map(({ record }) => record);
        expect(given(await intruder.take(text, [randomUUID(), POLICE.organisation, asked]))).toEqual([]);
        for (const organisation of others) {
          expect(refused(await intruder.take(text, [randomUUID(), organisation, asked]))).toBe('42501');
        }
      },
      'inbox.notices': async () => {
        for (const { organisation, client, feed } of attempts) {
          for (const as of [client, null]) {
            const rows = given(
              await intruder.take('select * from inbox.notices($1, $2, $3, 10000)', [as, organisation, feed]),
            );
            if (organisation !== POLICE.organisation) expect(rows).toEqual([]);
          }
        }
      },
      'inbox.heartbeat_received': async () => {
        for (const organisation of others) {
          const text = `select inbox.heartbeat_received($1, 'any', 'any', null)`;
          expect(refused(await intruder.take(text, [organisation]))).toBe('42501');
        }
      },
      'inbox.submissions': async () => {
        for (const { organisation, client, feed, receipt_id } of attempts) {
          for (const as of [null, client]) {
            const text = 'select * from inbox.submissions($1, $2, $3, null, 10000)';
            const rows = given(await intruder.take(text, [organisations, feed, as]));
            expect(rows.every((row) => row['organisation'] === POLICE.organisation)).toBe(true);
            expect([organisation, rows.some((row) => row['receipt_id'] === receipt_id)]).toEqual([
              organisation,
              organisation === POLICE.organisation,
            ]);
          }
        }
      },
      'inbox.heartbeats': async () => {
        await api.call(HEALTH.connector, 'POST', `/v1/feeds/${HEALTH.records}/heartbeats`, '{}');
        const text = 'select * from inbox.heartbeats($1, $2, 100)';
        expect(given(await intruder.take(text, [organisations, HEALTH.records]))).toEqual([]);
      },
      'inbox.feed_standing': async () => {
        for (const { organisation, feed } of attempts) {
          const rows = given(await intruder.take('select * from inbox.feed_standing($1, $2, null, 0)', [organisation, feed])); // prettier-ignore
          expect([organisation, rows.length]).toEqual([organisation, organisation === POLICE.organisation ? 1 : 0]);
        }
      },
      'inbox.quarantine': async () => {
        const text = 'select * from inbox.quarantine($1, $2, null, null, null, null, null, 10000)';
        const found = await quarantined();
        expect(new Set(found.map(({ organisation }) => organisation)).size).toBeGreaterThan(2);
        for (const { organisation, feed } of found) {
          const rows = given(await intruder.take(text, [[organisation], feed]));
          expect([organisation, rows.length > 0]).toEqual([organisation, organisation === POLICE.organisation]);
        }
      },
      'inbox.suspensions_of': async () => {
        for (const { organisation, subject_key, accepted_no } of await quarantined()) {
          const rows = given(await intruder.take('select * from inbox.suspensions_of($1, $2)', [subject_key, accepted_no])); // prettier-ignore
          if (organisation !== POLICE.organisation) expect(rows).toEqual([]);
        }
      },
      'inbox.decide_quarantine': async () => {
        const text = `select inbox.decide_quarantine($1, $2, $3, 'discarded', 'any', '{}')`;
        const [own] = await rowsOf<{ attempt_id: string }>(
          `select attempt_id from inbox.attempt where organisation = 'POLICE-01' and accepted_no is null limit 1`,
        );
        for (const { organisation, subject_key, accepted_no, attempt_id } of await quarantined()) {
          if (organisation === POLICE.organisation) continue;
          for (const attempt of [attempt_id, own?.attempt_id ?? randomUUID(), randomUUID()]) {
            expect(refused(await intruder.take(text, [attempt, subject_key, accepted_no]))).toBe('42501');
          }
        }
        expect(await rowsOf('select * from inbox.quarantine_decision')).toEqual([]);
      },
      'inbox.accept': async () => {
        for (const { organisation, attempt_id } of attempts) {
          const loot = await intruder.take('select * from inbox.accept($1, $2, $3)', [
            [attempt_id],
            [randomBytes(32)],
            [randomUUID()],
          ]);
          if (organisation !== POLICE.organisation) expect(refused(loot)).toBe('42501');
        }
        expect(
          refused(
            await intruder.take('select * from inbox.accept($1, $2, $3)', [
              [randomUUID()],
              [randomBytes(32)],
              [randomUUID()],
            ]),
          ),
        ).toBe('42501');
      },
      'inbox.purge': async () => {
        const held = () => rowsOf('select 1 from inbox.item where bytes is not null');
        const before = (await held()).length;
        await intruder.take('select inbox.purge()');
        expect(await held()).toHaveLength(before);
      },
      'inbox.sweep': async () => {
        await intruder.take('select inbox.sweep()');
        expect(await rowsOf('select 1 from inbox.attempt where accepted_no is not null')).toHaveLength(attempts.length);
      },
      'inbox.drop_attempt': async () => {
        for (const { attempt_id } of attempts) await intruder.take('select inbox.drop_attempt($1)', [attempt_id]);
        expect(await rowsOf('select * from inbox.attempt where accepted_no is not null')).toHaveLength(attempts.length);
      },
      'inbox.stage': async () => {
        for (const organisation of others) {
          const loot = await intruder.take(
            `select inbox.stage($1, 'any', 'any', $2, 'any', '', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
            [randomUUID(), organisation, ...none],
          );
          expect(refused(loot)).toBe('42501');
        }
      },
      'refs.ensure': async () => {
        const text = 'select * from refs.ensure($1, $2, $3, $4, $5)';
        for (const organisation of organisations) {
          const triple = intruder.triple(organisation, 'child', `${canary} system`, person);
          const known = triple ?? randomBytes(32);
          const loot = await intruder.take(text, [
            [known],
            ['child'],
            [organisation],
            [randomBytes(16).toString('hex')],
            [randomBytes(32)],
          ]);
          expect([organisation, 'refused' in loot]).toEqual([organisation, triple === undefined]);
        }
      },
    };
    const reachable = await rightsOf(superuser, roleNameOf('police-adapter'));
    expect(reachable.functions).toEqual(Object.keys(calls).sort());
    for (const name of reachable.functions) await calls[name]!();

    const catalogue = await rowsOf<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('pg_catalog', 'information_schema') and c.relkind in ('r', 'v')
          and has_table_privilege($1, c.oid, 'select')`,
      [roleNameOf('police-adapter')],
    );
    for (const { name } of catalogue) await intruder.take(`select t::text from ${name} t limit 20000`);

    expect(intruder.loot.length).toBeGreaterThan(1_000_000);
    expect(findCanaries(intruder.loot, canaries)).toEqual([]);

    const finals = await rowsOf<{ bytes: Buffer }>('select bytes from inbox.item where bytes is not null');
    expect(await intruder.open(finals.map(({ bytes }) => bytes))).toEqual([]);
    const submissionKeys = await rowsOf<SubmissionKey>('select * from sealing.submission_key');
    const wrapped = await rowsOf<{ wrapped: Buffer }>('select wrapped from sealing.data_key limit 2000');
    expect(
      await intruder.openWrapped(
        submissionKeys,
        wrapped.map((row) => row.wrapped),
      ),
    ).toBe(0);
  }, 120_000);

  it('would find the canaries with the keys of sharing, in those very bytes', async () => {
    const shards = Array.from({ length: 16 }, (_, shard) => shard);
    const unfiled = given(
      await intruder.take('select bytes from inbox.unfiled(0, 0, $1, null, null, null, 10000)', [shards]),
    );
    expect(unfiled.length).toBeGreaterThan(5);
    const pool = new pg.Pool({ connectionString: hub.hub.database.urlOf(roleNameOf('sharing')), max: 1 });
    try {
      const opener = createPartOpener(openFileKeyService(join(hub.configuration.keysDir, 'sharing')));
      const opened = await unsealParts(pool, opener, unfiled as { bytes: Uint8Array }[], PARTS);
      const holding = opened.filter((one) => findCanaries(Buffer.from(JSON.stringify(one)), canaries).length > 0);
      expect(opened.every(({ unreadable }) => unreadable.length === 0)).toBe(true);
      expect(holding.length).toBe(opened.length);
    } finally {
      await pool.end();
    }
  });
});

describe('what an adapter’s role may put in', () => {
  let police: pg.Client;
  let health: pg.Client;
  /** Contributions as their adapters sealed them. */
  let ofPolice: Buffer;
  let ofHealth: Buffer;

  const clientOf = async (app: AppRole): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: hub.hub.database.urlOf(roleNameOf(app)) });
    await client.connect();
    return client;
  };
  const stage = (client: pg.Client, attempt: string, organisation: string, itemNo: number, bytes: Buffer) =>
    client.query(
      `select inbox.stage($1, 'a-connector', 'a-feed', $2, $3, '', array[$4::int], array['p'], array[$5::uuid], array[$6],
         array[$7], array[$8::bytea], array[null::text], array[null::text], '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`,
      [attempt, organisation, attempt, itemNo, randomUUID(), 'child', randomBytes(16).toString('hex'), bytes],
    );
  const isRefused = (call: Promise<unknown>) =>
    call.then(
      () => 'allowed',
      (error: { code?: string }) => error.code,
    );
  const itemsIn = async (attempt: string) =>
    (await rowsOf<{ path: string }>('select path from inbox.item where attempt_id = $1', [attempt])).length;

  beforeAll(async () => {
    [police, health] = [await clientOf('police-adapter'), await clientOf('health-adapter')];
    const sealedBy = async (organisation: string): Promise<Buffer> => {
      const [row] = await rowsOf<{ bytes: Buffer }>(
        `select i.bytes from inbox.item i join inbox.attempt a using (attempt_id)
          where a.organisation = $1 and i.subject_kind = 'child' and i.bytes is not null limit 1`,
        [organisation],
      );
      return row!.bytes;
    };
    [ofPolice, ofHealth] = [await sealedBy('POLICE-01'), await sealedBy('HEALTH-01')];
  });
  afterAll(() => Promise.all([police.end(), health.end()]));

  it('takes its own organisation’s contributions', async () => {
    const attempt = randomUUID();
    await stage(police, attempt, 'POLICE-01', 1, ofPolice);
    expect(await itemsIn(attempt)).toBe(1);
  });

  it('does not drop another organisation’s submission', async () => {
    const attempt = randomUUID();
    await stage(health, attempt, 'HEALTH-01', 1, ofHealth);
    await isRefused(police.query('select inbox.drop_attempt($1)', [attempt]));
    expect(await itemsIn(attempt)).toBe(1);
  });

  it('does not add to another organisation’s submission', async () => {
    const attempt = randomUUID();
    await stage(health, attempt, 'HEALTH-01', 1, ofHealth);
    expect(await isRefused(stage(police, attempt, 'POLICE-01', 2, ofPolice))).toBe('42501');
    expect(await itemsIn(attempt)).toBe(1);
  });

  it('does not add to what was acknowledged', async () => {
    const [accepted] = await rowsOf<{ attempt_id: string }>(
      `select attempt_id from inbox.attempt where organisation = 'POLICE-01' and accepted_no is not null limit 1`,
    );
    const before = await itemsIn(accepted!.attempt_id);
    expect(await isRefused(stage(police, accepted!.attempt_id, 'POLICE-01', 100_000, ofPolice))).toBe('42501');
    expect(await itemsIn(accepted!.attempt_id)).toBe(before);
  });

  it('does not take a contribution that names another owner', async () => {
    const forged = Buffer.from(
      ofPolice.toString().replaceAll('"organisation":"POLICE-01"', '"organisation":"HEALTH-01"'),
    );
    expect(forged.equals(ofPolice)).toBe(false);
    expect(await isRefused(stage(police, randomUUID(), 'POLICE-01', 1, forged))).toBe('42501');
  });

  it('does not give away another organisation’s reference, whoever asks with its HMAC', async () => {
    const [reference] = await rowsOf<{ triple: Buffer }>(
      `select triple from refs.reference where organisation = 'HEALTH-01' and subject_kind = 'child' limit 1`,
    );
    const asked = police.query<object>(`select * from refs.ensure($1, '{child}', '{POLICE-01}', '{x}', $2)`, [
      [reference!.triple],
      [randomBytes(32)],
    ]);
    expect((await asked.catch(() => ({ rows: [] }))).rows).toEqual([]);
  });
});

describe('rights in the database', () => {
  const intakeFunctions = [
    'inbox.accept',
    'inbox.backlog',
    'inbox.claim_shards',
    'inbox.decide_quarantine',
    'inbox.drop_attempt',
    'inbox.feed_standing',
    'inbox.find_accepted',
    'inbox.heartbeat_received',
    'inbox.heartbeats',
    'inbox.notices',
    'inbox.place',
    'inbox.purge',
    'inbox.quarantine',
    'inbox.receipt',
    'inbox.receipt_items',
    'inbox.release_shards',
    'inbox.settled',
    'inbox.shard_of',
    'inbox.stage',
    'inbox.submissions',
    'inbox.suspensions_of',
    'inbox.sweep',
    'inbox.unfiled',
    'refs.ensure',
  ];
  const appendFunctions = ['store.append', 'store.create_once'];
  const readStore = { 'store.event': 'select', 'store.head': 'select' };
  const intake = { relations: {}, functions: [...intakeFunctions, 'platform.recorded_now'] };

  /** All that each role may reach. What is not here is refused. */
  const RIGHTS: Readonly<
    Record<AppRole, { relations: Readonly<Record<string, string>>; functions: readonly string[] }>
  > = {
    'police-adapter': intake,
    'health-adapter': intake,
    'education-adapter': intake,
    'social-care-adapter': intake,
    intake,
    timeline: {
      relations: readStore,
      functions: [...appendFunctions, 'platform.raise_recorded', 'platform.recorded_now'],
    },
    sharing: {
      relations: {
        ...readStore,
        'inbox.attempt': 'select',
        'inbox.heartbeat': 'select',
        'inbox.item': 'select',
        'projection.blind': 'select insert delete',
        'projection.contribution': 'select insert delete',
        'projection.emergency_access': 'select insert delete',
        'projection.emergency_owner': 'select insert delete',
        'projection.emergency_review': 'select insert delete',
        'projection.filed': 'select insert delete',
        'projection.generation': 'select insert update delete',
        'projection.membership': 'select insert update delete',
        'projection.question': 'select insert update delete',
        'projection.read': 'select insert delete',
        'projection.read_subject': 'select insert delete',
        'projection.relation': 'select insert delete',
        'projection.relation_review': 'select insert delete',
        'refs.reference': 'select(triple,subject_kind,subject_key,organisation)',
        'sealing.data_key': 'select',
        'sealing.submission_key': 'select',
        'sharing.handle': 'select insert',
        'sharing.pair': 'select insert',
        'sharing.scim_member': 'select insert delete',
        'sharing.scim_resource': 'select insert update delete',
      },
      functions: [
        ...intakeFunctions,
        ...appendFunctions,
        'inbox.receipt_standing',
        'platform.raise_recorded',
        'platform.recorded_now',
        'projection.is_filed',
        'projection.live',
      ],
    },
    audit: {
      relations: {
        ...readStore,
        'inbox.attempt': 'select',
        'inbox.item': 'select',
        'projection.blind': 'select',
        'projection.contribution': 'select',
        'projection.generation': 'select',
        'projection.read': 'select',
        'projection.read_subject': 'select',
        'refs.reference': 'select(triple,subject_kind,subject_key,organisation)',
        'sealing.data_key': 'select',
        'sealing.submission_key': 'select',
      },
      functions: [...appendFunctions, 'platform.raise_recorded', 'platform.recorded_now', 'projection.live'],
    },
    web: { relations: { 'web.session': 'select insert update delete' }, functions: ['platform.recorded_now'] },
    clock: {
      relations: readStore,
      functions: [
        ...appendFunctions,
        'platform.clock_is_new',
        'platform.raise_recorded',
        'platform.recorded_now',
        'platform.set_clock',
      ],
    },
  };

  it.each(Object.keys(APP_ROLES) as AppRole[])('of %s are these and no others', async (app) => {
    const { relations, functions } = RIGHTS[app];
    expect(await rightsOf(superuser, roleNameOf(app))).toEqual({
      role: roleNameOf(app),
      attributes: [],
      memberOf: [...APP_ROLES[app]].sort(),
      relations,
      functions: [...functions].sort(),
    });
  });

  it.each(['timeline', 'sharing', 'audit', 'clock'] as const)('do not let %s change an event', async (app) => {
    const client = new pg.Client({ connectionString: hub.hub.database.urlOf(roleNameOf(app)) });
    await client.connect();
    try {
      for (const statement of [
        `update store.event set data = ''`,
        'delete from store.event',
        'truncate store.event',
        'update store.head set position = 1',
        'delete from store.head',
        'truncate store.head',
        `insert into store.event (position, stream, revision, id, type, data, metadata)
           values (999999, 'x', 0, gen_random_uuid(), 'x', '', '')`,
        'alter table store.event disable trigger all',
      ]) {
        await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await client.end();
    }
  });

  it('do not let the owner of the tables change an event by mistake', async () => {
    for (const statement of [`update store.event set data = ''`, 'delete from store.event', 'truncate store.event']) {
      await expect(hub.sql.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('erasure of one record', () => {
  const child = nhsNumber(4712);
  const login = 'erasure-reader';
  let paths: ReadonlyMap<string, string>;

  const idsOf = (record: string): string[] => [...paths].flatMap(([path, id]) => (path.startsWith(record) ? [id] : []));
  const withoutTimes = ({ entries, notices }: Chronology) => ({
    notices,
    entries: entries.map(({ times: { occurred }, ...entry }) => ({ ...entry, times: { occurred } })),
  });

  beforeAll(async () => {
    const details = recordOf({
      recordId: 'PD-1',
      personId: child,
      recordType: 'personal.details',
      payload: { firstName: 'Robin', lastName: 'Lane', dateOfBirth: '2015-06-12', address: { line1: '1 Long Lane' } },
    });
    const services = recordOf({
      recordId: 'CS-1',
      personId: child,
      recordType: 'childrens-services.details',
      payload: {
        teamInvolvement: ['Family help'],
        childrensServicesReferrals: [{ date: '2025-06-07', type: 'Social care' }],
      },
    });
    const items = await api.filed(
      AUTHORITY.connector,
      AUTHORITY.records,
      custodianFile(AUTHORITY, [details, services]),
    );
    paths = new Map(items.map(({ path, contribution }) => [path, contribution]));
    await api.filed(
      HEALTH.connector,
      HEALTH.records,
      custodianFile(HEALTH, [
        recordOf({ recordId: 'HE-1', personId: child, recordType: 'health.details', payload: { gpTelephone: '1' } }),
      ]),
    );
    const staff = staffDocument(HEALTH, [post(HEALTH, login, 1)], [allocation(HEALTH, login, child, 1)]);
    await api.filed(HEALTH.connector, HEALTH.staff, staff);
  });

  it('makes that record unreadable and changes nothing else', async () => {
    const before = await api.seen(login, child);
    expect(before.entries.map(({ recordType }) => recordType).sort()).toEqual([
      'childrens-services.details',
      'childrens-services.details',
      'health.details',
      'personal.details',
    ]);
    const erased = idsOf('records[1]');
    expect(erased).toHaveLength(2);
    const { rowCount } = await hub.sql.query('delete from sealing.data_key where contribution_id = any ($1::uuid[])', [
      erased,
    ]);
    expect(rowCount).toBeGreaterThanOrEqual(4);

    const after = await api.seen(login, child);
    expect(withoutTimes(after)).toEqual(
      withoutTimes({
        ...before,
        entries: before.entries.map((entry) =>
          erased.includes(entry.entryId)
            ? { ...entry, content: {}, location: {}, marks: [...entry.marks, 'cannot-be-read'] }
            : entry,
        ),
      }),
    );
  });

  it('leaves every chain and every recorded read verifiable', async () => {
    const { findings, reads, erasedParts, events } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads.differs + reads['other-code']).toBe(0);
    expect(reads.same).toBeGreaterThan(5);
    expect(events).toBeGreaterThan(50);
    expect(erasedParts).toBeGreaterThan(0);
  });

  describe('that alone said who the child is, in its organisation', () => {
    let before: Chronology;
    let erased: string[];

    beforeAll(async () => {
      before = await api.seen(login, child);
      erased = before.entries.flatMap(({ entryId, owner }) =>
        owner.organisation === HEALTH.organisation ? [entryId] : [],
      );
      await hub.sql.query('delete from sealing.data_key where contribution_id = any ($1::uuid[])', [erased]);
    });

    it('makes that record unreadable and changes nothing else', async () => {
      const after = await api.seen(login, child);
      const others = ({ entries }: Chronology) => entries.filter(({ entryId }) => !erased.includes(entryId));
      expect(others(after).map(({ entryId }) => entryId)).toEqual(others(before).map(({ entryId }) => entryId));
      const marks = after.entries.flatMap((entry) => (erased.includes(entry.entryId) ? entry.marks : []));
      expect(marks).toEqual(['cannot-be-read']);
    });

    it('leaves every recorded read verifiable', async () => {
      const { findings } = await verifyHub(hub);
      expect(findings).toEqual([]);
    });
  });
});
