import type { About } from '#contracts';
import type { AgreementDocument } from './agreement-schema.js';
import { CONDITION_FACTS, isConditionFact } from './condition-facts.js';
import type { ImportedAgreement } from './imported-agreement.js';
import { element, member } from './refusal.js';
import { readDuration } from './time.js';
import type { RelationKind } from './types.js';

export interface ExplainedSentence {
  /** Id of the clause that says it; null for what the document says as a whole. */
  readonly clause: string | null;
  /** JSON path of what it explains. */
  readonly place: string;
  readonly text: string;
}

export interface ExplainedSection {
  readonly title: string;
  readonly sentences: readonly ExplainedSentence[];
}

type Json<T> = T extends readonly (infer E)[] ? E : never;
type Permit = Json<NonNullable<AgreementDocument['permits']>>;
type Existence = Json<NonNullable<AgreementDocument['existence']>>;
type Release = Json<NonNullable<AgreementDocument['releases']>>;
type Cap = Json<NonNullable<AgreementDocument['caps']>>;
type Forbid = Json<NonNullable<AgreementDocument['forbids']>>;
type AnyOr = 'any' | readonly string[] | undefined;
type Age = NonNullable<Permit['childAge']>;

const list = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

const spaced = (code: string): string => code.replaceAll(/[-_]/g, ' ');
const named = (value: AnyOr): readonly string[] | null => (value === undefined || value === 'any' ? null : value);

const RELATION_PHRASES: Readonly<Record<RelationKind, string>> = {
  allocated: 'who are allocated to the child',
  team: 'whose team works with the child',
  triage: 'who triage an open contact about the child',
  duty: 'who are on duty for the child',
  'on-roll': 'at whose school the child is on roll',
  registered: 'with whom the child is registered',
  presenting: 'to whom the child has presented',
  invited: 'who are invited to a discussion of the child',
  asserted: 'who give their own reason for looking',
  emergency: 'who break the glass in an emergency',
};

const ABOUT_PHRASES: Readonly<Record<About, string>> = {
  child: 'the child',
  carer: 'a carer',
  sibling: 'a sibling',
  'household-adult': 'an adult of the household',
  'alleged-perpetrator': 'an alleged perpetrator',
  informant: 'an informant',
};

const phrase = (phrases: Readonly<Record<string, string>>, word: string): string =>
  Object.hasOwn(phrases, word) ? phrases[word]! : spaced(word);

const service = (reference: string): string => {
  const dot = reference.indexOf('.');
  const party = reference.slice(0, dot);
  const name = reference.slice(dot + 1);
  return name === '*' ? `every service of ${party}` : `${party} (${name})`;
};

const services = (references: readonly string[], every: string): string =>
  references.includes('*') ? every : list(references.map(service));

const span = (text: string): string => {
  const duration = readDuration(text);
  if (!duration) return text;
  const parts = [
    ...(duration.months > 0 ? [`${duration.months} ${duration.months === 1 ? 'month' : 'months'}`] : []),
    ...(duration.days > 0 ? [`${duration.days} ${duration.days === 1 ? 'day' : 'days'}`] : []),
  ];
  return parts.length > 0 ? list(parts) : 'no time';
};

const isOne = (references: readonly string[]): boolean => references.length === 1 && !/\*$/.test(references[0]!);

const yearsText = ({ min, max }: Age): string => {
  if (min === 'unborn') return max === undefined ? 'of any age or unborn' : `unborn or under ${max + 1}`;
  if (min === undefined) return max === undefined ? 'of any age that is known' : `under ${max + 1}`;
  return max === undefined ? `${min} or older` : `at least ${min} and under ${max + 1}`;
};

const ageText = (who: string, age: Age): string =>
  `${who} ${age.at === 'occurred' ? 'was' : 'is'} ${yearsText(age)} when it ${age.at === 'occurred' ? 'happened' : 'is read'}`;

const facts = (names: readonly string[], joint: string): string =>
  list(
    names.map((name) => (isConditionFact(name) ? CONDITION_FACTS[name].meaning : `“${spaced(name)}” holds`)),
    joint,
  );

