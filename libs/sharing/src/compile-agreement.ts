import { ABOUT, TIERS, type Tier } from '#contracts';
import { Value } from '@sinclair/typebox/value';
import { AgreementSchema, type AgreementDocument } from './agreement-schema.js';
import { fold } from './codes.js';
import { restsOnConsent } from './consent.js';
import {
  SERVICE_CLASSES,
  indexClauses,
  indexParties,
  partyPatterns,
  type AgeTest,
  type Audience,
  type Cap,
  type Clause,
  type CompiledAgreement,
  type CompiledParty,
  type ExistenceClause,
  type Facets,
  type Forbid,
  type Permit,
  type ReleaseClause,
  type ServiceClass,
  type ServiceSet,
} from './compiled-agreement.js';
import { relationsAllowing } from './purposes.js';
import { element, member, placeOfPointer, type Refusal } from './refusal.js';
import { ALWAYS, DEFAULT_ZONE, isZone, readDuration, readMoment, type Duration, type Window } from './time.js';
import { RELATION_KINDS, type RelationKind } from './types.js';

/** Tiers of a permit that names none. Originator takes a release; what is sealed stays sealed. */
export const PERMITTED_TIERS: ReadonlySet<Tier> = new Set<Tier>(['contact', 'ordinary', 'special']);

/** What practitioners are shown ends at 18 where the clause does not say how it ends. */
const LAST_YEAR_OF_CHILDHOOD = 17;
const CHILDHOOD: AgeTest = { of: null, min: 0, max: LAST_YEAR_OF_CHILDHOOD, at: 'read' };

const FACT = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const NO_ONE: ReadonlySet<string> = new Set();

type Json<T> = T extends readonly (infer E)[] ? E : never;
type PermitJson = Json<NonNullable<AgreementDocument['permits']>>;
type AnyClauseJson = Pick<
  PermitJson,
  'id' | 'basis' | 'to' | 'roles' | 'relation' | 'purposes' | 'childAge' | 'aboutAge' | 'when' | 'unless'
>;
type ShowJson = PermitJson['show'];

/** Reads the parts of a document, noting whatever is wrong with its place. What it returns then is never used. */
class Reader {
  readonly refusals: Refusal[] = [];
  readonly facts = new Set<string>();
  readonly contentNames = new Set<string>();
  readonly locationNames = new Set<string>();

  constructor(
    readonly document: AgreementDocument,
    readonly zone: string,
  ) {}

  refuse(place: string, reason: string): void {
    this.refusals.push({ place, reason });
  }

  oneOf<T extends string>(value: string, words: readonly T[], place: string): T {
    const found = words.find((word) => word === value);
    if (found === undefined) this.refuse(place, `must be one of ${words.join(', ')}`);
    return found ?? (words[0] as T);
  }

  each<T extends string>(values: readonly string[], words: readonly T[], place: string): ReadonlySet<T> {
    return new Set(values.map((value, index) => this.oneOf(value, words, element(place, index))));
  }

  duration(text: string | undefined, place: string): Duration | null {
    if (text === undefined) return null;
    const duration = readDuration(text);
    if (!duration) this.refuse(place, 'must be a duration of whole years, months, weeks or days, such as P24M');
    return duration;
  }

  window(range: { from?: string; until?: string } | undefined, place: string): Window {
    if (!range) return ALWAYS;
    const edge = (name: 'from' | 'until'): number | undefined => {
      const text = range[name];
      if (text === undefined) return undefined;
      const moment = readMoment(text, this.zone);
      if (!moment) this.refuse(member(place, name), 'must be an instant with an offset, or a date');
      return moment?.start;
    };
    const window = { from: edge('from') ?? -Infinity, until: edge('until') ?? Infinity };
    if (window.until <= window.from) this.refuse(member(place, 'until'), 'ends before it starts');
    return window;
  }

  /** A reference to services of the document. `closedTo`: classes that this kind of clause cannot open. */
  services(references: readonly string[], place: string, closedTo: readonly ServiceClass[] = []): ServiceSet {
    const parties = new Set<string>();
    const services = new Set<string>();
    let all = false;
    references.forEach((reference, index) => {
      const at = element(place, index);
      if (reference === '*') {
        all = true;
        return;
      }
      const dot = reference.indexOf('.');
      const name = reference.slice(0, dot);
      const service = reference.slice(dot + 1);
      const party = Object.hasOwn(this.document.parties, name) ? this.document.parties[name] : undefined;
      if (dot <= 0 || !party) this.refuse(at, 'names no party of this document');
      else if (service === '*') parties.add(name);
      else if (!Object.hasOwn(party.services, service)) this.refuse(at, 'names no service of that party');
      else if (closedTo.some((each) => each === party.services[service]))
        this.refuse(at, 'a hidden service is opened by a release only');
      else services.add(reference);
    });
    return { all, parties, services };
  }

