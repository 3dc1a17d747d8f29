import { dateText } from '../text/dates.js';
import { purposeText, words } from '../text/labels.js';
import type { Replay } from './answers.js';
import { entryLines, noticeText, postText, type EntryLines } from './entry-lines.js';
import { exactTimeText } from '../text/london-time.js';

/** A replay as a page shows it. */
export interface ReplayPage {
  readonly at: string;
  readonly child: string;
  readonly login: string;
  readonly posts: readonly string[];
  readonly purpose: string;
  readonly relations: string;
  readonly agreements: readonly string[];
  readonly notices: readonly string[];
  readonly entries: readonly EntryLines[];
  /** What else there is to know of the answer. */
  readonly remarks: readonly string[];
}

const remarksOf = ({ linkBeingChecked, moreDetailNeeded, erasedParts, viewer }: Replay): string[] => [
  ...(viewer.posts.length === 0 ? ['This person held no post at that time'] : []),
  ...(linkBeingChecked ? ['The viewer was told that a link between records was being checked'] : []),
  ...(moreDetailNeeded ? ['The viewer was asked for one more detail: several children fitted'] : []),
  ...(erasedParts > 0
    ? [
        `${erasedParts} sealed ${erasedParts === 1 ? 'part' : 'parts'} of what this rests on ${erasedParts === 1 ? 'has' : 'have'} been erased since. What was shown then may have been more`,
      ]
    : []),
];

export const replayPage = (replay: Replay): ReplayPage => {
  const { name, birthDate } = replay.child;
  return {
    at: exactTimeText(replay.at),
    child: [name ?? 'Not named to this viewer', ...(birthDate === null ? [] : [`born ${dateText(birthDate)}`])].join(
      ', ',
    ),
    login: replay.viewer.login,
    posts: replay.viewer.posts.map(postText),
    purpose: purposeText(replay.purpose),
    relations: replay.relations.length > 0 ? replay.relations.map(words).join(', ') : 'None',
    agreements: replay.agreements.map(({ id, version }) => `${id}, version ${version}`),
    notices: replay.notices.map(noticeText),
    entries: replay.entries.map(entryLines),
    remarks: remarksOf(replay),
  };
};
