import type {
  AgeCondition,
  AgreementCap,
  AgreementDocument,
  AgreementExistence,
  AgreementForbid,
  AgreementParty,
  AgreementPermit,
  Facets,
} from './agreement-oracle.js';
import { writeInstant } from './random-policies.js';
import type { RequestRow } from './request-row.js';
import type { SeededRandom } from './seeded-random.js';
import { addToInstant, toInstant } from './zoned-time.js';

const ZONES = ['Europe/London', 'Europe/London', 'Europe/Paris', 'Etc/UTC', 'America/New_York'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const PARTY_POOL: Record<string, AgreementParty & { examples: string[] }> = {
  la: {
    kind: 'LOCAL_AUTHORITY',
    orgs: ['la:901'],
    examples: ['la:901'],
    desk: 'Front door',
    services: { csc: 'open', mash: 'open', adoption: 'hidden' },
  },
  police: {
    kind: 'POLICE',
    orgs: ['force:91'],
    examples: ['force:91'],
    desk: 'Public protection',
    services: { ppu: 'open', custody: 'guarded', intelligence: 'hidden' },
  },
  health: {
    kind: 'HEALTH',
    orgs: ['ods:T9', 'ods:T1/*'],
    examples: ['ods:T9', 'ods:T1/007', 'ods:T1/ward-2'],
    desk: 'Safeguarding nurse',
    services: { unscheduled: 'open', 'hv-sn': 'open', camhs: 'guarded', 'sexual-health': 'hidden' },
  },
  school: {
    kind: 'EDUCATION',
    orgs: ['urn:*@la:901'],
    examples: ['urn:900001@la:901', 'urn:900002@la:901'],
    desk: 'School office',
    services: { dsl: 'open' },
  },
};
/** Organisations that resemble a party and are none. */
const NEAR_MISSES = ['la:9011', 'ods:T1', 'ods:T10', 'ods:T9/1', 'urn:900001@la:902', 'force:9', ''];

const PURPOSE_POOL: Record<string, string[]> = {
  SAFEGUARDING: ['allocated', 'team', 'triage', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  CHILD_PROTECTION: ['allocated', 'team', 'triage', 'presenting', 'invited'],
  DIRECT_CARE: ['registered', 'presenting'],
  YOUTH_SUPPORT: ['allocated', 'team', 'on-roll'],
};
/**
 * Services whose records a forbid may close. Whether a cap or a forbid on records reaches existence is left open by the
 * rules, so no existence clause tells of these, and none is for a relation that a cap names.
 */
const CLOSABLE = ['la.mash', 'health.unscheduled', 'health.camhs', 'police.custody'];
const ROLES = ['dsl', 'deputy-dsl', 'social-worker', 'mash-researcher', 'ed-clinician'];
const TYPES = ['visit-note', 'plan-made', 'missed-visit', 'pupil-move', 'call-out'];
const ABOUT = ['child', 'carer', 'sibling', 'household-adult'];
const CONTENT = ['status', 'status-dates', 'lead-contact', 'facts', 'voice-of-child', 'weapon-marker', 'adoption-date'];
const LOCATION = ['incident-place', 'home-address', 'placement-address'];
const TIERS = ['contact', 'ordinary', 'special', 'originator', 'sealed'];
const FACTS = ['address-protected', 'young-person-agreed', 'owner-recorded-significant-harm'];
const EPISODE = 'open-episode';
const FORCE_WINDOWS: [string, string][] = [
  ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['2026-03-30T00:00:00+01:00', '2027-09-30T00:00:00+01:00'],
  ['2025-10-26', '2026-10-25'],
];
/** Days from which a window of months is the same in every way of counting: none is later than the 28th. */
const DAYS = ['2024-02-28', '2025-03-10', '2025-10-26', '2026-01-15', '2026-03-01', '2026-06-10', '2026-10-25'];
const BIRTHDAYS = ['2008-02-29', '2008-06-10', '2009-10-25', '2014-03-01', '2020-02-29', '2025-12-25', '2026-07-01'];

/** `party.service` of every service that is not hidden. */
function servicesOf(parties: Record<string, AgreementParty>): string[] {
  return Object.entries(parties).flatMap(([party, { services }]) =>
    Object.entries(services)
      .filter(([, openness]) => openness !== 'hidden')
      .map(([service]) => `${party}.${service}`),
  );
}

function randomParties(random: SeededRandom): Record<string, AgreementParty> {
  const names = random.some(Object.keys(PARTY_POOL), 2, 4);
  return Object.fromEntries(
    names.map((name): [string, AgreementParty] => {
      const { kind, orgs, desk, services } = PARTY_POOL[name] ?? fail(name);
      return [name, { kind, orgs, desk, services }];
    }),
  );
}

function fail(what: string): never {
  throw new Error(`no ${what}`);
}

function randomAge(random: SeededRandom): AgeCondition {
  const at = random.pick(['read', 'read', 'occurred'] as const);
  return random.pick<AgeCondition>([
    { at, max: 17 },
    { at, max: 17 },
    { at, max: random.between(0, 16) },
    { at, min: random.between(0, 11), max: random.between(11, 17) },
    { at, min: 'unborn', max: 17 },
  ]);
}

function randomFacets(random: SeededRandom): Facets {
  const facets: Facets = {};
  if (random.chance(0.8)) facets.summary = true;
  if (random.chance(0.85)) facets.content = random.some(CONTENT, 1, 4);
  if (random.chance(0.5)) facets.location = random.some(LOCATION, 1, 2);
  return Object.keys(facets).length > 0 ? facets : { summary: true };
}

type Purposes = AgreementDocument['purposes'];

/** Purposes and relations of a clause, chosen so that each purpose often, not always, allows the relations. */
function randomReasons(random: SeededRandom, purposes: Purposes): { relation: string[]; purposes: string[] } {
  const named = random.some(Object.keys(purposes), 1, 2);
  const allowed = named.flatMap((purpose) => purposes[purpose]?.relations ?? []);
  const relations = [...new Set(random.chance(0.8) ? allowed : Object.values(PURPOSE_POOL).flat())];
  return { relation: random.some(relations, 1, 3), purposes: named };
}

function randomPermit(
  random: SeededRandom,
  id: string,
  parties: Record<string, AgreementParty>,
  purposes: Purposes,
): AgreementPermit {
  const services = servicesOf(parties);
  const records: AgreementPermit['records'] = { types: random.some(TYPES, 1, 3), about: random.some(ABOUT, 1, 3) };
  if (random.chance(0.25)) records.tiers = random.some(TIERS.slice(0, 3), 1, 2);
  if (random.chance(0.3)) records.lookback = random.pick(['P12M', 'P24M', 'P1M', 'P2Y', 'P30D']);
  const permit: AgreementPermit = {
    id,
    readerText: `What ${id} shows`,
    basis: 'duty',
    from: random.some(services, 1, 2),
    records,
    to: random.some(services, 1, 2),
    roles: random.some(ROLES, 1, 3),
    ...randomReasons(random, purposes),
    show: randomFacets(random),
  };
  if (permit.from.some((service) => service.startsWith('police.'))) permit.becomes = 'uk-gdpr';
  if (random.chance(0.75)) permit.childAge = randomAge(random);
  if (random.chance(0.25)) {
    permit.aboutAge = { of: ['household-adult'], min: 18, at: random.pick(['read', 'occurred'] as const) };
  }
  if (random.chance(0.15)) permit.newest = 25;
  return permit;
}

function randomExistence(
  random: SeededRandom,
  id: string,
  parties: Record<string, AgreementParty>,
  purposes: Purposes,
): AgreementExistence {
  const services = servicesOf(parties);
  const told = services.filter((service) => !CLOSABLE.includes(service));
  const reasons = randomReasons(random, purposes);
  const clause: AgreementExistence = {
    id,
    of: random.some(told, 1, 3),
    to: random.some(services, 1, 3),
    relation: reasons.relation.filter((relation) => relation !== 'asserted' && relation !== 'invited'),
    purposes: reasons.purposes,
    childAge: { at: 'read', max: 17 },
    basis: 'duty',
    shows: ['party-kind', 'desk'],
  };
  if (clause.relation?.length === 0) clause.relation = ['allocated'];
  if (random.chance(0.5)) clause.while = EPISODE;
  return clause;
}

function randomForbid(random: SeededRandom, id: string, parties: Record<string, AgreementParty>): AgreementForbid {
  const services = servicesOf(parties);
  const closable = services.filter((service) => CLOSABLE.includes(service));
  const to = random.chance(0.6) ? ['*'] : random.some(services, 1, 2);
  switch (random.pick([0, 0, 1, 2, 3, 4])) {
    case 4:
      return { id, records: { types: random.some(TYPES, 1, 2) }, to, childAge: randomAge(random) };
    case 0:
      if (closable.length === 0) return { id, records: { types: random.some(TYPES, 1, 2) }, to };
      return { id, records: { from: random.some(closable, 1, 2) }, to, unless: random.some(FACTS, 1, 2) };
    case 1:
      return { id, records: { tiers: ['special'] }, to: random.some(services, 1, 1) };
    case 2:
      return { id, fields: random.some(CONTENT, 1, 2), to };
    default:
      return { id, fields: [...LOCATION], to, when: ['address-protected'] };
  }
}

function randomCap(random: SeededRandom, id: string, parties: Record<string, AgreementParty>): AgreementCap {
  const to = random.chance(0.6) ? ['*'] : random.some(servicesOf(parties), 1, 2);
  const max: Facets = { summary: true };
  if (random.chance(0.5)) max.content = random.some(CONTENT, 2, 5);
  if (random.chance(0.3)) max.location = random.some(LOCATION, 1, 2);
  return { id, to, relation: random.some(['asserted', 'invited'], 1, 2), max };
}

/** A document with its own clauses and window over given parties and purposes. */
function randomDocument(
  random: SeededRandom,
  id: string,
  zone: string,
  parties: Record<string, AgreementParty>,
  purposes: Purposes,
): AgreementDocument {
  const many = <T>(min: number, max: number, make: (name: string) => T, kind: string): T[] =>
    Array.from({ length: random.between(min, max) }, (_, index) => make(`${id}-${kind}-${String(index)}`));
  const [from, until] = random.pick(FORCE_WINDOWS);
  return {
    schema: 'agreement/1',
    id,
    version: '1',
    title: `Agreement ${id}`,
    zone,
    force: { from, until, reviewBy: '2026-06-30' },
    parties,
    purposes,
    bases: { duty: ['CA2004 s16LA'] },
    existence: many(1, 2, (name) => randomExistence(random, name, parties, purposes), 'existence'),
    permits: many(2, 5, (name) => randomPermit(random, name, parties, purposes), 'permit'),
    releases: [],
    caps: many(0, 2, (name) => randomCap(random, name, parties), 'cap'),
    forbids: [
      { id: `${id}-sealed`, records: { tiers: ['sealed'] }, to: ['*'] },
      ...many(0, 2, (name) => randomForbid(random, name, parties), 'forbid'),
    ],
    cases: [],
  };
}

/** One document, sometimes two of the same parties and purposes with other clauses and another time in force. */
export function randomAgreements(random: SeededRandom, name: string): AgreementDocument[] {
  const parties = randomParties(random);
  const zone = random.pick(ZONES);
  const named = random.some(Object.keys(PURPOSE_POOL), 2, 3);
  const purposes = Object.fromEntries(
    named.map((purpose) => [purpose, { relations: random.some(PURPOSE_POOL[purpose] ?? [], 2, 8) }]),
  );
  const documents = [randomDocument(random, `${name}-a`, zone, parties, purposes)];
  if (random.chance(0.3)) documents.push(randomDocument(random, `${name}-b`, zone, parties, purposes));
  return documents;
}

function organisationOf(random: SeededRandom, service: string): { org: string; service: string } {
  const [party = '', name = ''] = service.split('.');
  return { org: random.pick(PARTY_POOL[party]?.examples ?? fail(party)), service: name };
}

/** A birth date that makes an age condition turn near `instant`, one of a few days, or that of a child of school age. */
function randomBirth(random: SeededRandom, instant: number): string {
  if (random.chance(0.25)) return random.pick(BIRTHDAYS);
  const day = new Date(instant + HOUR);
  if (random.chance(0.4)) {
    day.setUTCFullYear(day.getUTCFullYear() - random.pick([0, 11, 12, 16, 17, 18, 18]));
  } else {
    day.setUTCFullYear(day.getUTCFullYear() - random.between(1, 15), 5, random.between(1, 28));
  }
  return day.toISOString().slice(0, 10);
}

/** Instants at which something in this row turns: a look-back, the window in force, a local midnight. */
function turningPoints(document: AgreementDocument, permit: AgreementPermit, last: string): number[] {
  const { zone } = document;
  const { from = '2026-01-01', until = '2027-01-01' } = document.force;
  const points = [toInstant(from, zone), toInstant(until, zone), ...DAYS.map((day) => toInstant(day, zone))];
  if (permit.records.lookback === undefined || last === '') return points;
  const end = addToInstant(toInstant(last, zone), permit.records.lookback, zone);
  return [end, end, end, ...points];
}

/** A request that a permit or an existence clause of the documents nearly meets, bent in up to two places. */
export function randomAgreementRow(
  random: SeededRandom,
  documents: readonly AgreementDocument[],
  request: string,
): RequestRow {
  const document = random.pick(documents);
  const { zone } = document;
  const permit = random.pick(document.permits);
  const clause = random.pick(document.existence);
  const forExistence = random.chance(0.2);
  const from = organisationOf(random, random.pick(forExistence ? clause.of : permit.from));
  const to = organisationOf(random, random.pick(forExistence ? clause.to : permit.to));
  const reasons = forExistence ? clause : permit;

  const occurred = random.chance(0.93) ? random.pick(DAYS) : '';
  const ended = occurred !== '' && random.chance(0.3) ? laterDay(random, occurred) : '';
  const last = ended === '' ? occurred : ended;
  const at = random.chance(0.4)
    ? random.pick(turningPoints(document, permit, last)) + random.pick([-1, 0, 0, 1])
    : random.between(toInstant('2026-04-01', zone), toInstant('2026-10-20', zone));
  const purpose = random.pick(reasons.purposes ?? []);
  const relations = (reasons.relation ?? []).filter((relation) =>
    document.purposes[purpose]?.relations.includes(relation),
  );

  const row: RequestRow = {
    request,
    at: writeInstant(random, at),
    sourceOrg: random.recase(from.org),
    sourceService: from.service,
    destOrg: random.recase(to.org),
    destService: to.service,
    role: random.pick(permit.roles ?? ROLES),
    relation: random.pick(relations.length > 0 ? relations : (reasons.relation ?? [])),
    purpose: random.recase(purpose),
    mode: forExistence ? 'EXISTENCE' : random.pick(['CONTENT', 'CONTENT', 'CONTENT', 'SUMMARY', 'LOCATION', 'Content']),
    childBorn: random.chance(0.95) ? randomBirth(random, at) : '',
  };
  if (forExistence) {
    describeEpisode(random, row, at, occurred);
  } else {
    row.recordType = random.recase(random.pick(permit.records.types));
    row.about = random.pick(permit.records.about);
    if (row.about === 'child' && random.chance(0.3)) row.about = '';
    row.tier = random.pick(permit.records.tiers ?? ['', ...TIERS.slice(0, 3)]);
    row.occurred = occurred === '' ? '' : writeDay(random, occurred, zone);
    row.ended = ended === '' ? '' : writeDay(random, ended, zone);
    row.aboutBorn = random.chance(0.3) ? '' : random.pick(['1988-05-05', '2008-06-10', '2007-10-25', ...BIRTHDAYS]);
    row.facts = random.some(FACTS, 0, random.pick([0, 1, 2])).join(';');
  }
  for (let bend = random.pick([0, 0, 1, 1, 2]); bend > 0; bend -= 1)
    bendRow(random, row, Object.keys(document.purposes));
  return row;
}

/** A date, or an instant of that day with its offset. */
function writeDay(random: SeededRandom, day: string, zone: string): string {
  return random.chance(0.75) ? day : writeInstant(random, toInstant(day, zone) + random.pick([0, 9 * HOUR]));
}

function laterDay(random: SeededRandom, day: string): string {
  return random.pick(DAYS.filter((other) => other >= day));
}

/** Says both ways, or neither way, that an episode is open: by the fact and by dates that fit it. */
function describeEpisode(random: SeededRandom, row: RequestRow, at: number, occurred: string): void {
  const past = new Date(at - 40 * DAY).toISOString().slice(0, 10);
  row.occurred = occurred !== '' && occurred < past ? occurred : past;
  if (random.chance(0.75)) row.facts = EPISODE;
  else row.ended = new Date(at - 10 * DAY).toISOString().slice(0, 10);
}

function bendRow(random: SeededRandom, row: RequestRow, purposes: readonly string[]): void {
  const existence = row.mode.toUpperCase() === 'EXISTENCE';
  const pool = existence
    ? ['source', 'reader', 'relation', 'purpose', 'born']
    : ['source', 'reader', 'role', 'relation', 'purpose', 'type', 'tier', 'about', 'born'];
  const anywhere = (): { org: string; service: string } => {
    const services = servicesOf(PARTY_POOL);
    const found = organisationOf(random, random.pick(services));
    return random.chance(0.75) ? found : { ...found, org: random.pick(NEAR_MISSES) };
  };
  switch (random.pick(pool)) {
    case 'source': {
      const other = anywhere();
      row.sourceOrg = other.org;
      row.sourceService = other.service;
      break;
    }
    case 'reader': {
      const other = anywhere();
      row.destOrg = other.org;
      row.destService = random.chance(0.9) ? other.service : random.pick(['nowhere', '']);
      break;
    }
    case 'role':
      row.role = random.pick([...ROLES, 'porter', '']);
      break;
    case 'relation':
      row.relation = random.pick([...Object.values(PURPOSE_POOL).flat(), 'duty', 'emergency', '']);
      break;
    case 'purpose':
      row.purpose = random.recase(
        random.pick([...purposes, ...purposes, ...Object.keys(PURPOSE_POOL), 'CURIOSITY', '']),
      );
      break;
    case 'type':
      row.recordType = random.pick([...TYPES, 'unheard-of', '']);
      break;
    case 'tier':
      row.tier = random.pick([...TIERS, '']);
      break;
    case 'about':
      row.about = random.pick([...ABOUT, 'alleged-perpetrator', 'informant', '']);
      break;
    default:
      row.childBorn = random.pick([...BIRTHDAYS, '']);
  }
}
