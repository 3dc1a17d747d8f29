import { dateText as dayText, dateTimeText } from '../shell/dates.js';

/** Dates as people in England read them. Instants are shown in London time; a date alone is no instant. */

const ZONE = 'Europe/London';
const month = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' });
/** A year, month, day or instant as it was given, no more exact than it is. */
export const dateText = (text: string): string => {
  if (/^\d{4}$/.test(text)) return text;
  if (/^\d{4}-\d\d$/.test(text)) return month.format(new Date(`${text}-01T00:00:00Z`));
  return /^\d{4}-\d\d-\d\d$/.test(text) ? dayText(text) : dateTimeText(text);
};

export interface Occurred {
  readonly from?: string;
  readonly to?: string;
  readonly precision: string;
}

/** When something occurred, with how exactly it is known. */
export const occurredText = ({ from, to, precision }: Occurred): string => {
  const start = from ?? to;
  if (start === undefined) return 'Date not known';
  if (precision === 'range' && from !== undefined && to !== undefined) return `${dateText(from)} to ${dateText(to)}`;
  return precision === 'about' ? `About ${dateText(start)}` : dateText(start);
};

/** The day in London, `YYYY-MM-DD`, in which something began, to filter and group by; undefined where not known. */
export const dayOf = ({ from, to }: Occurred): string | undefined => {
  const start = from ?? to;
  if (start === undefined || start.length <= 10) return start;
  const at = new Date(start);
  return Number.isNaN(at.getTime()) ? undefined : at.toLocaleDateString('sv-SE', { timeZone: ZONE });
};
