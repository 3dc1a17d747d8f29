import { getEventType } from '#contracts';
import type { DfeOrganisation, DfeRule } from '../decision-oracle/dfe-oracle.js';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import { CAST, PURPOSES, RELATIONS_OF_PURPOSE, type CastOrganisation } from './cast.js';
import { READ_AT, type WorldViewer } from './world.js';

export interface WorldAge {
  readonly min?: number;
  readonly max?: number;
  readonly at?: 'read' | 'occurred';
}

interface WorldClause {
  readonly id: string;
  readonly to: readonly string[];
  readonly roles?: readonly string[];
  readonly relation?: readonly string[];
  readonly purposes?: readonly string[];
  readonly childAge?: WorldAge;
  /** Names one of the document's bases. */
  readonly basis?: string;
  readonly when?: readonly string[];
  readonly unless?: readonly string[];
}

export interface WorldFacets {
  readonly summary?: boolean;
  readonly content?: readonly string[];
  readonly location?: readonly string[];
}

export interface WorldPermit extends WorldClause {
  readonly readerText: string;
  readonly from: readonly string[];
  readonly records: {
    readonly types?: readonly string[];
    readonly about?: readonly string[];
    readonly tiers?: readonly string[];
    readonly lookback?: string;
  };
  readonly newest?: number;
  readonly show: WorldFacets;
}

export interface WorldExistence extends WorldClause {
  readonly of: readonly string[];
  readonly records?: { readonly types: readonly string[] };
}

interface WorldRestrictedRecords {
  readonly from?: readonly string[];
  readonly types?: readonly string[];
  readonly about?: readonly string[];
  readonly tiers?: readonly string[];
}

export interface WorldCap extends WorldClause {
  readonly records?: WorldRestrictedRecords;
  readonly max: WorldFacets;
}

export interface WorldForbid extends WorldClause {
  readonly records?: WorldRestrictedRecords;
  readonly fields?: readonly string[];
}

export interface WorldReleaseClause extends WorldClause {
  readonly readerText: string;
  readonly from: readonly string[];
  readonly tiers?: readonly string[];
  /** Roles whose people may release. */
  readonly by: readonly string[];
  readonly maxFor?: string;
  readonly handling?: readonly string[];
  readonly show: WorldFacets;
}

/** A document with `"schema": "agreement/1"`: what these worlds use of it. */
export interface WorldAgreement {
  readonly schema: 'agreement/1';
  readonly id: string;
  readonly version: string;
  readonly zone: string;
  readonly force: { readonly from?: string; readonly until?: string };
  readonly parties: Readonly<
    Record<
      string,
      {
        readonly kind: string;
        readonly orgs: readonly string[];
        readonly desk: string;
        readonly services: CastOrganisation['services'];
      }
    >
  >;
  readonly purposes: Readonly<Record<string, { readonly relations: readonly string[] }>>;
  /** Lawful bases by name. */
  readonly bases: Readonly<Record<string, readonly string[]>>;
  readonly existence: readonly WorldExistence[];
  readonly permits: readonly WorldPermit[];
  readonly caps: readonly WorldCap[];
  readonly forbids: readonly WorldForbid[];
  readonly releases: readonly WorldReleaseClause[];
}

const AT = Date.parse(READ_AT);
const MONTH = 30 * 86_400_000;
/** Instants round the read, the read itself among them: where a millisecond decides. */
export const instantsRound = (random: SeededRandom): { readonly before: string; readonly after: string } => ({
  before: new Date(AT - random.pick([3 * MONTH, MONTH, 1, 0])).toISOString(),
  after: new Date(AT + random.pick([1, MONTH])).toISOString(),
});

const hyphenated = (field: string): string => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const fieldsIn = (part: 'content' | 'location'): string[] => {
  const types = CAST.flatMap(({ records }) => Object.keys(records));
  const fields = types.flatMap((type) =>
    Object.entries(getEventType(type).fields as Record<string, { part: string }>)
      .filter(([, { part: its }]) => its === part)
      .map(([name]) => hyphenated(name)),
  );
  return [...new Set(fields)].sort();
};
const CONTENT = fieldsIn('content');
const LOCATION = fieldsIn('location');

