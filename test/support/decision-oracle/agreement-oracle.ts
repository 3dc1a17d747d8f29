import { decideWithBaseline } from './baseline-oracle.js';
import type { RequestRow, Verdict } from './request-row.js';
import { addToInstant, ageAt, toInstant } from './zoned-time.js';

export type Openness = 'open' | 'guarded' | 'hidden';

export interface AgreementParty {
  kind: string;
  orgs: string[];
  desk: string;
  services: Record<string, Openness>;
}

export interface AgeCondition {
  of?: string[];
  at: 'read' | 'occurred';
  min?: number | 'unborn';
  max?: number;
}

export interface Facets {
  summary?: boolean;
  content?: string[];
  location?: string[];
}

export interface AgreementExistence {
  id: string;
  of: string[];
  while?: string;
  to: string[];
  relation?: string[];
  purposes?: string[];
  childAge?: AgeCondition;
  basis: string;
  shows: string[];
}

export interface AgreementPermit {
  id: string;
  readerText: string;
  basis: string;
  becomes?: string;
  from: string[];
  records: { types: string[]; about: string[]; tiers?: string[]; lookback?: string };
  to: string[];
  roles?: string[];
  relation?: string[];
  purposes?: string[];
  childAge?: AgeCondition;
  aboutAge?: AgeCondition;
  newest?: number;
  show: Facets;
}

export interface AgreementRelease {
  id: string;
  tiers: string[];
  by: string[];
  to: string[];
  names: string;
  maxFor: string;
  basis: string;
  show: Facets;
}

export interface AgreementCap {
  id: string;
  to: string[];
  relation?: string[];
  max: Facets;
}

export interface AgreementForbid {
  id: string;
  records?: { from?: string[]; tiers?: string[]; types?: string[] };
  fields?: string[];
  to: string[];
  childAge?: AgeCondition;
  unless?: string[];
  when?: string[];
}

interface CaseEntry {
  from: string;
  type: string;
  tier: string;
  about: string;
  occurred: string;
  ended?: string;
}

export interface AgreementCase {
  name: string;
  viewer: { service: string; role: string; relation: Record<string, [string, string]> };
  purpose: string;
  born: string;
  aboutBorn?: string;
  entry: CaseEntry;
  expect: {
    at: string;
    facts?: string[];
    purpose?: string;
    set?: Partial<CaseEntry>;
    release?: [string, string];
    by: string[];
    content?: string[];
    location?: string[];
  }[];
}

/** A document with `"schema": "agreement/1"`: what these tests use of it. */
export interface AgreementDocument {
  schema: 'agreement/1';
  id: string;
  version: string;
  title: string;
  zone: string;
  force: { from?: string; until?: string; reviewBy?: string };
  parties: Record<string, AgreementParty>;
  purposes: Record<string, { relations: string[] }>;
  bases: Record<string, string[]>;
  existence: AgreementExistence[];
  permits: AgreementPermit[];
  releases: AgreementRelease[];
  caps: AgreementCap[];
  forbids: AgreementForbid[];
  cases: AgreementCase[];
}

/** Who asks for what; texts as in a row, `''` for what was not given. Services are `party.service`. */
export interface AgreementQuestion {
  at: number;
  from: string;
  to: string;
  role: string;
  relation: string;
  purpose: string;
  recordType: string;
  tier: string;
  about: string;
  childBorn: string;
  aboutBorn: string;
  occurred: string;
  ended: string;
  facts: string[];
  released: boolean;
  /** Whether the organisation that owns the record is a party of the document. */
  ownerIsParty: boolean;
}

/** What an entry shows; everything empty is nothing. */
export interface AgreementAnswer {
  summary: boolean;
  content: string[];
  location: string[];
  by: string[];
}

const ORDINARY_TIERS = ['contact', 'ordinary', 'special'];

/** Fields whose meaning has a tier of its own, whoever sends them. */
const TIER_OF_FIELD = new Map([
  ['weapon-marker', 'special'],
  ['adoption-date', 'sealed'],
  ['placement-address', 'sealed'],
]);
const TIER_ORDER = ['contact', 'ordinary', 'special', 'originator', 'sealed'];

