import { dateTimeText } from '../shell/dates.js';
import { dateText, occurredText } from '../text/dates.js';
import { aboutText, markText, partyKindText, purposeText, serviceText, statementText, words } from '../text/labels.js';
import { shownFields, type ShownField } from '../text/values.js';
import type { Notice, OneRead, Outcome, PostThen, ReadLine, ReplayedEntry } from './answers.js';
import { exactTimeText } from '../text/london-time.js';

/** An entry as the audit's pages show it. Everything here is text; the template escapes it. */
export interface EntryLines {
  readonly id: string;
  readonly record: string;
  readonly title: string;
  readonly party: string;
  readonly when: string;
  readonly statement: string | null;
  readonly about: string | null;
  readonly version: string | null;
  readonly fields: readonly ShownField[];
  readonly location: readonly ShownField[];
  /** Names of fields that the record holds and does not fill. */
  readonly unsaid: readonly string[];
  readonly times: readonly string[];
  readonly marks: readonly string[];
  readonly readerText: string;
}

export const entryLines = (entry: ReplayedEntry): EntryLines => {
  const { owner, party, times, statement, about } = entry;
  const [content, where] = [shownFields(entry.content), shownFields(entry.location)];
  return {
    id: entry.entryId,
    record: entry.record ?? entry.entryId,
    title: entry.summary ?? 'Part of a record',
    party: owner
      ? `${party?.name ?? owner.organisation}, ${serviceText(owner.service)}`
      : 'A service that is not named',
    when: times ? occurredText(times.occurred) : 'Date not shown',
    statement: statement === undefined ? null : statementText(statement),
    about: about === undefined || about === 'child' ? null : aboutText(about),
    version: entry.version ?? null,
    fields: content.filter(({ unsaid }) => !unsaid),
    location: where.filter(({ unsaid }) => !unsaid),
    unsaid: [...content, ...where].filter(({ unsaid }) => unsaid).map(({ label }) => label),
    times: times
      ? [
          ...(times.ended === undefined ? [] : [`Ended ${dateText(times.ended)}`]),
          ...(times.agencyKnew === null ? [] : [`The agency knew ${dateText(times.agencyKnew)}`]),
          `Received ${dateTimeText(times.hubReceived)}`,
        ]
      : [],
    marks: (entry.marks ?? []).map(markText),
    readerText: entry.readerText,
  };
};

export const noticeText = ({ partyKind, desk }: Notice): string =>
  `${partyKindText(partyKind)} is involved. Desk: ${desk === '' ? 'not given' : desk}`;

export const postText = ({ organisation, organisationName, service, role, team }: PostThen): string =>
  [
    `${words(role)}, ${serviceText(service)}`,
    ...(team === null ? [] : [`team ${team}`]),
    organisationName ?? organisation,
  ].join(', ');

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  same: 'Shows the same',
  erased: 'Part of what it rested on has been erased since',
  'other-code': 'The hub’s rules were changed since, and decide otherwise now',
  differs: 'Does not show what was recorded',
  'not-replayed': 'A look of this kind is not decided again',
};

export const outcomeText = (outcome: Outcome): string => OUTCOMES[outcome];

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const shownText = ({ kind, what, shown }: ReadLine): string => {
  switch (kind) {
    case 'chronology':
      return `${counted(shown.entries, 'entry', 'entries')}, ${counted(shown.notices, 'notice', 'notices')}`;
    case 'list':
      return `A list of ${counted(shown.children, 'child', 'children')}`;
    case 'other':
      return words(what);
  }
};

/** A line of a list of reads. */
export const readLine = (read: ReadLine) => ({
  id: read.readId,
  at: exactTimeText(read.at),
  login: read.reader.login ?? 'The record gives no sign-in',
  posts: read.reader.posts.length > 0 ? read.reader.posts.map(postText) : ['No post at that time'],
  purpose: read.purpose === null ? 'No purpose is recorded' : purposeText(read.purpose),
  relations: read.relations.length > 0 ? read.relations.map(words).join(', ') : 'No relation',
  shown: shownText(read),
  outcome: outcomeText(read.outcome),
  isSound: read.outcome === 'same' || read.outcome === 'not-replayed',
});

/** The page of one read. */
export const readPage = (read: OneRead) => ({
  ...readLine(read),
  kind: read.kind,
  agreements: (read.basis?.agreements ?? []).map(({ id, version }) => `${id}, version ${version}`),
  notices: read.notices.map(noticeText),
  entries: read.entries?.map(entryLines) ?? null,
  recorded: read.recorded.map(({ entryId, version, facets }) => ({
    entryId,
    version,
    facets: facets.map((facet) => words(facet.replace(/^(content|location)\./, ''))).join(', '),
  })),
  children: (read.children ?? []).map(({ relations, new: count }) => ({
    relations: relations.map(words).join(', '),
    news: count === null ? 'Never read before' : `${count} new`,
  })),
  replay:
    read.kind === 'chronology' && read.handle !== null && read.reader.login !== null && read.purpose !== null
      ? { handle: read.handle, login: read.reader.login, at: read.at, purpose: read.purpose }
      : null,
});
