import type { Fact, Occurred, Regime, Tier } from '#contracts';
import {
  DocumentRefused,
  type ContributionDraft,
  type FeedContext,
  type FeedDefinition,
  type FeedItem,
  type QuarantineReason,
  type RecordPlace,
  type Reference,
} from '../feed.js';
import { checkClass, fieldsOf, isPlainObject, LIST, plainOf, type Problem } from './check-class.js';
import { classifyIdentifier } from './identifiers.js';
import { distinctKeys } from './natural-keys.js';
import { joinPath, recordPath, safeName } from './paths.js';
import { readJson } from './read-json.js';
import { type Handling, RecordHead, RecordRest } from './record-envelope.js';
import type { DatedItems, RecordKind } from './record-kind.js';

export interface RecordFeed {
  readonly name: string;
  readonly title: string;
  readonly regime: Regime;
  readonly kinds: readonly RecordKind<object>[];
}

/** A feed of records and what it takes: the source of its published schema. */
export interface RecordFeedDefinition extends FeedDefinition {
  readonly kinds: readonly RecordKind<object>[];
}

/** Most records in one document. */
const RECORDS = 10_000;

type Json = Record<string, unknown>;
const pick = (plain: Json, names: ReadonlySet<string>): Json =>
  Object.fromEntries(Object.entries(plain).filter(([name]) => names.has(name)));
const omit = (plain: Json, names: ReadonlySet<string>): Json =>
  Object.fromEntries(Object.entries(plain).filter(([name]) => !names.has(name)));

const quarantined = (
  field: string,
  reason: QuarantineReason,
  raw: unknown,
  suspends?: { subject: Reference; recordKey: string },
): FeedItem => ({ ok: false, field, reason, raw, ...(suspends ? { suspends } : {}) });

/** A record with its place in the document. */
interface Placed {
  readonly path: string;
  readonly raw: unknown;
}

const FILE_FIELDS = new Set(['orgId', 'orgName', 'orgType', 'records']);

const countChecked = (records: readonly unknown[], field: string): readonly unknown[] => {
  if (records.length > RECORDS) throw new DocumentRefused(field, 'too-large');
  return records;
};

/** The records of a document with their places, and what is wrong with the document as a whole. */
const placeRecords = (
  document: unknown,
  context: FeedContext,
): { records: Placed[]; problems: FeedItem[]; cause?: Problem } => {
  if (Array.isArray(document)) {
    return { records: countChecked(document, '').map((raw, i) => ({ path: `[${i}]`, raw })), problems: [] };
  }
  if (!isPlainObject(document)) throw new DocumentRefused('', 'not-an-object');
  if (!Object.hasOwn(document, 'records')) {
    // One record, or a payload that names nobody: without a person there is nothing to file it under.
    if ((document['personId'] ?? null) === null) throw new DocumentRefused('personId', 'missing');
    return { records: [{ path: 'record', raw: document }], problems: [] };
  }
  const { records, orgId } = document;
  if (!Array.isArray(records)) throw new DocumentRefused('records', 'not-a-list');
  const placed = countChecked(records, 'records').map((raw, i) => ({ path: `records[${i}]`, raw }));
  const problems = Object.keys(document)
    .filter((name) => !FILE_FIELDS.has(name))
    .map((name) => quarantined(safeName(name), 'unknown-field', document[name]));
  if (orgId === undefined || orgId === null)
    return { records: placed, problems, cause: { field: 'orgId', reason: 'missing' } };
  if (typeof orgId !== 'string' || !context.codes.includes(orgId)) {
    return { records: placed, problems, cause: { field: 'orgId', reason: 'organisation-not-registered' } };
  }
  return { records: placed, problems };
};

/** What all contributions of one record have in common. */
interface RecordBase {
  readonly path: string;
  readonly key: string;
  readonly draft: Omit<ContributionDraft, 'type' | 'recordKey' | 'ancestors' | 'occurred' | 'body'>;
  readonly identifiers: readonly unknown[];
  /** Set where the record asks for stricter handling: what of it cannot be read hides the rest. */
  readonly suspends?: { readonly subject: Reference; readonly recordKey: string };
  readonly place: RecordPlace;
}

