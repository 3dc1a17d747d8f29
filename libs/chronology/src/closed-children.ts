import { CHILD_EXCLUSION, coverOf, type PersonLooking } from './child-exclusions.js';
import { linksOf, type ScopeReference } from './read-child.js';
import type { FiledContribution } from '#timeline';

/**
 * Which of these references are of children that a guardian closed to this person, by what is filed or by any prefix of
 * what is pending: whatever narrows counts at once. `references`: with all that share a verified identifier with them.
 */
export const closedChildren = (
  references: readonly ScopeReference[],
  pending: readonly FiledContribution[],
  person: PersonLooking,
  at: number,
): ReadonlySet<string> => {
  const isExclusion = ({ envelope }: FiledContribution): boolean => envelope.type === CHILD_EXCLUSION;
  const all = [...references.flatMap(({ contributions }) => contributions), ...pending];
  if (!all.some(isExclusion)) return new Set();
  const upTo = (n: number): ScopeReference[] =>
    references.map((reference) => ({
      ...reference,
      contributions: [
        ...reference.contributions,
        ...pending.slice(0, n).filter(({ envelope }) => envelope.subject.key === reference.key),
      ],
    }));
  const closed = (near: readonly ScopeReference[]): readonly string[] =>
    coverOf(
      near.flatMap(({ contributions }) => contributions),
      person,
      at,
    )
      ? near.map(({ key }) => key)
      : [];
  return new Set(
    Array.from({ length: pending.length + 1 }, (_, n) => upTo(n)).flatMap((then) => {
      const groups = linksOf(then).restrictiveGroups;
      const grouped = groups.map((keys) => then.filter(({ key }) => keys.includes(key)));
      const alone = then.filter(({ key }) => !groups.some((keys) => keys.includes(key))).map((one) => [one]);
      return [...grouped, ...alone].flatMap(closed);
    }),
  );
};