function includesCode(list: readonly string[], code: string): boolean {
  return list.some((entry) => entry.toLowerCase() === code.toLowerCase());
}

function meets(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined || list.includes('any')) return true;
  return list.includes(value);
}

function addresses(to: readonly string[], service: string): boolean {
  return to.includes('*') || to.includes(service);
}

/** Whether an age satisfies the condition of a clause that opens: an unknown age never does. */
function ageMeets(condition: AgeCondition, born: string, question: AgreementQuestion, zone: string): boolean {
  const when = condition.at === 'read' ? question.at : occurredAt(question, zone);
  if (born === '' || when === undefined) return false;
  const age = ageAt(born, when, zone);
  if (age < 0 && condition.min !== 'unborn') return false;
  if (typeof condition.min === 'number' && age < condition.min) return false;
  if (condition.max !== undefined && age > condition.max) return false;
  return true;
}

/** What is opened for practitioners ends at eighteen where the clause does not say how it ends. */
function practitionersAge(condition: AgeCondition | undefined): AgeCondition {
  return { at: 'read', max: 17, ...condition };
}

/** Whether an age satisfies the condition of a clause that closes: an unknown age always does. */
function ageRestricts(condition: AgeCondition, question: AgreementQuestion, zone: string): boolean {
  const when = condition.at === 'read' ? question.at : occurredAt(question, zone);
  if (question.childBorn === '' || when === undefined) return true;
  return ageMeets(condition, question.childBorn, question, zone);
}

function occurredAt(question: AgreementQuestion, zone: string): number | undefined {
  return question.occurred === '' ? undefined : toInstant(question.occurred, zone);
}

/** A look-back runs from the end of what was recorded, from its occurrence where no end is given. */
function withinLookback(lookback: string, question: AgreementQuestion, zone: string): boolean {
  const last = question.ended === '' ? question.occurred : question.ended;
  if (last === '') return false;
  return question.at < addToInstant(toInstant(last, zone), lookback, zone);
}

function inForce(document: AgreementDocument, at: number): boolean {
  const { from, until } = document.force;
  if (from !== undefined && at < toInstant(from, document.zone)) return false;
  if (until !== undefined && at >= toInstant(until, document.zone)) return false;
  return true;
}

function purposeAllowsRelation(document: AgreementDocument, question: AgreementQuestion): boolean {
  const name = Object.keys(document.purposes).find((key) => key.toLowerCase() === question.purpose.toLowerCase());
  const purpose = name === undefined ? undefined : document.purposes[name];
  return purpose !== undefined && purpose.relations.includes(question.relation);
}

function permitCovers(permit: AgreementPermit, question: AgreementQuestion, zone: string): boolean {
  if (!permit.from.includes(question.from)) return false;
  if (!includesCode(permit.records.types, question.recordType)) return false;
  if (!permit.records.about.includes(question.about)) return false;
  if (!(permit.records.tiers ?? ORDINARY_TIERS).includes(question.tier)) return false;
  if (permit.records.lookback !== undefined && !withinLookback(permit.records.lookback, question, zone)) return false;
  if (!addresses(permit.to, question.to)) return false;
  if (!meets(permit.roles, question.role)) return false;
  if (!meets(permit.relation, question.relation)) return false;
  if (permit.purposes !== undefined && !includesCode(permit.purposes, question.purpose)) return false;
  if (!ageMeets(practitionersAge(permit.childAge), question.childBorn, question, zone)) return false;
  if (permit.aboutAge !== undefined && (permit.aboutAge.of ?? []).includes(question.about)) {
    if (!ageMeets(permit.aboutAge, question.aboutBorn, question, zone)) return false;
  }
  return true;
}

/** The tier of one field: that of its entry, or its own where that is higher. */
function tierOfField(field: string, entryTier: string): string {
  const floor = TIER_OF_FIELD.get(field) ?? entryTier;
  return TIER_ORDER.indexOf(floor) > TIER_ORDER.indexOf(entryTier) ? floor : entryTier;
}

