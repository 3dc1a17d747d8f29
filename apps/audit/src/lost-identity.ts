import { canonicalText, getEventType } from '#contracts';
import type { ScopeReference } from '#chronology';
import type { ClassifiedIdentifier } from '#identity';
import { currentRecords, type FiledContribution } from '#timeline';

const identifiersOf = ({ identity }: FiledContribution): readonly ClassifiedIdentifier[] =>
  (identity?.['identifiers'] ?? []) as readonly ClassifiedIdentifier[];

/** Verified identifiers that a reference's standing records give, by their canonical text. A staff feed verifies none. */
const tracedOf = ({ contributions }: ScopeReference): ReadonlyMap<string, ClassifiedIdentifier> => {
  const bodies = new Map(
    contributions.filter(({ confirms }) => confirms === undefined).map((one) => [one.envelope.contributionId, one]),
  );
  return new Map(
    currentRecords(contributions)
      .flatMap(({ bodyOf }) => bodies.get(bodyOf) ?? [])
      .filter(({ envelope }) => getEventType(envelope.type).kind === 'content')
      .flatMap(identifiersOf)
      .filter(({ status }) => status === 'traced')
      .map((identifier) => [canonicalText([identifier.kind, identifier.value]), identifier]),
  );
};

/**
 * What references of one child name it by: the verified identifiers that all of those share that can still be read;
 * where these share none (a chain of different kinds), all that they give.
 */
export const sharedIdentifiers = (references: readonly ScopeReference[]): readonly ClassifiedIdentifier[] => {
  const each = references.map(tracedOf).filter(({ size }) => size > 0);
  const all = new Map(each.flatMap((traced) => [...traced]));
  const common = [...all].filter(([name]) => each.every((traced) => traced.has(name)));
  return (common.length > 0 ? common : [...all]).map(([, identifier]) => identifier);
};

/**
 * An erased contribution with what its child was known by: the identifiers, and the birth date that ages were counted
 * from. Nothing else of it comes back.
 */
export const withLostIdentity = (
  contribution: FiledContribution,
  identifiers: readonly ClassifiedIdentifier[],
  birthDate: string | null,
): FiledContribution => {
  const { envelope, unreadable } = contribution;
  const saysBirth = birthDate !== null && getEventType(envelope.type).kind === 'content';
  return {
    ...contribution,
    ...(unreadable.includes('identity') ? { identity: { identifiers } } : {}),
    ...(unreadable.includes('terms') && saysBirth ? { terms: { birthDate } } : {}),
  };
};
