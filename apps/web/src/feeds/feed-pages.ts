import { dateTimeText } from '../shell/dates.js';
import { words } from '../text/labels.js';
import type { Notices, OwnFeeds, QuarantinePage, QuarantinedItem, Receipt, Submissions } from './answers.js';
import { noticeText, placeText, reasonText, stateText } from './feed-words.js';

export const feedPath = (feed: string, query: Readonly<Record<string, string>> = {}): string => {
  const search = new URLSearchParams(query).toString();
  return `/feeds/${encodeURIComponent(feed)}${search && `?${search}`}`;
};
export const receiptPath = (receipt: string): string => `/receipts/${encodeURIComponent(receipt)}`;
export const itemPath = (feed: string, id: string): string =>
  `/feeds/${encodeURIComponent(feed)}/quarantine/${encodeURIComponent(id)}`;

const never = (at: string | null): string => (at === null ? 'Never' : dateTimeText(at));

/** One's own feeds and how they stand. */
export const feedsPage = ({ feeds }: OwnFeeds) => ({
  showsOrganisation: new Set(feeds.map(({ organisation }) => organisation)).size > 1,
  feeds: feeds.map(({ feed, title, organisation, lastHeartbeat, coversUntil, waiting, quarantined }) => ({
    href: feedPath(feed),
    title,
    organisation,
    lastHeartbeat: never(lastHeartbeat),
    coversUntil: coversUntil === null ? 'Not said' : dateTimeText(coversUntil),
    waiting,
    quarantined,
  })),
});

export interface FeedQuery {
  readonly feed: string;
  readonly title: string;
  readonly state: 'open' | 'closed';
  /** Whether the lists begin where another page ended. */
  readonly continued: boolean;
}

const decisionText = ({ state, by, at }: QuarantinedItem): string =>
  state === 'open' ? stateText(state) : `${stateText(state)} by ${words(by?.role ?? '')}, ${dateTimeText(at ?? '')}`;

/** One feed: what waits for a decision, what was sent, and what the hub has to say about it. */
export const feedPage = (
  { feed, title, state, continued }: FeedQuery,
  quarantine: QuarantinePage,
  { submissions, cursor }: Submissions,
  { notices }: Notices,
) => ({
  title,
  continued,
  isOpen: state === 'open',
  here: feedPath(feed),
  otherState: feedPath(feed, state === 'open' ? { state: 'closed' } : {}),
  items: quarantine.items.map((item) => ({
    href: itemPath(feed, item.id),
    place: placeText(item.field),
    reason: reasonText(item.reason),
    receivedAt: dateTimeText(item.receivedAt),
    receipt: receiptPath(item.receipt),
    state: decisionText(item),
  })),
  moreItems: quarantine.cursor === null ? null : feedPath(feed, { state, items: quarantine.cursor }),
  submissions: submissions.map((one) => ({
    href: receiptPath(one.receipt),
    acceptedAt: dateTimeText(one.acceptedAt),
    items: one.items,
    filed: one.filed,
    quarantined: one.quarantined,
    duplicate: one.duplicate,
    accepted: one.accepted,
  })),
  moreSubmissions: cursor === null ? null : feedPath(feed, { state, submissions: cursor }),
  notices: notices.map(({ kind, receipt, path, at }) => ({
    text: noticeText(kind),
    receipt: receiptPath(receipt),
    place: placeText(path),
    at: dateTimeText(at),
  })),
});

/** What became of one submission. */
export const receiptPage = ({ receipt, feed, acceptedAt, total, items, next }: Receipt) => ({
  receipt,
  feed,
  feedHref: feedPath(feed),
  acceptedAt: dateTimeText(acceptedAt),
  total,
  items: items.map((item) => ({
    item: item.item,
    place: placeText(item.field ?? item.path),
    state: stateText(item.state),
    reason: item.reason === undefined ? '' : reasonText(item.reason),
    href: item.reason === undefined ? null : itemPath(feed, item.contribution),
  })),
  next: next === null ? null : `${receiptPath(receipt)}?after=${next}`,
});
