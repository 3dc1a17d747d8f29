/**
 * How far two samples lie apart by rank, in standard deviations of what chance alone would give (Mann-Whitney U, normal
 * approximation, ties corrected). Positive where the first tends to be larger; 0 for an empty sample.
 */
export const mannWhitney = (first: readonly number[], second: readonly number[]): number => {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return 0;
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let tied = 0;
  for (let i = 0; i < all.length;) {
    let end = i;
    while (end < all.length && all[end]!.value === all[i]!.value) end += 1;
    const count = end - i;
    const rank = (i + 1 + end) / 2;
    for (let j = i; j < end; j += 1) if (all[j]!.isFirst) rankSum += rank;
    tied += count ** 3 - count;
    i = end;
  }
  const total = n + m;
  const expected = (n * (total + 1)) / 2;
  const variance = ((n * m) / 12) * (total + 1 - tied / (total * (total - 1)));
  return variance > 0 ? (rankSum - expected) / Math.sqrt(variance) : 0;
};