const ABOUT = ['child', 'carer', 'sibling', 'household-adult'];
const TIERS = ['contact', 'ordinary', 'special'];
const ROLES = CAST.flatMap(({ roles }) => roles);
/** Facts that people of a service record too. */
const RECORDED_FACTS = ['young-person-agreed', 'owner-recorded-significant-harm'] as const;
export const FACTS = ['address-protected', ...RECORDED_FACTS] as const;

/** The first two are consent, alone or beside another. */
const BASES = {
  consent: ['UK GDPR 6(1)(a)'],
  'explicit consent': ['UK GDPR 6(1)(e)', 'uk gdpr 9(2)(a)'],
  'public task': ['UK GDPR 6(1)(e)'],
} as const;
const randomBasis = (random: SeededRandom): { readonly basis?: string } =>
  random.chance(0.3) ? { basis: random.pick(Object.keys(BASES)) } : {};

/** A list with one member in it more often than chance would have it. */
const leaning = (random: SeededRandom, list: readonly string[], towards: string, max: number): string[] => {
  const some = random.some(list, 1, max);
  return random.chance(0.8) && !some.includes(towards) ? [towards, ...some] : some;
};

/** Who and what the clauses of a setting are about. */
interface Setting {
  readonly viewer: WorldViewer;
  readonly relation: string;
  readonly purpose: string;
  /** Organisations that may be parties. */
  readonly organisations: readonly CastOrganisation[];
}

const placeOf = ({ viewer }: Setting): string =>
  `${CAST.find(({ id }) => id === viewer.organisation)!.party}.${viewer.service}`;

const servicesOf = (organisations: readonly CastOrganisation[], kinds: readonly string[]): string[] => [
  ...new Set(
    organisations.flatMap(({ party, services }) =>
      Object.entries(services)
        .filter(([, openness]) => kinds.includes(openness))
        .map(([service]) => `${party}.${service}`),
    ),
  ),
];

const typesOf = (organisations: readonly CastOrganisation[]): string[] => [
  ...new Set(organisations.flatMap(({ records }) => [...Object.keys(records), ...Object.values(records)])),
];

const randomAge = (random: SeededRandom): WorldAge =>
  random.pick<WorldAge>([
    { max: 17, at: 'read' },
    { max: 17, at: 'occurred' },
    { min: 10, max: 15, at: 'read' },
    { min: 12, at: 'occurred' },
    { max: 21 },
  ]);

const randomFacets = (random: SeededRandom): WorldFacets => ({
  ...(random.chance(0.85) ? { summary: true } : {}),
  content: random.chance(0.8) ? random.some(CONTENT, 4, CONTENT.length) : [random.pick(CONTENT)],
  ...(random.chance(0.6) ? { location: random.some(LOCATION, 1, LOCATION.length) } : {}),
});

const whom = (random: SeededRandom, setting: Setting): Omit<WorldClause, 'id'> => ({
  to: random.chance(0.15)
    ? ['*']
    : leaning(random, servicesOf(setting.organisations, ['open', 'guarded']), placeOf(setting), 2),
  ...(random.chance(0.2) ? { roles: leaning(random, ROLES, setting.viewer.role, 2) } : {}),
  ...(random.chance(0.35)
    ? { relation: leaning(random, RELATIONS_OF_PURPOSE.SAFEGUARDING, setting.relation || 'allocated', 3) }
    : {}),
  ...(random.chance(0.4) ? { purposes: leaning(random, PURPOSES, setting.purpose, 2) } : {}),
});

const openServices = (random: SeededRandom, setting: Setting): string[] => {
  const named = servicesOf(setting.organisations, ['open', 'guarded']);
  const parties = [...new Set(setting.organisations.map(({ party }) => party))];
  if (random.chance(0.25)) return ['*'];
  return random.chance(0.3) ? [`${random.pick(parties)}.*`] : random.some(named, 1, 4);
};

