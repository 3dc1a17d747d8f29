const ZONE = 'Europe/London';
const TYPED =
  /^(?:(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})|(\d{4})-(\d\d)-(\d\d))(?:[\sT,]+(?:at\s+)?(\d{1,2})[:.](\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

const clock = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** What a clock in London shows at an instant, as if it were UTC, in milliseconds. */
const shownAt = (at: number): number =>
  Date.parse(`${clock.format(at).replace(' ', 'T')}Z`) + (((at % 1000) + 1000) % 1000);

/**
 * The instant that somebody typed: `2 3 2026 14:05`, with seconds and milliseconds where they matter, in the time of
 * London; a day by itself is its start; or an instant with an offset. RFC 3339 in UTC; undefined for anything else, and
 * for an hour that the clock skips.
 */
export const instantTyped = (text: string): string | undefined => {
  if (INSTANT.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? undefined : new Date(at).toISOString();
  }
  const typed = TYPED.exec(text);
  if (!typed) return undefined;
  const [, d1, m1, y1, y2, m2, d2, hour = '0', minute = '00', second = '00', fraction = ''] = typed;
  const [year, month, day] = [y1 ?? y2, m1 ?? m2, d1 ?? d2].map((part) => part!.padStart(2, '0'));
  const wall = Date.parse(
    `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`,
  );
  if (Number.isNaN(wall) || new Date(wall).getUTCDate() !== Number(day)) return undefined;
  const hourEarlier = wall - 3_600_000;
  const at = [hourEarlier, wall].find((candidate) => shownAt(candidate) === wall);
  return at === undefined ? undefined : new Date(at).toISOString();
};

const DAY = /^\d{4}-\d\d-\d\d$/;

/** The first instant of a day in the United Kingdom; what is no day comes back as it is, for the API to refuse. */
export const startOfDay = (day: string): string => (DAY.test(day) ? (instantTyped(day) ?? day) : day);

/** A day is over where the next one starts. */
export const endOfDay = (day: string): string => {
  const start = Date.parse(DAY.test(day) ? `${day}T00:00:00Z` : '');
  return Number.isNaN(start) ? day : startOfDay(new Date(start + 86_400_000).toISOString().slice(0, 10));
};

const exact = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

/** `2 March 2026 at 14:05:09.120`: to the millisecond, for what happened may lie close together. */
export const exactTimeText = (instant: string): string => exact.format(new Date(instant));
