import type { PoolClient } from 'pg';
import type { ClassifiedIdentifier } from '#identity';
import type { FiledContribution } from '#timeline';
import type { BlindIndex } from './blind-index.js';
import { blindOfSubjects } from './load-scope.js';

export const identifiersOf = ({ identity }: FiledContribution): readonly ClassifiedIdentifier[] =>
  (identity?.['identifiers'] ?? []) as ClassifiedIdentifier[];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * Erasing a record erases what it says, not whose record it was: where its identity cannot be opened any more, the
 * blind index still tells which identifier, that others near it name readably, it carried. Nothing else comes back.
 */
export const withErasedIdentity = async (
  client: PoolClient,
  blind: BlindIndex,
  generation: number,
  upTo: number,
  contributions: readonly FiledContribution[],
): Promise<readonly FiledContribution[]> => {
  const lost = contributions.filter(
    ({ envelope, unreadable }) => envelope.subject.kind === 'child' && unreadable.includes('identity'),
  );
  if (lost.length === 0) return contributions;
  const readable = new Map(
    contributions
      .flatMap(identifiersOf)
      .map(({ kind, value }) => [hex(blind.identifier(kind, value)), { kind, value }] as const),
  );
  const subjects = [...new Set(lost.map(({ envelope }) => envelope.subject.key))];
  const rows = Map.groupBy(await blindOfSubjects(client, generation, upTo, subjects), ({ subjectKey }) => subjectKey);
  return contributions.map((contribution) => {
    if (!lost.includes(contribution)) return contribution;
    const own = (rows.get(contribution.envelope.subject.key) ?? []).filter(
      ({ position }) => position === contribution.position,
    );
    const identifiers = own.flatMap(({ hmac, kind }) => {
      const known = readable.get(hex(hmac));
      return known ? [{ ...known, status: kind }] : [];
    });
    return { ...contribution, identity: { identifiers } };
  });
};
