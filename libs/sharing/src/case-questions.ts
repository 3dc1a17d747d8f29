import { ABOUT, TIERS, type About, type Tier } from '#contracts';
import type { AgreementCase, AgreementDocument } from './agreement-schema.js';
import type { CompiledAgreement } from './compiled-agreement.js';
import { decideGrants, disclosureOf } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { baselinePurposes } from './purposes.js';
import type { Refusal } from './refusal.js';
import { readMoment } from './time.js';
import {
  RELATION_KINDS,
  type EntryField,
  type InvolvedService,
  type OwnerService,
  type RelationKind,
  type Release,
  type SharedEntry,
  type SharingState,
  type Viewer,
} from './types.js';

const STAFF = 'case-viewer';
const ENTRY = 'case-entry';
/** Stand for whatever role or type a document does not know. */
const ANOTHER_ROLE = 'another-role';
const ANOTHER_TYPE = 'another-type';

type Expectation = AgreementCase['expect'][number];
type Others = '*' | string[] | { readonly except: readonly string[] };
type ReplacedPart = keyof NonNullable<Expectation['instead']>;

/** One thing to decide, and what a case says of it. */
export interface CaseQuestion {
  readonly place: string;
  /** What of the case was replaced, for the reader of a refusal; empty for the case itself. */
  readonly variant: string;
  /** The services of reader and owner as the document names them. */
  readonly seat: string;
  readonly source: string;
  readonly viewer: Viewer;
  readonly state: Omit<SharingState, 'agreements'>;
  readonly entry: SharedEntry;
  readonly service: InvolvedService;
  readonly expected: Expectation;
  /** What has to be decided to compare it with what is expected. */
  readonly asks: { readonly existence: boolean; readonly disclosure: boolean };
}

/** Every word that a document knows, for what a case or a loosened clause may put in place of another. */
export interface DocumentWords {
  readonly services: readonly string[];
  readonly roles: readonly string[];
  readonly types: readonly string[];
  readonly purposes: readonly string[];
}

const listOf = (value: 'any' | readonly string[] | undefined): readonly string[] =>
  value === undefined || value === 'any' ? [] : value;

export const wordsOf = (document: AgreementDocument): DocumentWords => {
  const clauses = [
    ...(document.permits ?? []),
    ...(document.existence ?? []),
    ...(document.releases ?? []),
    ...(document.caps ?? []),
    ...(document.forbids ?? []),
  ];
  const cases = document.cases ?? [];
  const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
  return {
    services: Object.entries(document.parties).flatMap(([party, { services }]) =>
      Object.keys(services).map((service) => `${party}.${service}`),
    ),
    roles: unique([
      ...clauses.flatMap(({ roles }) => listOf(roles)),
      ...(document.releases ?? []).flatMap(({ by }) => by),
      ...cases.flatMap(({ viewer }) => viewer.role ?? []),
    ]),
    types: unique([
      ...clauses.flatMap((clause) => ('records' in clause ? listOf(clause.records?.types) : [])),
      ...cases.flatMap(({ entry, expect }) => [entry.type, ...expect.flatMap(({ set }) => set?.type ?? [])]),
    ]),
    purposes: document.purposes
      ? Object.keys(document.purposes)
      : unique([...baselinePurposes, ...clauses.flatMap(({ purposes }) => listOf(purposes))]),
  };
};

/** What stands for every other value, before the case's own is taken out. */
const everyOther = (part: ReplacedPart, words: DocumentWords): readonly string[] => {
  switch (part) {
    case 'viewer':
    case 'from':
      return words.services;
    case 'role':
    case 'releasedBy':
      return [...words.roles, ANOTHER_ROLE];
    case 'relation':
      return RELATION_KINDS;
    case 'purpose':
      return words.purposes;
    case 'type':
      return [...words.types, ANOTHER_TYPE];
    case 'tier':
      return TIERS;
    case 'about':
      return ABOUT;
  }
};

/** One organisation of a party, standing for any: a star becomes a word. `other`: a second one, where it has several. */
const serviceOf = (document: AgreementDocument, reference: string, other = false): OwnerService & { kind: string } => {
  const dot = reference.indexOf('.');
  const name = reference.slice(0, dot);
  const party = Object.hasOwn(document.parties, name) ? document.parties[name] : undefined;
  const organisation = party?.orgs[other && party.orgs.length > 1 ? 1 : 0] ?? '';
  return {
    organisation: organisation.replaceAll('*', other ? 'other' : 'case'),
    service: reference.slice(dot + 1),
    kind: party?.kind ?? '',
  };
};

