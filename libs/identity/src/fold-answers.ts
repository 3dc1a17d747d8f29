/** What people answered about two references. The pair has no order. */
export interface IdentityAnswer {
  readonly a: string;
  readonly b: string;
  readonly answer: 'confirmed' | 'refused';
}

/** What the people of one organisation say last about a pair. */
export interface StandingAnswer extends IdentityAnswer {
  readonly organisation: string;
  /** When it was received: RFC 3339, UTC. */
  readonly at: string;
  /** A refusal that takes a child apart: the two sides, each with one of the pair. */
  readonly sides?: readonly (readonly string[])[] | null;
}

/** Text that names a pair whichever way round it is given. */
export const pairName = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);

/** Every pair across a cut, once. A reference on both sides makes no pair with itself. */
export const pairsAcross = (
  sideA: readonly string[],
  sideB: readonly string[],
): { readonly a: string; readonly b: string }[] => {
  const pairs = new Map<string, { readonly a: string; readonly b: string }>();
  for (const a of sideA) {
    for (const b of sideB) {
      if (a !== b) pairs.set(pairName(a, b), a < b ? { a, b } : { a: b, b: a });
    }
  }
  return [...pairs.values()];
};

/**
 * One answer a pair, in the order of the pairs' names, whatever the order of the input. A pair that one organisation
 * refuses is refused, whatever another says: an uncertain identity never discloses. A refusal that took a child apart
 * refuses every other pair across the cut too, whatever was said of them before: only what the organisation that cut
 * answers by name afterwards joins across it again.
 */
export const foldAnswers = (standing: readonly StandingAnswer[]): IdentityAnswer[] => {
  const answers = new Map<string, IdentityAnswer>();
  for (const { a, b, answer } of standing) {
    const name = pairName(a, b);
    if (answers.get(name)?.answer !== 'refused') answers.set(name, { ...(a < b ? { a, b } : { a: b, b: a }), answer });
  }
  const saidAfter = (cut: StandingAnswer, { a, b }: { readonly a: string; readonly b: string }): boolean =>
    standing.some(
      (one) =>
        one.answer === 'confirmed' &&
        one.organisation === cut.organisation &&
        one.at > cut.at &&
        pairName(one.a, one.b) === pairName(a, b),
    );
  const across = standing
    .filter(({ answer }) => answer === 'refused')
    .flatMap((cut) => pairsAcross(cut.sides?.[0] ?? [], cut.sides?.[1] ?? []).filter((pair) => !saidAfter(cut, pair)));
  for (const pair of across) answers.set(pairName(pair.a, pair.b), { ...pair, answer: 'refused' });
  return [...answers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, answer]) => answer);
};