  audience(references: readonly string[], place: string): Audience {
    return {
      services: this.services(references, place),
      organisations: null,
      kinds: null,
      exceptOrganisations: NO_ONE,
      exceptKinds: NO_ONE,
    };
  }

  age(
    json: { min?: number | 'unborn'; max?: number; at?: 'read' | 'occurred'; of?: string[] },
    place: string,
  ): AgeTest {
    const min = json.min ?? 0;
    const max = json.max ?? null;
    if (max !== null && min !== 'unborn' && max < min) this.refuse(member(place, 'max'), 'is below the minimum');
    return {
      of: json.of ? this.each(json.of, ABOUT, member(place, 'of')) : null,
      min,
      max,
      at: json.at ?? 'read',
    };
  }

  /** The child's age for a clause that shows something. */
  childhood(json: AnyClauseJson['childAge'], place: string): AgeTest {
    if (!json) return CHILDHOOD;
    const test = this.age(json, place);
    if (test.max !== null) return test;
    if (test.min !== 'unborn' && test.min > LAST_YEAR_OF_CHILDHOOD)
      this.refuse(place, 'must say how it ends, since it begins after childhood');
    return { ...test, max: LAST_YEAR_OF_CHILDHOOD };
  }

  readFacts(names: readonly string[], place: string): readonly string[] {
    names.forEach((name, index) => {
      if (!FACT.test(name)) this.refuse(element(place, index), 'must be the name of a fact');
      this.facts.add(name);
    });
    return names;
  }

  purposes(names: 'any' | readonly string[] | undefined, place: string): ReadonlySet<string> | null {
    if (names === undefined || names === 'any') return null;
    const table = this.document.purposes;
    const own = table && new Set(Object.keys(table).map(fold));
    names.forEach((name, index) => {
      if (own && !own.has(fold(name))) this.refuse(element(place, index), 'is not among the purposes of this document');
    });
    return new Set(names.map(fold));
  }

  show(json: ShowJson, place: string): Facets {
    const names = (part: 'content' | 'location', seen: Set<string>): ReadonlySet<string> => {
      for (const name of json[part] ?? []) seen.add(name);
      return new Set(json[part] ?? []);
    };
    const facets = {
      summary: json.summary ?? false,
      content: names('content', this.contentNames),
      location: names('location', this.locationNames),
    };
    if (!facets.summary && facets.content.size === 0 && facets.location.size === 0) this.refuse(place, 'shows nothing');
    return facets;
  }

  /** What every clause has in common. */
  clause(
    json: AnyClauseJson,
    place: string,
  ): Omit<Clause, 'from' | 'types' | 'about' | 'tiers' | 'readerText' | 'childAge'> {
    const optional = <T>(value: 'any' | T | undefined): T | null =>
      value === undefined || value === 'any' ? null : value;
    if (json.basis !== undefined && !Object.hasOwn(this.document.bases ?? {}, json.basis))
      this.refuse(member(place, 'basis'), 'names no basis of this document');
    const roles = optional(json.roles);
    const relations = optional(json.relation);
    return {
      id: json.id,
      to: this.audience(json.to, member(place, 'to')),
      roles: roles && new Set(roles),
      relations: relations && this.each(relations, RELATION_KINDS, member(place, 'relation')),
      purposes: this.purposes(json.purposes, member(place, 'purposes')),
      window: ALWAYS,
      aboutAge: json.aboutAge ? this.age(json.aboutAge, member(place, 'aboutAge')) : null,
      when: this.readFacts(json.when ?? [], member(place, 'when')),
      unless: this.readFacts(json.unless ?? [], member(place, 'unless')),
      onConsent: restsOnConsent(json.basis === undefined ? undefined : this.document.bases?.[json.basis]),
    };
  }

  types(names: 'any' | readonly string[] | undefined): ReadonlySet<string> | null {
    return names === undefined || names === 'any' ? null : new Set(names.map(fold));
  }

  about(names: 'any' | readonly string[], place: string): ReadonlySet<string> | null {
    return names === 'any' ? null : this.each(names, ABOUT, place);
  }

  /** Tiers that a permit may open. */
  permitTiers(names: readonly string[] | undefined, place: string): ReadonlySet<Tier> {
    if (!names) return PERMITTED_TIERS;
    const tiers = this.each(names, TIERS, place);
    names.forEach((name, index) => {
      if (name === 'originator') this.refuse(element(place, index), 'tier originator takes a release');
      if (name === 'sealed') this.refuse(element(place, index), 'what is sealed stays sealed');
    });
    return tiers;
  }
}

