import pg, { type Pool } from 'pg';
import { BlindIndex, ChronologyReader, Handles, Projector, sharingEntities, TokenBox } from '#apps/sharing';
import { eventId, streamOf } from '#contracts';
import { openDataSource, pgPool } from '#engines';
import type { StoredEvent } from '#event-sourcing';
import { Inbox, type InboxItem } from '#intake';
import { recordedNow, type KeyService, type PartOpener } from '#platform';
import { evolve, fileContribution, initialState, readContribution, type TimelineState } from '#timeline';
import { MIGRATIONS } from '../../../apps/hub/src/prepare-database.js';
import { ChildSearchesController } from '../../../apps/sharing/src/http/child-searches.controller.js';
import { ChronologyController } from '../../../apps/sharing/src/http/chronology.controller.js';
import { HandleRow } from '../../../apps/sharing/src/reading/handle.row.js';
import { Completeness } from '../../../apps/sharing/src/reading/completeness.js';
import { ReceiptWait } from '../../../apps/sharing/src/reading/receipt-wait.js';
import { Notices } from '../../../libs/intake/src/notices.js';
import { Receipts } from '../../../libs/intake/src/receipts.js';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.js';
import { CAST } from './cast.js';
import { READ_AT, type World, type WorldItem } from './world.js';
import type { SealedItem, SealedSubmission, WorldSealer } from './world-sealer.js';

const STORE_ID = '00000000-0000-4000-8000-0000000000aa';
const FIRST_EVENT = '00000000-0000-4000-8000-0000000000ab';

/** The place of one world after another: a database in which each world is the live generation while it is looked at. */
export interface WorldDatabase {
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly opener: PartOpener;
  readonly blind: BlindIndex;
  readonly box: TokenBox;
  readonly handles: Handles;
  readonly searches: ChildSearchesController;
  readonly chronology: ChronologyController;
  readonly reader: ChronologyReader;
  readonly completeness: Completeness;
  readonly receipts: Receipts;
  readonly notices: Notices;
  /**
   * Makes a world the live one. Its log begins after `start`. Returns the receipts of what came by the inbox: the
   * submissions asked for, and what is pending. What else is filed is not looked for there.
   */
  load(
    world: World,
    sealer: WorldSealer,
    options: { readonly start: number; readonly asked: readonly SealedSubmission[] },
  ): Promise<ReadonlyMap<SealedSubmission, string>>;
  close(): Promise<void>;
}

const prepare = async (pool: Pool): Promise<void> => {
  // Time stands still, so that two reads may have the same bytes.
  await pool.query(
    `create or replace function platform.recorded_now() returns timestamptz
     language sql stable security definer set search_path = pg_catalog as $$ select timestamptz '${READ_AT}' $$`,
  );
  await pool.query(`insert into inbox.role_organisation (role, organisation) values (session_user, '*')`);
  await pool.query(
    `insert into inbox.heartbeat (organisation, feed, client, covers_until, received_at)
     select o, 'records', 'connector', null, timestamptz '${READ_AT}' - n * interval '7 minutes'
       from unnest($1::text[]) with ordinality as x (o, n)`,
    [CAST.map(({ id }) => id)],
  );
};

/** Nothing here has to outlive a crash; it is for the connections that are opened from now on. */
const withoutWaitingForTheDisk = async ({ name, url }: TestDatabase): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`alter database ${name} set synchronous_commit = off`);
  await client.end();
};

/** Events of the filed items in the order of the log, as filing appends them. */
const eventsOf = (items: readonly SealedItem[], start: number): StoredEvent[] => {
  const streams = new Map<string, { state: TimelineState; revision: number }>();
  const events: StoredEvent[] = [];
  for (const { bytes } of items.flatMap(({ rows }) => rows)) {
    const contribution = readContribution(bytes);
    const stream = streamOf(contribution.envelope.subject);
    const { state, revision } = streams.get(stream) ?? { state: initialState, revision: -1 };
    const [event] = fileContribution(contribution)(state);
    if (!event) continue;
    streams.set(stream, { state: evolve(state, event), revision: revision + 1 });
    // Other children's events lie between: positions grow by more than one now and then.
    const position = (events.at(-1)?.position ?? start) + (event.data.length % 3 === 0 ? 3 : 1);
    events.push({ ...event, metadata: new Uint8Array(), stream, revision: revision + 1, position });
  }
  return events;
};

const accept = async (
  inbox: Inbox,
  submissions: ReadonlyMap<SealedSubmission, readonly InboxItem[]>,
): Promise<Map<SealedSubmission, string>> => {
  const accepted = await Promise.all(
    [...submissions].map(async ([submission, items]) => {
      const receiptId = eventId(submission.id, 9);
      await inbox.accept(
        {
          attemptId: submission.id,
          client: submission.sender.client,
          feed: submission.sender.feed,
          organisation: submission.sender.organisation,
          idempotencyKey: submission.id,
          trace: '',
        },
        { items, keys: submission.keys },
        new Uint8Array(32),
        receiptId,
      );
      return [submission, receiptId] as const;
    }),
  );
  return new Map(accepted);
};