const referenceOf = (feed: RecordFeed, head: Json): Reference => ({
  kind: 'child',
  system: typeof head['systemId'] === 'string' && head['systemId'] !== '' ? head['systemId'] : feed.name,
  localId: (head['personId'] as string).trim(),
});

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * A record that narrows (handling, a purge) and cannot be read suspends what it names, as far as that can be
 * read.
 */
const suspensionOf = (feed: RecordFeed, raw: Json): { subject: Reference; recordKey: string } | undefined => {
  const narrows = isThere(raw['handling']) || (isThere(raw['purge']) && raw['purge'] !== false);
  const names = (['recordId', 'personId'] as const).every(
    (name) => typeof raw[name] === 'string' && raw[name].trim() !== '' && raw[name].length <= 256,
  );
  return narrows && names
    ? { subject: referenceOf(feed, raw), recordKey: recordPath(raw['recordId'] as string) }
    : undefined;
};

const handlingOf = (handling: Handling | null | undefined): { tier?: Tier; facts?: readonly Fact[] } => ({
  ...(handling?.tier ? { tier: handling.tier as Tier } : {}),
  ...(handling?.facts?.length ? { facts: [...new Set(handling.facts)].sort() as Fact[] } : {}),
});

const baseOf = (
  feed: RecordFeed,
  path: string,
  head: RecordHead,
  context: FeedContext,
  suspends: RecordBase['suspends'],
): RecordBase => {
  const key = recordPath(head.recordId);
  const subject = referenceOf(feed, head as unknown as Json);
  // A record without a version is its first: any numbered version comes after it.
  const rank = { by: 'version', value: String(head.version ?? '0') } as const;
  return {
    path,
    key,
    draft: {
      subject,
      recordType: head.recordType,
      rank,
      about: 'child',
      regime: feed.regime,
      ...handlingOf(head.handling),
    },
    identifiers: [
      classifyIdentifier('nhs-number', head.personId, {
        authoritative: context.authoritativeFor.includes('nhs-number'),
      }),
    ],
    ...(suspends ? { suspends } : {}),
    place: {
      recordKey: key,
      system: subject.system,
      recordType: head.recordType,
      rank,
      subject,
    },
  };
};

const contribution = (
  base: RecordBase,
  type: string,
  occurred: Occurred,
  body: Json,
  below?: string,
): ContributionDraft => ({
  ...base.draft,
  type,
  recordKey: below === undefined ? base.key : `${base.key}/${below}`,
  ancestors: below === undefined ? [] : [base.key],
  occurred,
  body: { identifiers: base.identifiers, ...plainOf(body) },
});

const statusItem = (
  base: RecordBase,
  kind: RecordKind<object>,
  raw: Json,
  datedFields: ReadonlySet<string>,
): FeedItem => {
  const rest = checkClass(RecordRest, omit(omit(raw, fieldsOf(RecordHead)), new Set(['payload'])), base.path);
  const place = joinPath(base.path, 'payload');
  const { payload } = raw;
  const statuses = checkClass(kind.payload, isPlainObject(payload) ? omit(payload, datedFields) : payload, place);
  if (!rest.ok || !statuses.ok) {
    const problem = [rest, statuses].flatMap((checked) => (checked.ok ? [] : checked.problems))[0]!;
    return quarantined(problem.field, problem.reason, raw, base.suspends);
  }
  const body = {
    ...kind.body(statuses.value),
    contacts: rest.value.contactDetails,
    recordLinks: rest.value.recordLink,
  };
  const draft = contribution(base, kind.type, { precision: 'unknown' }, body);
  const facts = [...new Set([...(draft.facts ?? []), ...(kind.facts ?? [])])].sort();
  return { ok: true, path: base.path, contributions: [facts.length === 0 ? draft : { ...draft, facts }] };
};

