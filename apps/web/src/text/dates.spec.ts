import { dateText, dayOf, occurredText } from './dates.js';

describe('dates as people read them', () => {
  it.each([
    ['2026', '2026'],
    ['2026-03', 'March 2026'],
    ['2026-03-29', '29 March 2026'],
    ['2026-13-45', '2026-13-45'],
    ['2026-03-03T14:03:00Z', '3 March 2026 at 2:03pm'],
  ])('no more exact than it is: %s', (text, shown) => expect(dateText(text)).toBe(shown));

  it.each([
    [{ precision: 'unknown' }, 'Date not known'],
    [{ precision: 'day', from: '2026-03-03' }, '3 March 2026'],
    [{ precision: 'about', from: '2026-03' }, 'About March 2026'],
    [{ precision: 'range', from: '2026-03-01', to: '2026-03-05' }, '1 March 2026 to 5 March 2026'],
    [{ precision: 'range', to: '2026-03-05' }, '5 March 2026'],
  ])('when it occurred: %j', (occurred, shown) => expect(occurredText(occurred)).toBe(shown));

  it('a day to filter by, in London', () => {
    expect(dayOf({ precision: 'exact', from: '2026-07-03T23:30:00Z' })).toBe('2026-07-04');
    expect(dayOf({ precision: 'month', from: '2026-07' })).toBe('2026-07');
    expect(dayOf({ precision: 'unknown' })).toBeUndefined();
  });
});
