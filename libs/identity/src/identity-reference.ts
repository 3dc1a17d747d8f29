import { checkIdentifier, type ClassifiedIdentifier, type IdentifierKind } from './classify-identifier.js';
import type { Demographics } from './compare-demographics.js';
import type { LinkageRules } from './linkage-rules.js';

/** An identifier that its register declared void, as in an adoption: a wall, not a merge. */
export interface InvalidatedIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/**
 * One organisation's handle on one child, as its current versions describe it. Superseded identifiers stand here
 * already replaced by their successors.
 */
export interface IdentityReference {
  readonly key: string;
  readonly organisation: string;
  readonly identifiers: readonly ClassifiedIdentifier[];
  readonly invalidated?: readonly InvalidatedIdentifier[];
  readonly demographics: readonly Demographics[];
  /** Known from a staff or relations feed alone: none of its identifiers counts as verified. */
  readonly staffOnly: boolean;
}

/** What one version of one record says about identity. */
export interface IdentityStatement {
  readonly record: string;
  /** Sorts as text (by code unit) within one record. */
  readonly rank: string;
  readonly fromStaffFeed: boolean;
  readonly identifiers?: readonly ClassifiedIdentifier[];
  readonly invalidated?: readonly InvalidatedIdentifier[];
  readonly demographics?: Demographics | null;
}

const currentOf = (statements: readonly IdentityStatement[]): IdentityStatement[] => {
  const highest = new Map<string, string>();
  for (const { record, rank } of statements) {
    if (rank >= (highest.get(record) ?? '')) highest.set(record, rank);
  }
  return statements.filter(({ record, rank }) => highest.get(record) === rank);
};

const STRENGTH = { asserted: 0, traced: 1, 'wrong-check-digit': 2 } satisfies Record<
  ClassifiedIdentifier['status'],
  number
>;

const asJson = (value: unknown): string => JSON.stringify(value);
const sortedUnique = <T>(values: readonly T[]): T[] =>
  [...new Map(values.map((value) => [asJson(value), value] as const))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);

/**
 * Folds the versions of a reference's records, in any order, into the reference. The highest rank of a record is
 * current; versions of equal rank all are. A staff feed verifies nothing, whatever the status says.
 */
export const foldReference = (
  reference: { readonly key: string; readonly organisation: string },
  statements: readonly IdentityStatement[],
): IdentityReference => {
  const current = currentOf(statements);
  const identifiers = new Map<string, ClassifiedIdentifier>();
  for (const { identifiers: said = [], fromStaffFeed } of current) {
    for (const { kind, value, status } of said) {
      const capped: ClassifiedIdentifier = {
        kind,
        value,
        status: fromStaffFeed && status === 'traced' ? 'asserted' : status,
      };
      const known = identifiers.get(`${kind}:${value}`);
      if (!known || STRENGTH[known.status] < STRENGTH[capped.status]) identifiers.set(`${kind}:${value}`, capped);
    }
  }
  return {
    key: reference.key,
    organisation: reference.organisation,
    identifiers: sortedUnique([...identifiers.values()]),
    invalidated: sortedUnique(
      current.flatMap(({ invalidated = [] }) => invalidated.map(({ kind, value }) => ({ kind, value }))),
    ),
    demographics: sortedUnique(
      current.flatMap(({ demographics }) =>
        demographics
          ? [
              {
                givenName: demographics.givenName ?? null,
                familyName: demographics.familyName ?? null,
                birthDate: demographics.birthDate ?? null,
                sex: demographics.sex ?? null,
              },
            ]
          : [],
      ),
    ),
    staffOnly: current.length > 0 && current.every(({ fromStaffFeed }) => fromStaffFeed),
  };
};

/** Whether linkage may use a value at all: right check digit, no placeholder, a kind the rules name. */
export const isMatchable = (kind: IdentifierKind, value: string, rules: LinkageRules): boolean => {
  const { normal, valid } = checkIdentifier(kind, value);
  return valid && rules.identifierKinds.includes(kind) && !rules.placeholderIdentifiers[kind]?.includes(normal);
};

/**
 * `kind:value` of everything that can bring this reference together with, or keep it apart from, another. The group
 * that a change touches is whatever can be reached from the old and the new tokens over references that have one in
 * common; `deriveLinks` of that group alone gives the same as `deriveLinks` of everything.
 */
export const identifierTokens = (reference: IdentityReference, rules: LinkageRules): string[] =>
  [
    ...new Set(
      [
        ...reference.identifiers.filter(({ status }) => status !== 'wrong-check-digit'),
        ...(reference.invalidated ?? []),
      ]
        .filter(({ kind, value }) => isMatchable(kind, value, rules))
        .map(({ kind, value }) => `${kind}:${checkIdentifier(kind, value).normal}`),
    ),
  ].sort();
