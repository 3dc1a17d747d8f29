import { FEED_RELATIONS, NAMED_RELATIONS, type Rank } from '#contracts';
import {
  DocumentRefused,
  type ContributionDraft,
  type FeedContext,
  type FeedDefinition,
  type FeedItem,
  type RecordPlace,
  type Reference,
  type Suspends,
} from '../feed.js';
import {
  checkClass,
  fieldsOf,
  isPlainObject,
  OptionalBoolean,
  OptionalName,
  OptionalObject,
  OptionalRank,
  OptionalText,
  RequiredOneOf,
  RequiredText,
  type Class,
  type Problem,
} from './check-class.js';
import { isDay, isInstant, startOfLondonDay, toInstant } from './dates.js';
import { classifyIdentifier, type ClassifiedIdentifier } from './identifiers.js';
import { joinPath, recordPath, safeName } from './paths.js';
import { readJson } from './read-json.js';

class NamedChild {
  @OptionalText(128) system?: string | null;
  @OptionalText() localId?: string | null;
  @OptionalText(64) nhsNumber?: string | null;
  @OptionalText(64) upn?: string | null;
}

const SEQUENCE = /^\d{1,20}$/;

/** What names a post, and all that a removal needs. */
class RemovedPost {
  @RequiredText() workerId!: string;
  @OptionalText() postId?: string | null;
  @OptionalRank(SEQUENCE) sequence?: string | number | null;
  @OptionalBoolean() removed?: boolean | null;
}

class StaffMember extends RemovedPost {
  @RequiredText() login!: string;
  @OptionalText() name?: string | null;
  @RequiredText(64) service!: string;
  @RequiredText(64) role!: string;
  @OptionalText(128) team?: string | null;
  @RequiredText(64) from!: string;
  @OptionalText(64) to?: string | null;
}

class RemovedRelation {
  @RequiredText() relationId!: string;
  @OptionalRank(SEQUENCE) sequence?: string | number | null;
  @OptionalObject(() => NamedChild) child?: NamedChild | null;
  @OptionalBoolean() removed?: boolean | null;
}

class RelationToChild extends RemovedRelation {
  @RequiredOneOf(FEED_RELATIONS) relation!: string;
  /** Whoever leaves all three out names the whole service, so none of them may be blank. */
  @OptionalName() workerId?: string | null;
  @RequiredText(64) service!: string;
  @OptionalName(128) team?: string | null;
  @OptionalName(64) role?: string | null;
  /** A school or practice other than the sender: where the child is on a roll, or registered. */
  @OptionalName(128) organisation?: string | null;
  @RequiredText(64) from!: string;
  @OptionalText(64) to?: string | null;
}

type Json = Record<string, unknown>;

const isThere = (value: unknown): boolean => value !== undefined && value !== null;
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= 256;

const staffReference = (workerId: string): Reference => ({ kind: 'staff', system: 'staff', localId: workerId });
const postPath = (workerId: string, postId: string | null | undefined): string =>
  recordPath('staff', workerId, postId || 'post');
const relationPath = (relationId: string): string => recordPath('relation', relationId);

/**
 * The child that a relation names: by the organisation's own id, or by an identifier, which nothing here
 * verifies.
 */
export const childNamed = (
  child: unknown,
): { readonly reference: Reference; readonly identifiers: readonly ClassifiedIdentifier[] } | undefined => {
  if (!isPlainObject(child)) return undefined;
  const { system, localId, nhsNumber, upn } = child;
  const forms = [isThere(system) || isThere(localId), isThere(nhsNumber), isThere(upn)].filter(Boolean);
  if (forms.length !== 1) return undefined;
  if (isName(system) && isName(localId)) {
    return { reference: { kind: 'child', system, localId: localId.trim() }, identifiers: [] };
  }
  const [kind, value] = isThere(nhsNumber) ? (['nhs-number', nhsNumber] as const) : (['upn', upn] as const);
  if (!isName(value) || value.length > 64) return undefined;
  const identifier = classifyIdentifier(kind, value, { authoritative: false });
  return {
    reference: { kind: 'child', system: kind, localId: identifier.value },
    identifiers: [identifier],
  };
};

