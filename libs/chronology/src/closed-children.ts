import type { FiledContribution } from '#timeline';
import { sealedByAdoption } from './adoption.js';
import { CHILD_EXCLUSION, coverOf, type PersonLooking } from './child-exclusions.js';
import { linksOf, type ScopeReference } from './read-child.js';

/** What is filed, and every prefix of what is pending: whatever narrows counts at once. */
const prefixes = (
  references: readonly ScopeReference[],
  pending: readonly FiledContribution[],
): readonly (readonly ScopeReference[])[] =>
  Array.from({ length: pending.length + 1 }, (_, n) =>
    references.map((reference) => ({
      ...reference,
      contributions: [
        ...reference.contributions,
        ...pending.slice(0, n).filter(({ envelope }) => envelope.subject.key === reference.key),
      ],
    })),
  );

/** References over which restrictions act together: those of one child, and what names it by its number alone. */
const groupsOf = (references: readonly ScopeReference[]): readonly (readonly ScopeReference[])[] => {
  const { restrictiveGroups, attachments } = linksOf(references);
  const withAttached = restrictiveGroups.map((keys) => [
    ...keys,
    ...attachments.filter(({ to }) => keys.includes(to)).map(({ staffOnly }) => staffOnly),
  ]);
  const alone = references
    .filter(({ key }) => !withAttached.some((keys) => keys.includes(key)))
    .map(({ key }) => [
      key,
      ...attachments.filter(({ to }) => to === key).map(({ staffOnly }) => staffOnly),
      ...attachments.filter(({ staffOnly }) => staffOnly === key).map(({ to }) => to),
    ]);
  return [...withAttached, ...alone].map((keys) => references.filter(({ key }) => keys.includes(key)));
};

/**
 * Which of these references are of children that are nobody's to look at for this person: a guardian closed the child to
 * him, or an adoption sealed it. `references`: with all that share a verified identifier with them.
 */
export const closedChildren = (
  references: readonly ScopeReference[],
  pending: readonly FiledContribution[],
  person: PersonLooking,
  at: number,
): ReadonlySet<string> => {
  const isExclusion = ({ envelope }: FiledContribution): boolean => envelope.type === CHILD_EXCLUSION;
  const hasExclusions = [...references.flatMap(({ contributions }) => contributions), ...pending].some(isExclusion);
  const closedIn = (then: readonly ScopeReference[]): readonly string[] => {
    if (!hasExclusions) return [];
    const isClosed = (near: readonly ScopeReference[]): boolean =>
      coverOf(
        near.flatMap(({ contributions }) => contributions),
        person,
        at,
      ) !== undefined;
    return groupsOf(then)
      .filter(isClosed)
      .flatMap((near) => near.map(({ key }) => key));
  };
  return new Set(prefixes(references, pending).flatMap((then) => [...closedIn(then), ...sealedByAdoption(then)]));
};

/** The references of one organisation that are the child of this one, or name it by its number alone. */
export const ownOfChild = (
  references: readonly ScopeReference[],
  key: string,
  organisation: string,
): readonly ScopeReference[] => {
  const { components, attachments } = linksOf(references);
  const target = attachments.filter(({ staffOnly }) => staffOnly === key).map(({ to }) => to);
  const child = components.filter((keys) => keys.includes(key) || target.some((one) => keys.includes(one))).flat();
  const named = attachments.filter(({ to }) => child.includes(to)).map(({ staffOnly }) => staffOnly);
  const keys = new Set([key, ...child, ...named]);
  return references.filter((one) => one.organisation === organisation && keys.has(one.key));
};
