import type { AgreementDocument } from '#sharing';
import { randomAgreementRow, randomAgreements } from '../decision-oracle/random-agreements.js';
import type { DfePolicyFile } from '../decision-oracle/dfe-oracle.js';
import {
  otherPoliciesOf,
  randomBaselineRow,
  randomPolicyFile,
  randomPolicyRow,
} from '../decision-oracle/random-policies.js';
import type { RequestRow } from '../decision-oracle/request-row.js';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import type { AgreementDocument as PlainDocument } from '../decision-oracle/agreement-oracle.js';
import {
  folded,
  type Question,
  type QuestionAdoption,
  type QuestionEntry,
  type QuestionField,
  type QuestionRelease,
} from './cedar-question.js';

/** Documents, who adopted and released what, and questions about them. */
export interface World {
  readonly name: string;
  readonly agreements: readonly {
    readonly document: AgreementDocument;
    readonly adoptions: readonly QuestionAdoption[] | 'all';
  }[];
  readonly releases: readonly QuestionRelease[];
  readonly files: readonly DfePolicyFile[];
  readonly baseline: boolean;
  readonly questions: readonly Question[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** After this nothing is released or adopted: years of five digits are no dates. */
const LATEST = Date.UTC(2100, 0);
const STAFF = ['staff-1', 'staff-2', 'staff-3'];
const FACTS = ['address-protected', 'young-person-agreed', 'owner-recorded-significant-harm'];
const TIERS = ['contact', 'ordinary', 'special', 'originator', 'sealed'];
const ABOUT = ['child', 'carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant'];
const ABOUT_OF_FIELDS = [...ABOUT, 'worker', 'organisation'];
const RELATIONS = ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'];
const OTHER_TYPES = ['visit-note', 'plan-made', 'missed-visit', 'pupil-move', 'call-out', 'unheard-of'];
const RELEASERS = ['marac-coordinator', 'ppu-supervisor', 'designated-doctor'];
/** Names as no clause writes them: one that nothing names, and two that mean what others say. */
const STRANGE_CONTENT = ['unnamed', 'Weapon_Marker', 'ADOPTION DATE'];
const CONTENT = ['status', 'status-dates', 'lead-contact', 'facts', 'voice-of-child', 'weapon-marker', 'adoption-date'];
const LOCATION = ['incident-place', 'home-address', 'placement-address'];
const ABOVE_SPECIAL = ['originator', 'sealed'];

type Element<List> = NonNullable<List> extends readonly (infer One)[] ? One : never;
type PermitClause = Element<AgreementDocument['permits']>;
type ReleaseClause = Element<AgreementDocument['releases']>;
type Restriction = Pick<
  Element<AgreementDocument['forbids']>,
  'to' | 'roles' | 'relation' | 'purposes' | 'childAge' | 'aboutAge' | 'records' | 'when' | 'unless'
>;

const without = <T extends object>(value: T, key: keyof T): void => {
  delete value[key];
};

const partyOf = (reference: string): string => reference.split('.')[0] ?? '';

/** Says of a clause what the plain documents never say: wildcards, and what they leave out. */
const bendPermit = (random: SeededRandom, clause: PermitClause, names: readonly string[]): void => {
  const bends: (() => void)[] = [
    () => (clause.roles = 'any'),
    () => (clause.relation = 'any'),
    () => (clause.purposes = 'any'),
    () => (clause.from = [`${partyOf(clause.from[0] ?? '')}.*`]),
    () => (clause.from = ['*']),
    () => (clause.to = [`${partyOf(clause.to[0] ?? '')}.*`]),
    () => (clause.to = ['*']),
    () => (clause.from = random.some(names, 1, 3)),
    () => (clause.records = { ...clause.records, about: 'any' }),
    () => (clause.records = { ...clause.records, types: 'any' }),
    () => without(clause, 'records'),
    () => (clause.when = random.some(FACTS, 1, 2)),
    () => (clause.unless = random.some(FACTS, 1, 2)),
    () => (clause.childAge = { min: random.between(0, 12) }),
    () => (clause.childAge = { max: random.between(16, 25), at: random.pick(['read', 'occurred'] as const) }),
    () => (clause.aboutAge = { of: random.some(ABOUT, 1, 3), max: random.between(10, 40) }),
    () => (clause.aboutAge = { of: random.some(ABOUT, 1, 3), min: 'unborn', max: 17, at: 'occurred' }),
  ];
  if (random.chance(0.5)) random.pick(bends)();
};

const bendRestriction = (random: SeededRandom, clause: Restriction, names: readonly string[]): void => {
  const records = (): NonNullable<Restriction['records']> => (clause.records ??= {});
  const at = random.pick(['read', 'occurred'] as const);
  const bends: (() => void)[] = [
    () => (clause.to = [`${partyOf(random.pick(names))}.*`]),
    () => (clause.roles = ['dsl', 'social-worker', 'mash-researcher']),
    () => (clause.relation = random.some(RELATIONS, 2, 5)),
    () => (clause.purposes = 'any'),
    () => (records().from = random.some(names, 1, 3)),
    () => (records().from = [`${partyOf(random.pick(names))}.*`]),
    () => (records().types = random.some(OTHER_TYPES, 2, 4)),
    () => (records().about = random.some(ABOUT, 1, 2)),
    () => (records().about = 'any'),
    () => (records().tiers = random.some(TIERS, 1, 3)),
    () =>
      (clause.childAge = random.pick([
        { max: 11, at },
        { min: 12, at },
        { min: 'unborn' as const, max: 3, at },
      ])),
    () => (clause.aboutAge = { of: random.some(ABOUT, 1, 3), min: 18, at }),
    () => (clause.when = random.some(FACTS, 1, 2)),
    () => (clause.unless = random.some(FACTS, 1, 2)),
  ];
  if (random.chance(0.6)) random.pick(bends)();
};

const randomReleaseClause = (random: SeededRandom, id: string, names: readonly string[]): ReleaseClause => {
  const clause: ReleaseClause = {
    id,
    by: random.some(RELEASERS, 1, 2),
    to: random.pick([['*'], random.some(names, 1, 3)]),
    names: 'person',
    basis: 'duty',
    show: { summary: true, content: random.some(CONTENT, 1, 4), location: random.some(LOCATION, 1, 2) },
  };
  if (random.chance(0.7)) clause.tiers = random.pick([['originator'], ['special', 'originator'], ['ordinary']]);
  if (random.chance(0.5)) clause.maxFor = random.pick(['P28D', 'P10D']);
  if (random.chance(0.2)) clause.from = random.some(names, 2, 5);
  if (random.chance(0.2)) clause.relation = random.some(RELATIONS, 3, 6);
  if (random.chance(0.2))
    clause.childAge = { min: random.between(0, 5), at: random.pick(['read', 'occurred'] as const) };
  if (random.chance(0.1)) clause.unless = ['address-protected'];
  return clause;
};

/** A document that the generator made, as a wider one that says more of what a document may say. */
const widen = (random: SeededRandom, plain: PlainDocument, index: number): AgreementDocument => {
  const document = structuredClone(plain) as unknown as AgreementDocument;
  const services = Object.entries(document.parties).flatMap(([party, one]) =>
    Object.entries(one.services).map(([service, openness]) => ({ name: `${party}.${service}`, openness })),
  );
  const names = services.filter(({ openness }) => openness !== 'hidden').map(({ name }) => name);
  for (const permit of document.permits ?? []) bendPermit(random, permit, names);
  for (const clause of [...(document.caps ?? []), ...(document.forbids ?? []).slice(1)])
    bendRestriction(random, clause, names);
  for (const clause of document.existence ?? []) {
    if (random.chance(0.1)) clause.of = [`${partyOf(clause.of[0] ?? '')}.*`];
    if (random.chance(0.1)) clause.of = ['*'];
    if (random.chance(0.1)) clause.to = ['*'];
    if (random.chance(0.2)) clause.records = { types: random.some(OTHER_TYPES, 3, 5) };
    if (random.chance(0.1)) clause.unless = random.some(FACTS, 1, 1);
  }
  if (random.chance(0.6)) {
    const all = services.map(({ name }) => name);
    document.releases = Array.from({ length: random.between(1, 2) }, (_, at) =>
      randomReleaseClause(random, `${document.id}-release-${String(at)}`, all),
    );
  }
  if (random.chance(0.1)) without(document, 'purposes');
  if (random.chance(0.05)) without(document, 'force');
  if (random.chance(0.05)) without(document, 'zone');
  else if (index > 0 && random.chance(0.3)) document.zone = 'America/New_York';
  return document;
};

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Kind of an organisation as a policy file gives it. */
const kindOf = (files: readonly DfePolicyFile[], organisation: string): string => {
  const found = files.flatMap(({ organisations }) => organisations);
  return found.find(({ orgId }) => folded(orgId) === folded(organisation))?.orgType ?? '';
};

/** A row of a table as the question that it asks, about an entry that holds these fields. */
export const questionOfRow = (
  row: RequestRow,
  files: readonly DfePolicyFile[],
  fields: readonly Omit<QuestionField, 'about'>[],
): Question => {
  const about = given(row.about) ?? 'child';
  const tier = given(row.tier) ?? 'ordinary';
  const isExistence = folded(row.mode) === 'existence';
  const recordType = row.recordType ?? '';
  const reader = row.destOrg ?? '';
  const [childBorn, aboutBorn, occurred, ended] = [row.childBorn, row.aboutBorn, row.occurred, row.ended].map(given);
  const entry: QuestionEntry = {
    id: row.request,
    tier,
    about,
    ...(aboutBorn === undefined ? {} : { aboutBorn }),
    ...(occurred === undefined ? {} : { occurredFrom: occurred }),
    ...(ended === undefined ? {} : { ended }),
    fields: fields.map((field) => ({ ...field, about })),
  };
  return {
    at: Date.parse(row.at),
    purpose: row.purpose ?? '',
    relations: given(row.relation) === undefined ? [] : [row.relation ?? ''],
    viewer: {
      staffKey: '',
      organisation: reader,
      kind: given(row.destOrgType) ?? kindOf(files, reader),
      service: row.destService ?? '',
      role: row.role ?? '',
    },
    owner: { organisation: row.sourceOrg ?? '', service: row.sourceService ?? '' },
    types: isExistence
      ? [recordType].filter((type) => type !== '' && !ABOVE_SPECIAL.includes(tier))
      : [recordType, recordType],
    facts: (row.facts ?? '').split(';').filter((fact) => fact !== ''),
    moreFacts: [],
    ...(childBorn === undefined ? {} : { childBorn }),
    entry: isExistence ? null : entry,
  };
};

/** A date that is known less exactly; other texts stay. */
const blur = (random: SeededRandom, text: string | undefined): string | undefined =>
  text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && random.chance(0.12)
    ? text.slice(0, random.pick([4, 7, 7]))
    : text;

const randomFields = (random: SeededRandom, about: string, names: readonly QuestionField['name'][]): QuestionField[] =>
  random.some(names, 1, 5).map((name) => ({
    name,
    part: LOCATION.includes(name) ? 'location' : 'content',
    about: random.chance(0.75) ? about : random.pick(ABOUT_OF_FIELDS),
    ...(random.chance(0.15) ? { floor: random.pick(TIERS) } : {}),
  }));

/** A question as a row asks it, with more of what a read may know. `isPolicy`: it has one type, as policies have. */
const widenQuestion = (random: SeededRandom, question: Question, baseline: boolean, isPolicy: boolean): Question => {
  const { entry } = question;
  const more = random.chance(0.2) ? random.some(RELATIONS, 1, 2) : [];
  const otherType = random.pick(OTHER_TYPES);
  const [type = '', recordType = type] = question.types;
  const owner = question.owner;
  const own = baseline && random.chance(0.12);
  const born = random.chance(0.03) ? 'unborn' : blur(random, question.childBorn);
  const parents = random.chance(0.2) ? random.pick(['1985-02-28', '2010', '2008-06']) : undefined;
  const types = random.pick([question.types, question.types, [type, otherType], [otherType, recordType]]);
  return {
    ...question,
    relations: [...new Set([...question.relations, ...more])],
    viewer: {
      ...question.viewer,
      staffKey: random.pick(STAFF),
      ...(own ? { organisation: random.recase(owner.organisation), service: owner.service } : {}),
    },
    types: isPolicy ? question.types : entry === null ? random.some([...question.types, otherType], 0, 2) : types,
    facts: question.facts.filter((_, index) => index % 2 === 0),
    moreFacts: question.facts.filter((_, index) => index % 2 === 1),
    ...(born === undefined ? {} : { childBorn: born }),
    ...(parents === undefined ? {} : { otherBorn: parents }),
    entry: entry && widenEntry(random, entry),
  };
};

const widenEntry = (random: SeededRandom, entry: QuestionEntry): QuestionEntry => {
  const occurredFrom = blur(random, entry.occurredFrom);
  const isDay = occurredFrom?.length === 10;
  const later = isDay && random.chance(0.1) ? random.pick(['2026-03-01', '2026-06-10', '2024-01-15']) : undefined;
  const aboutBorn = blur(random, entry.aboutBorn);
  return {
    ...entry,
    ...(occurredFrom === undefined ? {} : { occurredFrom }),
    ...(later === undefined ? {} : { occurredTo: later }),
    ...(aboutBorn === undefined ? {} : { aboutBorn }),
    ...(random.chance(0.08) ? { ended: null } : {}),
    fields: randomFields(random, entry.about, [...CONTENT, ...LOCATION, ...STRANGE_CONTENT]),
  };
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Releases of some of the entries asked about: to the reader or another, in time or just not. */
const randomReleases = (
  random: SeededRandom,
  questions: Question[],
  clauses: readonly ReleaseClause[],
): QuestionRelease[] => {
  if (clauses.length === 0) return [];
  return questions.flatMap((question, index) => {
    const { entry, at } = question;
    if (entry === null || at > LATEST || random.chance(0.75)) return [];
    const clause = random.pick(clauses);
    questions[index] = {
      ...question,
      entry: { ...entry, tier: random.pick([...(clause.tiers ?? ['originator']), 'originator']) },
    };
    const fields = random.chance(0.3) ? random.some([...CONTENT, ...LOCATION], 1, 6) : undefined;
    return {
      entryId: random.chance(0.9) ? entry.id : 'another-entry',
      owner: random.chance(0.9)
        ? { ...question.owner, organisation: random.recase(question.owner.organisation) }
        : { ...question.owner, service: 'mash' },
      byRole: random.chance(0.9) ? random.pick(clause.by) : 'porter',
      staffKey: random.chance(0.85) ? question.viewer.staffKey : random.pick(STAFF),
      from: dayOf(at - random.pick([0, 1, 5, 27, 28, 29]) * DAY),
      until: random.chance(0.4)
        ? new Date(at + random.pick([-1, 0, 1])).toISOString()
        : dayOf(at + random.pick([2, 40]) * DAY),
      ...(fields === undefined ? {} : { fields }),
    };
  });
};

/** By the owners of the records asked about: nearly always, often from or until the very instant of a question. */
const randomAdoptions = (random: SeededRandom, questions: readonly Question[]): readonly QuestionAdoption[] | 'all' => {
  if (random.chance(0.5)) return 'all';
  const owners = [...new Set(questions.map(({ owner }) => folded(owner.organisation)))];
  return owners.flatMap((organisation): QuestionAdoption[] => {
    if (random.chance(0.1)) return [];
    const { at } = random.pick(questions);
    const edge = Math.min(at, LATEST) + random.pick([-1, 0, 1]);
    const early = Date.UTC(2025, 0, 1);
    const name = random.recase(organisation);
    return random.pick<QuestionAdoption[]>([
      [{ organisation: name, from: early }],
      [{ organisation: name, from: early }],
      [{ organisation: name, from: edge }],
      [{ organisation: name, from: early, until: edge }],
      [
        { organisation: name, from: early, until: edge - 40 * DAY },
        { organisation: name, from: edge },
      ],
    ]);
  });
};

const policyFiles = (random: SeededRandom): DfePolicyFile[] => {
  const file = randomPolicyFile(random);
  return random.pick([[file], [file, randomPolicyFile(random, 'BODY')], [file, otherPoliciesOf(random, file)]]);
};

/** A world of documents of one shape or of both, and so many questions, each with an entry id of its own. */
export const randomWorld = (random: SeededRandom, name: string, count: number): World => {
  const shape = random.pick(['agreements', 'agreements', 'agreements', 'policies', 'both']);
  const plain = shape === 'policies' ? [] : randomAgreements(random, name);
  const files = shape === 'agreements' ? [] : policyFiles(random);
  const baseline = random.chance(0.6);
  const documents = plain.map((document, index) => widen(random, document, index));
  const questions = Array.from({ length: count }, (_, index) => {
    const request = `${name}-${String(index)}`;
    const isPolicy = plain.length === 0 || (files.length > 0 && random.chance(0.5));
    const row = !isPolicy
      ? randomAgreementRow(random, plain, request)
      : baseline
        ? randomBaselineRow(random, files, request)
        : randomPolicyRow(random, files, request);
    return widenQuestion(random, questionOfRow(row, files, []), baseline, isPolicy);
  });
  const releases = randomReleases(
    random,
    questions,
    documents.flatMap((document) => document.releases ?? []),
  );
  const agreements = documents.map((document) => ({ document, adoptions: randomAdoptions(random, questions) }));
  return { name, agreements, releases, files, baseline, questions };
};