interface Conditions {
  readonly roles?: AnyOr;
  readonly relation?: AnyOr;
  readonly purposes?: AnyOr;
  readonly to: readonly string[];
}

const relationsText = (relations: readonly string[]): string =>
  list(
    relations.map((kind) => phrase(RELATION_PHRASES, kind)),
    'or',
  );

/** Who a clause speaks to: place of work, role, relation. Goes before a verb in the plural. */
const readersOf = ({ to, roles, relation }: Conditions): string => {
  const role = named(roles);
  const relations = named(relation);
  const qualifiers = [
    ...(role ? [`in the role of ${list(role.map(spaced), 'or')}`] : []),
    ...(relations ? [relationsText(relations)] : []),
  ];
  const who = to.includes('*') ? 'Readers everywhere' : `Staff of ${services(to, '')}`;
  return qualifiers.length === 0 ? who : `${[who, ...qualifiers].join(', ')},`;
};

const purposesText = (purposes: AnyOr): string => {
  const words = named(purposes);
  return words
    ? ` for ${list(
        words.map((word) => spaced(word).toLowerCase()),
        'or',
      )}`
    : ' for any purpose';
};

const typesText = (types: AnyOr, every = 'all records'): string => {
  const words = named(types);
  return words ? `${list(words)} records` : every;
};

const aboutText = (about: AnyOr): string => {
  if (about === 'any') return ' about anybody';
  return ` about ${list(
    (about ?? ['child']).map((one) => phrase(ABOUT_PHRASES, one)),
    'or',
  )}`;
};

const fieldsText = ({ summary, content, location }: Permit['show']): string => {
  const parts = [
    ...(summary ? ['the summary'] : []),
    ...(content ? [`the ${content.length === 1 ? 'field' : 'fields'} ${list(content.map(spaced))}`] : []),
    ...(location ? [`the ${location.length === 1 ? 'place' : 'places'} ${list(location.map(spaced))}`] : []),
  ];
  return parts.length === 0 ? 'nothing' : list(parts);
};

/** Further sentences that most clauses share. */
const limits = (
  clause: {
    readonly childAge?: Age;
    readonly aboutAge?: Permit['aboutAge'];
    readonly when?: readonly string[];
    readonly unless?: readonly string[];
  },
  isGranting: boolean,
): string[] => [
  ...(clause.childAge
    ? [`Only where ${ageText('the child', clause.childAge)}.`]
    : isGranting
      ? ['Until the child is 18.']
      : []),
  ...(clause.aboutAge
    ? [
        `Of ${list(
          clause.aboutAge.of.map((one) => phrase(ABOUT_PHRASES, one)),
          'or',
        )} only where ${ageText('that person', clause.aboutAge)}.`,
      ]
    : []),
  ...(clause.when ? [`Only when ${facts(clause.when, isGranting ? 'and' : 'or')}.`] : []),
  ...(clause.unless ? [`Not when ${facts(clause.unless, 'or')}.`] : []),
];

const permitText = (permit: Permit): string =>
  [
    `${readersOf(permit)} may see ${fieldsText(permit.show)}: ${typesText(permit.records?.types)} of ` +
      `${services(permit.from, 'every open service')}${aboutText(permit.records?.about)}${purposesText(permit.purposes)}.`,
    ...(permit.records?.tiers ? [`Only of tier ${list(permit.records.tiers, 'or')}.`] : []),
    ...limits(permit, true),
    ...(permit.records?.lookback ? [`For ${span(permit.records.lookback)} after it ended or happened.`] : []),
    ...(permit.newest ? [`Only the newest ${permit.newest} show.`] : []),
    ...(permit.becomes ? [`What is shared becomes data under ${spaced(permit.becomes)}.`] : []),
    ...(permit.handling ? [`To be handled as: ${list(permit.handling)}.`] : []),
    `Readers are told: “${permit.readerText}”.`,
  ].join(' ');

