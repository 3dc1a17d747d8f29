import { isBefore, isInstant, isPartialDate, occurredOn, startOfLondonDay, toInstant } from './dates.js';

describe('dates', () => {
  it.each(['2024', '2024-02', '2024-02-29'])('takes %s', (text) => expect(isPartialDate(text)).toBe(true));
  it.each(['2023-02-29', '2024-13', '2024-00', '24', '2024-1-1', '2024-01-01T00:00:00Z', '', ' 2024', '2024-01-01\n'])(
    'does not take %j as a date',
    (text) => expect(isPartialDate(text)).toBe(false),
  );

  it.each(['2024-02-29T23:59:59Z', '2024-02-29T23:59+01:00', '2024-02-29T23:59:59.1234567-14:00'])('takes %s', (text) =>
    expect(isInstant(text)).toBe(true),
  );
  it.each([
    '2024-02-29T23:59:59',
    '2023-02-29T00:00:00Z',
    '2024-02-29T24:00:00Z',
    '2024-02-29 10:00:00Z',
    '2024-02-29',
  ])('does not take %j as an instant', (text) => expect(isInstant(text)).toBe(false));

  it('gives instants in UTC with milliseconds', () => {
    expect(toInstant('2025-12-01T00:00:00.9999+01:00')).toBe('2025-11-30T23:00:00.999Z');
  });

  it.each([
    ['2025-01-15', '2025-01-15T00:00:00.000Z'],
    ['2025-07-15', '2025-07-14T23:00:00.000Z'],
    ['2025-03-30', '2025-03-30T00:00:00.000Z'],
    ['2025-03-31', '2025-03-30T23:00:00.000Z'],
    ['2025-10-26', '2025-10-25T23:00:00.000Z'],
    ['2025-10-27', '2025-10-27T00:00:00.000Z'],
  ])('%s starts in London at %s', (day, instant) => expect(startOfLondonDay(day)).toBe(instant));

  it('keeps what is not known unknown', () => {
    expect(occurredOn(null)).toEqual({ precision: 'unknown' });
    expect(occurredOn('2024')).toEqual({ from: '2024', to: '2024', precision: 'range' });
    expect(occurredOn('2024-02')).toEqual({ from: '2024-02', precision: 'month' });
    expect(occurredOn('2024-02-29')).toEqual({ from: '2024-02-29', precision: 'day' });
  });

  it('is before only where that is sure', () => {
    expect(isBefore('2024-02', '2024-02-29')).toBe(false);
    expect(isBefore('2024-02-29', '2024')).toBe(false);
    expect(isBefore('2023', '2024-01-01')).toBe(true);
    expect(isBefore('2024-01-01', '2024-01-01')).toBe(false);
  });
});
