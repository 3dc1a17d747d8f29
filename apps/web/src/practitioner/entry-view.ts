import { dateTimeText } from '../shell/dates.js';
import { dateText, dayOf, occurredText } from '../text/dates.js';
import { aboutText, handlingText, markText, serviceText, statementText } from '../text/labels.js';
import { shownFields, type ShownField } from '../text/values.js';
import type { Entry } from './answers.js';

/** One entry as the page shows it. Everything here is text; the template escapes it. */
export interface EntryView {
  readonly id: string;
  readonly title: string;
  /** Lane and colour by kind of party; `lane` is a class, `party` the words beside it. */
  readonly lane: string;
  readonly party: string;
  readonly statement: string | null;
  readonly about: string | null;
  readonly when: string;
  readonly day: string | null;
  /** The other times, where they say something that `when` does not. */
  readonly times: readonly string[];
  readonly fields: readonly ShownField[];
  readonly location: readonly ShownField[];
  /** Names of fields that the record holds and does not fill. */
  readonly unsaid: readonly string[];
  readonly marks: readonly string[];
  /** What the reader is told to do with it. */
  readonly handling: readonly string[];
  readonly isLate: boolean;
  readonly readerText: string;
  readonly conflictsWith: readonly string[];
  readonly own: boolean;
  /** An allegation of one's own service, of which it may say what came. */
  readonly ownAllegation: boolean;
  /** What filters go by. */
  readonly kind: string;
  readonly statementCode: string;
}

/** Colour alone says nothing: each lane has a word, and these only repeat it. */
const LANES: Readonly<Record<string, string>> = {
  LOCAL_AUTHORITY: 'authority',
  EDUCATION: 'education',
  HEALTH: 'health',
  POLICE: 'police',
};
const OTHER_LANE = 'other';

/** Whether an instant lies in a day of London. */
const sameDay = (a: string | undefined, b: string): boolean =>
  a !== undefined && a === new Date(b).toLocaleDateString('sv-SE', { timeZone: 'Europe/London' });

const timesOf = (times: NonNullable<Entry['times']>): string[] => {
  const { occurred, ended, agencyKnew, hubReceived, read } = times;
  const occurredDay = dayOf(occurred);
  return [
    ...(ended === undefined ? [] : [`Ended ${dateText(ended)}`]),
    ...(agencyKnew === null || agencyKnew.slice(0, 10) === occurredDay
      ? []
      : [`The agency knew ${dateText(agencyKnew)}`]),
    ...(sameDay(occurredDay, hubReceived) ? [] : [`Received here ${dateTimeText(hubReceived)}`]),
    ...(sameDay(occurredDay, read) ? [] : [`You read it ${dateTimeText(read)}`]),
  ];
};

/** `own`: organisations and services that are the reader's own. */
export const entryView = (entry: Entry, isOwn: (owner: NonNullable<Entry['owner']>) => boolean): EntryView => {
  const { owner, party, times, marks = [] } = entry;
  const kind = party?.kind ?? '';
  const own = owner !== undefined && isOwn(owner);
  const [all, where] = [shownFields(entry.content), shownFields(entry.location)];
  return {
    id: entry.entryId,
    title: entry.summary ?? 'Part of a record',
    lane: LANES[kind] ?? OTHER_LANE,
    party: owner
      ? `${party?.name ?? owner.organisation}, ${serviceText(owner.service)}`
      : 'A service that is not named here',
    statement: entry.statement === undefined ? null : statementText(entry.statement),
    about: entry.about === undefined || entry.about === 'child' ? null : aboutText(entry.about),
    when: times ? occurredText(times.occurred) : 'Date not shown',
    day: (times && dayOf(times.occurred)) ?? null,
    times: times ? timesOf(times) : [],
    fields: all.filter(({ unsaid }) => !unsaid),
    location: where.filter(({ unsaid }) => !unsaid),
    unsaid: [...all, ...where].filter(({ unsaid }) => unsaid).map(({ label }) => label),
    marks: marks.map(markText),
    handling: (entry.handling ?? []).map(handlingText),
    isLate: marks.includes('late'),
    readerText: entry.readerText,
    conflictsWith: entry.conflictsWith ?? [],
    own,
    ownAllegation: own && entry.type === 'allegation-recorded',
    kind,
    statementCode: entry.statement ?? '',
  };
};
