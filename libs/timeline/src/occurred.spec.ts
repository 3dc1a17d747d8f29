import fc from 'fast-check';
import { PRECISIONS, type Occurred } from '#contracts';
import { compareOccurred, endOf, startOf } from './occurred.js';

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

describe('when it occurred', () => {
  it.each<[Omit<Occurred, 'precision'>, string | null, string | null]>([
    [{ from: '2024' }, '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    [{ from: '2024-02' }, '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    [{ from: '2024-12' }, '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    [{ from: '2024-07' }, '2024-06-30T23:00:00.000Z', '2024-07-31T23:00:00.000Z'],
    [{ from: '2024-02-29' }, '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    // The days on which summer time begins and ends have 23 and 25 hours.
    [{ from: '2025-03-30' }, '2025-03-30T00:00:00.000Z', '2025-03-30T23:00:00.000Z'],
    [{ from: '2025-10-26' }, '2025-10-25T23:00:00.000Z', '2025-10-27T00:00:00.000Z'],
    [{ from: '2024-10-30', to: '2024-11-02' }, '2024-10-30T00:00:00.000Z', '2024-11-03T00:00:00.000Z'],
    [{ from: '2024', to: '2024-03-15T10:00:00Z' }, '2024-01-01T00:00:00.000Z', '2024-03-15T10:00:00.001Z'],
    [{ from: '2024-03-15T10:00:00.5+01:00' }, '2024-03-15T09:00:00.500Z', '2024-03-15T09:00:00.501Z'],
    [{ to: '2020' }, '2020-01-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    [{ from: '2024-11-02', to: '2024-10-30' }, '2024-11-02T00:00:00.000Z', '2024-11-03T00:00:00.000Z'],
    [{ from: '2024-11-02', to: 'soon' }, '2024-11-02T00:00:00.000Z', '2024-11-03T00:00:00.000Z'],
    [{ from: '0042-01-01' }, '0042-01-01T00:00:00.000Z', '0042-01-02T00:00:00.000Z'],
    [{ from: '2023-02-29' }, null, null],
    [{ from: '2023-13' }, null, null],
    [{ from: '2024-03-15T10:00:00' }, null, null],
    [{ from: '2024-03-15T25:00:00Z' }, null, null],
    [{ from: '' }, null, null],
    [{}, null, null],
  ])('%j is from %s to %s', (occurred, start, end) => {
    const dated = { ...occurred, precision: 'day' as const };
    expect([iso(startOf(dated)), iso(endOf(dated))]).toEqual([start, end]);
  });

  it('takes nothing from what is marked as unknown', () =>
    expect(startOf({ from: '2024', precision: 'unknown' })).toBeNull());

  it('agrees with the time-zone database on midnights in London since 1996', () => {
    const clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/London',
      timeStyle: 'medium',
      dateStyle: 'short',
    });
    for (let day = Date.UTC(1996, 0, 1); day < Date.UTC(2037, 0, 1); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      const [year, month, dayOfMonth] = date.split('-');
      expect(clock.format(startOf({ from: date, precision: 'day' }) as number)).toBe(
        `${dayOfMonth}/${month}/${year}, 00:00:00`,
      );
    }
  });
});

describe('compareOccurred', () => {
  const exact = (from: string): Occurred => ({ from, precision: 'exact' });

  it('sorts by start, the shorter first, the unknown last', () => {
    const ordered = [
      exact('2023-12-31T23:59:59Z'),
      exact('2024-01-01T00:00:00Z'),
      exact('2024-01-01'),
      exact('2024-01'),
      exact('2024'),
      exact('2024-01-01T09:00:00Z'),
      exact('2024-02'),
      { precision: 'unknown' as const },
    ];
    expect(ordered.toReversed().sort(compareOccurred)).toEqual(ordered);
  });

  it('is a total order', () => {
    const occurred: fc.Arbitrary<Occurred> = fc.record(
      {
        from: fc.constantFrom('2024', '2024-01', '2024-01-01', '2024-01-01T00:00:00Z', '2024-02-30', 'x'),
        to: fc.constantFrom('2024', '2024-03', '2023'),
        precision: fc.constantFrom(...PRECISIONS),
      },
      { requiredKeys: ['precision'] },
    );
    fc.assert(
      fc.property(occurred, occurred, occurred, (a, b, c) => {
        expect(Math.sign(compareOccurred(a, b)) + Math.sign(compareOccurred(b, a))).toBe(0);
        if (compareOccurred(a, b) <= 0 && compareOccurred(b, c) <= 0) {
          expect(compareOccurred(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});
