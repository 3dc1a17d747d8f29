import type { Tier } from '#contracts';
import { fold, organisationPattern } from './codes.js';
import { remembering } from './remember.js';
import { within, type Duration, type Window } from './time.js';
import type { AdoptedAgreement, OwnerService, RelationKind, Viewer } from './types.js';

export const SERVICE_CLASSES = ['open', 'guarded', 'hidden'] as const;
/** `guarded`: only a clause that names the service opens it; `hidden`: only a release does. */
export type ServiceClass = (typeof SERVICE_CLASSES)[number];

export interface CompiledParty {
  readonly name: string;
  readonly kind: string | null;
  readonly desk: string | null;
  /** Organisations by folded id. */
  readonly exact: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
  readonly services: ReadonlyMap<string, ServiceClass>;
  /** Class of every service that is not listed; absent: such a service is no part of the agreement. */
  readonly anyService?: ServiceClass;
}

/** Which services of a document: `party.service`, a whole `party.*`, or `*`. Null stands for all. */
export interface ServiceSet {
  readonly all: boolean;
  readonly parties: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
}

/**
 * To whom. Each list that is there must be met, each exception must not be: an organisation may be named while
 * its kind is excepted, and the other way round.
 */
export interface Audience {
  readonly services: ServiceSet | null;
  readonly organisations: ReadonlySet<string> | null;
  readonly kinds: ReadonlySet<string> | null;
  readonly exceptOrganisations: ReadonlySet<string>;
  readonly exceptKinds: ReadonlySet<string>;
}

export interface AgeTest {
  /** Relevant for these; null: whoever it is. */
  readonly of: ReadonlySet<string> | null;
  readonly min: number | 'unborn';
  readonly max: number | null;
  readonly at: 'read' | 'occurred';
}

/** Names of fields, or every field. */
export type FieldNames = ReadonlySet<string> | '*';

export interface Facets {
  readonly summary: boolean;
  readonly content: FieldNames;
  readonly location: FieldNames;
}

/** What every clause may ask of viewer, time, purpose and record. Null asks nothing. */
export interface Clause {
  readonly id: string;
  readonly readerText: string;
  readonly from: ServiceSet | null;
  readonly types: ReadonlySet<string> | null;
  readonly about: ReadonlySet<string> | null;
  readonly tiers: ReadonlySet<Tier> | null;
  readonly to: Audience;
  readonly roles: ReadonlySet<string> | null;
  readonly relations: ReadonlySet<RelationKind> | null;
  readonly purposes: ReadonlySet<string> | null;
  readonly window: Window;
  readonly childAge: AgeTest | null;
  readonly aboutAge: AgeTest | null;
  readonly when: readonly string[];
  readonly unless: readonly string[];
  /** Its basis is consent: without a standing consent it opens nothing. */
  readonly onConsent: boolean;
}

export interface Permit extends Clause {
  readonly show: Facets;
  readonly lookback: Duration | null;
  readonly newest: number | null;
  /** What readers are told to do with what it shows. */
  readonly handling: readonly string[];
}

export interface ReleaseClause extends Clause {
  readonly show: Facets;
  readonly by: ReadonlySet<string>;
  readonly maxFor: Duration | null;
  readonly handling: readonly string[];
}

/** An existence clause: `when` holds its `while`. */
export type ExistenceClause = Clause;

export interface Cap extends Clause {
  readonly max: Facets;
}

export interface Forbid extends Clause {
  /** Null: the whole entry. */
  readonly fields: ReadonlySet<string> | null;
}

/** An agreement ready to decide with. Built by `parseAgreement` only. */
export interface CompiledAgreement {
  readonly id: string;
  /** A label: what is in force, and since when, is for adoption and `force` to say. */
  readonly version: string;
  readonly title: string;
  readonly zone: string;
  readonly force: Window;
  readonly parties: PartyIndex;
  /** Relations that the document leaves to each purpose; null: it narrows nothing. */
  readonly purposes: ReadonlyMap<string, ReadonlySet<RelationKind>> | null;
  /** Every purpose that the document names. */
  readonly namedPurposes: ReadonlySet<string>;
  /** Every fact that a clause reads. */
  readonly facts: ReadonlySet<string>;
  /** Every field that a clause names. */
  readonly fieldNames: { readonly content: ReadonlySet<string>; readonly location: ReadonlySet<string> };
  /** By owner's service and record type; see `clausesFor`. */
  readonly permits: ReadonlyMap<string, readonly Permit[]>;
  readonly existence: ReadonlyMap<string, readonly ExistenceClause[]>;
  readonly releases: readonly ReleaseClause[];
  readonly caps: readonly Cap[];
  readonly forbids: readonly Forbid[];
}

/** A service's place in a document: its party, its key `party.service` and its class. */
export interface Standing {
  readonly party: CompiledParty;
  readonly key: string;
  readonly serviceClass: ServiceClass | null;
}

/** Parties of a document by organisation, and where their services stand. */
export interface PartyIndex {
  readonly all: readonly CompiledParty[];
  readonly partiesOf: (organisation: string) => readonly CompiledParty[];
  readonly standingsOf: (organisation: string) => (service: string) => readonly Standing[];
}