function capApplies(cap: AgreementCap, question: AgreementQuestion): boolean {
  return addresses(cap.to, question.to) && meets(cap.relation, question.relation);
}

/** Whether a forbid takes away what has this tier: the entry's for its summary, a field's own for a field. */
function forbidApplies(forbid: AgreementForbid, tier: string, question: AgreementQuestion, zone: string): boolean {
  const { from, tiers, types } = forbid.records ?? {};
  if (from !== undefined && !from.includes(question.from)) return false;
  if (tiers !== undefined && !tiers.includes(tier)) return false;
  if (types !== undefined && !includesCode(types, question.recordType)) return false;
  if (!addresses(forbid.to, question.to)) return false;
  if (forbid.childAge !== undefined && !ageRestricts(forbid.childAge, question, zone)) return false;
  if (forbid.unless !== undefined && forbid.unless.some((fact) => question.facts.includes(fact))) return false;
  if (forbid.when !== undefined && !forbid.when.every((fact) => question.facts.includes(fact))) return false;
  return true;
}

const NOTHING: AgreementAnswer = { summary: false, content: [], location: [], by: [] };

function isNothing(answer: AgreementAnswer): boolean {
  return !answer.summary && answer.content.length === 0 && answer.location.length === 0;
}

/** What one document grants, before anything is taken away: the union of its permits and releases. */
function granted(document: AgreementDocument, question: AgreementQuestion): AgreementAnswer {
  const answer: AgreementAnswer = { summary: false, content: [], location: [], by: [] };
  if (!inForce(document, question.at)) return answer;
  if (question.from === '' || question.to === '') return answer;
  if (!purposeAllowsRelation(document, question)) return answer;
  for (const permit of document.permits) {
    if (!permitCovers(permit, question, document.zone)) continue;
    const tiers = permit.records.tiers ?? ORDINARY_TIERS;
    answer.by.push(permit.id);
    if (permit.show.summary === true) answer.summary = true;
    const covered = (field: string): boolean => tiers.includes(tierOfField(field, question.tier));
    answer.content.push(...(permit.show.content ?? []).filter(covered));
    answer.location.push(...(permit.show.location ?? []).filter(covered));
  }
  for (const release of document.releases) {
    if (!question.released) continue;
    if (!release.tiers.includes(question.tier)) continue;
    if (!addresses(release.to, question.to)) continue;
    answer.by.push(release.id);
    if (release.show.summary === true) answer.summary = true;
    answer.content.push(...(release.show.content ?? []));
    answer.location.push(...(release.show.location ?? []));
  }
  return answer;
}

/** What is left of an answer within one document's caps and minus its forbids. */
function restricted(
  document: AgreementDocument,
  question: AgreementQuestion,
  answer: AgreementAnswer,
): AgreementAnswer {
  if (!inForce(document, question.at)) return answer;
  if (!question.ownerIsParty) return answer;
  let { summary, content, location } = answer;
  for (const cap of document.caps) {
    if (!capApplies(cap, question)) continue;
    summary = summary && cap.max.summary === true;
    content = content.filter((field) => (cap.max.content ?? []).includes(field));
    location = location.filter((field) => (cap.max.location ?? []).includes(field));
  }
  for (const forbid of document.forbids) {
    const takes = (tier: string): boolean => forbidApplies(forbid, tier, question, document.zone);
    const survives = (field: string): boolean => {
      if (forbid.fields !== undefined && !forbid.fields.includes(field)) return true;
      return !takes(tierOfField(field, question.tier));
    };
    if (forbid.fields === undefined && takes(question.tier)) summary = false;
    content = content.filter(survives);
    location = location.filter(survives);
  }
  return { summary, content, location, by: answer.by };
}

/**
 * What several documents show of one entry: (union of permits and releases of all, within every cap) minus forbids of
 * all. Each document has its own question, because services are named by its own parties.
 */
