import { addDuration, ageAttained, readDuration, readInstant, readMoment } from './time.js';

const at = (text: string): number => Date.parse(text);

describe('instants', () => {
  it('needs an offset and a day that the calendar holds', () => {
    expect(readInstant('2025-12-01T00:00:00+01:00')?.ms).toBe(at('2025-11-30T23:00:00Z'));
    expect(readInstant('2025-12-01t00:00:00.5z')?.ms).toBe(at('2025-12-01T00:00:00.500Z'));
    for (const wrong of [
      '2025-12-01T00:00:00',
      '2025-12-01',
      '2025-02-29T00:00:00Z',
      '2025-12-01T24:00:00Z',
      '2025-12-01T00:00:60Z',
      '2025-12-01 00:00:00Z',
      '2025-12-01T00:00:00+24:00',
      '',
    ])
      expect([wrong, readInstant(wrong)]).toEqual([wrong, null]);
  });

  it('says where digits finer than a millisecond were cut', () => {
    expect(readInstant('2025-12-01T00:00:00.1230000Z')).toEqual({ ms: at('2025-12-01T00:00:00.123Z'), finer: false });
    expect(readInstant('2025-12-01T00:00:00.1239Z')).toEqual({ ms: at('2025-12-01T00:00:00.123Z'), finer: true });
  });
});

describe('dates', () => {
  it('means the whole of a day, month or year in the zone of London', () => {
    expect(readMoment('2026-06-01')).toEqual({
      start: at('2026-05-31T23:00:00Z'),
      last: at('2026-06-01T22:59:59.999Z'),
    });
    expect(readMoment('2026-03')).toEqual({ start: at('2026-03-01T00:00:00Z'), last: at('2026-03-31T22:59:59.999Z') });
    expect(readMoment('2026')).toEqual({ start: at('2026-01-01T00:00:00Z'), last: at('2026-12-31T23:59:59.999Z') });
    expect(readMoment('2026-02-30')).toBeNull();
    expect(readMoment('last spring')).toBeNull();
  });

  it('keeps the hour of the clock across a change of clocks, and the end of a month', () => {
    const duration = readDuration('P1M');
    expect(duration && addDuration(at('2026-03-01T00:00:00Z'), duration, 'Europe/London')).toBe(
      at('2026-03-31T23:00:00Z'),
    );
    expect(duration && addDuration(at('2026-01-31T00:00:00Z'), duration, 'Europe/London')).toBe(
      at('2026-02-28T00:00:00Z'),
    );
    expect(readDuration('P24M')).toEqual({ months: 24, days: 0 });
    expect(readDuration('P28D')).toEqual({ months: 0, days: 28 });
    expect(readDuration('P')).toBeNull();
    expect(readDuration('PT1H')).toBeNull();
  });
});

describe('ages', () => {
  it('attains an age at the start of the birthday, 29 February on 1 March', () => {
    expect(ageAttained('2008-06-10', 18, 'Europe/London')?.start).toBe(at('2026-06-09T23:00:00Z'));
    expect(ageAttained('2008-02-29', 18, 'Europe/London')?.start).toBe(at('2026-03-01T00:00:00Z'));
    expect(ageAttained('2008-02-29', 20, 'Europe/London')?.start).toBe(at('2028-02-29T00:00:00Z'));
  });

  it('spans what a year alone may mean', () => {
    expect(ageAttained('2008', 18, 'Europe/London')).toEqual({
      start: at('2026-01-01T00:00:00Z'),
      last: at('2026-12-31T00:00:00Z'),
    });
    expect(ageAttained('not known', 18, 'Europe/London')).toBeNull();
  });
});
