import { DEFAULT_ZONE, dayOf, readMoment } from './time.js';
import { endOfWorkingDay, ENGLAND_AND_WALES, OutsideCalendar, type WorkingCalendar } from './working-calendar.js';

const DAY = 86_400_000;
const WORKING_DAYS = 3;

/** As if every day were worked: the soonest that the end can be. */
const soonestEnd = (from: number): number => {
  const day = Date.parse(`${dayOf(from, DEFAULT_ZONE)}T00:00:00Z`) + (WORKING_DAYS + 1) * DAY;
  return readMoment(new Date(day).toISOString().slice(0, 10))!.start;
};

/**
 * When an open contact is over by itself: the end of the third working day after the day on which it was opened, in
 * London. Milliseconds since 1970, exclusive. Of days that the calendar does not hold each counts as worked: what is
 * not known ends the relation sooner, never later.
 */
export const endOfTriage = (from: number, calendar: WorkingCalendar = ENGLAND_AND_WALES): number => {
  try {
    return endOfWorkingDay(calendar, from, WORKING_DAYS);
  } catch (error) {
    if (error instanceof OutsideCalendar) return soonestEnd(from);
    throw error;
  }
};
