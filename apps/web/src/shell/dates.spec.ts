import { dateText, dateTimeText, mojDate, timeText } from './dates.js';

describe('dates as GOV.UK writes them', () => {
  it('are in the time of the United Kingdom, summer and winter', () => {
    expect(dateText('2025-12-19')).toBe('19 December 2025');
    expect(dateText('2025-06-30T23:30:00Z')).toBe('1 July 2025');
    expect(dateTimeText('2025-12-19T09:05:00Z')).toBe('19 December 2025 at 9:05am');
    expect(dateTimeText('2025-07-01T12:00:00Z')).toBe('1 July 2025 at 1:00pm');
    expect(timeText('2025-12-19T00:00:00Z')).toBe('12:00am');
  });

  it('serve the timeline', () => {
    const at = '2025-12-19T09:05:00Z';
    expect(
      ['datetime', 'shortdatetime', 'date', 'shortdate', 'time', undefined].map((type) => mojDate(at, type)),
    ).toEqual(['19 December 2025 at 9:05am', '19 Dec 2025 at 9:05am', '19 December 2025', '19 Dec 2025', '9:05am', at]);
  });

  it('leave what is no date as it is', () => {
    for (const text of ['', 'about 2019', '2025-13-45'])
      expect([dateText(text), dateTimeText(text), timeText(text)]).toEqual([text, text, text]);
  });
});
