const formatters = new Map<string, Intl.DateTimeFormat>();
const remembered = new Map<string, string>();

/** The wall clock of a zone at an instant, as `YYYY-MM-DDTHH:MM:SS` without an offset. */
function wallClock(instant: number, zone: string): string {
  const key = `${zone} ${String(instant)}`;
  let text = remembered.get(key);
  if (text === undefined) {
    text = readWallClock(instant, zone);
    remembered.set(key, text);
  }
  return text;
}

function readWallClock(instant: number, zone: string): string {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  const parts = new Map(formatter.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

/** The calendar date of a zone at an instant, `YYYY-MM-DD`. */
export function dateInZone(instant: number, zone: string): string {
  return wallClock(instant, zone).slice(0, 10);
}

/**
 * Milliseconds since 1970 of a text: a date is the start of that day in the zone, a time without an offset is the wall
 * clock of the zone, a time with an offset is itself. Throws for anything else. Knows the zones of western Europe and of
 * eastern North America.
 */
export function toInstant(text: string, zone: string): number {
  if (/(Z|[+-]\d{2}:\d{2})$/.test(text) && text.includes('T')) return Date.parse(text);
  const asUtc = Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00:00Z`);
  if (Number.isNaN(asUtc)) throw new Error('not an instant');
  const wanted = new Date(asUtc).toISOString().slice(0, 19);
  for (const quarters of [0, 4, 8, -16, -20]) {
    const candidate = asUtc - quarters * 15 * 60_000;
    if (wallClock(candidate, zone) === wanted) return candidate;
  }
  throw new Error('no such time in this zone');
}

/**
 * The date that lies a duration such as `P12M`, `P2Y` or `P30D` after a date, by the calendar. Throws where the month
 * reached has no such day.
 */
export function addToDate(date: string, duration: string): string {
  const [, count, unit] = /^P(\d+)([YMD])$/.exec(duration) ?? [];
  if (count === undefined || unit === undefined) throw new Error(`no duration: ${duration}`);
  const result = new Date(`${date}T00:00:00Z`);
  const day = result.getUTCDate();
  if (unit === 'D') {
    result.setUTCDate(day + Number(count));
  } else {
    result.setUTCMonth(result.getUTCMonth() + Number(count) * (unit === 'Y' ? 12 : 1));
    if (result.getUTCDate() !== day) throw new Error('the month has no such day');
  }
  return result.toISOString().slice(0, 10);
}

/** The instant that lies a duration after an instant: the date moves by the calendar, the wall clock stays. */
export function addToInstant(instant: number, duration: string, zone: string): number {
  const wall = wallClock(instant, zone);
  const milliseconds = ((instant % 1000) + 1000) % 1000;
  return toInstant(`${addToDate(wall.slice(0, 10), duration)}T${wall.slice(11)}`, zone) + milliseconds;
}

/**
 * Whole years of age at an instant: attained at the start of the birthday in the zone, a birthday on 29 February on
 * 1 March of other years; -1 before birth.
 */
export function ageAt(born: string, instant: number, zone: string): number {
  const today = dateInZone(instant, zone);
  if (today < born) return -1;
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}
