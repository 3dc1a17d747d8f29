import { latenciesOf, median, noiseOf, percentile, ratioOf } from './statistics.js';

describe('the statistics of the benchmark', () => {
  it('find the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([10, 9])).toBe(9.5);
    expect(median([])).toBeNaN();
  });

  it('divide within a round, never across rounds', () => {
    // The medians are 10 and 10: their ratio would be 1.
    const ratio = ratioOf([
      [10, 5],
      [4, 10],
      [30, 12],
    ]);
    expect(ratio).toEqual({ median: 2, min: 0.4, max: 2.5 });
  });

  it('know a percentile of few and of many', () => {
    expect(percentile([7], 0.99)).toBe(7);
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(latenciesOf(hundred.toReversed())).toEqual({ p50: 50, p95: 95, p99: 99, p999: 100, max: 100 });
  });

  it('take the farther side for noise', () => {
    expect(noiseOf({ median: 1, min: 0.92, max: 1.03 })).toBeCloseTo(0.08);
    expect(noiseOf({ median: 1, min: 0.99, max: 1.2 })).toBeCloseTo(0.2);
  });
});
