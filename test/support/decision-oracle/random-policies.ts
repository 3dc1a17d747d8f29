import type { CodeList, DfeOrganisation, DfePolicyFile, DfeRule } from './dfe-oracle.js';
import type { RequestRow } from './request-row.js';
import type { SeededRandom } from './seeded-random.js';

const TYPES = ['LOCAL_AUTHORITY', 'EDUCATION', 'HEALTH', 'POLICE', 'HOUSING'];
const PURPOSES = ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'EMERGENCY', 'CRIME_PREVENTION', 'HOUSING_NEED'];
const RECORD_TYPES = ['personal.details', 'health.details', 'crime-justice.details', 'tenancy', 'visit_note'];
/** One id is the start of another, one is also the name of a type, one needs quotes in a table. */
const READER_IDS = ['READER-01', 'READER-010', 'POLICE', 'North, "East"'];
/** Codes that no document has, some of which JavaScript's objects have. */
const UNHEARD_OF = ['CURIOSITY', 'constructor', '__proto__', 'any', ''];
const TIERS = ['contact', 'ordinary', 'special', 'originator', 'sealed'];
const ABOUT = ['child', 'carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant'];
const RELATIONS = [
  'allocated',
  'team',
  'triage',
  'duty',
  'on-roll',
  'registered',
  'presenting',
  'invited',
  'asserted',
  'emergency',
];

