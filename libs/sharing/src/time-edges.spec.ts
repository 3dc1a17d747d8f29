import {
  ALWAYS,
  addDuration,
  ageAttained,
  isZone,
  readDuration,
  readInstant,
  readMoment,
  within,
  type Duration,
} from './time.js';

const at = (text: string): number => Date.parse(text);
const LONDON = 'Europe/London';
const NEW_YORK = 'America/New_York';

describe('a window', () => {
  it('holds its beginning and not its end', () => {
    const window = { from: 10, until: 20 };
    expect([9, 10, 19, 20, NaN].map((ms) => within(window, ms))).toEqual([false, true, true, false, false]);
    expect([-8e15, 8e15].map((ms) => within(ALWAYS, ms))).toEqual([true, true]);
  });
});

describe('readInstant', () => {
  it.each([
    ['2025-12-01T23:59:59Z', '2025-12-01T23:59:59.000Z'],
    ['2025-12-01T00:00:59.999Z', '2025-12-01T00:00:59.999Z'],
    ['2025-12-01T08:10Z', '2025-12-01T08:10:00.000Z'],
    ['2025-12-01T08:10:20.7Z', '2025-12-01T08:10:20.700Z'],
    ['2025-12-01T08:10:20.123456789012Z', '2025-12-01T08:10:20.123Z'],
    ['2025-12-01T08:10:00-05:30', '2025-12-01T13:40:00.000Z'],
    ['2025-12-01T08:10:00+23:59', '2025-11-30T08:11:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0099-01-02T00:00:00Z', '0099-01-02T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(new Date(readInstant(text)?.ms ?? NaN).toISOString()).toBe(expected);
  });

  it.each([
    '2025-12-01T00:60:00Z',
    '2025-12-01T00:00:00+00:60',
    '2025-12-01T00:00:00.Z',
    '2025-12-01T00:00:00.1234567890123Z',
    '2025-00-01T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-12-00T00:00:00Z',
    '2025-12-32T00:00:00Z',
    'x2025-12-01T00:00:00Z',
    '2025-12-01T00:00:00Zx',
    '2025-12-01T00:00:00+1:00',
    '2025-12-01T0:00:00Z',
    '25-12-01T00:00:00Z',
  ])('reads nothing from %s', (text) => {
    expect(readInstant(text)).toBeNull();
  });

  it('says no digit is finer where only noughts were cut, or none', () => {
    expect(readInstant('2025-12-01T00:00:00.1000Z')?.finer).toBe(false);
    expect(readInstant('2025-12-01T00:00:00.12Z')?.finer).toBe(false);
    expect(readInstant('2025-12-01T00:00:00Z')?.finer).toBe(false);
    expect(readInstant('2025-12-01T00:00:00.0001Z')?.finer).toBe(true);
  });
});

describe('readMoment', () => {
  it('reads an instant and a local minute as one moment', () => {
    const one = (text: string) => ({ start: at(text), last: at(text) });
    expect(readMoment('2026-06-01T10:00:00+01:00')).toEqual(one('2026-06-01T09:00:00Z'));
    expect(readMoment('2026-06-01T08:10')).toEqual(one('2026-06-01T07:10:00Z'));
    expect(readMoment('2026-01-01T23:59')).toEqual(one('2026-01-01T23:59:00Z'));
    expect(readMoment('2026-01-01T23:59', NEW_YORK)).toEqual(one('2026-01-02T04:59:00Z'));
    expect(readMoment('2026-07-01T00:00', NEW_YORK)).toEqual(one('2026-07-01T04:00:00Z'));
  });

  it('reads a minute that the clocks leave out as they stood before', () => {
    expect(readMoment('2026-03-29T01:30')?.start).toBe(at('2026-03-29T01:30:00Z'));
    expect(readMoment('2026-03-29T02:00')?.start).toBe(at('2026-03-29T01:00:00Z'));
    expect(readMoment('2026-03-29T00:59')?.start).toBe(at('2026-03-29T00:59:00Z'));
  });

  it.each([
    '2026-01-01T24:00',
    '2026-01-01T08:60',
    '2026-02-30T08:10',
    'x2026-01-01T08:10',
    '2026-01-01T08:10x',
    '2026-00',
    '2026-13',
    '2026-06-00',
    '2026-06-31',
    '2025-02-29',
    'x2026',
    '2026x',
    '202',
    '2026-6',
    '',
  ])('reads nothing from %j', (text) => {
    expect(readMoment(text)).toBeNull();
  });

  it('ends a month and a year with their last millisecond in the zone', () => {
    expect(readMoment('2026-12')?.last).toBe(at('2026-12-31T23:59:59.999Z'));
    expect(readMoment('2026-02')?.last).toBe(at('2026-02-28T23:59:59.999Z'));
    expect(readMoment('2026', NEW_YORK)).toEqual({
      start: at('2026-01-01T05:00:00Z'),
      last: at('2027-01-01T04:59:59.999Z'),
    });
    expect(readMoment('2026-10-25')).toEqual({
      start: at('2026-10-24T23:00:00Z'),
      last: at('2026-10-25T23:59:59.999Z'),
    });
  });
});

describe('isZone', () => {
  it('knows the zones of the machine', () => {
    expect([LONDON, NEW_YORK, 'Etc/UTC'].map(isZone)).toEqual([true, true, true]);
    expect(['Europe/Wexshire', ''].map(isZone)).toEqual([false, false]);
  });
});

describe('durations', () => {
  it.each([
    ['P1Y6M', { months: 18, days: 0 }],
    ['P2W', { months: 0, days: 14 }],
    ['P1Y2M3W4D', { months: 14, days: 25 }],
    ['P9999Y', { months: 119_988, days: 0 }],
    ['P99999M', { months: 99_999, days: 0 }],
    ['P10W', { months: 0, days: 70 }],
    ['P999999D', { months: 0, days: 999_999 }],
    ['P0D', { months: 0, days: 0 }],
  ])('reads %s', (text, expected) => {
    expect(readDuration(text)).toEqual(expected);
  });

  it.each([
    '',
    'P',
    'P1',
    '1D',
    'xP1D',
    'P1Dx',
    'P10000Y',
    'P100000M',
    'P100000W',
    'P1000000D',
    'P1D1W',
    'P1.5D',
    'p1d',
  ])('reads nothing from %j', (text) => {
    expect(readDuration(text)).toBeNull();
  });

  const later = (from: string, duration: string, zone = LONDON): string =>
    new Date(addDuration(at(from), readDuration(duration) as Duration, zone)).toISOString();

  it.each([
    ['2026-03-28T12:00:00Z', 'P1D', '2026-03-29T11:00:00.000Z'],
    ['2026-10-24T11:00:00Z', 'P1W', '2026-10-31T12:00:00.000Z'],
    ['2025-11-30T00:00:00Z', 'P3M', '2026-02-28T00:00:00.000Z'],
    ['2023-11-30T00:00:00Z', 'P3M', '2024-02-29T00:00:00.000Z'],
    ['2025-12-15T00:00:00Z', 'P12M', '2026-12-15T00:00:00.000Z'],
    ['2025-12-15T00:00:00Z', 'P1M', '2026-01-15T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', 'P1Y', '2025-02-28T00:00:00.000Z'],
    ['2026-01-31T00:00:00Z', 'P1M1D', '2026-03-01T00:00:00.000Z'],
    ['2026-01-02T03:04:05.678Z', 'P1D', '2026-01-03T03:04:05.678Z'],
    ['2026-06-01T23:30:00Z', 'P1M', '2026-07-01T23:30:00.000Z'],
  ])('takes %s on by %s', (from, duration, expected) => {
    expect(later(from, duration)).toBe(expected);
  });

  it('counts by the calendar of the zone', () => {
    expect(later('2026-02-01T03:00:00Z', 'P1M', NEW_YORK)).toBe('2026-03-01T03:00:00.000Z');
    expect(later('2026-03-07T17:00:00Z', 'P1D', NEW_YORK)).toBe('2026-03-08T16:00:00.000Z');
  });
});

describe('ageAttained', () => {
  it('spans what a month alone may mean', () => {
    expect(ageAttained('2008-06', 18, LONDON)).toEqual({
      start: at('2026-05-31T23:00:00Z'),
      last: at('2026-06-29T23:00:00Z'),
    });
    expect(ageAttained('2008-02', 18, LONDON)).toEqual({
      start: at('2026-02-01T00:00:00Z'),
      last: at('2026-03-01T00:00:00Z'),
    });
    expect(ageAttained('2009-02', 18, LONDON)?.last).toBe(at('2027-02-28T00:00:00Z'));
  });

  it('is one instant for a day, in the zone', () => {
    expect(ageAttained('2014-05-02', 0, LONDON)).toEqual({
      start: at('2014-05-01T23:00:00Z'),
      last: at('2014-05-01T23:00:00Z'),
    });
    expect(ageAttained('2014-05-02', 10, NEW_YORK)?.start).toBe(at('2024-05-02T04:00:00Z'));
  });

  it.each(['2008-13', '2008-00', '2008-06-00', '2008-06-31', '2009-02-29', '08-06-01', '2008-06-01T00:00:00Z'])(
    'knows none for %s',
    (born) => {
      expect(ageAttained(born, 18, LONDON)).toBeNull();
    },
  );
});