/** A date is the start of that day in London. */
const instantOf = (text: string): string | undefined =>
  isInstant(text) ? toInstant(text) : isDay(text) ? startOfLondonDay(text) : undefined;

interface Period {
  readonly from: string;
  readonly until: string | null;
}

const periodOf = (from: string, to: string | null | undefined, path: string): Period | Problem => {
  const start = instantOf(from);
  if (start === undefined) return { field: joinPath(path, 'from'), reason: 'not-an-instant' };
  if (!isThere(to)) return { from: start, until: null };
  const until = instantOf(to as string);
  if (until === undefined) return { field: joinPath(path, 'to'), reason: 'not-an-instant' };
  if (until < start) return { field: joinPath(path, 'to'), reason: 'ends-before-it-starts' };
  return { from: start, until };
};
const isProblem = (value: object): value is Problem => 'reason' in value;

type PickedRank = Pick<Rank, 'by' | 'value'>;

/** What the document says once for all its items. */
interface StaffDocument {
  readonly context: FeedContext;
  /** Rank of the items that have no sequence of their own, or what is wrong with it. */
  readonly extract: PickedRank | Problem | undefined;
}

const extractOf = (extractedAt: unknown): StaffDocument['extract'] => {
  if (!isThere(extractedAt)) return undefined;
  return typeof extractedAt === 'string' && isInstant(extractedAt)
    ? { by: 'extract', value: toInstant(extractedAt) }
    : { field: 'extractedAt', reason: 'not-an-instant' };
};

const rankOf = (
  document: StaffDocument,
  item: { readonly sequence?: string | number | null },
  path: string,
): PickedRank | Problem => {
  if (isThere(item.sequence)) return { by: 'sequence', value: String(item.sequence) };
  return document.extract ?? { field: joinPath(path, 'sequence'), reason: 'missing' };
};

type Draft = ContributionDraft | Problem;

const tombstone = (subject: Reference, recordType: string, recordKey: string, rank: PickedRank): ContributionDraft => ({
  subject,
  type: 'entry-retracted',
  recordType,
  recordKey,
  ancestors: [],
  rank,
  about: 'child',
  occurred: { precision: 'unknown' },
  body: {},
});

const periodFields = ({ from, until }: Period) => ({
  occurred: { from, precision: 'exact' as const },
  ...(until === null ? {} : { ended: until }),
});

const staffDraft = (document: StaffDocument, item: StaffMember, path: string): Draft => {
  const rank = rankOf(document, item, path);
  if (isProblem(rank)) return rank;
  const subject = staffReference(item.workerId);
  const recordKey = postPath(item.workerId, item.postId);
  if (item.removed === true) return tombstone(subject, 'staff', recordKey, rank);
  const period = periodOf(item.from, item.to, path);
  if (isProblem(period)) return period;
  return {
    subject,
    type: 'staff-post',
    recordType: 'staff',
    recordKey,
    ancestors: [recordPath('staff', item.workerId)],
    rank,
    about: 'child',
    ...periodFields(period),
    body: {
      login: item.login,
      name: item.name ?? null,
      organisationKind: document.context.organisationKind,
      service: item.service,
      role: item.role,
      team: item.team ?? null,
      ...period,
    },
  };
};

