import fc from 'fast-check';
import { exactTimeText, instantTyped } from './london-time.js';

describe('a time that somebody types', () => {
  it.each([
    ['2 3 2026 14:05', '2026-03-02T14:05:00.000Z'],
    ['02/03/2026, 14.05', '2026-03-02T14:05:00.000Z'],
    ['2026-03-02 14:05:09.12', '2026-03-02T14:05:09.120Z'],
    ['2 3 2026', '2026-03-02T00:00:00.000Z'],
    // In summer London is an hour ahead; one hour comes twice and is the first, one never comes.
    ['1 7 2026 12:00', '2026-07-01T11:00:00.000Z'],
    ['25 10 2026 01:30', '2026-10-25T00:30:00.000Z'],
    ['2026-07-01T12:00:00+01:00', '2026-07-01T11:00:00.000Z'],
  ])('%s is an instant', (text, instant) => {
    expect(instantTyped(text)).toBe(instant);
  });

  it.each(['', 'yesterday', '31 2 2026', '2 3 2026 25:00', '29 3 2026 01:30', '2 3 26', '2026-13-01'])(
    '%p is none',
    (text) => {
      expect(instantTyped(text)).toBeUndefined();
    },
  );

  it('is read back as every instant is written for machines', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }),
        (date) => {
          expect(instantTyped(date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
  });

  it('is written to the millisecond', () => {
    expect(exactTimeText('2026-07-01T11:00:00.007Z')).toBe('1 July 2026 at 12:00:00.007');
  });
});
