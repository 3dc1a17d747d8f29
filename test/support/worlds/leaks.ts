import { createHash } from 'node:crypto';
import { sortKey } from '#chronology';
import { markLate } from '#timeline';
import { CAST } from './cast.js';
import { versionsOf, type Near, type NearRecord } from './near.js';
import type { Pair } from './pair.js';
import { guessesIn, type PageBody, type PageEntry, type Seen, type Surface } from './observe.js';

/** A build with one mistake in it: what it answers in a world in place of what the product answered. */
export type Leak = (seen: readonly Seen[], near: Near, pair: Pair) => readonly Seen[];

const PAGES: readonly Surface[] = ['whole page', 'pages with cursor'];
/** What is asked about another child, by another person or for another purpose stays as it is. */
const isViewersPage = ({ surface, asked, status }: Seen): boolean =>
  PAGES.includes(surface) && status === 200 && asked !== 'another purpose';

/** Changes every page of the viewer's. */
const withPages =
  (change: (page: PageBody, near: Near) => object): Leak =>
  (seen, near) =>
    seen.map((one) => {
      if (!isViewersPage(one)) return one;
      const page = one.body as PageBody;
      return { ...one, body: { ...page, ...change(page, near) } };
    });

const withEntries = (change: (entry: PageEntry, near: Near) => object): Leak =>
  withPages(({ entries }, near) => ({ entries: entries.map((entry) => ({ ...entry, ...change(entry, near) })) }));

/** Changes every answer of a surface. */
const withAnswers =
  (surfaces: readonly Surface[], change: (one: Seen, near: Near, pair: Pair) => Partial<Seen>): Leak =>
  (seen, near, pair) =>
    seen.map((one) => (surfaces.includes(one.surface) ? { ...one, ...change(one, near, pair) } : one));

/** Changes every answer that came over HTTP. */
const overHttp =
  (change: (one: Seen, near: Near) => Partial<Seen>): Leak =>
  (seen, near) =>
    seen.map((one) => (one.headers === '' ? one : { ...one, ...change(one, near) }));

const isShown = (page: PageBody, { id }: NearRecord): boolean => page.entries.some(({ entryId }) => entryId === id);
const positionOf = ({ records }: Near, entry: PageEntry | undefined): number =>
  records.find(({ id }) => id === entry?.entryId)?.body.position ?? 0;
const contributionsIn = ({ scope }: Near) => scope.references.flatMap(({ contributions }) => contributions);
const lastReceived = (records: readonly NearRecord[]): string | undefined =>
  records
    .map(({ body }) => body.envelope.hubReceived)
    .sort()
    .at(-1);
/** Ids that a guess may name, held or on its way. */
const idsIn = (near: Near): Set<string> =>
  new Set([...contributionsIn(near), ...near.scope.pending].map(({ envelope }) => envelope.contributionId));

