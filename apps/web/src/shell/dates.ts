const ZONE = 'Europe/London';

const DATE = /^\d{4}-\d\d-\d\d$/;

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, ...options });

const LONG_DATE = format({ day: 'numeric', month: 'long', year: 'numeric' });
const SHORT_DATE = format({ day: 'numeric', month: 'short', year: 'numeric' });
const TIME = format({ hour: 'numeric', minute: '2-digit', hour12: true });

/** A date by itself is that day wherever one stands. */
const instantOf = (text: string): Date => new Date(DATE.test(text) ? `${text}T12:00:00Z` : text);

/** `new Date` reads a date into nearly any words. */
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

const isUnreadable = (text: string): boolean => !INSTANT.test(text) || Number.isNaN(instantOf(text).getTime());

/** `19 December 2025`, in the time of the United Kingdom. What is no date comes back as it is. */
export const dateText = (text: string): string => (isUnreadable(text) ? text : LONG_DATE.format(instantOf(text)));

const shortDateText = (text: string): string => (isUnreadable(text) ? text : SHORT_DATE.format(instantOf(text)));

/** `9:05am`, as GOV.UK writes times. */
export const timeText = (text: string): string =>
  isUnreadable(text)
    ? text
    : TIME.format(instantOf(text))
        .replace(/[\s\u202f]/g, '')
        .toLowerCase();

/** `19 December 2025 at 9:05am`. */
export const dateTimeText = (text: string): string =>
  isUnreadable(text) ? text : `${dateText(text)} at ${timeText(text)}`;

/** The filter that the MOJ timeline uses. */
export const mojDate = (text: string, type?: string): string => {
  switch (type) {
    case 'datetime':
      return dateTimeText(text);
    case 'shortdatetime':
      return isUnreadable(text) ? text : `${shortDateText(text)} at ${timeText(text)}`;
    case 'date':
      return dateText(text);
    case 'shortdate':
      return shortDateText(text);
    case 'time':
      return timeText(text);
    default:
      return text;
  }
};
