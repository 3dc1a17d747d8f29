import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { PROJECTED_TABLES } from '#apps/sharing';
import { attachOrOpenEmbedded, ensureOwnedDatabase, keepErrorsLocal, openEventStore, type Database } from '#engines';
import type { EventStore, NewEvent } from '#event-sourcing';
import { readRegistry } from '#intake';
import { roleNameOf, type AppRole } from '../../apps/hub/src/hub-roles.js';
import { prepareDatabase } from '../../apps/hub/src/prepare-database.js';
import { EventStream } from './event-stream.js';
import { sendToHub } from './ingest-stage.js';
import type { StageContext } from './stage.js';
import { lastAccepted, waitUntilFiled, type World } from './world.js';

/** A contribution as the hub filed it. */
export interface Filed extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly contributionId: string;
}

/**
 * A second database in the hub's PostgreSQL, with the schema and roles of a hub, and with contributions that the hub
 * itself took in and filed: references, inbox and sealed keys are in it, the store holds its first event alone.
 */
export interface Twin {
  readonly pool: pg.Pool;
  /** In the order in which the hub filed them; of each stream from its beginning. */
  readonly filed: readonly Filed[];
  /** Digest of what is filed, in that order. */
  readonly sha256: string;
  urlOf(app: AppRole): string;
  openStore(app: AppRole): Promise<EventStore>;
  /** Store and projection are as they were at first. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const OWNER = 'sightline_owner';
const REGISTRY = 'deploy/registry/development.json';
const CHUNK = 500;

const CHILD_EVENTS = `select stream, revision::int, id, type, data, metadata,
    convert_from(data, 'UTF8')::json #>> '{envelope,contributionId}' as "contributionId"
  from store.event where stream like 'child-%' order by position limit $1`;

/** Has the hub file what is missing, so that it holds so many contributions. */
const fileEnough = async (context: StageContext, count: number): Promise<Filed[]> => {
  const { world, options, say } = context;
  const stream = new EventStream(options.seed);
  for (let tries = 0; ; tries += 1) {
    const { rows } = await world.pool.query(CHILD_EVENTS, [count]);
    if (rows.length >= count) return rows as Filed[];
    if (tries === 10) throw new Error('the hub does not file what it is sent');
    say(`sending the hub what it is to file: it holds ${rows.length} of ${count}`);
    const events = stream.take(Math.ceil((count - rows.length) * 1.2));
    const tokens = new Map<string, string>();
    for (const { agency } of events) tokens.set(agency.clientId, await world.authorization(agency.clientId));
    const before = await lastAccepted(world.pool);
    const ledger = { acknowledged: [], problems: [] as string[] };
    await sendToHub(context, tokens, ledger, events);
    if (ledger.problems.length > 0) throw new Error(ledger.problems[0]);
    await waitUntilFiled(world.pool, before);
  }
};

/** Copies the rows that the condition of `$1` selects. */
const copyRows = async (from: pg.Pool, to: pg.Pool, table: string, where: string, ids: readonly string[]) => {
  const { rows } = await from.query(`select to_jsonb(t) as row from ${table} t where ${where}`, [ids]);
  for (let i = 0; i < rows.length; i += CHUNK) {
    const some = (rows as { row: object }[]).slice(i, i + CHUNK).map(({ row }) => row);
    await to.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
      JSON.stringify(some),
    ]);
  }
};

const COPIES: readonly (readonly [table: string, where: string])[] = [
  ['sealing.data_key', 't.contribution_id = any ($1::uuid[])'],
  [
    'sealing.submission_key',
    't.submission_id in (select d.submission_id from sealing.data_key d where d.contribution_id = any ($1::uuid[]))',
  ],
  [
    'inbox.attempt',
    't.accepted_no is not null and t.attempt_id in (select i.attempt_id from inbox.item i where i.contribution_id = any ($1::uuid[]))',
  ],
  [
    'inbox.item',
    't.contribution_id = any ($1::uuid[]) and t.attempt_id in (select a.attempt_id from inbox.attempt a where a.accepted_no is not null)',
  ],
];

const EMPTY = `
begin;
set local session_replication_role = replica;
create temporary table first on commit drop as select * from store.event where position = 1;
truncate store.event;
insert into store.event select * from first;
update store.head set position = 1, event_id = (select id from first);
truncate ${PROJECTED_TABLES.map((name) => `projection.${name}`).join(', ')};
delete from projection.generation;
commit;
`;

const openDatabaseOf = async (world: World, name: string) => {
  const log = (): void => undefined;
  const server = await attachOrOpenEmbedded({ directory: join(world.dataDir, 'postgres'), log });
  const superuserUrl = server.url('postgres', 'postgres');
  await ensureOwnedDatabase(superuserUrl, { database: name, owner: OWNER, ownerPassword: server.password(OWNER) });
  const database: Database = {
    ownerUrl: server.url(OWNER, name),
    urlOf: (role) => server.url(role, name),
    passwordOf: (role) => server.password(role),
    stop: () => Promise.resolve(),
  };
  await prepareDatabase(database, await readRegistry(REGISTRY));
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: server.url('postgres', name), max: 2 }));
  return { database, pool };
};

/** Opens a twin that holds so many contributions. */
export const openTwin = async (context: StageContext, name: string, count: number): Promise<Twin> => {
  const { world } = context;
  const filed = await fileEnough(context, count);
  const { database, pool } = await openDatabaseOf(world, name);
  world.undoing.add(() => pool.end());
  const keys = [...new Set(filed.map(({ stream }) => stream.slice('child-'.length)))];
  await copyRows(world.pool, pool, 'refs.reference', 't.subject_key = any ($1::text[])', keys);
  const ids = filed.map(({ contributionId }) => contributionId);
  for (const [table, where] of COPIES) await copyRows(world.pool, pool, table, where, ids);
  const urlOf = (app: AppRole): string => database.urlOf(roleNameOf(app));
  const openStore = (app: AppRole): Promise<EventStore> =>
    openEventStore({
      eventStoreUrl: 'embedded:',
      databaseUrl: urlOf(app),
      applicationName: 'bench_twin',
      hub: 'hub',
      clock: pool,
    });
  // Whoever opens the store first creates it.
  await (await openStore('timeline')).close();
  const hash = createHash('sha256');
  for (const { data } of filed) hash.update(data);
  return {
    pool,
    filed,
    sha256: hash.digest('hex'),
    urlOf,
    openStore,
    empty: async () => {
      await pool.query(EMPTY);
    },
    close: () => pool.end(),
  };
};
