import fc from 'fast-check';
import { compareOccurred } from './occurred.js';
import { markLate, type Arrival } from './late.js';

const arrival = (from: string | null, received: string): Arrival => ({
  occurred: from === null ? { precision: 'unknown' } : { from, precision: 'day' },
  received: `2025-11-${received}T09:00:00.000Z`,
});

const lateOf = (...entries: Arrival[]): boolean[] => markLate(entries).map(({ late }) => late);

describe('markLate', () => {
  it('marks what came after something that happened later', () =>
    expect(lateOf(arrival('2025-03-01', '02'), arrival('2025-02-01', '03'), arrival('2025-04-01', '04'))).toEqual([
      false,
      true,
      false,
    ]));

  it('marks nothing that came together or happened together', () => {
    expect(lateOf(arrival('2025-03-01', '02'), arrival('2025-02-01', '02'))).toEqual([false, false]);
    expect(lateOf(arrival('2025-03-01', '02'), arrival('2025-03-01', '03'))).toEqual([false, false]);
  });

  it('leaves the unknown out', () =>
    expect(lateOf(arrival(null, '01'), arrival('2025-03-01', '02'), arrival(null, '09'))).toEqual([
      false,
      false,
      false,
    ]));

  it('says the same as its definition, in the order given', () => {
    const arrivals = fc.record({
      from: fc.option(fc.constantFrom('2025', '2025-01', '2025-01-01', '2025-01-02', '2024-06')),
      received: fc.constantFrom('01', '02', '03', '04'),
    });
    fc.assert(
      fc.property(fc.array(arrivals, { maxLength: 12 }), (drawn) => {
        const entries = drawn.map(({ from, received }) => arrival(from, received));
        const known = entries.filter(({ occurred }) => occurred.precision !== 'unknown');
        const isLate = (entry: Arrival): boolean =>
          known.includes(entry) &&
          known.some((o) => compareOccurred(o.occurred, entry.occurred) > 0 && o.received < entry.received);
        expect(markLate(entries)).toEqual(entries.map((entry) => ({ ...entry, late: isLate(entry) })));
      }),
    );
  });
});