const randomPermit = (random: SeededRandom, id: string, setting: Setting): WorldPermit => ({
  id,
  readerText: `What ${id} shows`,
  from: openServices(random, setting),
  records: {
    ...(random.chance(0.4) ? { types: random.some(typesOf(setting.organisations), 4, 12) } : {}),
    ...(random.chance(0.5) ? { about: leaning(random, ABOUT, 'child', 2) } : {}),
    ...(random.chance(0.3) ? { tiers: leaning(random, TIERS, 'ordinary', 2) } : {}),
    ...(random.chance(0.25) ? { lookback: random.pick(['P12M', 'P2Y', 'P30D']) } : {}),
  },
  ...whom(random, setting),
  ...(random.chance(0.4) ? { childAge: randomAge(random) } : {}),
  ...(random.chance(0.35) ? { when: [random.pick([...FACTS, ...RECORDED_FACTS])] } : {}),
  ...(random.chance(0.35) ? { newest: random.between(1, 3) } : {}),
  ...randomBasis(random),
  show: randomFacets(random),
});

/** Name of the text that an owner writes for whom he releases to. */
export const SANITISED_TEXT = 'sanitised-text';

/** For whoever it is, as a rule: the release itself names one person. */
const randomRelease = (random: SeededRandom, id: string, setting: Setting): WorldReleaseClause => ({
  id,
  readerText: `What ${id} shows`,
  from: random.chance(0.8)
    ? ['*']
    : random.some(servicesOf(setting.organisations, ['open', 'guarded', 'hidden']), 2, 6),
  ...(random.chance(0.7) ? { tiers: random.some(['ordinary', 'special', 'originator'], 2, 3) } : {}),
  by: random.chance(0.8) ? [...new Set(ROLES)] : random.some(ROLES, 2, 5),
  ...(random.chance(0.4) ? { maxFor: random.pick(['P28D', 'P28D', 'P21D']) } : {}),
  ...(random.chance(0.5) ? { handling: ['no-onward-sharing'] } : {}),
  ...(random.chance(0.7) ? { to: ['*'] } : whom(random, setting)),
  ...(random.chance(0.2) ? { childAge: randomAge(random) } : {}),
  ...(random.chance(0.3) ? randomBasis(random) : {}),
  show: {
    ...(random.chance(0.85) ? { summary: true } : {}),
    content: [...(random.chance(0.8) ? [SANITISED_TEXT] : []), ...random.some(CONTENT, 4, CONTENT.length)],
  },
});

const randomExistence = (random: SeededRandom, id: string, setting: Setting): WorldExistence => ({
  id,
  of: openServices(random, setting),
  ...whom(random, setting),
  ...(random.chance(0.4) ? { records: { types: random.some(typesOf(setting.organisations), 2, 8) } } : {}),
  ...(random.chance(0.3) ? { childAge: randomAge(random) } : {}),
  ...randomBasis(random),
});

const randomCap = (random: SeededRandom, id: string, setting: Setting): WorldCap => ({
  id,
  ...whom(random, setting),
  ...(random.chance(0.5) ? { records: { types: random.some(typesOf(setting.organisations), 1, 4) } } : {}),
  max: randomFacets(random),
});

/** Never one that reaches everything of a service: a forbid always names something of the record or its fields. */
const randomForbid = (random: SeededRandom, id: string, setting: Setting): WorldForbid => {
  const audience = { to: whom(random, setting).to };
  switch (random.between(0, 6)) {
    case 0:
      return { id, ...audience, fields: random.some(CONTENT, 1, 6) };
    case 1:
    case 4:
      return { id, ...audience, fields: LOCATION, when: ['address-protected'] };
    case 2:
      return { id, ...audience, records: { about: random.some(ABOUT.slice(1), 1, 2) } };
    case 3:
    case 5:
      return {
        id,
        ...audience,
        records: {
          ...random.pick([{ tiers: ['special'] }, { tiers: ['special'] }, { about: ['child'] }]),
          ...(random.chance(0.4) ? { from: servicesOf(setting.organisations, ['open', 'guarded']) } : {}),
        },
        unless: [random.pick(RECORDED_FACTS)],
      };
    default:
      return {
        id,
        ...audience,
        records: { types: random.some(typesOf(setting.organisations), 1, 2) },
        ...(random.chance(0.3) ? { childAge: { min: 13, at: 'read' } } : {}),
      };
  }
};