const readParties = (reader: Reader): CompiledParty[] =>
  Object.entries(reader.document.parties).map(([name, party]) => {
    const place = member('$.parties', name);
    if (!/^[^.*\s:/@]+$/.test(name)) reader.refuse(place, 'the name of a party holds none of . * : / @ and no space');
    return {
      name,
      kind: party.kind,
      desk: party.desk,
      ...partyPatterns(party.orgs),
      services: new Map(
        Object.entries(party.services).map(([service, serviceClass]) => {
          const at = member(member(place, 'services'), service);
          if (!/^[^.*\s]+$/.test(service)) reader.refuse(at, 'the name of a service holds no . or * and no space');
          return [service, reader.oneOf(serviceClass, SERVICE_CLASSES, at)] as const;
        }),
      ),
    };
  });

const readPurposes = (reader: Reader): CompiledAgreement['purposes'] => {
  const table = reader.document.purposes;
  if (!table) return null;
  return new Map(
    Object.entries(table).map(([name, { relations }]) => {
      const place = member(member('$.purposes', name), 'relations');
      const known = reader.each(relations, RELATION_KINDS, place);
      const widest = relationsAllowing(name, true);
      relations.forEach((relation, index) => {
        if (known.has(relation as RelationKind) && !widest.has(relation as RelationKind))
          reader.refuse(element(place, index), 'the hub does not allow this purpose on that relation');
      });
      return [fold(name), known] as const;
    }),
  );
};

const readPermit = (reader: Reader, json: PermitJson, place: string): Permit => {
  const records = member(place, 'records');
  return {
    ...reader.clause(json, place),
    readerText: json.readerText,
    from: reader.services(json.from, member(place, 'from'), ['hidden']),
    types: reader.types(json.records?.types),
    about: reader.about(json.records?.about ?? ['child'], member(records, 'about')),
    tiers: reader.permitTiers(json.records?.tiers, member(records, 'tiers')),
    childAge: reader.childhood(json.childAge, member(place, 'childAge')),
    lookback: reader.duration(json.records?.lookback, member(records, 'lookback')),
    newest: json.newest ?? null,
    handling: json.handling ?? [],
    show: reader.show(json.show, member(place, 'show')),
  };
};

type ExistenceJson = Json<NonNullable<AgreementDocument['existence']>>;

const SHOWN = ['party-kind', 'desk'] as const;

const readExistence = (reader: Reader, json: ExistenceJson, place: string): ExistenceClause => {
  if (json.shows) reader.each(json.shows, SHOWN, member(place, 'shows'));
  const common = reader.clause(json, place);
  const during = json.while === undefined ? [] : [json.while].flat();
  return {
    ...common,
    readerText: '',
    from: reader.services(json.of, member(place, 'of'), ['hidden']),
    types: reader.types(json.records?.types),
    about: null,
    tiers: null,
    childAge: reader.childhood(json.childAge, member(place, 'childAge')),
    when: [...common.when, ...reader.readFacts(during, member(place, 'while'))],
  };
};

type ReleaseJson = Json<NonNullable<AgreementDocument['releases']>>;

const readRelease = (reader: Reader, json: ReleaseJson, place: string): ReleaseClause => {
  const tiers = reader.each(json.tiers ?? ['originator'], TIERS, member(place, 'tiers'));
  json.tiers?.forEach((tier, index) => {
    if (tier === 'sealed') reader.refuse(element(member(place, 'tiers'), index), 'what is sealed stays sealed');
  });
  const common = reader.clause(json, place);
  return {
    ...common,
    readerText: json.readerText ?? 'Released to you by its owner',
    from: json.from ? reader.services(json.from, member(place, 'from')) : null,
    types: null,
    about: null,
    tiers,
    childAge: reader.childhood(json.childAge, member(place, 'childAge')),
    by: new Set(json.by),
    maxFor: reader.duration(json.maxFor, member(place, 'maxFor')),
    handling: json.handling ?? [],
    show: reader.show(json.show, member(place, 'show')),
  };
};

type ForbidJson = Json<NonNullable<AgreementDocument['forbids']>>;

const readRestriction = (reader: Reader, json: AnyClauseJson & Pick<ForbidJson, 'records'>, place: string): Clause => {
  const records = member(place, 'records');
  return {
    ...reader.clause(json, place),
    readerText: '',
    childAge: json.childAge ? reader.age(json.childAge, member(place, 'childAge')) : null,
    from: json.records?.from ? reader.services(json.records.from, member(records, 'from')) : null,
    types: reader.types(json.records?.types),
    about: json.records?.about ? reader.about(json.records.about, member(records, 'about')) : null,
    tiers: json.records?.tiers ? reader.each(json.records.tiers, TIERS, member(records, 'tiers')) : null,
  };
};

const CLAUSE_LISTS = ['existence', 'permits', 'releases', 'caps', 'forbids'] as const;

