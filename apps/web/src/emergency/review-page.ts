import { dateText, dateTimeText } from '../shell/dates.js';
import { serviceText, words } from '../text/labels.js';
import type { Access, Review } from './answers.js';
import { reasonText } from './opening-form.js';

const LEVELS: Readonly<Record<string, string>> = {
  reviewer: 'The owner’s reviewer',
  deputy: 'The owner’s deputy reviewer',
  partnership: 'The partnership',
};
const OUTCOMES: Readonly<Record<string, string>> = {
  justified: 'Justified',
  'not-justified': 'Not justified',
  'more-needed': 'More is needed before anybody can say',
};

const whoText = ({ by }: Pick<Review, 'by'>): string =>
  [by.name ?? 'Somebody', words(by.role).toLowerCase(), serviceText(by.service), by.organisationName].join(', ');

const timesText = ({ openedAt, until, endedAt }: Pick<Review, 'openedAt' | 'until' | 'endedAt'>): string =>
  endedAt === null
    ? `${dateTimeText(openedAt)} until ${dateTimeText(until)}`
    : `${dateTimeText(openedAt)}, ended by them on ${dateTimeText(endedAt)}`;

/** The end of a day is where the day after it begins: said as the last minute of the day that one has. */
const dueText = (instant: string): string => dateText(new Date(Date.parse(instant) - 60_000).toISOString());

const childText = ({ child }: Review): string => {
  if (child === null) return 'Not shown to the partnership: the owner of records knows which child';
  const name = child.name ?? 'A child whose name your records do not say';
  return child.birthDate === null ? name : `${name}, born ${dateText(child.birthDate)}`;
};

const standText = ({ state, level, reviewBy, deputyBy }: Review): string => {
  if (state !== 'open') return `${OUTCOMES[state]!}, said by: ${LEVELS[level]!.toLowerCase()}`;
  const due = level === 'reviewer' ? reviewBy : level === 'deputy' ? deputyBy : null;
  const until = due === null ? 'It has no time left' : `By the end of ${dueText(due)}`;
  return `${LEVELS[level]!} decides. ${until}`;
};

/** One review as the page shows it. */
export const reviewView = (review: Review) => ({
  id: review.accessId,
  organisation: review.organisation,
  owner: review.organisationName,
  child: childText(review),
  who: whoText(review),
  times: timesText(review),
  reason: reasonText(review.reason),
  text: review.text ?? 'Cannot be read',
  stands: standText(review),
  late: review.late,
  mayReview: review.mayReview,
  said: review.reviews.map(({ level, outcome, at, note }) => ({
    what: `${LEVELS[level] ?? level}, ${dateTimeText(at)}: ${(OUTCOMES[outcome] ?? outcome).toLowerCase()}`,
    note: note ?? 'Cannot be read',
  })),
});

/** One access as a guardian sees it. */
export const accessRow = (access: Access) => ({
  times: timesText(access),
  who: whoText(access),
  reason: reasonText(access.reason),
  stands: access.open ? (access.late ? 'Not decided, and late' : 'Not decided yet') : 'Nothing waits for a decision',
});
