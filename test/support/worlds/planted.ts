import { sortKey, type ReadScope } from '#chronology';
import { getEventType } from '#contracts';
import { inTransaction } from '#engines';
import { currentRecords, markLate, type CurrentRecord, type FiledContribution } from '#timeline';
import { loadReadScope } from '../../../apps/sharing/src/reading/load-read-scope.js';
import { findCoordinates } from '../../../apps/sharing/src/reading/load-scope.js';
import { productDoor, type Door, type PageBody, type PageEntry } from './observe.js';
import type { WorldDatabase } from './world-database.js';

/** A door with one mistake in it. */
export type Planted = (database: WorldDatabase) => Door;

/** A current record that a mistake looks at before, or instead of, deciding. */
interface NearRecord {
  readonly id: string;
  readonly record: CurrentRecord;
  readonly body: FiledContribution;
}

interface Near {
  readonly scope: ReadScope;
  readonly records: readonly NearRecord[];
}

const findNear = async (database: WorldDatabase, login: string, handle: string, purpose: string): Promise<Near> => {
  const description = await database.handles.find(login, handle);
  if (!description) throw new Error('no such handle');
  const { scope } = await inTransaction(database.pool, 'repeatable read, read only', async (client) => {
    const coordinates = await findCoordinates(client);
    return loadReadScope(client, database, coordinates!, login, purpose, description);
  });
  const records = scope.references.flatMap(({ contributions }) => {
    const holders = new Map(
      contributions.filter(({ confirms }) => !confirms).map((one) => [one.envelope.contributionId, one]),
    );
    return currentRecords(contributions)
      .filter(({ contribution }) => getEventType(contribution.envelope.type).kind === 'content')
      .map((record) => ({ id: record.bodyOf, record, body: holders.get(record.bodyOf)! }));
  });
  return { scope, records };
};

/** Everything that is held near the child whom a handle stands for, shown or not. A handle is looked at in one world. */
const everythingNear = (database: WorldDatabase, login: string, handle: string, purpose: string): Promise<Near> => {
  const found = known.get(handle) ?? findNear(database, login, handle, purpose);
  known.set(handle, found);
  return found;
};
const known = new Map<string, Promise<Near>>();

/** Changes every page that is answered, knowing all that is near; refusals stay as they are. */
const withPages =
  (change: (page: PageBody, records: readonly NearRecord[], scope: ReadScope) => object): Planted =>
  (database) => {
    const door = productDoor(database);
    return {
      ...door,
      read: async (login, handle, question) => {
        const page = await door.read(login, handle, question);
        const { records, scope } = await everythingNear(database, login, handle, question.purpose);
        return { ...page, ...change(page, records, scope) };
      },
    };
  };

const isShown = (page: PageBody, { id }: NearRecord): boolean => page.entries.some(({ entryId }) => entryId === id);
const positionOf = (records: readonly NearRecord[], entry: PageEntry): number =>
  records.find(({ id }) => id === entry.entryId)?.body.position ?? 0;