/** A document between all of the cast, with clauses that lean towards the viewer. */
export const randomAgreement = (
  random: SeededRandom,
  id: string,
  version: string,
  setting: Setting,
  clauses: { readonly permits: number; readonly existence: number },
): WorldAgreement => {
  const parties = Object.fromEntries(
    CAST.map(({ party, kind, desk, services }) => [
      party,
      { kind, desk, services, orgs: CAST.filter((one) => one.party === party).map((one) => one.id) },
    ]),
  );
  const many = <T>(n: number, kind: string, make: (random: SeededRandom, id: string, setting: Setting) => T): T[] =>
    Array.from({ length: n }, (_, index) => make(random, `${kind}-${String(index + 1)}`, setting));
  const round = instantsRound(random);
  return {
    schema: 'agreement/1',
    id,
    version,
    zone: 'Europe/London',
    force: {
      ...(random.chance(0.3) ? { from: round.before } : {}),
      ...(random.chance(0.3) ? { until: round.after } : {}),
    },
    parties,
    purposes: Object.fromEntries(
      PURPOSES.map((purpose) => [
        purpose,
        {
          relations: random.chance(0.6)
            ? RELATIONS_OF_PURPOSE[purpose]
            : leaning(random, RELATIONS_OF_PURPOSE[purpose], RELATIONS_OF_PURPOSE[purpose][0]!, 3),
        },
      ]),
    ),
    bases: BASES,
    existence: many(clauses.existence, 'existence', randomExistence),
    permits: many(clauses.permits, 'permit', randomPermit),
    caps: many(random.chance(0.25) ? 1 : 0, 'cap', randomCap),
    forbids: many(random.pick([0, 1, 1, 2]), 'forbid', randomForbid),
    releases: many(random.pick([0, 1, 2, 2]), 'release', randomRelease),
  };
};

const randomRule = (random: SeededRandom, organisation: CastOrganisation, setting: Setting): DfeRule => {
  const round = instantsRound(random);
  const types = Object.values(organisation.records);
  const byId = random.chance(0.3);
  return {
    effect: random.recase(random.chance(0.75) ? 'allow' : 'deny'),
    modes: random.pick([['EXISTENCE', 'CONTENT'], ['EXISTENCE'], ['CONTENT'], ['EXISTENCE', 'CONTENT']]),
    recordTypes: random.some(types, 1, types.length),
    purposes: leaning(random, PURPOSES, setting.purpose, 2).map((purpose) => random.recase(purpose)),
    ...(byId
      ? {
          destOrgIds: leaning(
            random,
            CAST.map(({ id }) => id),
            setting.viewer.organisation,
            2,
          ),
        }
      : {
          destOrgTypes: leaning(
            random,
            CAST.map(({ kind }) => kind),
            setting.viewer.organisationKind,
            2,
          ),
        }),
    ...(random.chance(0.2) ? { validFrom: round.before } : {}),
    ...(random.chance(0.2) ? { validUntil: random.pick([round.after, READ_AT]) } : {}),
  };
};

/** A policy of one organisation in the shape of the Department for Education's prototype. */
export const randomPolicy = (
  random: SeededRandom,
  organisation: CastOrganisation,
  setting: Setting,
): DfeOrganisation => ({
  orgId: random.recase(organisation.id),
  orgName: `The ${organisation.id}`,
  orgType: organisation.kind,
  recordTypes: Object.values(organisation.records),
  dsaPolicy: {
    version: '1',
    defaults: Array.from({ length: random.between(1, 3) }, () => randomRule(random, organisation, setting)),
    exceptions: Array.from({ length: random.between(0, 2) }, () => randomRule(random, organisation, setting)),
  },
});

export type { Setting as AgreementSetting };
