import { createHash } from 'node:crypto';
import { canonicalText, getEventType } from '#contracts';
import {
  DECISION_CODE_VERSION,
  digestBytes,
  EMERGENCY_OPENED,
  pageOf,
  readChild,
  shownLines,
  type ChildView,
  type ReadRecord,
  type ReadScope,
  type SealedList,
  type ShownLine,
} from '#chronology';
import { findLinkageRules } from '#identity';
import type { FiledContribution } from '#timeline';
import type { Histories } from './history.js';
import { sharedIdentifiers, withLostIdentity } from './lost-identity.js';

/**
 * `same`: decided again, it shows the same. `erased`: what it rested on has been erased in part; what is left is the
 * same, and the sealed list still has the recorded digest. `other-code`: another version of the deciding code recorded
 * it and decides otherwise now. `differs`: it does not replay.
 */
export type ReplayOutcome = 'same' | 'erased' | 'other-code' | 'differs';

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * What the read decided from, from the store alone, at the coordinates that its record names. `list` is the record's
 * sealed list; without it nobody signed in.
 */
export const scopeOf = (
  record: ReadRecord,
  histories: Histories,
  findPending: (id: string) => FiledContribution | undefined,
  list: SealedList | undefined,
): ReadScope => {
  const { position } = record.checkpoint;
  const known = record.pending.flatMap((id) => {
    const found = findPending(id);
    return found ? [{ ...found, position: null }] : [];
  });
  const firstWords = known
    .filter(({ envelope }) => envelope.subject.kind === 'child')
    .map(({ envelope }) => envelope.subject.key);
  // An erased record may have been all that told whose reference it was: the record of the read still does.
  const named = [...record.start, ...record.references];
  const keys = new Set([...histories.near(named, position), ...record.references, ...firstWords]);
  const references = [...keys].sort().map((key) => {
    const contributions = histories.upTo(key, position);
    const organisation = organisationOf(contributions.length > 0 ? contributions : ofKey(known, key));
    return { key, organisation, contributions };
  });
  const shared = sharedIdentifiers(references.filter(({ key }) => record.references.includes(key)));
  const restored = (key: string, contributions: readonly FiledContribution[]): readonly FiledContribution[] =>
    record.references.includes(key)
      ? contributions.map((one) => withLostIdentity(one, shared, list?.childBirthDate ?? null))
      : contributions;
  // First words came within reach of the read by one of the child's identifiers.
  const reach = new Set(references.filter(({ contributions }) => contributions.length === 0).map(({ key }) => key));
  const pending = known.flatMap((one) =>
    reach.has(one.envelope.subject.key)
      ? [withLostIdentity(one, shared, null)]
      : restored(one.envelope.subject.key, [one]),
  );
  return {
    at: Date.parse(record.at),
    purpose: record.purpose,
    login: list?.login ?? '',
    staff: record.viewer.staff.flatMap((key) => histories.upTo(key, position)),
    start: record.start,
    ...(record.handle === '' ? {} : { handle: record.handle }),
    references: references.map((one) => ({ ...one, contributions: restored(one.key, one.contributions) })),
    agreements: histories.ofKind('agreement').flatMap(({ key }) => histories.upTo(key, position)),
    pending,
  };
};

const organisationOf = (contributions: readonly FiledContribution[]): string =>
  contributions.map(({ envelope }) => envelope.owner.organisation).sort()[0] ?? '';

const ofKey = (contributions: readonly FiledContribution[], key: string): readonly FiledContribution[] =>
  contributions.filter(({ envelope }) => envelope.subject.key === key);

/** What follows the place where the page began, to the end. */
const linesFrom = (view: ChildView, { page }: ReadRecord): readonly ShownLine[] =>
  shownLines(pageOf(view.entries, { ...page, size: Infinity }).entries);

const isSame = (a: unknown, b: unknown): boolean => canonicalText(a) === canonicalText(b);

/** The sealed list is the one that the record in the clear speaks of. */
const isListOf = ({ shown }: ReadRecord, { lines, notices }: SealedList): boolean =>
  sha256Hex(digestBytes(lines)) === shown.sha256 && lines.length === shown.entries && notices.length === shown.notices;

/** But for what is erased, the recorded lines come next, in order; behind a full page others may move up. */
const isWhatIsLeft = (
  recorded: readonly ShownLine[],
  now: readonly ShownLine[],
  size: number,
  erased: ReadonlySet<string>,
): boolean => {
  const isLeft = ([id]: ShownLine) => !erased.has(id);
  const [before, after] = [recorded.filter(isLeft), now.filter(isLeft)];
  const next = recorded.length < size ? after : after.slice(0, before.length);
  return isSame(before, next);
};

/**
 * Something that opened records (a relation, a post, an agreement) cannot be read any more: it opens nothing now. What
 * is decided again then shows nothing that the read did not, and of an entry no other version and no facet more.
 */
const isNarrower = (recorded: readonly ShownLine[], now: readonly ShownLine[], size: number): boolean => {
  const shown = new Map(recorded.map((line, i) => [line[0], { line, i }]));
  const known = now.filter(([id]) => shown.has(id));
  const places = known.map(([id]) => shown.get(id)!.i);
  return (
    (recorded.length >= size || known.length === now.length) &&
    places.every((place, i) => i === 0 || places[i - 1]! < place) &&
    known.every(([id, version, facets]) => {
      const [, before, facetsBefore] = shown.get(id)!.line;
      return version === before && facets.every((facet) => facetsBefore.includes(facet));
    })
  );
};

/** Decides a recorded read again and compares it with its record. */
export const replayRead = (record: ReadRecord, scope: ReadScope, list: SealedList | undefined): ReplayOutcome => {
  const [rules, rulesVersion] = record.versions.linkageRules.split('/');
  if (!findLinkageRules(rules ?? '', Number(rulesVersion))) return 'other-code';
  if (list === undefined || !isListOf(record, list)) return 'differs';
  const view = readChild(scope);
  const { size } = record.page;
  const now = linesFrom(view, record);
  const sameNotices = isSame(list.notices, view.notices);
  if (isSame(list.lines, now.slice(0, size)) && sameNotices) return 'same';
  const lost = [
    ...scope.staff,
    ...scope.agreements,
    ...scope.references.flatMap(({ contributions }) => contributions),
    ...scope.pending,
  ].filter(({ unreadable }) => unreadable.length > 0);
  if (lost.length > 0) {
    const erased = new Set(lost.map(({ envelope }) => envelope.contributionId));
    // A record whose terms are gone no longer tells that its service is involved; it never tells of another.
    const fewerNotices =
      lost.some(({ unreadable }) => unreadable.includes('terms')) &&
      view.notices.every((notice) => list.notices.some((recorded) => isSame(recorded, notice)));
    const lostOpening = lost.some(
      ({ envelope: { type }, unreadable }) =>
        (getEventType(type).kind === 'disclosure' && unreadable.includes('terms')) ||
        (type === EMERGENCY_OPENED && unreadable.includes('identity')),
    );
    const isLess = isWhatIsLeft(list.lines, now, size, erased) || (lostOpening && isNarrower(list.lines, now, size));
    if ((sameNotices || fewerNotices) && isLess) return 'erased';
  }
  return record.versions.decisionCode === DECISION_CODE_VERSION ? 'differs' : 'other-code';
};
