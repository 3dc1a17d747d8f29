import { SeededRandom } from '../decision-oracle/seeded-random.js';
import { mannWhitney } from './mann-whitney.js';

const random = new SeededRandom(7);
const sample = (n: number, shift = 0): number[] => Array.from({ length: n }, () => random.between(0, 1000) + shift);

describe('Mann-Whitney', () => {
  it('gives what the tables give', () => {
    // U = 2 of 25: (2 - 12.5) / sqrt(5 * 5 * 11 / 12).
    expect(mannWhitney([1, 2, 3, 4, 7], [5, 6, 8, 9, 10])).toBeCloseTo(-2.193, 3);
    expect(mannWhitney([5, 6, 8, 9, 10], [1, 2, 3, 4, 7])).toBeCloseTo(2.193, 3);
  });

  it('is nothing for samples that are the same, of one value, or empty', () => {
    expect(mannWhitney([1, 2, 3], [1, 2, 3])).toBe(0);
    expect(mannWhitney([4, 4, 4], [4, 4])).toBe(0);
    expect(mannWhitney([], [1])).toBe(0);
  });

  it('stays small by chance, and does not for a shift of a fiftieth of the spread', () => {
    const far = Array.from({ length: 50 }, () => Math.abs(mannWhitney(sample(4000), sample(4000))) > 4).filter(Boolean);
    expect(far).toEqual([]);
    expect(mannWhitney(sample(20_000, 40), sample(20_000))).toBeGreaterThan(4);
  });
});
