import type { FiledContribution } from '#timeline';
import { IDENTITY_ANSWERED } from './identity-answers.js';

interface Reference {
  readonly key: string;
  readonly contributions: readonly FiledContribution[];
}

const isAnswer = ({ envelope }: FiledContribution): boolean => envelope.type === IDENTITY_ANSWERED;
/** What is pending comes after everything that is filed. */
const placeOf = ({ position }: FiledContribution): number => position ?? Infinity;

/**
 * These references before each answer of people, the earliest first: with the contributions that show, and with the
 * answers given by then. Nothing where nobody answered.
 */
export const beforeAnswers = <R extends Reference>(
  references: readonly R[],
  shows: ReadonlySet<string>,
): (readonly R[])[] => {
  const places = references.flatMap(({ contributions }) => contributions.filter(isAnswer).map(placeOf));
  return [...new Set(places)]
    .sort((a, b) => a - b)
    .map((place) =>
      references.map((reference) => ({
        ...reference,
        contributions: reference.contributions.filter((one) =>
          isAnswer(one) ? placeOf(one) < place : shows.has(one.envelope.contributionId),
        ),
      })),
    );
};

/** Whether anybody ever answered about one of these references. */
export const isAnswered = (references: readonly Reference[]): boolean =>
  references.some(({ contributions }) => contributions.some(isAnswer));