const refuseRepeatedIds = (reader: Reader): void => {
  const seen = new Set<string>();
  for (const list of CLAUSE_LISTS)
    reader.document[list]?.forEach(({ id }, index) => {
      const place = member(element(`$.${list}`, index), 'id');
      if (/[;\s]/.test(id)) reader.refuse(place, 'the id of a clause holds no space and no semicolon');
      if (seen.has(id)) reader.refuse(place, 'is the id of another clause');
      seen.add(id);
    });
};

/** What a case may put in place of its own, where the words are a closed list: another word would see nothing. */
const refuseCases = (reader: Reader): void => {
  const ids = new Set(CLAUSE_LISTS.flatMap((list) => (reader.document[list] ?? []).map(({ id }) => id)));
  const services = Object.entries(reader.document.parties).flatMap(([party, own]) =>
    Object.keys(own.services).map((service) => `${party}.${service}`),
  );
  reader.document.cases?.forEach(({ expect }, index) =>
    expect.forEach(({ by, notBy, existence, instead }, nth) => {
      const place = element(`${element('$.cases', index)}.expect`, nth);
      if (by === undefined && notBy === undefined && existence === undefined) reader.refuse(place, 'expects nothing');
      notBy?.forEach((id, at) => {
        if (!ids.has(id)) reader.refuse(element(member(place, 'notBy'), at), 'names no clause of this document');
      });
      const closedLists = { relation: RELATION_KINDS, about: ABOUT, tier: TIERS, viewer: services, from: services };
      for (const [part, words] of Object.entries(closedLists)) {
        const values = instead?.[part as keyof typeof closedLists];
        if (values && values !== '*')
          (Array.isArray(values) ? values : values.except).forEach((value, at) => {
            if (!words.some((word) => word === value))
              reader.refuse(element(member(member(place, 'instead'), part), at), 'is none that the document knows');
          });
      }
    }),
  );
  reader.document.waivers?.forEach(({ clause }, index) => {
    if (!ids.has(clause) && !['force', 'purposes', 'parties'].includes(clause))
      reader.refuse(member(element('$.waivers', index), 'clause'), 'names no clause of this document');
  });
};

const MOST_REFUSALS = 100;

/** What the JSON Schema finds wrong, at most a hundred places. */
const structureOf = (json: unknown): Refusal[] => {
  const refusals: Refusal[] = [];
  for (const error of Value.Errors(AgreementSchema, json)) {
    refusals.push({ place: placeOfPointer(error.path), reason: error.message });
    if (refusals.length === MOST_REFUSALS) break;
  }
  return refusals;
};

/** An `agreement/1` document made ready, or every place where it is wrong. Never throws on JSON. */
export const compileAgreement = (
  json: unknown,
): { readonly agreement: CompiledAgreement } | { readonly refused: readonly Refusal[] } => {
  const structure = structureOf(json);
  if (structure.length > 0) return { refused: structure };
  const document = json as AgreementDocument;
  const zone = document.zone ?? DEFAULT_ZONE;
  if (!isZone(zone)) return { refused: [{ place: '$.zone', reason: 'is no time zone' }] };

  const reader = new Reader(document, zone);
  refuseRepeatedIds(reader);
  refuseCases(reader);
  const parties = readParties(reader);
  const force = reader.window(document.force, '$.force');
  const purposes = readPurposes(reader);
  const list = <J, C>(
    name: (typeof CLAUSE_LISTS)[number],
    items: readonly J[] | undefined,
    read: (json: J, place: string) => C,
  ): C[] => (items ?? []).map((item, index) => read(item, element(`$.${name}`, index)));

  const permits = list('permits', document.permits, (item, place) => readPermit(reader, item, place));
  const existence = list('existence', document.existence, (item, place) => readExistence(reader, item, place));
  const releases = list('releases', document.releases, (item, place) => readRelease(reader, item, place));
  const caps = list('caps', document.caps, (item, place): Cap => ({
    ...readRestriction(reader, item, place),
    max: reader.show(item.max, member(place, 'max')),
  }));
  const forbids = list('forbids', document.forbids, (item, place): Forbid => ({
    ...readRestriction(reader, item, place),
    fields: item.fields ? new Set(item.fields) : null,
  }));
  if (reader.refusals.length > 0) return { refused: reader.refusals.slice(0, MOST_REFUSALS) };

  const namedPurposes = new Set(purposes?.keys() ?? []);
  for (const clause of [...permits, ...existence, ...releases, ...caps, ...forbids])
    for (const purpose of clause.purposes ?? []) namedPurposes.add(purpose);
  return {
    agreement: {
      id: document.id,
      version: document.version,
      title: document.title ?? document.id,
      zone,
      force,
      parties: indexParties(parties),
      purposes,
      namedPurposes,
      facts: reader.facts,
      fieldNames: { content: reader.contentNames, location: reader.locationNames },
      permits: indexClauses(permits),
      existence: indexClauses(existence),
      releases,
      caps,
      forbids,
    },
  };
};
