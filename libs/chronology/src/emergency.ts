import type { EmergencyOutcome, EmergencyReason, ReviewLevel } from '#contracts';
import type { Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { suspensionsOf } from './suspensions.js';

/** The one purpose that the relation `emergency` allows. */
export const EMERGENCY = 'EMERGENCY';
export const EMERGENCY_OPENED = 'emergency-access-opened';
export const EMERGENCY_ENDED = 'emergency-access-ended';
export const EMERGENCY_REVIEWED = 'emergency-access-reviewed';

/** How long an access in an emergency lasts: two hours of recorded time. */
export const EMERGENCY_MS = 2 * 3_600_000;

/** What one person opened in an emergency: one handle, under one post, for two hours. */
export interface EmergencyAccess {
  readonly id: string;
  readonly handle: string;
  readonly reason: EmergencyReason;
  /** The post under which it was opened. */
  readonly staffKey: string;
  readonly organisation: string;
  readonly service: string;
  readonly role: string;
  /** Milliseconds since 1970; `until` exclusive, an end by the person counted in. */
  readonly from: number;
  readonly until: number;
  /** When the person ended it; null: he did not. */
  readonly endedAt: number | null;
  /** RFC 3339, exclusive, as they were set by a version of a calendar when it was opened. */
  readonly reviewBy: string;
  readonly deputyBy: string;
  readonly calendar: string;
  readonly references: readonly string[];
  /** The identifier by which the child was searched; null: by words that mean one's own organisation's child alone. */
  readonly described: { readonly kind: string; readonly value: string } | null;
  readonly contribution: FiledContribution;
}

interface OpenedTerms extends Pick<
  EmergencyAccess,
  'handle' | 'reason' | 'role' | 'reviewBy' | 'deputyBy' | 'calendar'
> {
  readonly access: string;
  readonly references: readonly string[];
  readonly from: string;
  readonly until: string;
}

const distinct = (contributions: readonly FiledContribution[], type: string): FiledContribution[] => [
  ...new Map(
    contributions
      .filter(({ envelope, confirms }) => envelope.type === type && confirms === undefined)
      .map((one) => [one.envelope.contributionId, one] as const),
  ).values(),
];

/** An end that cannot be read ends all the same: what it ends stands in its record's path. */
const endOf = (opened: FiledContribution, ends: readonly FiledContribution[]): number | null => {
  const { subject, record } = opened.envelope;
  const own = ends.filter(
    ({ envelope }) => envelope.subject.key === subject.key && envelope.record.ancestors.includes(record.key),
  );
  return own.length === 0 ? null : Math.min(...own.map(({ envelope }) => Date.parse(envelope.hubReceived)));
};

const accessOf = (opened: FiledContribution, ends: readonly FiledContribution[]): EmergencyAccess[] => {
  const { envelope, terms, identity } = opened;
  // One that cannot be read opens nothing.
  if (!terms) return [];
  const { access, from, until, handle, reason, role, references, reviewBy, deputyBy, calendar } =
    terms as unknown as OpenedTerms;
  const endedAt = endOf(opened, ends);
  return [
    {
      id: access,
      handle,
      reason,
      staffKey: envelope.subject.key,
      organisation: envelope.owner.organisation,
      service: envelope.owner.service,
      role,
      from: Date.parse(from),
      until: Math.min(Date.parse(until), endedAt ?? Infinity),
      endedAt,
      reviewBy,
      deputyBy,
      calendar,
      references,
      described: (identity?.['described'] ?? null) as EmergencyAccess['described'],
      contribution: opened,
    },
  ];
};

/** Of times that cannot be read it is not active. */
export const isActiveAt = ({ from, until }: EmergencyAccess, at: number): boolean => from <= at && at < until;

/**
 * Everything that one person opened in emergencies, by what is recorded of him, in the order in which it was opened.
 * One that was opened while another was active is none.
 */
export const accessesOf = (staff: readonly FiledContribution[]): readonly EmergencyAccess[] => {
  const opened = distinct(staff, EMERGENCY_OPENED);
  if (opened.length === 0) return [];
  const isSuspended = suspensionsOf(staff);
  const ends = distinct(staff, EMERGENCY_ENDED);
  return opened
    .filter(({ envelope }) => !isSuspended(envelope))
    .flatMap((one) => accessOf(one, ends))
    .sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
    .reduce<EmergencyAccess[]>(
      (kept, one) => (kept.some((earlier) => isActiveAt(earlier, one.from)) ? kept : [...kept, one]),
      [],
    );
};

/** What this person has open at an instant: one at most. */
export const activeAccess = (staff: readonly FiledContribution[], at: number): EmergencyAccess | undefined =>
  accessesOf(staff).find((access) => isActiveAt(access, at));

/** How often this person ever opened anything in an emergency. */
export const timesOpened = (staff: readonly FiledContribution[]): number => distinct(staff, EMERGENCY_OPENED).length;

/** Whether it was opened under this post. */
export const isOpenedBy = (access: Pick<EmergencyAccess, 'staffKey' | 'organisation' | 'service'>, post: Viewer) =>
  access.staffKey === post.staffKey && access.organisation === post.organisation && access.service === post.service;

/** What one owner of records, or the partnership for it, said of an access. */
export interface AccessReview {
  readonly id: string;
  readonly organisation: string;
  readonly outcome: EmergencyOutcome;
  readonly level: ReviewLevel;
  readonly reviewer: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

interface ReviewTerms extends Omit<AccessReview, 'id' | 'at'> {
  readonly access: string;
}

/**
 * What was said of an access, in the order in which it came: of an owner by its own people, or by the partnership, each
 * in his own name.
 */
export const reviewsOf = (staff: readonly FiledContribution[], access: string): readonly AccessReview[] =>
  distinct(staff, EMERGENCY_REVIEWED)
    .flatMap(({ envelope, terms }): AccessReview[] => {
      const said = terms as ReviewTerms | undefined;
      if (said?.access !== access || said.reviewer !== envelope.sender) return [];
      const { organisation, outcome, level, reviewer } = said;
      if (level !== 'partnership' && organisation !== envelope.owner.organisation) return [];
      return [{ id: envelope.contributionId, organisation, outcome, level, reviewer, at: envelope.hubReceived }];
    })
    .sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));

