import { dateTimeText } from '../shell/dates.js';
import { closesChildren } from '../shell/navigation.js';
import { dateText } from '../text/dates.js';
import { partyKindText, purposeText, statementText } from '../text/labels.js';
import type { Profile } from '../api/profile.js';
import type { Chronology, Entry } from './answers.js';
import { entryView, type EntryView } from './entry-view.js';

/** What a reader may narrow the page by. It hides nothing from the counts. */
export interface Filter {
  readonly party: string;
  readonly kind: string;
  /** Days, `YYYY-MM-DD`, both inclusive; empty: no bound. */
  readonly from: string;
  readonly to: string;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}

/** Entries that stand together: one alone, or the versions of one record that contradict each other. */
export interface EntryGroup {
  readonly conflicting: boolean;
  readonly entries: readonly EntryView[];
}

export interface ChronologyPage {
  readonly heading: string;
  readonly birthDate: string | null;
  readonly purpose: string;
  readonly purposeText: string;
  readonly handle: string;
  /** Null where nothing shows: such a page says nothing of its own time. */
  readonly readAt: string | null;
  readonly groups: readonly EntryGroup[];
  /** How many entries the read showed on this page, and how many of them the filter leaves. */
  readonly total: number;
  readonly shown: number;
  readonly filtered: boolean;
  readonly filter: Filter;
  readonly parties: readonly Choice[];
  readonly statements: readonly Choice[];
  readonly notices: readonly { readonly text: string; readonly desk: string }[];
  readonly upTo: readonly number[];
  readonly linkBeingChecked: boolean;
  readonly moreDetailNeeded: boolean;
  readonly completeness: {
    readonly statement: string;
    readonly lines: readonly { readonly party: string; readonly covers: string; readonly fresh: string }[];
  };
  readonly next: string | null;
  /** What one's own service recorded is here: it may be withdrawn or closed. */
  readonly canDecide: boolean;
  /** The reader may close whole children to somebody. */
  readonly canClose: boolean;
  /** What is open in an emergency while this is read under it. */
  readonly emergency: { readonly id: string; readonly until: string } | null;
}

export const EMPTY_FILTER: Filter = { party: '', kind: '', from: '', to: '' };
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Anything that is no filter is none. */
export const filterOf = (query: Readonly<Record<string, unknown>>): Filter => {
  const text = (name: string): string => (typeof query[name] === 'string' ? query[name].trim() : '');
  const dayText = (name: string): string => (DAY.test(text(name)) ? text(name) : '');
  return { party: text('party'), kind: text('kind'), from: dayText('from'), to: dayText('to') };
};

/** An undated entry stands outside every stretch of time; a month or a year is inside where any of its days is. */
const isWithin = (day: string | null, { from, to }: Filter): boolean => {
  if (from === '' && to === '') return true;
  if (day === null) return false;
  return (from === '' || day >= from.slice(0, day.length)) && (to === '' || day <= to.slice(0, day.length));
};

const passes = (view: EntryView, filter: Filter): boolean =>
  (filter.party === '' || view.kind === filter.party) &&
  (filter.kind === '' || view.statementCode === filter.kind) &&
  isWithin(view.day, filter);

/** Versions that contradict each other stand side by side, where the first of them stands. */
const groupsOf = (views: readonly EntryView[]): EntryGroup[] => {
  const byId = new Map(views.map((view) => [view.id, view]));
  const placed = new Set<string>();
  return views.flatMap((view): EntryGroup[] => {
    if (placed.has(view.id)) return [];
    const others = view.conflictsWith.flatMap((id) => (placed.has(id) ? [] : (byId.get(id) ?? [])));
    for (const { id } of [view, ...others]) placed.add(id);
    return [{ conflicting: others.length > 0, entries: [view, ...others] }];
  });
};

const choices = (
  values: readonly string[],
  selected: string,
  textOf: (value: string) => string,
  all: string,
): Choice[] => [
  { value: '', text: all, selected: selected === '' },
  ...[...new Set(values)]
    .filter((value) => value !== '')
    .sort()
    .map((value) => ({ value, text: textOf(value), selected: value === selected })),
];

const ownsWith = (profile: Profile) => (owner: NonNullable<Entry['owner']>) =>
  profile.posts.some((post) => post.organisation === owner.organisation && post.service === owner.service);

/** The page of one read. What it says of parties that are not shown is the answer's completeness alone. */
export const chronologyPage = (chronology: Chronology, profile: Profile, filter: Filter): ChronologyPage => {
  const views = chronology.entries.map((entry) => entryView(entry, ownsWith(profile)));
  const left = views.filter((view) => passes(view, filter));
  const { child, completeness, emergency } = chronology;
  const read = chronology.entries.find(({ times }) => times)?.times?.read;
  return {
    heading: child.name ?? 'The child you described',
    birthDate: child.birthDate === null ? null : dateText(child.birthDate),
    purpose: chronology.purpose,
    purposeText: purposeText(chronology.purpose),
    handle: chronology.handle,
    readAt: read === undefined ? null : dateTimeText(read),
    groups: groupsOf(left),
    total: views.length,
    shown: left.length,
    filtered: Object.values(filter).some((value) => value !== ''),
    filter,
    parties: choices(
      views.map(({ kind }) => kind),
      filter.party,
      partyKindText,
      'All parties',
    ),
    statements: choices(
      views.map(({ statementCode }) => statementCode),
      filter.kind,
      statementText,
      'All kinds',
    ),
    notices: chronology.notices.map(({ partyKind, desk }) => ({
      text: `${partyKindText(partyKind)} is involved`,
      desk: desk === '' ? 'No desk is given: ask the safeguarding partnership' : desk,
    })),
    upTo: chronology.upTo,
    linkBeingChecked: chronology.linkBeingChecked,
    moreDetailNeeded: chronology.moreDetailNeeded,
    completeness: {
      statement: completeness.statement,
      lines: completeness.lines.map(({ party, partyKind, covers, freshTo }) => ({
        party: `${party} (${partyKindText(partyKind)})`,
        covers,
        fresh: freshTo === null ? 'The feeds have not said' : dateTimeText(freshTo),
      })),
    },
    next: chronology.cursor,
    canDecide: views.some(({ own }) => own),
    canClose: closesChildren(profile),
    emergency: emergency ? { id: emergency.accessId, until: dateTimeText(emergency.until) } : null,
  };
};
