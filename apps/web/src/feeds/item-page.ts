import type { ApiProblem } from '../api/api-client.js';
import { dateTimeText } from '../shell/dates.js';
import type { FormError } from '../shell/form-errors.js';
import { words } from '../text/labels.js';
import type { OpenedItem, QuarantinedItem } from './answers.js';
import { feedPath, itemPath, receiptPath } from './feed-pages.js';
import { placeText, reasonText, stateText } from './feed-words.js';

/** What the forms of an item hold; each form has its own reason. */
export interface ItemValues {
  readonly document: string;
  readonly releaseReason: string;
  readonly discardReason: string;
}

/** JSON in lines, to be corrected; what is cut off or is no JSON as it is. */
export const readable = (raw: string): string => {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
};

export const valuesOf = ({ raw }: OpenedItem): ItemValues => ({
  document: raw === null ? '' : readable(raw),
  releaseReason: '',
  discardReason: '',
});

/** An item in quarantine. `opened` is absent where a form is shown again: what stood there is in it. */
export const itemPage = (feed: string, item: QuarantinedItem, values: ItemValues, opened?: OpenedItem) => ({
  feedHref: feedPath(feed),
  here: itemPath(feed, item.id),
  place: placeText(item.field),
  field: item.field,
  reason: reasonText(item.reason),
  receivedAt: dateTimeText(item.receivedAt),
  receipt: receiptPath(item.receipt),
  isOpen: item.state === 'open',
  state: stateText(item.state),
  canBeRead: opened?.raw !== null,
  values,
  decisions: (opened?.decisions ?? []).map(({ outcome, by, at, reason }) => ({
    text: `${stateText(outcome)} by ${words(by.role).toLowerCase()}`,
    at: dateTimeText(at),
    reason: reason ?? 'The reason cannot be read any more',
  })),
});

/** Fields of a corrected document that are named at most. */
const MOST = 10;
const REASONS: Readonly<Record<string, string>> = {
  missing: 'Enter a reason',
  'too-long': 'Shorten the reason to 4,000 characters',
};

/** Why a decision was not taken, at the inputs of its form. */
export const decisionErrors = (
  status: number,
  problem: ApiProblem,
  reasonField: 'releaseReason' | 'discardReason',
): readonly FormError[] => {
  if (status === 409) return [{ field: reasonField, text: 'Somebody has decided about this item already' }];
  if (status === 413) return [{ field: 'document', text: 'The document is larger than 1 MiB' }];
  if (status === 422) {
    return problem.errors
      .slice(0, MOST)
      .map(({ field, reason }) => ({ field: 'document', text: `${placeText(field)}: ${lowered(reasonText(reason))}` }));
  }
  return problem.errors.map(({ field, reason }) =>
    field === 'document'
      ? { field, text: 'Enter the corrected document' }
      : { field: reasonField, text: REASONS[reason] ?? 'This could not be decided. Look at the item again' },
  );
};

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
