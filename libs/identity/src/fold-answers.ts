/** What a person answered about two references. The pair has no order. */
export interface IdentityAnswer {
  readonly a: string;
  readonly b: string;
  readonly answer: 'confirmed' | 'refused';
  readonly reason?: string;
  /** Whose person answered. */
  readonly organisation: string;
}

/** An answer as recorded; `withdrawn` takes back whatever was answered about the pair before. */
export interface RecordedAnswer extends Omit<IdentityAnswer, 'answer'> {
  readonly answer: IdentityAnswer['answer'] | 'withdrawn';
  /** Place in everything that was recorded; the highest of a pair counts. */
  readonly position: number;
}

/** Text that names a pair whichever way round it is given. */
export const pairName = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);

/** Caution where two answers have one position: a refusal beats a withdrawal, which beats a confirmation. */
const CAUTION = { confirmed: 0, withdrawn: 1, refused: 2 } satisfies Record<RecordedAnswer['answer'], number>;

const overrides = (later: RecordedAnswer, earlier: RecordedAnswer): boolean =>
  later.position !== earlier.position
    ? later.position > earlier.position
    : CAUTION[later.answer] > CAUTION[earlier.answer] ||
      (later.answer === earlier.answer && JSON.stringify(later) < JSON.stringify(earlier));

/** The latest answer of each pair, in the order of the pairs' names, whatever the order of the input. */
export const foldAnswers = (recorded: readonly RecordedAnswer[]): IdentityAnswer[] => {
  const latest = new Map<string, RecordedAnswer>();
  for (const answer of recorded) {
    const name = pairName(answer.a, answer.b);
    const known = latest.get(name);
    if (!known || overrides(answer, known)) latest.set(name, answer);
  }
  return [...latest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { position: _, answer, ...rest }]) => (answer === 'withdrawn' ? [] : [{ ...rest, answer }]));
};

/** An unlink: refuses every pair across the cut. A reference on both sides is not refused with itself. */
export const refusedCut = (
  groupA: readonly string[],
  groupB: readonly string[],
  by: Pick<IdentityAnswer, 'organisation' | 'reason'>,
): IdentityAnswer[] => {
  const pairs = new Map<string, IdentityAnswer>();
  for (const a of groupA) {
    for (const b of groupB) {
      if (a !== b) pairs.set(pairName(a, b), { a: a < b ? a : b, b: a < b ? b : a, answer: 'refused', ...by });
    }
  }
  return [...pairs.values()];
};