/** Instants round which windows begin and end; the last is the latest that four digits of a year can say. */
const EDGES = [
  '2025-01-01T00:00:00.000Z',
  '2025-03-30T00:59:59.999Z',
  '2025-12-01T00:00:00.000Z',
  '2026-02-28T23:59:59.999Z',
  '2026-10-25T01:00:00.500Z',
  '9999-12-31T23:59:59.999Z',
].map((text) => Date.parse(text));
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant written in one of the ways of ISO 8601 that name the offset. */
export function writeInstant(random: SeededRandom, instant: number): string {
  const hours = instant < LATEST - 86_400_000 ? random.pick([0, 0, 0, 1, -5, 14]) : 0;
  const local = new Date(instant + hours * 3_600_000).toISOString().slice(0, -1);
  const seconds = local.endsWith('.000') && random.chance(0.5) ? local.slice(0, -4) : local;
  if (hours === 0) return `${seconds}${random.pick(['Z', 'Z', '+00:00'])}`;
  return `${seconds}${hours > 0 ? '+' : '-'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
}

function codes(random: SeededRandom, pool: readonly string[], min: number, max: number): string[] {
  return random.some(pool, min, max).map((code) => random.recase(code));
}

/** A list that a rule does not use: not there, empty or null. */
function leaveOut(random: SeededRandom): CodeList | undefined {
  return random.pick([undefined, [], null]);
}

function randomWindow(random: SeededRandom): Pick<DfeRule, 'validFrom' | 'validUntil'> {
  const window: Pick<DfeRule, 'validFrom' | 'validUntil'> = {};
  const [from = 0, until = 0] = [random.pick(EDGES), random.pick(EDGES)].sort((a, b) => a - b);
  const shift = random.pick([0, 0, 0, 1, -1]);
  const shifted = Math.min(from + shift, until);
  if (random.chance(0.5)) window.validFrom = writeInstant(random, shifted);
  else if (random.chance(0.2)) window.validFrom = null;
  if (random.chance(0.5)) window.validUntil = writeInstant(random, until);
  else if (random.chance(0.2)) window.validUntil = null;
  return window;
}

/** A rule in which nearly every list is filled, so that rules meet and overlap often. */
function randomRule(random: SeededRandom, ids: readonly string[], recordTypes: readonly string[]): DfeRule {
  const fill = (list: string[]): CodeList | undefined => (random.chance(0.03) ? leaveOut(random) : list);
  const target = random.pick(['types', 'types', 'types', 'ids', 'ids', 'both', 'both', 'neither']);
  const hasIds = target === 'ids' || target === 'both';
  const hasTypes = target === 'types' || target === 'both';
  const draft = {
    effect: random.recase(random.chance(0.65) ? 'allow' : 'deny'),
    modes: fill(codes(random, ['EXISTENCE', 'CONTENT'], 1, 2)),
    recordTypes: fill(codes(random, recordTypes, 1, 3)),
    purposes: fill(codes(random, PURPOSES, 1, 4)),
    destOrgIds: hasIds ? codes(random, ids, 1, 3) : leaveOut(random),
    destOrgTypes: hasTypes ? codes(random, TYPES, 1, 4) : leaveOut(random),
    ...randomWindow(random),
    reason: random.pick([undefined, null, 'A joint operation; "see, minutes"']),
  };
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as unknown as DfeRule;
}

/** A policy file of two to five organisations; `prefix` keeps the ids of several files apart. */
export function randomPolicyFile(random: SeededRandom, prefix = 'ORG'): DfePolicyFile {
  const count = random.between(2, 5);
  const orgIds = Array.from({ length: count }, (_, index) => `${prefix}-0${String(index + 1)}`);
  const organisations = orgIds.map((orgId): DfeOrganisation => ({
    orgId: random.recase(orgId),
    orgName: `The ${orgId}`,
    orgType: random.recase(random.pick(TYPES)),
    ...randomPolicy(random, [...orgIds, ...READER_IDS]),
  }));
  return { organisations };
}

/** The same organisations, spelled otherwise, with other policies: a second document beside the first. */
export function otherPoliciesOf(random: SeededRandom, file: DfePolicyFile): DfePolicyFile {
  const ids = [...file.organisations.map(({ orgId }) => orgId), ...READER_IDS];
  const organisations = file.organisations.map((organisation) => ({
    ...organisation,
    orgId: random.recase(organisation.orgId),
    ...randomPolicy(random, ids),
  }));
  return { organisations };
}

function randomPolicy(
  random: SeededRandom,
  ids: readonly string[],
): Pick<DfeOrganisation, 'recordTypes' | 'dsaPolicy'> {
  const recordTypes = random.some(RECORD_TYPES, 1, 4);
  const rules = (max: number): DfeRule[] | null | undefined => {
    if (random.chance(0.04)) return random.pick([undefined, null]);
    return Array.from({ length: random.between(0, max) }, () => randomRule(random, ids, recordTypes));
  };
  const dsaPolicy: DfeOrganisation['dsaPolicy'] = { version: '2025-11-10T12:00:00Z' };
  const defaults = rules(5);
  const exceptions = rules(4);
  if (defaults !== undefined) dsaPolicy.defaults = defaults;
  if (exceptions !== undefined) dsaPolicy.exceptions = exceptions;
  return { recordTypes, dsaPolicy };
}

function allRules(organisation: DfeOrganisation): DfeRule[] {
  return [...(organisation.dsaPolicy.exceptions ?? []), ...(organisation.dsaPolicy.defaults ?? [])];
}

function pickOr(random: SeededRandom, list: CodeList | undefined, fallback: readonly string[]): string {
  return random.recase(random.pick(list !== undefined && list !== null && list.length > 0 ? list : fallback));
}

function randomInstant(random: SeededRandom, rules: readonly DfeRule[]): number {
  const ends = rules.flatMap(({ validFrom, validUntil }) => [validFrom, validUntil]);
  const instants = ends.filter((end) => typeof end === 'string').map((end) => Date.parse(end));
  if (instants.length > 0 && random.chance(0.6)) {
    return Math.min(random.pick(instants) + random.pick([-1, 0, 0, 1]), LATEST);
  }
  return random.between(Date.parse('2024-12-01T00:00:00Z'), Date.parse('2026-12-31T00:00:00Z'));
}

/**
 * A request that some rule of the files nearly meets: aimed at one rule, then bent in up to two places. The reader's
 * type is given or, where a file knows the reader, sometimes left to the file; the two never differ.
 */
export function randomPolicyRow(random: SeededRandom, files: readonly DfePolicyFile[], request: string): RequestRow {
  const file = random.pick(files);
  const source = random.pick(file.organisations);
  const everyone = files.flatMap(({ organisations }) => organisations);
  const rules = allRules(source);
  const aim: Partial<DfeRule> = rules.length > 0 ? random.pick(rules) : {};
  const row: RequestRow = {
    request,
    at: writeInstant(random, randomInstant(random, rules.length > 0 && random.chance(0.7) ? [aim as DfeRule] : rules)),
    sourceOrg: random.recase(source.orgId),
    destOrg: pickOr(random, aim.destOrgIds, [...everyone.map(({ orgId }) => orgId), ...READER_IDS, 'STRANGER-09']),
    purpose: pickOr(random, aim.purposes, PURPOSES),
    recordType: pickOr(random, aim.recordTypes, RECORD_TYPES),
    mode: random.recase(pickMode(random, aim.modes)),
  };
  const change = random.pick([0, 0, 1, 1, 2]);
  for (let bend = 0; bend < change; bend += 1) bendRow(random, row, files);
  setReaderType(random, row, everyone, aim.destOrgTypes);
  decorate(random, row);
  return row;
}

function pickMode(random: SeededRandom, modes: CodeList | undefined): string {
  const mode = pickOr(random, modes, ['EXISTENCE', 'CONTENT']).toUpperCase();
  return mode === 'CONTENT' ? random.pick(['CONTENT', 'CONTENT', 'SUMMARY', 'LOCATION']) : mode;
}

function bendRow(random: SeededRandom, row: RequestRow, files: readonly DfePolicyFile[]): void {
  const ids = files.flatMap(({ organisations }) => organisations.map(({ orgId }) => orgId));
  switch (random.pick(['source', 'reader', 'reader', 'purpose', 'recordType', 'mode'])) {
    case 'source':
      row.sourceOrg = random.recase(random.pick([...ids, ...UNHEARD_OF]));
      break;
    case 'reader':
      row.destOrg = random.recase(random.pick([...ids, ...READER_IDS, 'STRANGER-09', '']));
      break;
    case 'purpose':
      row.purpose = random.recase(random.pick([...PURPOSES, ...UNHEARD_OF]));
      break;
    case 'recordType':
      row.recordType = random.recase(random.pick([...RECORD_TYPES, ...UNHEARD_OF]));
      break;
    default:
      row.mode = random.pick(['EXISTENCE', 'CONTENT', 'SUMMARY', 'LOCATION']);
  }
}

function setReaderType(
  random: SeededRandom,
  row: RequestRow,
  everyone: readonly DfeOrganisation[],
  aimedTypes: CodeList | undefined,
): void {
  const known = everyone.find(({ orgId }) => orgId.toLowerCase() === (row.destOrg ?? '').toLowerCase());
  if (random.chance(known === undefined ? 0.15 : 0.5)) row.destOrgType = '';
  else if (known !== undefined) row.destOrgType = random.recase(known.orgType);
  else row.destOrgType = random.chance(0.7) ? pickOr(random, aimedTypes, TYPES) : random.pick([...TYPES, 'FAUX']);
}

/** Columns that imported clauses do not look at, but for the tier. */
function decorate(random: SeededRandom, row: RequestRow): void {
  if (random.chance(0.4)) row.tier = random.pick(random.chance(0.25) ? TIERS : TIERS.slice(0, 3));
  if (random.chance(0.3)) row.about = random.pick(ABOUT);
  if (random.chance(0.3)) row.role = random.pick(['dsl', 'social-worker', 'gp']);
  if (random.chance(0.3)) row.relation = random.pick(RELATIONS);
  if (random.chance(0.3)) row.childBorn = random.pick(['2001-01-01', '2012-02-29', '2025-12-31']);
  if (random.chance(0.2)) row.occurred = random.pick(['1999-12-31', '2025-06-01']);
  if (random.chance(0.1)) row.facts = random.pick(['address-protected', 'young-person-agreed;address-protected']);
}

/** As {@link randomPolicyRow}, mostly with a relation, and often of an organisation's own record. */
export function randomBaselineRow(random: SeededRandom, files: readonly DfePolicyFile[], request: string): RequestRow {
  const row = randomPolicyRow(random, files, request);
  row.relation = random.chance(0.9) ? random.pick(RELATIONS) : '';
  if (random.chance(0.2)) {
    const { orgId } = random.pick(random.pick(files).organisations);
    row.sourceOrg = random.recase(orgId);
    row.destOrg = random.recase(orgId);
    row.destOrgType = '';
  }
  return row;
}