/** Pages cut before it is decided what shows: hidden entries leave holes. */
const pagesWithHoles: Leak = (seen, { records }, { pageSize }) => {
  const whole = seen.find(({ asked }) => asked === 'the whole')!.body as PageBody;
  const ordered = records
    .map(({ id, body }) => ({ id, key: sortKey({ id, contribution: body } as Parameters<typeof sortKey>[0]) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const first = ordered.slice(0, pageSize).map(({ id }) => id);
  return seen.map((one) =>
    one.asked.startsWith('page 1 ')
      ? { ...one, body: { ...one.body, entries: whole.entries.filter(({ entryId }) => first.includes(entryId)) } }
      : one,
  );
};

const lateAgainstAll = withPages((page, { records }) => {
  const late = markLate(
    records.map(({ id, record, body }) => ({ id, occurred: body.envelope.occurred, received: record.receivedFirst })),
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
});

/** Builds that tell something of what is hidden, each in another way. */
export const leaks: Readonly<Record<string, Leak>> = {
  'a total from before deciding': withPages((_, { records }) => ({ total: records.length })),
  'late against hidden entries': lateAgainstAll,
  'pages with holes': pagesWithHoles,
  'a cursor with the place in the log': withPages((page, near) => ({
    cursor: page.cursor && `${page.cursor}.${String(positionOf(near, page.entries.at(-1)))}`,
  })),
  'a notice for every hidden entry': withPages((page, { records }) => ({
    notices: [
      ...page.notices,
      ...records.filter((record) => !isShown(page, record)).map(() => ({ partyKind: '', desk: '' })),
    ],
  })),
  'notices that count': withPages((page, { records }) => ({
    notices: page.notices.map((notice) => ({ ...notice, held: heldBy(records, notice.partyKind) })),
  })),
  'a count of record types': withPages((_, { records }) => ({
    types: new Set(records.map(({ body }) => body.envelope.recordType)).size,
  })),
  'entries in the order of the log': withPages((page, near) => ({
    entries: [...page.entries].sort((a, b) => positionOf(near, a) - positionOf(near, b)),
  })),
  'completeness that looks at the child': withPages((page, { records }) => ({
    completeness: {
      ...page.completeness,
      lines: page.completeness.lines.filter(({ party }) =>
        records.some(({ body }) => party.endsWith(body.envelope.owner.organisation)),
      ),
    },
  })),
  'completeness by what was last received': withPages((page, { records }) => ({
    completeness: {
      ...page.completeness,
      lines: page.completeness.lines.map((line) => ({
        ...line,
        freshTo: lastReceived(records.filter(({ body }) => line.party.endsWith(body.envelope.owner.organisation))),
      })),
    },
  })),
  'when something was last received': withPages((_, { records }) => ({
    changed: CAST.map(({ id }) => lastReceived(records.filter(({ body }) => body.envelope.owner.organisation === id))),
  })),
  'what waits to be projected': withPages((_, { scope }) => ({ waiting: scope.pending.length })),
  '"up to" of how many': withPages(({ upTo }, { records }) => ({
    upTo: upTo.length === 0 ? upTo : [...upTo, records.length],
  })),
  'a question about hidden references': withPages((page, { scope }) => ({
    linkBeingChecked: page.linkBeingChecked || scope.references.length > 3,
  })),
  'more detail for hidden references': withPages((page, { scope }) => ({
    moreDetailNeeded: page.moreDetailNeeded || scope.references.length > 4,
  })),
  'the name that anybody gave last': withPages((_, near) => ({
    child: contributionsIn(near)
      .flatMap(({ position, identity }) => (identity?.['givenName'] ? [{ position, name: identity['givenName'] }] : []))
      .sort((a, b) => b.position! - a.position!)[0]?.name,
  })),
  'a conflict with a hidden version': withEntries(({ entryId, marks = [] }, { records }) => ({
    marks: [
      ...marks.filter((mark) => mark !== 'conflicting'),
      ...(records.some(({ id, record }) => id === entryId && record.conflicting) ? ['conflicting'] : []),
    ],
  })),
  'a version that counts hidden ones': withEntries(({ entryId }, near) => ({
    version: String(versionsOf(near, entryId).length),
  })),
  'received when a hidden version was': withEntries(({ entryId, times }, near) => ({
    times: {
      ...times,
      hubReceived: versionsOf(near, entryId)
        .map(({ envelope }) => envelope.hubReceived)
        .sort()[0],
    },
  })),
  'a reader text that names a hidden fact': withEntries(({ readerText }, near) => ({
    readerText: `${readerText} (${[...new Set(near.records.flatMap(({ body }) => body.envelope.facts))].sort().join()})`,
  })),
  'a handling of what does not show': withEntries(({ handling }, near) => ({
    handling: [...handling, ...contributionsIn(near).flatMap(({ terms }) => (terms?.['allCarers'] ? ['all'] : []))],
  })),
  'a search that asks for more by hidden candidates': withAnswers(['search'], ({ body }, { scope }) => ({
    body: { ...body, moreDetailNeeded: scope.references.length > 2 },
  })),
  'a handle that is used again where something is held': withAnswers(['search'], ({ body }, { records }) => ({
    body: { ...body, handle: records.length % 2 === 0 ? 'the same as before' : (body as PageBody).handle },
  })),
  'an ETag over all that is held': overHttp(({ headers }, { records }) => ({
    headers: `${headers} ${createHash('sha256')
      .update(records.map(({ id }) => id).join())
      .digest('hex')}`,
  })),
  'a header with a count': overHttp(({ headers }, { records }) => ({
    headers: `${headers} ${String(records.length)}`,
  })),
  'a size that grows with what is held': overHttp(({ size }, { records }) => ({ size: size + records.length })),
  'restrictions with hidden ids': withAnswers(['restrictions list'], ({ body }, near) => ({
    body: { ...body, hidden: near.records.map(({ id }) => id) },
  })),
  'my children with a hidden link': withAnswers(['my children'], ({ body }, { scope }) => ({
    body: { ...body, references: scope.references.length },
  })),
  'an error that knows a hidden entry': withAnswers(['write conflicts'], ({ asked, body }, near, pair) => ({
    body: asked.startsWith('withdrawal') && isKnown(asked, near, pair) ? { ...body, title: 'Not yours' } : body,
  })),
  'a conflict with a hidden record': withAnswers(['write conflicts'], ({ asked, status }, near, pair) => ({
    status: asked.startsWith('lift') && isKnown(asked, near, pair) ? 409 : status,
  })),
  'a refusal that counts': withAnswers(['refusals and errors'], ({ body }, { records }) => ({
    body: { ...body, held: records.length },
  })),
  'a receipt that counts what others sent': withAnswers(['receipts'], ({ body }, near) => ({
    body: { ...body, before: contributionsIn(near).length },
  })),
  'notices to connectors about conflicts of others': withAnswers(['connector notices'], ({ body }, { records }) => ({
    body: [...(body as object[]), ...records.filter(({ record }) => record.conflicting)],
  })),
  'a metric of what is held': withAnswers(['metrics'], ({ body }, { records }) => ({
    body: { ...body, held: records.length },
  })),
};

const KINDS = new Map(CAST.map(({ id, kind }) => [id, kind]));
const heldBy = (records: readonly NearRecord[], partyKind: string): number =>
  records.filter(({ body }) => KINDS.get(body.envelope.owner.organisation) === partyKind).length;

/** Whether this world knows what is guessed. */
const isKnown = (asked: string, near: Near, pair: Pair): boolean => {
  const guess = guessesIn(pair)[Number(/guess (\d+)/.exec(asked)?.[1] ?? -1)];
  return guess !== undefined && idsIn(near).has(guess);
};