/** Every field that the document names, so that what a clause names is what shows. */
export const fieldsNamedBy = (agreements: readonly CompiledAgreement[], about: About): EntryField[] =>
  (['content', 'location'] as const).flatMap((part) =>
    [...new Set(agreements.flatMap(({ fieldNames }) => [...fieldNames[part]]))].map((name) => ({ name, part, about })),
  );

type Windows = NonNullable<AgreementCase['viewer']['relation']>;

const relationsAt = (windows: Windows, at: number, zone: string): RelationKind[] =>
  Object.entries(windows).flatMap(([kind, [from, until]]) => {
    const start = typeof from === 'string' ? readMoment(from, zone)?.start : -Infinity;
    const end = typeof until === 'string' ? readMoment(until, zone)?.start : Infinity;
    return start !== undefined && end !== undefined && at >= start && at < end ? [kind as RelationKind] : [];
  });

const releasesOf = (
  document: AgreementDocument,
  owner: OwnerService,
  { release, releasedBy }: Expectation,
): Release[] =>
  (release ? (document.releases ?? []) : []).map(({ by }) => ({
    entryId: ENTRY,
    owner,
    byRole: releasedBy ?? by[0] ?? '',
    staffKey: STAFF,
    from: release?.[0] ?? '',
    until: release?.[1] ?? '',
  }));

const withReplaced = (
  one: AgreementCase,
  expected: Expectation,
  part: ReplacedPart,
  value: string,
): [AgreementCase, Expectation] => {
  switch (part) {
    case 'viewer':
      return [{ ...one, viewer: { ...one.viewer, service: value } }, expected];
    case 'role':
      return [{ ...one, viewer: { ...one.viewer, role: value } }, expected];
    case 'relation':
      return [{ ...one, viewer: { ...one.viewer, relation: { [value]: [null, null] } } }, expected];
    case 'purpose':
      return [one, { ...expected, purpose: value }];
    case 'releasedBy':
      return [one, { ...expected, releasedBy: value }];
    case 'from':
    case 'type':
    case 'tier':
    case 'about':
      return [one, { ...expected, set: { ...expected.set, [part]: value } }];
  }
};

/** What the case itself says there. */
const ownValues = (
  document: AgreementDocument,
  one: AgreementCase,
  expected: Expectation,
  part: ReplacedPart,
): readonly string[] => {
  const said = { ...one.entry, ...expected.set };
  switch (part) {
    case 'viewer':
      return [one.viewer.service];
    case 'role':
      return [one.viewer.role ?? ''];
    case 'relation':
      return Object.keys(one.viewer.relation ?? {});
    case 'purpose':
      return [expected.purpose ?? one.purpose];
    case 'releasedBy':
      return expected.releasedBy ? [expected.releasedBy] : (document.releases ?? []).flatMap(({ by }) => by);
    case 'from':
    case 'type':
      return [said[part]];
    case 'tier':
      return [said.tier ?? 'ordinary'];
    case 'about':
      return [said.about ?? 'child'];
  }
};

const asksOf = ({ existence = [] }: AgreementDocument, expected: Expectation): CaseQuestion['asks'] => {
  const tells = (id: string): boolean => existence.some((clause) => clause.id === id);
  return {
    existence: expected.existence !== undefined || expected.notBy?.some(tells) === true,
    disclosure: expected.by !== undefined || expected.notBy?.some((id) => !tells(id)) === true,
  };
};

const questionOf = (
  document: AgreementDocument,
  agreement: CompiledAgreement,
  one: AgreementCase,
  expected: Expectation,
  place: string,
  variant: string,
): CaseQuestion => {
  const at = readMoment(expected.at, agreement.zone)?.start ?? NaN;
  const said = { ...one.entry, ...expected.set };
  // The same service as the owner's is another organisation's where the party has several: one's own needs no clause.
  const { kind, ...seat } = serviceOf(document, one.viewer.service, one.viewer.service === said.from);
  const { organisation, service } = serviceOf(document, said.from);
  const owner = { organisation, service };
  const about = (said.about ?? 'child') as About;
  const facts = [...(one.facts ?? []), ...(expected.facts ?? [])];
  const purpose = expected.purpose ?? one.purpose;
  return {
    place,
    variant,
    seat: one.viewer.service,
    source: said.from,
    viewer: { staffKey: STAFF, ...seat, organisationKind: kind, role: one.viewer.role ?? '' },
    state: {
      at,
      purpose,
      relations: relationsAt(one.viewer.relation ?? {}, at, agreement.zone),
      childBirthDate: one.born ?? null,
      aboutBirthDate: one.aboutBorn ?? null,
      facts,
      releases: releasesOf(document, owner, expected),
    },
    entry: {
      id: ENTRY,
      owner,
      type: said.type,
      recordType: said.type,
      tier: (said.tier ?? 'ordinary') as Tier,
      about,
      occurred: said.occurred === undefined ? { precision: 'unknown' } : { from: said.occurred, precision: 'exact' },
      ...(said.ended === undefined ? {} : { ended: said.ended }),
      facts: [],
      fields: fieldsNamedBy([agreement], about),
    },
    service: { ...owner, recordTypes: [said.type], facts },
    expected,
    asks: asksOf(document, expected),
  };
};

