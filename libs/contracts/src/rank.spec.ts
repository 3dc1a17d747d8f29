import fc from 'fast-check';
import { rankKey } from './rank.js';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sign = (n: number | bigint): number => (n < 0 ? -1 : n > 0 ? 1 : 0);

/** A whole number of up to 20 digits, some with noughts in front. */
const numbers = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.nat(3))
  .map(([n, noughts]) => ({ n, text: `${'0'.repeat(Math.min(noughts, 20 - String(n).length))}${n}` }));

/** Milliseconds of the years 1 to 9999, written with an offset of whole minutes. */
const instants = fc
  .tuple(
    fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(9999, 11, 30) }),
    fc.integer({ min: -14 * 60, max: 14 * 60 }),
  )
  .map(([at, minutes]) => {
    const local = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
    const two = (n: number) => String(n).padStart(2, '0');
    const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
    return { at, text: minutes === 0 ? `${local}Z` : `${local}${offset}` };
  });

describe('the key of a rank', () => {
  it('sorts whole numbers by number, whatever noughts stand before them', () => {
    fc.assert(
      fc.property(fc.constantFrom('version', 'sequence', 'append'), numbers, numbers, (by, a, b) => {
        expect(compare(rankKey(by, a.text), rankKey(by, b.text))).toBe(sign(a.n - b.n));
      }),
    );
    expect(rankKey('version', '9') < rankKey('version', '10')).toBe(true);
  });

  it('sorts dotted versions part by part, the shorter first', () => {
    const dotted = fc.array(fc.nat(200), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(dotted, dotted, (a, b) => {
        const i = a.findIndex((part, at) => part !== b[at]);
        const expected = i === -1 ? sign(a.length - b.length) : i >= b.length ? 1 : sign(a[i]! - b[i]!);
        expect(compare(rankKey('version', a.join('.')), rankKey('version', b.join('.')))).toBe(expected);
      }),
    );
  });

  it('sorts instants by time, whatever their offset', () => {
    fc.assert(
      fc.property(fc.constantFrom('extract', 'version', 'sequence'), instants, instants, (by, a, b) => {
        expect(compare(rankKey(by, a.text), rankKey(by, b.text))).toBe(sign(a.at - b.at));
      }),
    );
  });

  it('sorts anything else by code unit', () => {
    const words = fc.string({ minLength: 1 }).filter((text) => !/^\d/.test(text));
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(compare(rankKey('version', a), rankKey('version', b))).toBe(compare(a, b));
      }),
    );
  });

  it('puts numbers before texts before instants, and nothing before the first', () => {
    fc.assert(
      fc.property(numbers, fc.string({ minLength: 1 }), instants, ({ text }, word, instant) => {
        const other = rankKey('version', `v${word}`);
        expect(rankKey('version', text) < other).toBe(true);
        expect(other < rankKey('version', instant.text)).toBe(true);
        expect(rankKey('version', '0') <= rankKey('version', text)).toBe(true);
      }),
    );
  });

  it('keeps a date of an extract apart from a version that looks like one', () => {
    expect(rankKey('extract', '2025-03-01')).toBe(rankKey('extract', '2025-03-01T00:00:00Z'));
    expect(rankKey('version', '2025-03-01')).toBe('s2025-03-01');
    expect(rankKey('extract', 'no time')).toBe('sno time');
  });
});