export function disclose(
  asked: readonly { document: AgreementDocument; question: AgreementQuestion }[],
): AgreementAnswer {
  let answer = NOTHING;
  for (const { document, question } of asked) {
    const more = granted(document, question);
    answer = {
      summary: answer.summary || more.summary,
      content: [...answer.content, ...more.content],
      location: [...answer.location, ...more.location],
      by: [...answer.by, ...more.by],
    };
  }
  for (const { document, question } of asked) answer = restricted(document, question, answer);
  if (isNothing(answer)) return NOTHING;
  return {
    summary: answer.summary,
    content: [...new Set(answer.content)].sort(),
    location: [...new Set(answer.location)].sort(),
    by: [...new Set(answer.by)].sort(),
  };
}

/** Whether one document tells the reader that a service is involved. */
export function existenceByAgreement(document: AgreementDocument, question: AgreementQuestion): boolean {
  if (!inForce(document, question.at)) return false;
  if (question.from === '' || question.to === '') return false;
  if (!purposeAllowsRelation(document, question)) return false;
  const openness = opennessOf(document, question.from);
  if (openness === undefined || openness === 'hidden') return false;
  return document.existence.some((clause) => {
    const namesService = clause.of.includes(question.from);
    if (!namesService && !(openness === 'open' && clause.of.includes('*'))) return false;
    if (clause.while !== undefined && !question.facts.includes(clause.while)) return false;
    if (!addresses(clause.to, question.to)) return false;
    if (!meets(clause.relation, question.relation)) return false;
    if (clause.purposes !== undefined && !includesCode(clause.purposes, question.purpose)) return false;
    return ageMeets(practitionersAge(clause.childAge), question.childBorn, question, document.zone);
  });
}

function opennessOf(document: AgreementDocument, service: string): Openness | undefined {
  const [party = '', name = ''] = service.split('.');
  return document.parties[party]?.services[name];
}

function globMatches(glob: string, text: string): boolean {
  const pattern = glob
    .split('*')
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`, 'i').test(text);
}

function partyOf(document: AgreementDocument, org: string): string | undefined {
  if (org === '') return undefined;
  const found = Object.entries(document.parties).find(([, { orgs }]) => orgs.some((glob) => globMatches(glob, org)));
  return found?.[0];
}

/** `party.service` of an organisation and one of its services; `''` where the document knows no such party or service. */
function serviceOf(document: AgreementDocument, org: string, service: string): string {
  const party = partyOf(document, org);
  if (party === undefined || document.parties[party]?.services[service] === undefined) return '';
  return `${party}.${service}`;
}

function questionOf(document: AgreementDocument, row: RequestRow): AgreementQuestion {
  return {
    at: toInstant(row.at, document.zone),
    from: serviceOf(document, row.sourceOrg ?? '', row.sourceService ?? ''),
    to: serviceOf(document, row.destOrg ?? '', row.destService ?? ''),
    role: row.role ?? '',
    relation: row.relation ?? '',
    purpose: row.purpose ?? '',
    recordType: row.recordType ?? '',
    tier: row.tier === undefined || row.tier === '' ? 'ordinary' : row.tier,
    about: row.about === undefined || row.about === '' ? 'child' : row.about,
    childBorn: row.childBorn ?? '',
    aboutBorn: row.aboutBorn ?? '',
    occurred: row.occurred ?? '',
    ended: row.ended ?? '',
    facts: (row.facts ?? '').split(';').filter((fact) => fact !== ''),
    released: false,
    ownerIsParty: partyOf(document, row.sourceOrg ?? '') !== undefined,
  };
}

/** A verdict for the row's mode, with the fields that CONTENT or LOCATION shows. */
export interface AgreementVerdict {
  decision: Verdict;
  fields: string[];
}

/** Decides one row by `agreement/1` documents alone. */
export function decideAgreements(documents: readonly AgreementDocument[], row: RequestRow): AgreementVerdict {
  const asked = documents.map((document) => ({ document, question: questionOf(document, row) }));
  const mode = row.mode.toUpperCase();
  if (mode === 'EXISTENCE') {
    const known = asked.some(({ document, question }) => existenceByAgreement(document, question));
    return { decision: known ? 'allow' : 'deny', fields: [] };
  }
  const answer = disclose(asked);
  if (mode === 'SUMMARY') return { decision: answer.summary ? 'allow' : 'deny', fields: [] };
  const fields = mode === 'CONTENT' ? answer.content : answer.location;
  return { decision: fields.length > 0 ? 'allow' : 'deny', fields };
}

/** Every purpose that the documents name. */
export function purposesOfAgreements(documents: readonly AgreementDocument[]): string[] {
  return documents.flatMap((document) => Object.keys(document.purposes));
}

/** As {@link decideAgreements}, under the hub's baseline. */
export function decideAgreementsWithBaseline(documents: readonly AgreementDocument[], row: RequestRow): Verdict {
  return decideWithBaseline(row, purposesOfAgreements(documents), decideAgreements(documents, row).decision);
}

/** The expectations among a document's own cases that do not hold; empty when all do. */
export function failingCases(document: AgreementDocument): string[] {
  const failures: string[] = [];
  for (const given of document.cases) {
    for (const [index, expected] of given.expect.entries()) {
      const at = toInstant(expected.at, document.zone);
      const within = ([from, until]: [string, string]): boolean =>
        at >= toInstant(from, document.zone) && at < toInstant(until, document.zone);
      const held = Object.entries(given.viewer.relation).filter(([, window]) => within(window));
      const entry = { ...given.entry, ...expected.set };
      const question: AgreementQuestion = {
        at,
        from: entry.from,
        to: given.viewer.service,
        role: given.viewer.role,
        relation: held[0]?.[0] ?? '',
        purpose: expected.purpose ?? given.purpose,
        recordType: entry.type,
        tier: entry.tier,
        about: entry.about,
        childBorn: given.born,
        aboutBorn: given.aboutBorn ?? '',
        occurred: entry.occurred,
        ended: entry.ended ?? '',
        facts: expected.facts ?? [],
        released: expected.release !== undefined && within(expected.release),
        ownerIsParty: true,
      };
      const answer = disclose([{ document, question }]);
      const wanted = { by: expected.by, content: expected.content ?? [], location: expected.location ?? [] };
      const got = { by: answer.by, content: answer.content, location: answer.location };
      if (JSON.stringify(got) !== JSON.stringify(wanted)) {
        failures.push(`${given.name} [${String(index)}]: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
      }
    }
  }
  return failures;
}

