import { checkIdentifier, type ClassifiedIdentifier } from '#identity';
import type { FiledContribution } from '#timeline';
import { bodied, identityOf } from './standing-records.js';

interface Reference {
  readonly key: string;
  readonly organisation: string;
  readonly contributions: readonly FiledContribution[];
}

const INVALIDATED = 'identifier-invalidated';

const tokenOf = ({ kind, value }: Pick<ClassifiedIdentifier, 'kind' | 'value'>): string =>
  `${kind}:${checkIdentifier(kind, value).normal}`;

/**
 * Keys of the references that an adoption has sealed: whoever holds them, they are known by a number that its register
 * declared void for that reason. They are no child to anybody: what comes to them late is filed, and shows to nobody.
 * An invalidation that cannot be read seals the reference on which it stands.
 */
export const sealedByAdoption = (references: readonly Reference[]): ReadonlySet<string> => {
  const declared = references
    .filter(({ contributions }) => contributions.some(({ envelope }) => envelope.type === INVALIDATED))
    .flatMap(({ key, contributions }) =>
      bodied(contributions)
        .filter(({ body }) => body.envelope.type === INVALIDATED)
        .map(({ body }) => ({ key, body })),
    );
  if (declared.length === 0) return new Set();
  const unclear = declared.filter(({ body }) => !body.terms || !body.identity);
  const numbers = new Set(
    declared
      .filter(({ body }) => body.terms?.['reason'] === 'adoption')
      .flatMap(({ body }) => (body.identity?.['identifiers'] ?? []) as readonly ClassifiedIdentifier[])
      .filter(({ status }) => status === 'traced')
      .map(tokenOf),
  );
  const isKnownBy = ({ contributions, ...reference }: Reference): boolean =>
    identityOf({ ...reference, records: bodied(contributions) }).identifiers.some((one) => numbers.has(tokenOf(one)));
  return new Set([...unclear.map(({ key }) => key), ...references.filter(isKnownBy).map(({ key }) => key)]);
};