/** Far more than people write; a document that asks more is not decided at all, so that no check runs for minutes. */
const MOST_QUESTIONS = 20_000;

interface Variant {
  readonly part: ReplacedPart;
  readonly value: string;
}

/** What is put in place of the case's own, one after the other; null: the case itself. */
const variantsOf = (
  document: AgreementDocument,
  words: DocumentWords,
  one: AgreementCase,
  expected: Expectation,
): readonly (Variant | null)[] =>
  expected.instead === undefined
    ? [null]
    : (Object.entries(expected.instead) as [ReplacedPart, Others][]).flatMap(([part, values]) => {
        if (Array.isArray(values)) return values.map((value) => ({ part, value }));
        const left = new Set([...ownValues(document, one, expected, part), ...(values === '*' ? [] : values.except)]);
        return everyOther(part, words)
          .filter((value) => !left.has(value))
          .map((value) => ({ part, value }));
      });

/** Every case of a document, and every variant of it, ready to decide; null where they are too many. */
export const questionsOf = (
  document: AgreementDocument,
  agreement: CompiledAgreement,
): readonly CaseQuestion[] | null => {
  const words = wordsOf(document);
  const questions: CaseQuestion[] = [];
  for (const [index, one] of (document.cases ?? []).entries())
    for (const [nth, expected] of one.expect.entries()) {
      const place = `$.cases[${index}].expect[${nth}]`;
      const variants = variantsOf(document, words, one, expected);
      if (questions.length + variants.length > MOST_QUESTIONS) return null;
      for (const variant of variants)
        questions.push(
          variant === null
            ? questionOf(document, agreement, one, expected, place, '')
            : questionOf(
                document,
                agreement,
                ...withReplaced(one, expected, variant.part, variant.value),
                place,
                `${variant.part} ${variant.value}`,
              ),
        );
    }
  return questions;
};

/** What is said of a document that asks too much. */
export const TOO_MANY_CASES: Refusal = { place: '$.cases', reason: 'are more than can be checked' };

const sameTexts = (actual: readonly string[], expected: readonly string[] = []): boolean =>
  JSON.stringify(actual) === JSON.stringify([...new Set(expected)].sort());

/** Why an answer of these clauses is not the one that the case expects; null where it is. */
export const failureOf = (agreement: CompiledAgreement, question: CaseQuestion): string | null => {
  const { viewer, entry, service, expected } = question;
  if (Number.isNaN(question.state.at)) return 'the time of the case cannot be read';
  const state: SharingState = { ...question.state, agreements: [{ agreement, adoptions: 'all' }] };
  const { asks } = question;
  if (asks.existence) {
    const told = decideExistence(viewer, state, service).by;
    if (expected.existence !== undefined && !sameTexts(told, expected.existence))
      return 'other clauses tell of the service';
    // Of whatever entry a release is, it tells of its service: what it shows is looked at below.
    const released = agreement.releases.map(({ id }) => id);
    if (expected.notBy?.some((id) => told.includes(id) && !released.includes(id)))
      return 'the clause tells of the service';
  }
  if (!asks.disclosure) return null;
  const grants = decideGrants(viewer, state, entry);
  const disclosure = disclosureOf(grants);
  if (expected.notBy?.some((id) => disclosure.by.includes(id))) return 'the clause decides';
  if (expected.by === undefined) return null;
  if (!sameTexts(disclosure.by, expected.by)) return 'other clauses decide';
  if (expected.summary !== undefined && disclosure.summary !== expected.summary) return 'the summary differs';
  if (!sameTexts(disclosure.content, expected.content)) return 'other content shows';
  if (!sameTexts(disclosure.location, expected.location)) return 'another location shows';
  if (expected.upTo === undefined) return null;
  const limits = grants.map(({ newest }) => newest ?? Infinity);
  return limits.length > 0 && Math.max(...limits) === expected.upTo ? null : 'another number of entries shows';
};