/** Pages cut before it is decided what shows: hidden entries leave holes. */
const pagesWithHoles: Planted = (database) => {
  const door = productDoor(database);
  return {
    ...door,
    read: async (login, handle, { purpose, limit, cursor }) => {
      const whole = await door.read(login, handle, { purpose });
      const { records } = await everythingNear(database, login, handle, purpose);
      const ordered = records
        .map(({ id, body }) => ({ id, key: sortKey({ id, contribution: body } as Parameters<typeof sortKey>[0]) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const from = Number(database.box.open(cursor ?? '', 'holes') ?? 0);
      const to = from + Number(limit ?? 100);
      const page = ordered.slice(from, to).map(({ id }) => id);
      return {
        ...whole,
        entries: whole.entries.filter(({ entryId }) => page.includes(entryId)),
        cursor: to < ordered.length ? database.box.seal(to, 'holes') : null,
      };
    },
  };
};

/** A cursor that ends in the place in the log of the last entry of the page. */
const cursorWithPosition: Planted = (database) => {
  const door = withPages((page, records) => ({
    cursor: page.cursor && `${page.cursor}.${String(positionOf(records, page.entries.at(-1)!))}`,
  }))(database);
  return {
    ...door,
    read: (login, handle, question) =>
      door.read(login, handle, {
        ...question,
        ...(question.cursor ? { cursor: question.cursor.split('.')[0]! } : {}),
      }),
  };
};

/** Doors that tell something of what is hidden, each in another way. */
export const leaks: Readonly<Record<string, Planted>> = {
  'a total from before deciding': withPages((_, records) => ({ total: records.length })),
  'late against hidden entries': withPages((page, records) => {
    const late = markLate(
      records.map(({ id, record, body }) => ({
        id,
        occurred: body.envelope.occurred,
        received: record.receivedFirst,
      })),
    ).filter((one) => one.late);
    return {
      entries: page.entries.map((entry) => ({
        ...entry,
        marks: [
          ...(entry.marks ?? []).filter((mark) => mark !== 'late'),
          ...(late.some(({ id }) => id === entry.entryId) ? ['late'] : []),
        ],
      })),
    };
  }),
  'pages with holes': pagesWithHoles,
  'a cursor with the place in the log': cursorWithPosition,
  'a notice for every hidden entry': withPages((page, records) => ({
    notices: [
      ...page.notices,
      ...records.filter((record) => !isShown(page, record)).map(() => ({ partyKind: '', desk: '' })),
    ],
  })),
  'a count of record types': withPages((_, records) => ({
    types: new Set(records.map(({ body }) => body.envelope.recordType)).size,
  })),
  'entries in the order of the log': withPages((page, records) => ({
    entries: [...page.entries].sort((a, b) => positionOf(records, a) - positionOf(records, b)),
  })),
  'completeness that looks at the child': withPages((page, records) => ({
    completeness: {
      ...page.completeness,
      lines: page.completeness.lines.filter(({ party }) =>
        records.some(({ body }) => party.endsWith(body.envelope.owner.organisation)),
      ),
    },
  })),
  'when something was last received': withPages((_, records) => ({
    changed: records
      .map(({ body }) => body.envelope.hubReceived)
      .sort()
      .at(-1),
  })),
  'what waits to be projected': withPages((_, __, scope) => ({ waiting: scope.pending.length })),
};

const fieldsOf = ({ body }: NearRecord, part: 'content' | 'location'): Record<string, null> =>
  Object.fromEntries((body.envelope.fields[part] ?? []).map((field) => [field, null]));

const asEntry = (near: NearRecord): PageEntry => ({
  entryId: near.id,
  version: near.record.contribution.envelope.rank.value,
  owner: near.body.envelope.owner,
  recordType: near.body.envelope.recordType,
  summary: getEventType(near.body.envelope.type).title,
  times: { hubReceived: near.record.receivedFirst },
  marks: [],
  content: fieldsOf(near, 'content'),
  location: fieldsOf(near, 'location'),
  readerText: '',
});

const withEntries = (change: (entries: readonly PageEntry[]) => readonly PageEntry[]): Planted =>
  withPages((page) => ({ entries: change(page.entries) }));

/** Doors that decide otherwise than the rules: too little, too much, or not what was asked. */
export const wrongDeciders: Readonly<Record<string, Planted>> = {
  'denies all': withPages(() => ({ entries: [], notices: [] })),
  'allows all': withPages((page, records) => ({
    entries: records.map((near) => page.entries.find(({ entryId }) => entryId === near.id) ?? asEntry(near)),
  })),
  'summaries alone': withEntries((entries) => entries.map((entry) => ({ ...entry, content: {}, location: {} }))),
  'no places': withEntries((entries) => entries.map((entry) => ({ ...entry, location: {} }))),
  'no notices': withPages(() => ({ notices: [] })),
  'one entry less': withEntries((entries) => entries.slice(1)),
  'every field of what shows': withPages((page, records) => ({
    entries: page.entries.map((entry) => asEntry(records.find(({ id }) => id === entry.entryId)!)),
  })),
  'own records alone': withEntries((entries) =>
    entries.filter(({ readerText }) => readerText === 'Recorded by your own service'),
  ),
};
