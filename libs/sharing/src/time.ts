import { remembering } from './remember.js';

/** First and last millisecond that a text may mean. */
export interface Span {
  readonly start: number;
  readonly last: number;
}

/** A half-open stretch of time in milliseconds: `from` inclusive, `until` exclusive. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** Calendar part of an ISO 8601 duration. */
export interface Duration {
  readonly months: number;
  readonly days: number;
}

export const ALWAYS: Window = { from: -Infinity, until: Infinity };

/** False for an instant that is not a number. */
export const within = (window: Window, at: number): boolean => at >= window.from && at < window.until;

/** Zone of dates where a document names none. */
export const DEFAULT_ZONE = 'Europe/London';

const DAY = 86_400_000;
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?([Zz]|[+-]\d\d:\d\d)$/;
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/;

const utc = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  return date.getTime();
};

const daysIn = (year: number, month: number): number => new Date(utc(year, month + 1, 0)).getUTCDate();

const isDay = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);

/**
 * An RFC 3339 instant in whole milliseconds, rounded down; `finer` where digits were cut. Seconds may be left out,
 * the offset may not. Null for anything else.
 */
export const readInstant = (text: string): { readonly ms: number; readonly finer: boolean } | null => {
  const found = INSTANT.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return null;
  const fraction = (found[7] ?? '').padEnd(3, '0');
  const zone = found[8] ?? '';
  const [offsetHours, offsetMinutes] =
    zone.toUpperCase() === 'Z' ? [0, 0] : [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const offset = (zone.startsWith('-') ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  return {
    ms: utc(year, month, day, hour, minute, second, Number(fraction.slice(0, 3))) - offset,
    finer: /[1-9]/.test(fraction.slice(3)),
  };
};

const formatters = new Map<string, Intl.DateTimeFormat>();

const formatter = (zone: string): Intl.DateTimeFormat => {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    formatters.set(zone, found);
  }
  return found;
};

/** Whether this is a time zone of the IANA database that this machine knows. */
export const isZone = (zone: string): boolean => {
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
};

const MOST_ZONES = 1000;
const QUARTER = 900_000;
const MOST_OFFSETS = 50_000;
const offsets = new Map<string, Map<number, number>>();

/** Local time less UTC, in milliseconds. Zones change on quarters of an hour, so one answer serves a quarter. */
const offsetAt = (ms: number, zone: string): number => {
  let known = offsets.get(zone);
  if (!known || known.size > MOST_OFFSETS) offsets.set(zone, (known = new Map<number, number>()));
  const quarter = Math.floor(ms / QUARTER);
  const found = known.get(quarter);
  if (found !== undefined) return found;
  const parts: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(quarter * QUARTER)) parts[type] = value;
  const year = Number(parts['year']) * (parts['era']?.startsWith('B') ? -1 : 1);
  const local = utc(
    year,
    Number(parts['month']),
    Number(parts['day']),
    Number(parts['hour']),
    Number(parts['minute']),
    Number(parts['second']),
  );
  const offset = local - quarter * QUARTER;
  known.set(quarter, offset);
  return offset;
};

/** `YYYY-MM-DD` of an instant on the calendar of a zone. */
export const dayOf = (ms: number, zone: string): string => new Date(ms + offsetAt(ms, zone)).toISOString().slice(0, 10);

/** The instant at which clocks of a zone show this; where they never do, the same time before the change. */
const fromLocal = (local: number, zone: string): number => {
  const first = local - offsetAt(local, zone);
  return local - offsetAt(first, zone);
};

const momentOf = (text: string, zone: string): Span | null => {
  const instant = readInstant(text);
  if (instant) return { start: instant.ms, last: instant.ms };
  const local = LOCAL.exec(text);
  if (local) {
    const [year, month, day, hour, minute] = local.slice(1).map(Number) as [number, number, number, number, number];
    if (!isDay(year, month, day) || hour > 23 || minute > 59) return null;
    const at = fromLocal(utc(year, month, day, hour, minute), zone);
    return { start: at, last: at };
  }
  const date = DATE.exec(text);
  if (!date) return null;
  const year = Number(date[1]);
  const month = date[2] === undefined ? 1 : Number(date[2]);
  const day = date[3] === undefined ? 1 : Number(date[3]);
  if (!isDay(year, month, day)) return null;
  const next =
    date[2] === undefined
      ? utc(year + 1, 1, 1)
      : date[3] === undefined
        ? utc(year, month + 1, 1)
        : utc(year, month, day) + DAY;
  return { start: fromLocal(utc(year, month, day), zone), last: fromLocal(next, zone) - 1 };
};

const momentsIn = remembering((zone: string) => remembering((text: string) => momentOf(text, zone)), MOST_ZONES);

/**
 * What a text means in a zone: an RFC 3339 instant, a local minute (`2026-11-16T08:10`), a day, a month or a year.
 * Null where it is none of these.
 */
export const readMoment = (text: string, zone: string = DEFAULT_ZONE): Span | null => momentsIn(zone)(text);

/** `P24M`, `P28D`, `P1Y6M`, `P2W`: whole calendar units only. Null for anything else. */
export const readDuration = (text: string): Duration | null => {
  const found = /^P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?$/.exec(text);
  if (!found || text === 'P') return null;
  const [years, months, weeks, days] = found.slice(1).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return { months: years * 12 + months, days: weeks * 7 + days };
};

/** Later by a duration on the calendar of a zone. A day that the month lacks becomes the month's last. */
export const addDuration = (ms: number, duration: Duration, zone: string): number => {
  const local = new Date(ms + offsetAt(ms, zone));
  const months = local.getUTCFullYear() * 12 + local.getUTCMonth() + duration.months;
  const year = Math.floor(months / 12);
  const month = (months % 12) + 1;
  const day = Math.min(local.getUTCDate(), daysIn(year, month));
  const moved = utc(
    year,
    month,
    day,
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
    local.getUTCMilliseconds(),
  );
  return fromLocal(moved + duration.days * DAY, zone);
};

const attained = (born: string, age: number, zone: string): Span | null => {
  const date = DATE.exec(born);
  if (!date) return null;
  const year = Number(date[1]);
  const months = date[2] === undefined ? ([1, 12] as const) : ([Number(date[2]), Number(date[2])] as const);
  if (!isDay(year, months[0], 1)) return null;
  const days =
    date[3] === undefined ? ([1, daysIn(year, months[1])] as const) : ([Number(date[3]), Number(date[3])] as const);
  if (!isDay(year, months[1], days[1]) || days[0] < 1) return null;
  // The calendar carries a 29 February that the year lacks over to 1 March.
  return {
    start: fromLocal(utc(year + age, months[0], days[0]), zone),
    last: fromLocal(utc(year + age, months[1], days[1]), zone),
  };
};

const attainedIn = remembering(
  (zone: string) => remembering((born: string) => remembering((age: number) => attained(born, age, zone))),
  MOST_ZONES,
);

/**
 * When an age is attained: the start of the birthday in the zone; who is born on 29 February attains it on 1 March
 * where the year has no 29th. For a birth date known by month or year alone, the first and the last such instant.
 * Null where the birth date cannot be read.
 */
export const ageAttained = (born: string, age: number, zone: string): Span | null => agesAttained(born, zone)(age);

/** {@link ageAttained} of one birth date. */
export const agesAttained = (born: string, zone: string): ((age: number) => Span | null) => attainedIn(zone)(born);
