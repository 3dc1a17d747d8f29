import { dateText, dateTimeText } from '../shell/dates.js';
import { serviceText, words } from '../text/labels.js';

/** What `/v1/relation-reviews` answers, as far as the page shows it. */
export interface RelationReviews {
  readonly reviews: readonly RelationReview[];
  readonly cursor: string | null;
}

export interface RelationReview {
  readonly reviewId: string;
  readonly organisationName: string;
  readonly relation: string;
  readonly service: string;
  readonly team: string | null;
  readonly role: string | null;
  readonly from: string;
  readonly until: string | null;
  readonly reason: string | null;
  readonly child: { readonly name: string | null; readonly birthDate: string | null };
  readonly readers: readonly { readonly name: string | null; readonly role: string; readonly reads: number }[];
  readonly otherReaders: number;
  readonly state: 'open' | 'genuine' | 'not-genuine';
  readonly reviews: readonly { readonly outcome: string; readonly at: string; readonly note: string | null }[];
}

const KINDS: Readonly<Record<string, string>> = {
  allocated: 'Allocated to a worker',
  team: 'With a team',
  triage: 'A contact at the front door',
  duty: 'With whoever is on duty',
  presenting: 'In unscheduled care',
  asserted: 'On a person’s own word',
};
const OUTCOMES: Readonly<Record<string, string>> = {
  genuine: 'It is genuine',
  'not-genuine': 'It is not genuine',
  'more-needed': 'More is needed before anybody can say',
};
/** A reason stands with these alone. */
const WITH_REASON = ['triage', 'presenting', 'asserted'];

const named = (table: Readonly<Record<string, string>>, code: string): string =>
  Object.hasOwn(table, code) ? table[code]! : words(code);

const timesText = (reads: number): string => (reads === 1 ? 'once' : `${String(reads)} times`);

const childText = ({ child }: RelationReview): string => {
  const name = child.name ?? 'A child whose name your records do not say';
  return child.birthDate === null ? name : `${name}, born ${dateText(child.birthDate)}`;
};

const whoseText = ({ organisationName, service, team, role }: RelationReview): string =>
  [organisationName, serviceText(service), team && `team ${team}`, role && words(role).toLowerCase()]
    .filter(Boolean)
    .join(', ');

/** One relation as the page shows it. */
export const relationReviewView = (review: RelationReview) => ({
  id: review.reviewId,
  title: `${named(KINDS, review.relation)}, since ${dateTimeText(review.from)}`,
  rows: Object.entries({
    Child: childText(review),
    'Whose it is': whoseText(review),
    'Until when': review.until === null ? 'No end is recorded' : dateTimeText(review.until),
    ...(WITH_REASON.includes(review.relation) ? { 'In their words': review.reason ?? 'Cannot be read' } : {}),
    'Who read by it': [
      ...review.readers.map(
        ({ name, role, reads }) =>
          `${name ?? 'Somebody without a recorded name'} (${words(role).toLowerCase()}), ${timesText(reads)}`,
      ),
      ...(review.otherReaders > 0 ? [`and ${review.otherReaders} more, who read less often`] : []),
    ].join('; '),
  }).map(([key, value]) => ({ key: { text: key }, value: { text: value } })),
  isOpen: review.state === 'open',
  said: review.reviews.map(({ outcome, at, note }) => ({
    what: `${dateTimeText(at)}: ${named(OUTCOMES, outcome).toLowerCase()}`,
    note: note ?? 'Cannot be read',
  })),
});
