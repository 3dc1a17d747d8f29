import type { Occurred } from '#contracts';

/** Milliseconds since 1970-01-01T00:00Z. */
type Instant = number;

interface Span {
  readonly start: Instant;
  /** Exclusive. */
  readonly end: Instant;
}

/**
 * First instant at which it may have happened. A date, month or year starts at midnight in London; without `from`
 * the start of `to` counts. Null where nothing is known, or what is said is no date.
 */
export const startOf = (occurred: Occurred): Instant | null => spanOf(occurred)?.start ?? null;

/** First instant after it, by the same rules: a date ends at the next midnight in London, an instant 1 ms later. */
export const endOf = (occurred: Occurred): Instant | null => spanOf(occurred)?.end ?? null;

/** By start, then by end (so the day before its month); what is unknown comes last. */
export const compareOccurred = (a: Occurred, b: Occurred): number => {
  const [first, second] = [spanOf(a), spanOf(b)];
  if (!first || !second) return Number(!first) - Number(!second);
  return first.start - second.start || first.end - second.end;
};

const spanOf = ({ from, to, precision }: Occurred): Span | null => {
  if (precision === 'unknown') return null;
  const first = unitOf(from ?? to);
  const last = unitOf(to ?? from);
  if (!first || !last) return first ?? last;
  // An end before its start is kept as sent elsewhere; here it is no reason to lose the start.
  return { start: first.start, end: last.end > first.start ? last.end : first.end };
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;

/** Dates repeat, and are compared many times in a sort. */
const known = new Map<string, Span | null>();
const MOST_KNOWN = 50_000;

const unitOf = (text: string | undefined): Span | null => {
  if (text === undefined) return null;
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= MOST_KNOWN) known.clear();
  const unit = readUnit(text);
  known.set(text, unit);
  return unit;
};

const readUnit = (text: string): Span | null => {
  if (INSTANT.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : { start: at, end: at + 1 };
  }
  const match = DATE.exec(text);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (year === undefined || !isDate(year, month ?? 1, day ?? 1)) return null;
  if (month === undefined) return { start: londonMidnight(year, 1, 1), end: londonMidnight(year + 1, 1, 1) };
  if (day === undefined) return { start: londonMidnight(year, month, 1), end: londonMidnight(year, month + 1, 1) };
  return { start: londonMidnight(year, month, day), end: londonMidnight(year, month, day + 1) };
};

const HOUR = 3_600_000;

const utcMidnight = (year: number, month: number, day: number): Instant =>
  new Date(0).setUTCFullYear(year, month - 1, day);

const isDate = (year: number, month: number, day: number): boolean => {
  const date = new Date(utcMidnight(year, month, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

/** Midnight of the last Sunday of a month of 31 days, as if in UTC. */
const lastSunday = (year: number, month: number): Instant =>
  utcMidnight(year, month, 31 - new Date(utcMidnight(year, month, 31)).getUTCDay());

/**
 * Midnight at the start of a date in London. Summer time runs from 01:00 UTC of the last Sunday of March to 01:00 UTC
 * of the last Sunday of October (Summer Time Act 1972 as amended by SI 2002/262). The rule is written out, and applied
 * to every year, so that no change of a time-zone database ever changes a replay.
 */
const londonMidnight = (year: number, month: number, day: number): Instant => {
  const midnight = utcMidnight(year, month, day);
  const calendarYear = new Date(midnight).getUTCFullYear();
  const summer = midnight > lastSunday(calendarYear, 3) && midnight <= lastSunday(calendarYear, 10);
  return summer ? midnight - HOUR : midnight;
};