const relationDraft = (document: StaffDocument, item: RelationToChild, path: string): Draft => {
  const child = childNamed(item.child);
  if (!child) return { field: joinPath(path, 'child'), reason: isThere(item.child) ? 'not-allowed' : 'missing' };
  const rank = rankOf(document, item, path);
  if (isProblem(rank)) return rank;
  const recordKey = relationPath(item.relationId);
  if (item.removed === true) return tombstone(child.reference, 'relation', recordKey, rank);
  const workerId = item.workerId ?? undefined;
  if (item.relation === 'allocated' && workerId === undefined) {
    return { field: joinPath(path, 'workerId'), reason: 'missing' };
  }
  if (item.relation === 'team' && workerId === undefined && !isThere(item.team)) {
    return { field: joinPath(path, 'team'), reason: 'missing' };
  }
  if (isThere(item.organisation) && !(NAMED_RELATIONS as readonly string[]).includes(item.relation)) {
    return { field: joinPath(path, 'organisation'), reason: 'not-allowed' };
  }
  const elsewhere = document.context.codes.includes(item.organisation ?? '') ? null : (item.organisation ?? null);
  const period = periodOf(item.from, item.to, path);
  if (isProblem(period)) return period;
  return {
    subject: child.reference,
    type: 'relation',
    recordType: 'relation',
    recordKey,
    ancestors: [],
    rank,
    about: 'child',
    ...periodFields(period),
    body: {
      identifiers: child.identifiers,
      relation: item.relation,
      service: item.service,
      staffKey: null,
      team: item.team ?? null,
      role: item.role ?? null,
      ...(elsewhere === null ? {} : { organisation: elsewhere }),
      ...period,
    },
    ...(workerId === undefined ? {} : { resolve: { field: 'staffKey', reference: staffReference(workerId) } }),
  };
};

/** An item that cannot be read suspends what it names: that post, that relation. */
const staffSuspension = (raw: unknown): Suspends | undefined =>
  isPlainObject(raw) && isName(raw['workerId']) && (!isThere(raw['postId']) || isName(raw['postId']))
    ? { subject: staffReference(raw['workerId']), recordKey: postPath(raw['workerId'], raw['postId'] as string) }
    : undefined;
const relationSuspension = (raw: unknown): Suspends | undefined => {
  if (!isPlainObject(raw) || !isName(raw['relationId'])) return undefined;
  const child = childNamed(raw['child']);
  return { ...(child ? { subject: child.reference } : {}), recordKey: relationPath(raw['relationId']) };
};

/** The child with whom a relation is from its rank on, as far as that can be read. */
const relationPlace = (document: StaffDocument, raw: unknown): RecordPlace | undefined => {
  if (!isPlainObject(raw) || !isName(raw['relationId'])) return undefined;
  const { sequence } = raw;
  if (isThere(sequence) && !(Number.isSafeInteger(sequence) || typeof sequence === 'string')) return undefined;
  if (isThere(sequence) && !SEQUENCE.test(String(sequence))) return undefined;
  const rank = rankOf(document, { sequence: sequence as string | number | null }, '');
  const withdrawn = raw['removed'] === true && !isThere(raw['child']) ? null : undefined;
  const subject = childNamed(raw['child'])?.reference ?? withdrawn;
  return isProblem(rank) || subject === undefined
    ? undefined
    : { recordKey: relationPath(raw['relationId']), recordType: 'relation', rank, subject };
};

const STAFF_FEED = /-staff$/;

/** Whether this is the name of a staff feed: they end alike. */
export const isStaffFeed = (name: string): boolean => STAFF_FEED.test(name);

/** A staff feed and what it takes: the source of its published schema. */
export interface StaffFeedDefinition extends FeedDefinition {
  readonly items: Readonly<
    Record<'staff' | 'relations', { readonly item: Class<object>; readonly removed: Class<object> }>
  >;
}

interface ItemKind<T extends object> {
  readonly list: 'staff' | 'relations';
  readonly item: Class<T>;
  /** What is checked of an item that is only taken away. */
  readonly removed: Class<object>;
  readonly draft: (document: StaffDocument, item: T, path: string) => Draft;
  readonly suspension: (raw: unknown) => Suspends | undefined;
  readonly place: (document: StaffDocument, raw: unknown) => RecordPlace | undefined;
}
const STAFF: ItemKind<StaffMember> = {
  list: 'staff',
  item: StaffMember,
  removed: RemovedPost,
  draft: staffDraft,
  suspension: staffSuspension,
  place: () => undefined,
};
const RELATION: ItemKind<RelationToChild> = {
  list: 'relations',
  item: RelationToChild,
  removed: RemovedRelation,
  draft: relationDraft,
  suspension: relationSuspension,
  place: relationPlace,
};

