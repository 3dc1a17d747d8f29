import {
  deriveLinks,
  foldAnswers,
  LINKAGE_RULES_V1,
  type DerivedLinks,
  type IdentityAnswer,
  type IdentityReference,
} from '#identity';
import type { IdentityAnswers } from './identity-answers.js';

/** What is derived about references, and from which answers. */
export interface IdentityGraph extends DerivedLinks {
  /** One answer a pair; see `foldAnswers`. */
  readonly answers: readonly IdentityAnswer[];
}

/**
 * Which references are one child, by what they say of themselves and by what people answer. An answer that cannot be
 * read hides: the pairs that it may be about are no links, and yet what restricts the one acts on the other.
 */
export const graphOf = (
  references: readonly IdentityReference[],
  { standing, unclear }: IdentityAnswers,
): IdentityGraph => {
  const answers = foldAnswers(standing);
  const derive = (all: readonly IdentityAnswer[]) => deriveLinks(references, all, LINKAGE_RULES_V1);
  if (unclear.length === 0) return { ...derive(answers), answers };
  const kept = unclear.flatMap(({ a, b }) =>
    (b === undefined ? references.map(({ key }) => key) : [b])
      .filter((other) => other !== a)
      .map((other): IdentityAnswer => ({ a, b: other, answer: 'refused' })),
  );
  return { ...derive([...answers, ...kept]), restrictiveGroups: derive(answers).restrictiveGroups, answers };
};
