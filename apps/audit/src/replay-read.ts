import { createHash } from 'node:crypto';
import { canonicalText } from '#contracts';
import {
  DECISION_CODE_VERSION,
  digestBytes,
  pageOf,
  readChild,
  shownLines,
  type ChildView,
  type ReadRecord,
  type ReadScope,
  type SealedList,
  type ShownLine,
} from '#chronology';
import { findLinkageRules, type ClassifiedIdentifier } from '#identity';
import type { FiledContribution } from '#timeline';
import type { Histories } from './history.js';

/**
 * `same`: decided again, it shows the same. `erased`: what it rested on has been erased in part; what is left is the
 * same, and the sealed list still has the recorded digest. `other-code`: another version of the deciding code recorded
 * it and decides otherwise now. `differs`: it does not replay.
 */
export type ReplayOutcome = 'same' | 'erased' | 'other-code' | 'differs';

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What the read decided from, from the store alone, at the coordinates that its record names. */
export const scopeOf = (
  record: ReadRecord,
  histories: Histories,
  findPending: (id: string) => FiledContribution | undefined,
  login: string,
): ReadScope => {
  const { position } = record.checkpoint;
  const pending = record.pending.flatMap((id) => {
    const found = findPending(id) ?? histories.find(id);
    return found ? [{ ...found, position: null }] : [];
  });
  const firstWords = pending
    .filter(({ envelope }) => envelope.subject.kind === 'child')
    .map(({ envelope }) => envelope.subject.key);
  // An erased record may have been all that told whose reference it was: the record of the read still does.
  const keys = new Set([...histories.near(record.start, position), ...record.references, ...firstWords]);
  const references = [...keys].sort().map((key) => {
    const contributions = histories.upTo(key, position);
    const organisation = organisationOf(contributions.length > 0 ? contributions : ofKey(pending, key));
    return { key, organisation, contributions };
  });
  const shared = tracedIn(references.filter(({ key }) => record.references.includes(key)));
  return {
    at: Date.parse(record.at),
    purpose: record.purpose,
    login,
    staff: record.viewer.staff.flatMap((key) => histories.upTo(key, position)),
    start: record.start,
    references: references.map((reference) =>
      record.references.includes(reference.key)
        ? { ...reference, contributions: reference.contributions.map((one) => withLostIdentity(one, shared)) }
        : reference,
    ),
    agreements: histories.ofKind('agreement').flatMap(({ key }) => histories.upTo(key, position)),
    pending,
  };
};

const organisationOf = (contributions: readonly FiledContribution[]): string =>
  contributions.map(({ envelope }) => envelope.owner.organisation).sort()[0] ?? '';

const identifiersOf = ({ identity }: FiledContribution): readonly ClassifiedIdentifier[] =>
  (identity?.['identifiers'] ?? []) as readonly ClassifiedIdentifier[];

const tracedIn = (references: ReadScope['references']): readonly ClassifiedIdentifier[] =>
  references
    .flatMap(({ contributions }) => contributions.flatMap(identifiersOf))
    .filter(({ status }) => status === 'traced');

/** The record says that these references were one child: an erased identity is what the others of them share. */
const withLostIdentity = (
  contribution: FiledContribution,
  shared: readonly ClassifiedIdentifier[],
): FiledContribution =>
  contribution.unreadable.includes('identity') ? { ...contribution, identity: { identifiers: shared } } : contribution;

const ofKey = (contributions: readonly FiledContribution[], key: string): readonly FiledContribution[] =>
  contributions.filter(({ envelope }) => envelope.subject.key === key);

const linesOf = (view: ChildView, record: ReadRecord): readonly ShownLine[] =>
  shownLines(pageOf(view.entries, record.page).entries);

/** Decides a recorded read again and compares it with its record. */
export const replayRead = (record: ReadRecord, scope: ReadScope, list: SealedList | undefined): ReplayOutcome => {
  const [rules, rulesVersion] = record.versions.linkageRules.split('/');
  if (!findLinkageRules(rules ?? '', Number(rulesVersion))) return 'other-code';
  const view = readChild(scope);
  const lines = linesOf(view, record);
  if (sha256Hex(digestBytes(lines)) === record.shown.sha256 && view.notices.length === record.shown.notices)
    return 'same';
  if (list === undefined || sha256Hex(digestBytes(list.lines)) !== record.shown.sha256) return 'differs';
  const erased = new Set(
    [...scope.staff, ...scope.agreements, ...scope.references.flatMap(({ contributions }) => contributions)]
      .filter(({ unreadable }) => unreadable.length > 0)
      .map(({ envelope }) => envelope.contributionId),
  );
  if (erased.size > 0) {
    const now = new Set(shownLines(view.entries).map((line) => canonicalText(line)));
    const left = list.lines.filter(([id]) => !erased.has(id));
    const more = lines.filter(([id]) => !list.lines.some(([shown]) => shown === id));
    if (left.every((line) => now.has(canonicalText(line))) && more.length === 0) return 'erased';
  }
  return record.versions.decisionCode === DECISION_CODE_VERSION ? 'differs' : 'other-code';
};
