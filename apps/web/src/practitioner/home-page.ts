import { dateTimeText } from '../shell/dates.js';
import { dateText } from '../text/dates.js';
import { relationText } from '../text/labels.js';
import type { OwnChildren } from './answers.js';

export interface ChildRow {
  /** Null where the relation to this child does not allow what the session is for. */
  readonly href: string | null;
  readonly name: string;
  readonly birthDate: string;
  readonly relation: string;
  readonly news: string;
  /** Something waits to be read. */
  readonly isNew: boolean;
}

export interface HomePage {
  readonly children: readonly ChildRow[];
  readonly next: string | null;
}

export const chronologyPath = (handle: string, purpose: string): string =>
  `/children/${encodeURIComponent(handle)}?${new URLSearchParams({ purpose }).toString()}`;

const newsOf = (child: OwnChildren['children'][number]): string => {
  if (child.lastRead === null || child.new === null) return 'You have not opened it yet';
  const since = `since you read it on ${dateTimeText(child.lastRead)}`;
  if (child.new === 0) return `Nothing new ${since}`;
  return `${child.new} new ${child.new === 1 ? 'entry' : 'entries'} ${since}`;
};

/** One's own children, each one action away from what others know. */
export const homePage = ({ children, cursor }: OwnChildren, purpose: string): HomePage => ({
  children: children.map((child) => ({
    href: child.purposes.includes(purpose) ? chronologyPath(child.handle, purpose) : null,
    name: child.child.name ?? 'A child whose name your service has not recorded',
    birthDate: child.child.birthDate === null ? 'Not recorded' : dateText(child.child.birthDate),
    relation: child.relation.map(relationText).join(', '),
    news: newsOf(child),
    isNew: child.new === null || child.new > 0,
  })),
  next: cursor,
});
