/** Whether what was measured was also right: without it a figure says nothing. */
export interface Gate {
  readonly passed: boolean;
  /** What was counted, in a sentence. */
  readonly counted: string;
  /** The first things that were wrong. */
  readonly problems: readonly string[];
}

export const gateOf = (counted: string, problems: readonly string[]): Gate => ({
  passed: problems.length === 0,
  counted,
  problems: problems.slice(0, 10),
});
