import { dayOf, DEFAULT_ZONE, readMoment } from './time.js';

const DAY = 86_400_000;
const WORKING_DAYS = 3;

const isWorkingDay = (day: string): boolean => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
};

const nextDay = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);

/**
 * When an open contact is over by itself: the end of the third working day after the day on which it was opened, in
 * London. Milliseconds since 1970, exclusive. Saturdays and Sundays alone are left out here: bank holidays are for a
 * calendar of working days, to which this is to be joined.
 */
export const endOfTriage = (from: number): number => {
  let day = dayOf(from, DEFAULT_ZONE);
  for (let left = WORKING_DAYS; left > 0;) {
    day = nextDay(day);
    if (isWorkingDay(day)) left -= 1;
  }
  return readMoment(nextDay(day))!.start;
};
