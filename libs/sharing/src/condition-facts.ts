import type { Fact } from '#contracts';
import type { AgreementDocument } from './agreement-schema.js';
import { element, member, type Refusal } from './refusal.js';

/** Facts that a condition may use: those of an envelope, and those that the hub derives of a service and a child. */
export type ConditionFact = Exclude<Fact, 'number-void'> | 'open-episode';

interface FactClass {
  /** Whose knowledge it is: of the record's own service, or of any party that has a record of the child. */
  readonly knownBy: 'owner' | 'any-party';
  /** Who may see it: the owner's organisation alone, nobody, or whoever is told that the service is involved. */
  readonly seenBy: 'owner' | 'nobody' | 'told-of-involvement';
  readonly meaning: string;
}

/**
 * Every fact that a condition may use, and who may see it. A condition tells its fact: what shows only to a reader of
 * whose child it holds says so by showing, and by not showing.
 */
export const CONDITION_FACTS = {
  'address-protected': {
    knownBy: 'any-party',
    seenBy: 'nobody',
    meaning: 'the address is protected',
  },
  'young-person-agreed': {
    knownBy: 'owner',
    seenBy: 'owner',
    meaning: 'the young person has agreed, as the record’s own service recorded',
  },
  'owner-recorded-significant-harm': {
    knownBy: 'owner',
    seenBy: 'owner',
    meaning: 'the record’s own service has recorded significant harm',
  },
  'open-episode': {
    knownBy: 'owner',
    seenBy: 'told-of-involvement',
    meaning: 'the service is working with the child now',
  },
} as const satisfies Record<ConditionFact, FactClass>;

export const isConditionFact = (name: string): name is ConditionFact => Object.hasOwn(CONDITION_FACTS, name);

type Json<T> = T extends readonly (infer E)[] ? E : never;
type Permit = Json<NonNullable<AgreementDocument['permits']>>;
type Existence = Json<NonNullable<AgreementDocument['existence']>>;
type Release = Json<NonNullable<AgreementDocument['releases']>>;
type Granting = Permit | Existence | Release;

const partyOf = (reference: string): string => reference.slice(0, reference.indexOf('.'));

/** Whether every reader is of the very organisation whose record it is. */
const isOwnOrganisation = ({ parties }: AgreementDocument, from: readonly string[], to: readonly string[]): boolean =>
  from.every((source) => {
    const party = partyOf(source);
    const orgs = Object.hasOwn(parties, party) ? (parties[party]?.orgs ?? []) : [];
    return (
      source !== '*' &&
      orgs.length === 1 &&
      !orgs[0]!.includes('*') &&
      to.every((reader) => reader !== '*' && partyOf(reader) === party)
    );
  });

const names = (references: readonly string[], one: string): boolean =>
  references.includes('*') || references.includes(one) || (one !== '*' && references.includes(`${partyOf(one)}.*`));

const coversList = (wide: 'any' | readonly string[] | undefined, narrow: 'any' | readonly string[] | undefined) =>
  wide === undefined ||
  wide === 'any' ||
  (narrow !== undefined && narrow !== 'any' && narrow.every((word) => wide.includes(word)));

/** Whether the same people are told by this document that these services are involved, while they are. */
const isToldOfInvolvement = (document: AgreementDocument, clause: Granting, from: readonly string[]): boolean =>
  from.every((source) =>
    clause.to.every((reader) =>
      (document.existence ?? []).some(
        (existence) =>
          names(existence.of, source) &&
          names(existence.to, reader) &&
          coversList(existence.roles, clause.roles) &&
          coversList(existence.relation, clause.relation) &&
          coversList(existence.purposes, clause.purposes) &&
          existence.records?.types === undefined &&
          (existence.when ?? []).length + (existence.unless ?? []).length === 0,
      ),
    ),
  );

/** Why the grantee of a clause may not be shown something on this condition; null where he may see the fact. */
const hiddenFrom = (
  document: AgreementDocument,
  clause: Granting,
  kind: 'permits' | 'existence' | 'releases',
  fact: string,
): string | null => {
  if (!isConditionFact(fact)) return 'is no fact that the hub knows';
  const { knownBy, seenBy }: FactClass = CONDITION_FACTS[fact];
  const from = 'of' in clause ? clause.of : (clause.from ?? ['*']);
  if (knownBy === 'owner' && isOwnOrganisation(document, from, clause.to)) return null;
  // Whoever releases a record knows what his own service recorded, and to whom he tells it.
  if (knownBy === 'owner' && kind === 'releases') return null;
  if (seenBy === 'told-of-involvement' && (kind === 'existence' || isToldOfInvolvement(document, clause, from)))
    return null;
  return 'is a fact that whoever is shown this may not see';
};

/**
 * Conditions of a document that would tell their fact to somebody who may not see it: "the school sees police detail if
 * the child is on a plan" would tell the school of the plan. Facts of the reader's own organisation and releases to a
 * named person are excepted; caps and forbids may use any fact, for what they take away says nothing.
 */
export const hiddenConditions = (document: AgreementDocument): readonly Refusal[] => {
  const refusals: Refusal[] = [];
  for (const kind of ['existence', 'permits', 'releases'] as const)
    document[kind]?.forEach((clause: Granting, index) => {
      const place = element(`$.${kind}`, index);
      const conditions: [string, readonly string[] | string | undefined][] = [
        ['when', clause.when],
        ['unless', clause.unless],
        ...('while' in clause ? ([['while', clause.while]] as [string, string | string[] | undefined][]) : []),
      ];
      for (const [name, facts] of conditions) {
        if (facts === undefined) continue;
        [facts].flat().forEach((fact, at) => {
          const reason = hiddenFrom(document, clause, kind, fact);
          const within = member(place, name);
          if (reason !== null)
            refusals.push({ place: typeof facts === 'string' ? within : element(within, at), reason });
        });
      }
    });
  for (const kind of ['caps', 'forbids'] as const)
    document[kind]?.forEach(({ when, unless }, index) => {
      const place = element(`$.${kind}`, index);
      for (const [name, facts] of [
        ['when', when],
        ['unless', unless],
      ] as const)
        facts?.forEach((fact, at) => {
          if (!isConditionFact(fact))
            refusals.push({ place: element(member(place, name), at), reason: 'is no fact that the hub knows' });
        });
    });
  return refusals;
};
