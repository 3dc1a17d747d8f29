import { addToInstant, ageAt, toInstant } from '../decision-oracle/zoned-time.js';
import { EXISTENCE, SEALED_BY_MEANING, SPECIAL_BY_MEANING, SUMMARY, fieldAction, rankOf } from './cedar-text.js';
import { folded, type Question, type QuestionEntry } from './cedar-question.js';

/** JSON as Cedar takes it for contexts and attributes. */
export type CedarValue = string | number | boolean | CedarValue[] | { [name: string]: CedarValue };
export interface CedarEntity {
  uid: { type: string; id: string };
  attrs: Record<string, CedarValue>;
  parents: { type: string; id: string }[];
}
export interface CedarRequest {
  readonly principal: CedarEntity['uid'];
  readonly action: CedarEntity['uid'];
  readonly resource: CedarEntity['uid'];
  readonly context: Record<string, CedarValue>;
  readonly entities: CedarEntity[];
}

/** A zone in which a document counts days, and the look-backs that it knows. */
export interface Calendar {
  readonly zone: string;
  readonly lookbacks: readonly string[];
}

interface Stretch {
  readonly start: number;
  readonly last: number;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');
const lastDayOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** First and last day that a date, a month or a year may mean. */
const daysOf = (text: string): readonly [first: string, last: string] => {
  const [year = '', month, day] = text.split('-');
  if (day !== undefined) return [text, text];
  const lastMonth = month ?? '12';
  const last = `${year}-${lastMonth}-${twoDigits(lastDayOf(Number(year), Number(lastMonth)))}`;
  return [`${year}-${month ?? '01'}-01`, last];
};

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

const stretchOf = (text: string, zone: string): Stretch => {
  if (text.includes('T')) {
    const at = toInstant(text, zone);
    return { start: at, last: at };
  }
  const [first, last] = daysOf(text);
  return { start: toInstant(first, zone), last: toInstant(dayAfter(last), zone) - 1 };
};

/** When it occurred, from its first to its last instant; undefined where that is not known. */
const occurredIn = ({ occurredFrom, occurredTo }: QuestionEntry, zone: string): Stretch | undefined => {
  const from = occurredFrom ?? occurredTo;
  const to = occurredTo ?? occurredFrom;
  if (from === undefined || to === undefined) return undefined;
  const stretch = { start: stretchOf(from, zone).start, last: stretchOf(to, zone).last };
  return stretch.start <= stretch.last ? stretch : undefined;
};

/** The youngest and the oldest that somebody may have been; -1 before birth. */
const agesIn = (
  born: string | undefined,
  stretch: Stretch | undefined,
  zone: string,
): { youngest: number; oldest: number } | undefined => {
  if (born === undefined || stretch === undefined) return undefined;
  if (born === 'unborn') return { youngest: -1, oldest: -1 };
  const [first, last] = daysOf(born);
  return { youngest: ageAt(last, stretch.start, zone), oldest: ageAt(first, stretch.last, zone) };
};

const calendarOf = ({ zone, lookbacks }: Calendar, question: Question): CedarValue => {
  const { at, entry, childBorn, otherBorn } = question;
  const read = { start: at, last: at };
  const occurred = entry ? occurredIn(entry, zone) : undefined;
  const other = entry ? (entry.aboutBorn ?? otherBorn) : undefined;
  const ages = {
    childRead: agesIn(childBorn, read, zone),
    childOccurred: agesIn(childBorn, occurred, zone),
    otherRead: agesIn(other, read, zone),
    otherOccurred: agesIn(other, occurred, zone),
  };
  const last = entry?.ended ?? entry?.occurredTo ?? entry?.occurredFrom;
  const ends =
    last === undefined
      ? []
      : lookbacks.map((lookback) => [lookback, instant(addToInstant(stretchOf(last, zone).start, lookback, zone))]);
  return {
    ...(Object.fromEntries(Object.entries(ages).filter(([, known]) => known)) as Record<string, CedarValue>),
    lookback: Object.fromEntries(ends) as Record<string, CedarValue>,
  };
};

const instant = (ms: number): CedarValue => ({ __extn: { fn: 'datetime', arg: new Date(ms).toISOString() } });

/** Whatever a name of a field is spelled like, it means the same. */
const meaningOf = (name: string): string[] => {
  switch (folded(name).replaceAll(/[^a-z]/g, '')) {
    case 'weaponmarker':
      return [SPECIAL_BY_MEANING];
    case 'adoptiondate':
    case 'placementaddress':
      return [SEALED_BY_MEANING];
    default:
      return [];
  }
};

interface Facet {
  readonly action: string;
  readonly groups: readonly string[];
  readonly about: string;
  readonly floor: string;
}

const facetsOf = (entry: QuestionEntry | null): Facet[] =>
  entry === null
    ? [{ action: EXISTENCE, groups: [], about: '', floor: 'contact' }]
    : [
        { action: SUMMARY, groups: [], about: entry.about, floor: 'contact' },
        ...entry.fields.map(({ name, part, about, floor }) => ({
          action: fieldAction(part, name),
          groups: meaningOf(name),
          about,
          floor: floor ?? 'contact',
        })),
      ];

/** What a caller of Cedar asks for one question: each facet apart, under each relation apart. */
export const cedarRequests = (question: Question, calendars: readonly Calendar[]): CedarRequest[] => {
  const { viewer, owner, entry } = question;
  const principal = { type: 'Viewer', id: viewer.staffKey };
  const resource =
    entry === null
      ? { type: 'Service', id: `${folded(owner.organisation)} ${owner.service}` }
      : { type: 'Entry', id: entry.id };
  const people: CedarEntity[] = [
    {
      uid: principal,
      attrs: {
        organisation: folded(viewer.organisation),
        kind: folded(viewer.kind),
        service: viewer.service,
        role: viewer.role,
      },
      parents: [],
    },
    {
      uid: resource,
      attrs: {
        organisation: folded(owner.organisation),
        service: owner.service,
        types: [...new Set(question.types.map(folded))],
        ...(entry === null ? {} : { tier: rankOf(entry.tier), about: entry.about }),
      },
      parents: [],
    },
  ];
  const context = {
    at: instant(question.at),
    purpose: folded(question.purpose),
    facts: [...new Set([...question.facts, ...question.moreFacts])],
    ongoing: entry?.ended === null,
    calendar: Object.fromEntries(calendars.map((calendar) => [calendar.zone, calendarOf(calendar, question)])),
  };
  const relations = question.relations.length > 0 ? question.relations : [undefined];
  return facetsOf(entry).flatMap(({ action, groups, about, floor }) => {
    const part = action.includes('/') ? [action.slice(0, action.indexOf('/'))] : [];
    const uid = { type: 'Action', id: action };
    const parents = [...part, ...groups].map((id) => ({ type: 'Action', id }));
    return relations.map((relation) => ({
      principal,
      action: uid,
      resource,
      context: { ...context, about, floor: rankOf(floor), ...(relation === undefined ? {} : { relation }) },
      entities: [...people, { uid, attrs: {}, parents }],
    }));
  });
};