export const indexParties = (parties: readonly CompiledParty[]): PartyIndex => {
  const byOrganisation = new Map<string, CompiledParty[]>();
  for (const party of parties)
    for (const organisation of party.exact)
      byOrganisation.set(organisation, [...(byOrganisation.get(organisation) ?? []), party]);
  const withPatterns = parties.filter(({ patterns }) => patterns.length > 0);

  const find = (organisation: string): readonly CompiledParty[] => {
    const named = byOrganisation.get(fold(organisation)) ?? [];
    const described = withPatterns.filter(
      (party) => !named.includes(party) && party.patterns.some((pattern) => pattern.test(organisation)),
    );
    return described.length === 0 ? named : [...named, ...described];
  };
  const partiesOfOne = remembering(find);
  const stand = (organisation: string, service: string): readonly Standing[] => {
    const found = partiesOfOne(organisation).map((party) => ({
      party,
      key: `${party.name}.${service}`,
      serviceClass: party.services.get(service) ?? party.anyService ?? null,
    }));
    const strictest = SERVICE_CLASSES.findLast((each) => found.some(({ serviceClass }) => serviceClass === each));
    return found.map((standing) => ({ ...standing, serviceClass: standing.serviceClass && (strictest ?? null) }));
  };
  return {
    all: parties,
    partiesOf: partiesOfOne,
    standingsOf: remembering((organisation: string) => remembering((service: string) => stand(organisation, service))),
  };
};

/** Parties of the document that an organisation is. */
export const partiesOf = (agreement: CompiledAgreement, organisation: string): readonly CompiledParty[] =>
  agreement.parties.partiesOf(organisation);

/**
 * Where a service stands in the document, once for each party that its organisation is. Where one service would
 * have two classes the strictest holds for all. The same service is always given the same list.
 */
export const standingsOf = (agreement: CompiledAgreement, owner: OwnerService): readonly Standing[] =>
  agreement.parties.standingsOf(owner.organisation)(owner.service);

/** The keys under which clauses for a service may be kept. Only an open service is reached without being named. */
const serviceKeys = (standing: Standing): string[] =>
  standing.serviceClass === 'open'
    ? [`s:${standing.key}`, `p:${standing.party.name}`, '*']
    : standing.serviceClass === 'guarded'
      ? [`s:${standing.key}`]
      : [];

const indexKeysOf = (clause: Clause): string[] => {
  const from = clause.from;
  const places =
    from === null || from.all
      ? ['*']
      : [...[...from.parties].map((party) => `p:${party}`), ...[...from.services].map((service) => `s:${service}`)];
  const types = clause.types === null ? ['*'] : [...clause.types];
  return places.flatMap((place) => types.map((type) => `${place}|${type}`));
};

/** An index of clauses by owner's service and record type. */
export const indexClauses = <C extends Clause>(clauses: readonly C[]): ReadonlyMap<string, readonly C[]> => {
  const index = new Map<string, C[]>();
  for (const clause of clauses)
    for (const key of indexKeysOf(clause)) {
      const there = index.get(key);
      if (there) there.push(clause);
      else index.set(key, [clause]);
    }
  return index;
};

/** Clauses of an index that reach a service of this standing and records of any of these types, each once. */
export const clausesFor = <C extends Clause>(
  index: ReadonlyMap<string, readonly C[]>,
  standings: readonly Standing[],
  types: readonly string[],
): readonly C[] => {
  const found = new Set<C>();
  for (const standing of standings)
    for (const place of serviceKeys(standing)) {
      for (const clause of index.get(`${place}|*`) ?? []) found.add(clause);
      for (const type of types) for (const clause of index.get(`${place}|${fold(type)}`) ?? []) found.add(clause);
    }
  return [...found];
};

type PermitsByTypes = (type: string) => (recordType: string) => readonly Permit[];
const lastAsked = new WeakMap<
  readonly Standing[],
  { readonly of: CompiledAgreement['permits']; readonly find: PermitsByTypes }
>();

/** Permits for a service's records of one type or another, remembered for each service of the document asked last. */
export const permitsFor = (
  { permits }: Pick<CompiledAgreement, 'permits'>,
  standings: readonly Standing[],
): PermitsByTypes => {
  const known = lastAsked.get(standings);
  if (known?.of === permits) return known.find;
  const find = remembering((type: string) =>
    remembering((recordType: string) => clausesFor(permits, standings, [type, recordType])),
  );
  lastAsked.set(standings, { of: permits, find });
  return find;
};

/** Whether a set of services holds this one, whatever its class: for clauses that restrict. */
export const holdsService = (set: ServiceSet | null, standings: readonly Standing[]): boolean =>
  set === null || set.all || standings.some(({ party, key }) => set.parties.has(party.name) || set.services.has(key));

/** Whether a clause speaks to this viewer, who stands there in its document. */
export const speaksTo = (to: Audience, viewer: Viewer, standings: readonly Standing[]): boolean => {
  const { services, organisations, kinds, exceptOrganisations, exceptKinds } = to;
  if (services !== null && !services.all && !holdsService(services, standings)) return false;
  if (organisations !== null && !organisations.has(fold(viewer.organisation))) return false;
  if (kinds !== null && !kinds.has(fold(viewer.organisationKind))) return false;
  if (exceptOrganisations.size > 0 && exceptOrganisations.has(fold(viewer.organisation))) return false;
  return exceptKinds.size === 0 || !exceptKinds.has(fold(viewer.organisationKind));
};

/** Whether the document acts on records of this organisation at an instant: in force, and adopted by that owner. */
export const actsFor = ({ agreement, adoptions }: AdoptedAgreement, organisation: string, at: number): boolean =>
  within(agreement.force, at) &&
  (adoptions === 'all' ||
    adoptions.some(
      (adoption) =>
        fold(adoption.organisation) === fold(organisation) &&
        within({ from: adoption.from, until: adoption.until ?? Infinity }, at),
    ));

/** Organisations of a party: exact ids and patterns apart. */
export const partyPatterns = (
  organisations: readonly string[],
): { readonly exact: ReadonlySet<string>; readonly patterns: readonly RegExp[] } => ({
  exact: new Set(organisations.filter((each) => !each.includes('*')).map(fold)),
  patterns: organisations.filter((each) => each.includes('*')).map(organisationPattern),
});
