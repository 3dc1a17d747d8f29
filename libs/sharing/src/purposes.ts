import { fold } from './codes.js';
import type { RelationKind } from './types.js';

/** Which relations allow which purpose. No agreement widens this; a document may narrow it for its own clauses. */
const BASELINE: Readonly<Record<string, readonly RelationKind[]>> = {
  SAFEGUARDING: ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  CHILD_PROTECTION: ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited'],
  DIRECT_CARE: ['registered', 'presenting'],
  EMERGENCY: ['emergency'],
};

/** Purposes of the table. */
export const baselinePurposes: readonly string[] = Object.keys(BASELINE);

/** Relations that allow a purpose which is not in the table but which a document names. */
const NAMED: readonly RelationKind[] = ['allocated', 'team', 'duty', 'on-roll', 'registered'];

const table: ReadonlyMap<string, ReadonlySet<RelationKind>> = new Map(
  Object.entries(BASELINE).map(([purpose, relations]) => [fold(purpose), new Set(relations)]),
);
const named: ReadonlySet<RelationKind> = new Set(NAMED);
const none: ReadonlySet<RelationKind> = new Set();

/**
 * Purposes of the table and those given that one of these relations allows, in that order: each once and as reads write
 * it, so that nothing tells how many documents name it or how they spell it.
 */
export const purposesFor = (relations: readonly RelationKind[], namedByDocuments: readonly string[]): string[] => {
  const named = namedByDocuments.filter((name) => !table.has(fold(name))).map((name) => name.toUpperCase());
  const names = [...Object.keys(BASELINE), ...[...new Set(named)].sort()];
  return names.filter((name) => relations.some((relation) => relationsAllowing(name, true).has(relation)));
};

/** Relations that allow a purpose; none for a purpose that neither the table nor a document names. */
export const relationsAllowing = (purpose: string, namedByDocument: boolean): ReadonlySet<RelationKind> =>
  table.get(fold(purpose)) ?? (namedByDocument ? named : none);