const readItem = <T extends object>(
  kind: ItemKind<T>,
  document: StaffDocument,
  raw: unknown,
  path: string,
): FeedItem => {
  const removing = isPlainObject(raw) && raw['removed'] === true;
  const checked = removing ? checkRemoval(kind.removed, raw, path) : checkClass(kind.item, raw, path);
  const draft = checked.ok ? kind.draft(document, checked.value as T, path) : checked.problems[0]!;
  const place = kind.place(document, raw);
  const placed = place ? { place } : {};
  if (!isProblem(draft)) return { ok: true, path, contributions: [draft], ...placed };
  if (checked.ok && place?.subject === null && draft.reason === 'missing') {
    return { ok: true, path, contributions: [], place, ifWithNobody: { ...draft, raw } };
  }
  const suspends = kind.suspension(raw);
  return { ok: false, field: draft.field, reason: draft.reason, raw, ...(suspends ? { suspends } : {}), ...placed };
};

/** An item that takes something away needs no more than its names; the rest of it is not looked at. */
const checkRemoval = (type: Class<object>, raw: Json, path: string) =>
  checkClass(type, Object.fromEntries(Object.entries(raw).filter(([name]) => fieldsOf(type).has(name))), path);

const DOCUMENT_FIELDS = new Set(['organisation', 'extractedAt', 'staff', 'relations']);

const listOf = (document: Json, name: 'staff' | 'relations'): readonly unknown[] => {
  const list = document[name];
  if (!isThere(list)) return [];
  if (!Array.isArray(list)) throw new DocumentRefused(name, 'not-a-list');
  return list;
};

const organisationProblem = (organisation: unknown, context: FeedContext): Problem | undefined => {
  if (!isThere(organisation)) return { field: 'organisation', reason: 'missing' };
  return typeof organisation === 'string' && context.codes.includes(organisation)
    ? undefined
    : { field: 'organisation', reason: 'organisation-not-registered' };
};

async function* read(body: AsyncIterable<Uint8Array>, context: FeedContext): AsyncIterable<FeedItem> {
  const json = await readJson(body);
  if (!isPlainObject(json)) throw new DocumentRefused('', 'not-an-object');
  const lists = { staff: listOf(json, 'staff'), relations: listOf(json, 'relations') };
  if (!isThere(json['staff']) && !isThere(json['relations'])) throw new DocumentRefused('staff', 'missing');
  for (const name of Object.keys(json)) {
    if (DOCUMENT_FIELDS.has(name)) continue;
    yield { ok: false, field: safeName(name), reason: 'unknown-field', raw: json[name] };
  }
  const cause = organisationProblem(json['organisation'], context);
  const document: StaffDocument = { context, extract: extractOf(json['extractedAt']) };
  for (const kind of [STAFF, RELATION] as const) {
    for (const [i, raw] of lists[kind.list].entries()) {
      const path = `${kind.list}[${i}]`;
      if (cause) yield { ok: false, field: cause.field, reason: cause.reason, raw };
      else yield readItem(kind as ItemKind<object>, document, raw, path);
    }
  }
}

/** A post or relation by itself, as a document of the organisation's. */
const documentOf: FeedDefinition['documentOf'] = (item, { codes }) => {
  if ([...DOCUMENT_FIELDS].some((name) => Object.hasOwn(item, name))) return undefined;
  const list = isThere(item['relationId']) ? 'relations' : 'staff';
  return { organisation: codes[0], [list]: [item] };
};

/**
 * The staff and relations feed of an agency: who works there, in which service, role and team, and who has to do
 * with which child, from when until (exclusive) when. Items are ranked by their own `sequence`, else by the
 * document's `extractedAt`; one of the two is required. A date is the start of that day in London. An item with
 * `removed: true` withdraws the post or relation that it names, of whichever child; one that cannot be read suspends
 * it. A relation is to one child at a time: an item that names another child takes it from the one before. With an
 * `organisation`, it says that the child is on the roll of that school, or registered with that practice: it gives
 * nobody a relation, and bears out what that organisation says of itself.
 */
export const staffFeed = (name: string, title: string): StaffFeedDefinition => ({
  items: { staff: STAFF, relations: RELATION },
  name,
  title,
  mediaTypes: ['application/json'],
  size: 'document',
  read,
  documentOf,
});
