import type { Occurred } from '#contracts';

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

export const isDay = (text: string): boolean => {
  if (!DAY.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
};

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a real one. */
export const isPartialDate = (text: string): boolean =>
  /^\d{4}$/.test(text) || /^\d{4}-(0[1-9]|1[0-2])$/.test(text) || isDay(text);

/** An RFC 3339 instant, with its offset. */
export const isInstant = (text: string): boolean => {
  const day = INSTANT.exec(text)?.[1];
  return day !== undefined && isDay(day);
};

/** UTC with milliseconds; what is finer is cut off. The text must be an instant. */
export const toInstant = (text: string): string => new Date(text).toISOString();

const londonHour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' });

/** The instant at which a day (`YYYY-MM-DD`) starts in London. */
export const startOfLondonDay = (day: string): string => {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const summer = utc - 3_600_000;
  return new Date(londonHour.format(summer) === '00' ? summer : utc).toISOString();
};

/**
 * When something happened, from a text that `isPartialDate` or `isInstant` accepts, or nothing. A date is kept as
 * it was sent: a month stays a month, a year is the range of that year.
 */
export const occurredOn = (text: string | null | undefined): Occurred => {
  if (text === null || text === undefined) return { precision: 'unknown' };
  if (text.length === 4) return { from: text, to: text, precision: 'range' };
  if (text.length === 7) return { from: text, precision: 'month' };
  if (text.length === 10) return { from: text, precision: 'day' };
  return { from: toInstant(text), precision: 'exact' };
};

/** Whether one partial date is surely before another: dates that agree as far as both go are not. */
export const isBefore = (a: string, b: string): boolean => {
  const both = Math.min(a.length, b.length);
  return a.slice(0, both) < b.slice(0, both);
};
