/** Latencies in ms. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** A ratio over the rounds. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** The middle value, or the mean of the two in the middle; NaN for none. */
export const median = (values: readonly number[]): number => {
  const sorted = ascending(values);
  const half = sorted.length / 2;
  return Number.isInteger(half)
    ? ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
    : sorted[Math.floor(half)]!;
};

/** The smallest value that so large a share (0 to 1) of the sorted values does not exceed; NaN for none. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export const latenciesOf = (ms: readonly number[]): Latencies => {
  const sorted = ascending(ms);
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    p999: percentile(sorted, 0.999),
    max: sorted.at(-1) ?? Number.NaN,
  };
};

/** Of each round its own ratio first: two medians of different rounds are never divided. */
export const ratioOf = (pairs: readonly (readonly [value: number, reference: number])[]): Ratio => {
  const ratios = ascending(pairs.map(([value, reference]) => value / reference));
  return { median: median(ratios), min: ratios[0] ?? Number.NaN, max: ratios.at(-1) ?? Number.NaN };
};

/** The largest departure from 1 of what was measured twice: 0.05 for 5 %. */
export const noiseOf = ({ min, max }: Ratio): number => Math.max(Math.abs(1 - min), Math.abs(max - 1));
