import fc from 'fast-check';
import { readMoment } from './time.js';
import {
  ENGLAND_AND_WALES,
  endOfWorkingDay,
  isWorkingDay,
  OutsideCalendar,
  reviewDeadlines,
  workingDayAfter,
} from './working-calendar.js';

const after = (day: string, n: number) => workingDayAfter(ENGLAND_AND_WALES, day, n);
const end = (at: string, n = 1) => new Date(endOfWorkingDay(ENGLAND_AND_WALES, Date.parse(at), n)).toISOString();
const DAY_MS = 86_400_000;
const dayText = (ms: number) => new Date(ms).toISOString().slice(0, 10);

describe('the calendar of working days of England and Wales', () => {
  it('names its version, and the days it knows', () => {
    const { id, version, firstDay, lastDay, bankHolidays } = ENGLAND_AND_WALES;
    expect([id, version, firstDay, lastDay]).toEqual(['england-and-wales', '2025-11-24', '2019-01-01', '2028-12-31']);
    expect(bankHolidays).toHaveLength(83);
    expect([...bankHolidays].sort()).toEqual(bankHolidays);
  });

  it.each([
    ['over Easter', '2026-04-02', 1, '2026-04-07'],
    ['of an assessment', '2026-03-20', 45, '2026-05-28'],
    ['of a conference', '2026-03-23', 15, '2026-04-15'],
    ['of a core group', '2026-04-15', 10, '2026-04-29'],
    ['over Christmas, whose second day is moved', '2026-12-23', 5, '2027-01-04'],
    ['over the turn of the year', '2026-12-31', 15, '2027-01-22'],
  ])('counts %s from the day of the trigger, which is day 0', (_, day, n, expected) => {
    expect(after(day, n)).toBe(expected);
  });

  it('holds holidays that came late, and the substitute day alone where one is moved', () => {
    for (const day of ['2022-09-19', '2023-05-08', '2026-12-28', '2027-12-27', '2027-12-28']) {
      expect([day, isWorkingDay(ENGLAND_AND_WALES, day)]).toEqual([day, false]);
    }
    expect(ENGLAND_AND_WALES.bankHolidays).not.toContain('2026-12-26');
    expect(isWorkingDay(ENGLAND_AND_WALES, '2026-12-29')).toBe(true);
  });

  it('says nothing of a day beyond it, or of what is no day', () => {
    for (const day of ['2018-12-31', '2029-01-01', '', 'tomorrow']) {
      expect(() => isWorkingDay(ENGLAND_AND_WALES, day)).toThrow(OutsideCalendar);
    }
    expect(isWorkingDay(ENGLAND_AND_WALES, '2028-12-29')).toBe(true);
    expect(after('2028-12-28', 1)).toBe('2028-12-29');
    expect(() => after('2028-12-29', 1)).toThrow(OutsideCalendar);
    expect(() => end('2018-12-31T12:00:00Z')).toThrow(OutsideCalendar);
    expect(end('2028-12-28T23:59:59Z')).toBe('2028-12-30T00:00:00.000Z');
    expect(() => end('2028-12-29T00:00:00Z')).toThrow('england-and-wales/2025-11-24');
  });
});

describe('the end of the next working day', () => {
  it.each([
    ['a Thursday evening before Christmas', '2026-12-24T20:15:00Z', '2026-12-30T00:00:00.000Z'],
    ['the night of Boxing Day', '2026-12-26T02:10:00Z', '2026-12-30T00:00:00.000Z'],
    ['the last moment of a Monday that is a bank holiday', '2026-12-28T23:59:59.999Z', '2026-12-30T00:00:00.000Z'],
    ['the first moment of the working day itself', '2026-12-29T00:00:00Z', '2026-12-31T00:00:00.000Z'],
    ['a Saturday night', '2026-11-14T02:10:00Z', '2026-11-17T00:00:00.000Z'],
    ['late on a Friday in summer, in London still Friday', '2026-06-12T22:59:59Z', '2026-06-15T23:00:00.000Z'],
    ['an hour into Monday in London, Sunday in UTC', '2026-06-14T23:00:00Z', '2026-06-16T23:00:00.000Z'],
    ['the night the clocks go forward, before', '2026-03-29T00:30:00Z', '2026-03-30T23:00:00.000Z'],
    ['the night the clocks go forward, after', '2026-03-29T01:30:00Z', '2026-03-30T23:00:00.000Z'],
    ['01:30 the first time, the night they go back', '2026-10-25T00:30:00Z', '2026-10-27T00:00:00.000Z'],
    ['01:30 the second time, the night they go back', '2026-10-25T01:30:00Z', '2026-10-27T00:00:00.000Z'],
    [
      'the Friday before they go back, which ends an hour earlier in UTC',
      '2026-10-23T22:59:59Z',
      '2026-10-27T00:00:00.000Z',
    ],
    ['Maundy Thursday', '2026-04-02T12:00:00Z', '2026-04-07T23:00:00.000Z'],
  ])('opened on %s', (_, at, expected) => {
    expect(end(at)).toBe(expected);
  });

  it('passes from the reviewer to the deputy after one working day more, and keeps the calendar’s version', () => {
    expect(reviewDeadlines(ENGLAND_AND_WALES, Date.parse('2026-12-26T02:10:00Z'))).toEqual({
      calendar: 'england-and-wales/2025-11-24',
      reviewBy: '2026-12-30T00:00:00.000Z',
      deputyBy: '2026-12-31T00:00:00.000Z',
    });
    expect(reviewDeadlines(ENGLAND_AND_WALES, Date.parse('2026-12-30T09:00:00Z'))).toMatchObject({
      reviewBy: '2027-01-01T00:00:00.000Z',
      deputyBy: '2027-01-05T00:00:00.000Z',
    });
  });
});

describe('whatever the instant', () => {
  const [first, last] = [Date.parse('2019-01-01T00:00:00Z'), Date.parse('2028-12-20T00:00:00Z')];
  const instants = fc.integer({ min: first, max: last });

  it('the deadline is the start of a day in London, after at least one whole day, and the day that it ends is worked', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 3 }), (at, n) => {
        const until = endOfWorkingDay(ENGLAND_AND_WALES, at, n);
        const day = dayText(until - DAY_MS / 2);
        expect(readMoment(dayText(until + DAY_MS / 2), 'Europe/London')!.start).toBe(until);
        expect(isWorkingDay(ENGLAND_AND_WALES, day)).toBe(true);
        expect(until - at).toBeGreaterThan(23 * 3_600_000);
        if (n > 1) expect(endOfWorkingDay(ENGLAND_AND_WALES, at, n - 1)).toBeLessThan(until);
      }),
    );
  });

  it('a later trigger never has an earlier deadline', () => {
    fc.assert(
      fc.property(instants, instants, (a, b) => {
        const [one, other] = [Math.min(a, b), Math.max(a, b)].map((at) => endOfWorkingDay(ENGLAND_AND_WALES, at, 1));
        expect(one).toBeLessThanOrEqual(other!);
      }),
    );
  });

  it('a holiday that is added later never brings a deadline forward', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 5 }), (at, days) => {
        const added = dayText(at + days * DAY_MS);
        const later = {
          ...ENGLAND_AND_WALES,
          version: 'later',
          bankHolidays: [...ENGLAND_AND_WALES.bankHolidays, added],
        };
        expect(endOfWorkingDay(later, at, 1)).toBeGreaterThanOrEqual(endOfWorkingDay(ENGLAND_AND_WALES, at, 1));
      }),
    );
  });
});