/** Who decides at an instant: the owner's reviewer, after his time its deputy, after his the partnership. */
export const levelAt = (
  { reviewBy, deputyBy }: Pick<EmergencyAccess, 'reviewBy' | 'deputyBy'>,
  at: number,
): ReviewLevel => (at < Date.parse(reviewBy) ? 'reviewer' : at < Date.parse(deputyBy) ? 'deputy' : 'partnership');

export interface ReviewStanding {
  /** `open` until somebody says that it was justified, or that it was not. */
  readonly state: 'open' | 'justified' | 'not-justified';
  /** Who decides now, or who did. */
  readonly level: ReviewLevel;
  /** Not decided before the reviewer's time was over. */
  readonly late: boolean;
}

/** How one owner's review stands at an instant. The first word that decides is the decision. */
export const standingOf = (
  access: Pick<EmergencyAccess, 'reviewBy' | 'deputyBy'>,
  reviews: readonly AccessReview[],
  organisation: string,
  at: number,
): ReviewStanding => {
  const decided = reviews.find((one) => one.organisation === organisation && one.outcome !== 'more-needed');
  const isLate = (instant: number): boolean => instant >= Date.parse(access.reviewBy);
  return decided && decided.outcome !== 'more-needed'
    ? { state: decided.outcome, level: decided.level, late: isLate(Date.parse(decided.at)) }
    : { state: 'open', level: levelAt(access, at), late: isLate(at) };
};