const existenceText = (clause: Existence): string => {
  const during = clause.while === undefined ? [] : [clause.while].flat();
  const types = named(clause.records?.types);
  return [
    `${readersOf(clause)} are told that ${services(clause.of, 'every open service')} ${isOne(clause.of) ? 'is' : 'are'} involved, by kind of party and ` +
      `desk alone${types ? `, where it holds ${list(types, 'or')} records` : ''}${purposesText(clause.purposes)}.`,
    ...(during.length > 0 ? [`Only while ${facts(during, 'and')}.`] : []),
    ...limits(clause, true),
  ].join(' ');
};

const releaseText = (release: Release): string =>
  [
    `${list(release.by.map(spaced), 'or')} of ${
      release.from ? services(release.from, 'any party') : 'any party'
    } may release a record of tier ${list(release.tiers ?? ['originator'], 'or')} to one named person. ${readersOf(release)} then see ${fieldsText(release.show)}${purposesText(release.purposes)}.`,
    ...(release.maxFor ? [`For ${span(release.maxFor)} at most.`] : []),
    ...limits(release, true),
    ...(release.handling ? [`To be handled as: ${list(release.handling)}.`] : []),
  ].join(' ');

const restrictedText = ({ records }: Cap | Forbid, every?: string): string => {
  const words = [
    typesText(records?.types, every),
    ...(records?.tiers ? [`of tier ${list(records.tiers, 'or')}`] : []),
    ...(records?.from ? [`of ${services(records.from, 'every service')}`] : []),
    ...(records?.about
      ? [
          records.about === 'any'
            ? 'about anybody'
            : `about ${list(
                records.about.map((one) => phrase(ABOUT_PHRASES, one)),
                'or',
              )}`,
        ]
      : []),
  ];
  return words.join(' ');
};

const purposeLimit = (purposes: AnyOr): string => (named(purposes) ? purposesText(purposes) : '');

const capText = (cap: Cap): string =>
  [
    `${readersOf(cap)} never see more than ${fieldsText(cap.max)} of ${restrictedText(cap)}${purposeLimit(cap.purposes)}, ` +
      'whatever else allows it.',
    ...limits(cap, false),
  ].join(' ');

const forbidText = (forbid: Forbid): string =>
  [
    `${readersOf(forbid)} never see ${
      forbid.fields
        ? `${list(forbid.fields.map(spaced), 'or')} in ${restrictedText(forbid)}`
        : restrictedText(forbid, 'any records')
    }${purposeLimit(forbid.purposes)}.`,
    ...limits(forbid, false),
  ].join(' ');

const day = (text: string): string => text.slice(0, 16).replace('T', ' ');

const CLASS_PHRASES: Readonly<Record<string, string>> = {
  open: 'open',
  guarded: 'guarded: only a clause that names it opens it',
  hidden: 'hidden: only a release opens it',
};

const whole = (place: string, text: string): ExplainedSentence => ({ clause: null, place, text });

const aboutTheDocument = (document: AgreementDocument): ExplainedSentence[] => {
  const { force } = document;
  return [
    whole(
      '$.force',
      force?.from || force?.until
        ? `It can act${force.from ? ` from ${day(force.from)}` : ''}${force.until ? ` until ${day(force.until)}` : ''}` +
            `${force.reviewBy ? `, and is to be reviewed by ${day(force.reviewBy)}` : ''}.`
        : 'It can act from its adoption on, with no end.',
    ),
    whole('$', 'It acts only on records of organisations that have adopted it, each by two of its own people.'),
  ];
};

const partySentences = (document: AgreementDocument): ExplainedSentence[] =>
  Object.entries(document.parties).map(([name, party]) =>
    whole(
      member('$.parties', name),
      `${name} is ${list(party.orgs, 'or')} (${spaced(party.kind).toLowerCase()}), to be rung at ${party.desk}; ` +
        `its services: ${list(
          Object.entries(party.services).map(
            ([one, serviceClass]) => `${one} (${phrase(CLASS_PHRASES, serviceClass)})`,
          ),
        )}.`,
    ),
  );

