/** An event's place in the store, and when its append was acknowledged, in ms. */
export interface Appended {
  readonly position: number;
  readonly at: number;
}

/** Up to which position rows are visible, and since when, in ms of the same clock. */
export interface Visible {
  readonly visible: number;
  readonly at: number;
}

/**
 * From each append's acknowledgement until the first batch with which it was visible, in ms, in position order; 0 where
 * that came before. `visible` grows, and reaches every position. Throws where it does not.
 */
export const lagsOf = (appended: readonly Appended[], visible: readonly Visible[]): number[] => {
  let batch = 0;
  return appended
    .toSorted((a, b) => a.position - b.position)
    .map(({ position, at }) => {
      while ((visible[batch]?.visible ?? Infinity) < position) batch += 1;
      const seen = visible[batch];
      if (!seen) throw new RangeError(`nothing says that position ${position} is visible`);
      return Math.max(0, seen.at - at);
    });
};