/** What each submission holds of this world, numbered from 1. Submissions come in the order of the items. */
const bySubmission = (items: readonly WorldItem[], sealer: WorldSealer): Map<SealedSubmission, InboxItem[]> =>
  new Map(
    [...Map.groupBy(items, (item) => sealer.sealed.get(item)!.submission)].map(([submission, its]) => [
      submission,
      its
        .flatMap((item) => sealer.sealed.get(item)!.rows)
        .sort((a, b) => a.itemNo - b.itemNo)
        .map((row, i) => ({ ...row, itemNo: i + 1 })),
    ]),
  );

/** The keys of what was filed: all that a read needs of where it came in. */
const keepKeys = async (
  pool: Pool,
  submissions: ReadonlyMap<SealedSubmission, readonly InboxItem[]>,
): Promise<void> => {
  const keys = [...submissions.keys()].flatMap(({ id, keys: rows }) => rows.map((row) => ({ id, ...row })));
  const dataKeys = [...submissions].flatMap(([{ id }, items]) =>
    items.flatMap(({ contributionId, dataKeys: rows }) => rows.map((row) => ({ id, contributionId, ...row }))),
  );
  await pool.query(
    `insert into sealing.submission_key (submission_id, recipient, kid, enc, sealed)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])
     on conflict do nothing`,
    [
      keys.map(({ id }) => id),
      keys.map(({ recipient }) => recipient),
      keys.map(({ kid }) => kid),
      keys.map(({ enc }) => enc),
      keys.map(({ sealed }) => sealed),
    ],
  );
  await pool.query(
    `insert into sealing.data_key (submission_id, contribution_id, part, recipient, wrapped)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[]) on conflict do nothing`,
    [
      dataKeys.map(({ id }) => id),
      dataKeys.map(({ contributionId }) => contributionId),
      dataKeys.map(({ part }) => part),
      dataKeys.map(({ recipient }) => recipient),
      dataKeys.map(({ wrapped }) => wrapped),
    ],
  );
};

const sealedOf = (items: readonly WorldItem[], sealer: WorldSealer): SealedItem[] =>
  items.map((item) => sealer.sealed.get(item)!);

/** Several of these may share one opener, and so open a common submission once. */
export const openWorldDatabase = async (keys: KeyService, opener: PartOpener): Promise<WorldDatabase> => {
  const database = await createTestDatabase({ migrations: MIGRATIONS });
  await withoutWaitingForTheDisk(database);
  const dataSource = await openDataSource({
    url: database.url,
    poolSize: 4,
    applicationName: 'worlds',
    entities: sharingEntities,
    migrations: [],
  });
  const pool = pgPool(dataSource);
  await prepare(pool);
  const inbox = new Inbox(pool, 256);
  const blind = new BlindIndex(await keys.secret('blind'));
  const box = new TokenBox(await keys.secret('token'));
  const handles = new Handles(dataSource.getRepository(HandleRow), box, () => recordedNow(pool));
  const reader = new ChronologyReader({ keys, opener, blind, pool, record: () => Promise.resolve() });
  const organisations = new Map(CAST.map(({ id, kind }) => [id, { name: `The ${id}`, kind }]));
  // Records of reads go nowhere here, and to seal one costs more than to decide what it says.
  Object.defineProperty(reader, 'seal', { value: () => Promise.resolve({ kid: '', enc: '', ct: '' }) });
  const completeness = new Completeness(pool, organisations);
  let generation = 0;

  return {
    pool,
    keys,
    opener,
    blind,
    box,
    handles,
    searches: new ChildSearchesController(handles),
    reader,
    completeness,
    chronology: new ChronologyController(
      handles,
      box,
      reader,
      completeness,
      new ReceiptWait(pool, { keys, opener, blind }),
    ),
    receipts: new Receipts(pool),
    notices: new Notices(pool),
    async load(world, sealer, { start, asked }) {
      generation += 1;
      // What the last world had not filed would be pending in this one too.
      await pool.query('delete from inbox.attempt');
      const rows = sealer.referenceRows;
      await pool.query(
        `insert into refs.reference (triple, subject_kind, subject_key, organisation, secret, created)
         select t, k, key, o, s, platform.recorded_now()
           from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[]) as x (t, k, key, o, s)
         on conflict do nothing`,
        [
          rows.map(({ triple }) => triple),
          rows.map(({ kind }) => kind),
          rows.map(({ key }) => key),
          rows.map(({ organisation }) => organisation),
          rows.map(({ secret }) => secret),
        ],
      );
      const filed = [...bySubmission(world.filed, sealer)].sort(([a], [b]) => (a.id < b.id ? -1 : 1));
      const isAsked = ([submission]: (typeof filed)[number]) => asked.includes(submission);
      await keepKeys(pool, new Map(filed.filter((one) => !isAsked(one))));
      const receipts = await accept(inbox, new Map([...filed.filter(isAsked), ...bySubmission(world.pending, sealer)]));
      await pool.query(`update projection.generation set state = 'old' where state = 'live'`);
      await pool.query(
        `insert into projection.generation (generation, state, store_id, position, event_id) values ($1, 'live', $2, $3, $4)`,
        [generation, STORE_ID, start, FIRST_EVENT],
      );
      const projector = new Projector({ pool, generation, opener, blind });
      const events = eventsOf(sealedOf(world.filed, sealer), start);
      const half = events.length % 4 > 0 ? events.length : Math.floor(events.length / 2);
      const first = await projector.project(events.slice(0, half), await projector.checkpoint());
      await projector.project(events.slice(half), first);
      return receipts;
    },
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
};