const purposeSentences = (document: AgreementDocument): ExplainedSentence[] =>
  Object.entries(document.purposes ?? {}).map(([name, { relations }]) =>
    whole(
      member('$.purposes', name),
      `“${spaced(name).toLowerCase()}” may be the purpose of staff ${relationsText(relations)}.`,
    ),
  );

const waiverSentences = (document: AgreementDocument): ExplainedSentence[] =>
  (document.waivers ?? []).map(({ clause, change, reason }, index) => ({
    clause,
    place: element('$.waivers', index),
    text: `No case would see it if ${change === 'deleted' ? 'this were deleted' : `its ${change} were loosened`}. Accepted because: ${reason}`,
  }));

/**
 * What an `agreement/1` document says, in plain English: a sentence or a few for each clause, with the place that they
 * explain. The document must compile.
 */
export const explainAgreement = (document: AgreementDocument): readonly ExplainedSection[] => {
  const clauses = <C extends { id: string }>(
    name: string,
    items: readonly C[] | undefined,
    text: (clause: C) => string,
  ) =>
    (items ?? []).map((clause, index) => ({
      clause: clause.id,
      place: element(`$.${name}`, index),
      text: text(clause),
    }));
  return [
    { title: 'When it acts', sentences: aboutTheDocument(document) },
    { title: 'Who takes part', sentences: partySentences(document) },
    { title: 'For what', sentences: purposeSentences(document) },
    {
      title: 'Who is told that a service is involved',
      sentences: clauses('existence', document.existence, existenceText),
    },
    { title: 'What is shared', sentences: clauses('permits', document.permits, permitText) },
    { title: 'What takes a decision for one person', sentences: clauses('releases', document.releases, releaseText) },
    { title: 'How far it goes at most', sentences: clauses('caps', document.caps, capText) },
    { title: 'What is never shown', sentences: clauses('forbids', document.forbids, forbidText) },
    { title: 'What is accepted untested', sentences: waiverSentences(document) },
  ].filter(({ sentences }) => sentences.length > 0);
};

const target = (to: readonly string[], except: readonly string[]): string => {
  const words = (codes: readonly string[]): string =>
    list(
      codes.map((code) => (code.startsWith('kind:') ? `any ${code.slice(5)} organisation` : code.slice(4))),
      'or',
    );
  return `${words(to)}${except.length > 0 ? `, but not ${words(except)}` : ''}`;
};

const validText = ({ from, through }: { readonly from?: string; readonly through?: string }): string =>
  `${from ? `, from ${day(from)}` : ''}${through ? `, through ${day(through)}` : ''}`;

/** The same of a policy that was imported: each cell, with the rule that it comes from. */
export const explainImported = (document: ImportedAgreement): readonly ExplainedSection[] => {
  const cellText = (
    cell: ImportedAgreement['permits'][number] | ImportedAgreement['existence'][number],
    verb: string,
    of: string,
  ): string =>
    `Staff of ${target(cell.to, cell.except)} ${verb} ${list(cell.records.types)} records of ${of.slice(4)}` +
    `${purposesText(cell.purposes)}${validText(cell.valid)} (${cell.rule.list}, rule ${cell.rule.index + 1}` +
    `${cell.rule.reason ? `: ${cell.rule.reason}` : ''}).`;
  return [
    {
      title: 'Who takes part',
      sentences: document.parties.map((party, index) =>
        whole(
          element('$.parties', index),
          `${party.organisation}${party.kind ? ` (${spaced(party.kind).toLowerCase()})` : ''}${
            party.desk ? `, to be rung at ${party.desk}` : ''
          }.`,
        ),
      ),
    },
    {
      title: 'Who is told that a service is involved',
      sentences: document.existence.map((cell, index) => ({
        clause: cell.id,
        place: element('$.existence', index),
        text: cellText(cell, 'are told of the involvement, where there are', cell.of),
      })),
    },
    {
      title: 'What is shared',
      sentences: document.permits.map((cell, index) => ({
        clause: cell.id,
        place: element('$.permits', index),
        text: cellText(cell, 'may see everything in', cell.from),
      })),
    },
  ].filter(({ sentences }) => sentences.length > 0);
};
