import { canonicalText, type Envelope } from '#contracts';
import type { FiledContribution } from './filed-contribution.js';
import { ENTRY_RETRACTED } from './filing.js';

/** A version of a record that stands. A record with two of them is in conflict with itself. */
export interface CurrentRecord {
  /** Its envelope is the one that counts, also where it only confirms a body that came before. */
  readonly contribution: FiledContribution;
  /** Id of the contribution that holds the sealed body: this one's own, or that of the one it confirms. */
  readonly bodyOf: string;
  /** Another body of the same record stands at the same rank. */
  readonly conflicting: boolean;
  /** When the hub first received this body of this record. */
  readonly receivedFirst: string;
}

/**
 * The versions that stand, whatever the order in which they came and however often.
 *
 * - A record is (subject, feed, record key). Its version of the highest rank is current; other bodies at that same
 *   rank are current too, and all are marked as conflicting.
 * - Ranks of different kinds (a number, an instant, a text) are no order over each other: the highest of each kind
 *   stands, and they are marked as conflicting.
 * - Ranks of a feed that only appends are no order over versions: every distinct body stands, none in conflict, one
 *   sent again once, at its highest rank.
 * - A confirmation is a version with the body of the one it confirms.
 * - A retraction of key K at rank R in a feed takes away what is current at R or below in that feed and has K as its
 *   key or among its ancestors. An older version never comes back by it; a newer one lives.
 *
 * In order of subject, feed, record key and contribution id.
 */
export const currentRecords = (contributions: readonly FiledContribution[]): CurrentRecord[] => {
  const distinct = onePerId(contributions);
  const [retractions, versions] = partition(distinct, ({ envelope }) => envelope.type === ENTRY_RETRACTED);
  const retractedTo = tombstones(retractions);
  const isRetracted = ({ envelope }: FiledContribution): boolean =>
    [envelope.record.key, ...envelope.record.ancestors].some(
      (path) => (retractedTo.get(pathKey(envelope, path)) ?? NEVER) >= envelope.rank.key,
    );
  return [...Map.groupBy(versions, ({ envelope }) => pathKey(envelope, envelope.record.key))]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, ofRecord]) => currentOf(ofRecord, isRetracted));
};

/** Below every rank key. */
const NEVER = '';

/** Keys of one kind begin alike; see `rankKey`. */
const kindOfRank = ({ rank }: Envelope): string => rank.key.slice(0, 1);

const currentOf = (
  versions: readonly FiledContribution[],
  isRetracted: (version: FiledContribution) => boolean,
): CurrentRecord[] => {
  const [appended, ranked] = partition(versions, ({ envelope }) => envelope.rank.by === 'append');
  const tops = new Map<string, string>();
  for (const { envelope } of ranked) {
    if (envelope.rank.key > (tops.get(kindOfRank(envelope)) ?? NEVER))
      tops.set(kindOfRank(envelope), envelope.rank.key);
  }
  const highest = ranked.filter(({ envelope }) => envelope.rank.key === tops.get(kindOfRank(envelope)));
  const latest = onePerBody(highest).filter((version) => !isRetracted(version));
  const standing = onePerBody(appended).filter((version) => !isRetracted(version));
  const received = firstReceived(versions);
  const current = (conflicting: boolean) => (contribution: FiledContribution) => ({
    contribution,
    bodyOf: contribution.confirms ?? contribution.envelope.contributionId,
    conflicting,
    receivedFirst: received.get(contribution.envelope.record.body) ?? contribution.envelope.hubReceived,
  });
  return [...latest.map(current(latest.length > 1)), ...standing.map(current(false))].sort((a, b) =>
    compareText(a.contribution.envelope.contributionId, b.contribution.envelope.contributionId),
  );
};

/** Highest rank at which each path was retracted. */
const tombstones = (retractions: readonly FiledContribution[]): ReadonlyMap<string, string> => {
  const ranks = new Map<string, string>();
  for (const { envelope } of retractions) {
    const path = pathKey(envelope, envelope.record.key);
    const rank = ranks.get(path);
    if (rank === undefined || envelope.rank.key > rank) ranks.set(path, envelope.rank.key);
  }
  return ranks;
};

/** One version a body: that of the highest rank, and of the highest id among equals. */
const onePerBody = (versions: readonly FiledContribution[]): FiledContribution[] =>
  onePer(
    versions,
    ({ record }) => record.body,
    (a, b) =>
      compareText(b.envelope.rank.key, a.envelope.rank.key) ||
      compareText(b.envelope.contributionId, a.envelope.contributionId),
  );

/** One copy a contribution: as it was filed first, or as it was received first while none is filed. */
const onePerId = (contributions: readonly FiledContribution[]): FiledContribution[] =>
  onePer(
    contributions,
    ({ contributionId }) => contributionId,
    (a, b) =>
      (a.position ?? Infinity) - (b.position ?? Infinity) ||
      compareText(a.envelope.hubReceived, b.envelope.hubReceived) ||
      compareText(canonicalText(a.envelope), canonicalText(b.envelope)),
  );

const onePer = (
  contributions: readonly FiledContribution[],
  keyOf: (envelope: Envelope) => string,
  better: (a: FiledContribution, b: FiledContribution) => number,
): FiledContribution[] => {
  const best = new Map<string, FiledContribution>();
  for (const contribution of contributions) {
    const key = keyOf(contribution.envelope);
    const found = best.get(key);
    if (!found || better(contribution, found) < 0) best.set(key, contribution);
  }
  return [...best.values()];
};

const firstReceived = (versions: readonly FiledContribution[]): ReadonlyMap<string, string> => {
  const first = new Map<string, string>();
  for (const { envelope } of versions) {
    const found = first.get(envelope.record.body);
    if (found === undefined || envelope.hubReceived < found) first.set(envelope.record.body, envelope.hubReceived);
  }
  return first;
};

const pathKey = ({ subject, rank }: Envelope, path: string): string =>
  `${subject.kind}-${subject.key}\u0000${rank.feed}\u0000${path}`;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const partition = <T>(items: readonly T[], is: (item: T) => boolean): [T[], T[]] => [
  items.filter(is),
  items.filter((item) => !is(item)),
];