/**
 * A document's own cases as rows, with the fields that CONTENT and LOCATION show; those that rest on a release are left
 * out, because a row has no column for one.
 */
export function casesAsRows(document: AgreementDocument): { row: RequestRow; fields: string[] }[] {
  const organisationOf = (service: string): { org: string; service: string } => {
    const [party = '', name = ''] = service.split('.');
    return { org: (document.parties[party]?.orgs[0] ?? '').replaceAll('*', '100'), service: name };
  };
  return document.cases.flatMap((given) =>
    given.expect.flatMap((expected) => {
      if (expected.release !== undefined) return [];
      const entry = { ...given.entry, ...expected.set };
      const from = organisationOf(entry.from);
      const to = organisationOf(given.viewer.service);
      const at = toInstant(expected.at, document.zone);
      const held = Object.entries(given.viewer.relation).find(
        ([, [start, end]]) => at >= toInstant(start, document.zone) && at < toInstant(end, document.zone),
      );
      const base = {
        request: given.name,
        at: new Date(at).toISOString(),
        sourceOrg: from.org,
        sourceService: from.service,
        destOrg: to.org,
        destService: to.service,
        role: given.viewer.role,
        relation: held?.[0] ?? '',
        purpose: expected.purpose ?? given.purpose,
        recordType: entry.type,
        tier: entry.tier,
        about: entry.about,
        childBorn: given.born,
        aboutBorn: given.aboutBorn ?? '',
        occurred: entry.occurred,
        ended: entry.ended ?? '',
        facts: (expected.facts ?? []).join(';'),
      };
      return [
        { row: { ...base, mode: 'CONTENT' }, fields: expected.content ?? [] },
        { row: { ...base, mode: 'LOCATION' }, fields: expected.location ?? [] },
      ];
    }),
  );
}
