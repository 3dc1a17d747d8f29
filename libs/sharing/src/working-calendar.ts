import englandAndWales from './calendars/england-and-wales-2025-11-24.json' with { type: 'json' };
import { dayOf, readMoment } from './time.js';

/** Which days are worked, from one day to another, in one version. */
export interface WorkingCalendar {
  readonly id: string;
  readonly version: string;
  readonly zone: string;
  /** `YYYY-MM-DD`, both inclusive: of a day outside it says nothing. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Days of the week that are not worked are no part of it. Of a holiday that is moved only the substitute day. */
  readonly bankHolidays: readonly string[];
}

/** The calendar in force. One that is published later is another version, and changes no deadline that was set. */
export const ENGLAND_AND_WALES: WorkingCalendar = englandAndWales;

/** The calendar says nothing of that day: a deadline that would need it is refused, never guessed. */
export class OutsideCalendar extends Error {
  constructor({ id, version, firstDay, lastDay }: WorkingCalendar) {
    super(`the calendar ${id}/${version} holds ${firstDay} to ${lastDay} alone`);
    this.name = 'OutsideCalendar';
  }
}

const DAY_MS = 86_400_000;
const nextDay = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/** Neither a Saturday, a Sunday nor a bank holiday. Throws `OutsideCalendar`. */
export const isWorkingDay = (calendar: WorkingCalendar, day: string): boolean => {
  // A day that is none sorts anywhere: it is outside too.
  if (!(day >= calendar.firstDay && day <= calendar.lastDay)) throw new OutsideCalendar(calendar);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !calendar.bankHolidays.includes(day);
};

/** The n-th working day after a day (n at least 1), whatever that day is: it counts as day 0. Throws `OutsideCalendar`. */
export const workingDayAfter = (calendar: WorkingCalendar, day: string, n: number): string => {
  let found = day;
  for (let left = n; left > 0;) {
    found = nextDay(found);
    if (isWorkingDay(calendar, found)) left -= 1;
  }
  return found;
};

/**
 * The end of the n-th working day after an instant: the first instant of the day after it, exclusive, in the calendar's
 * zone. Milliseconds since 1970. Throws `OutsideCalendar`.
 */
export const endOfWorkingDay = (calendar: WorkingCalendar, at: number, n: number): number => {
  const trigger = dayOf(at, calendar.zone);
  // The trigger must be within too: what a calendar does not cover it does not count from.
  isWorkingDay(calendar, trigger);
  return readMoment(nextDay(workingDayAfter(calendar, trigger, n)), calendar.zone)!.start;
};

/** Until when each level decides about an access in an emergency; RFC 3339, UTC, exclusive. The partnership has no end. */
export interface ReviewDeadlines {
  /** Calendar and version by which they were set. */
  readonly calendar: string;
  readonly reviewBy: string;
  readonly deputyBy: string;
}

/** The owner's reviewer until the end of the next working day, the deputy one more. Throws `OutsideCalendar`. */
export const reviewDeadlines = (calendar: WorkingCalendar, openedAt: number): ReviewDeadlines => ({
  calendar: `${calendar.id}/${calendar.version}`,
  reviewBy: new Date(endOfWorkingDay(calendar, openedAt, 1)).toISOString(),
  deputyBy: new Date(endOfWorkingDay(calendar, openedAt, 2)).toISOString(),
});