const datedItemsOf = (base: RecordBase, items: DatedItems<object>, sent: unknown): FeedItem[] => {
  if (!isThere(sent)) return [];
  const place = joinPath(joinPath(base.path, 'payload'), items.field);
  if (!items.single && !Array.isArray(sent)) return [quarantined(place, 'not-a-list', sent, base.suspends)];
  const list: readonly unknown[] = items.single ? [{ [items.single]: sent }] : (sent as unknown[]);
  if (list.length > LIST) return [quarantined(place, 'too-large', sent, base.suspends)];
  const placed = list.map((one, i) => {
    const path = items.single ? place : `${place}[${i}]`;
    return { path, raw: items.single ? sent : one, checked: checkClass(items.item, one, path) };
  });
  const readable = placed.flatMap(({ checked }) => (checked.ok ? [checked.value] : []));
  const keys = distinctKeys(readable, (item) => recordPath(items.field, items.key(item)));
  return placed.map(({ path, raw, checked }): FeedItem => {
    if (!checked.ok) {
      const { field, reason } = checked.problems[0]!;
      return quarantined(items.single ? path : field, reason, raw, base.suspends);
    }
    const item = checked.value;
    const draft = contribution(base, items.type, items.occurred(item), items.body(item), keys.get(item)!);
    return { ok: true, path, contributions: [draft] };
  });
};

const readRecord = (feed: RecordFeed, { path, raw }: Placed, context: FeedContext): FeedItem[] => {
  if (!isPlainObject(raw)) return [quarantined(path, 'not-an-object', raw)];
  const suspends = suspensionOf(feed, raw);
  const head = checkClass(RecordHead, pick(raw, fieldsOf(RecordHead)), path);
  if (!head.ok) return [quarantined(head.problems[0]!.field, head.problems[0]!.reason, raw, suspends)];
  const base = baseOf(feed, path, head.value, context, suspends);
  if (head.value.purge === true) {
    const tombstone = { ...contribution(base, 'entry-retracted', { precision: 'unknown' }, {}), body: {} };
    return [{ ok: true, path, contributions: [tombstone], place: base.place }];
  }
  const kind = feed.kinds.find(({ recordType }) => recordType === head.value.recordType);
  if (!kind) return [quarantined(joinPath(path, 'recordType'), 'unknown-record-type', raw, suspends)];
  const payload = isPlainObject(raw['payload']) ? raw['payload'] : {};
  return [
    { ...statusItem(base, kind, raw, new Set(kind.dated.map(({ field }) => field))), place: base.place },
    ...kind.dated.flatMap((items) =>
      datedItemsOf(base, items, Object.hasOwn(payload, items.field) ? payload[items.field] : null),
    ),
  ];
};

async function* read(feed: RecordFeed, body: AsyncIterable<Uint8Array>, context: FeedContext): AsyncIterable<FeedItem> {
  const { records, problems, cause } = placeRecords(await readJson(body), context);
  yield* problems;
  for (const record of records) {
    if (cause) yield quarantined(cause.field, cause.reason, record.raw);
    else yield* readRecord(feed, record, context);
  }
}

/**
 * A feed of records in the shape of the Department for Education's prototype: a custodian's file
 * (`{orgId, records}`), a list of records, or one record. The reference is (organisation, `systemId` or the feed's
 * name, `personId`), the record key is `recordId`, the rank its `version`. Each part of a record stands by itself:
 * what cannot be read is kept in quarantine, the rest flows. A record is about one person: a later version that names
 * another takes it from the one before. Two fields are the hub's own: `handling` (a tier, facts)
 * and `purge` (the record is withdrawn).
 */
export const recordFeed = (feed: RecordFeed): RecordFeedDefinition => ({
  kinds: feed.kinds,
  name: feed.name,
  title: feed.title,
  mediaTypes: ['application/json'],
  size: 'document',
  read: (body, context) => read(feed, body, context),
});
