import { ABOUT, TIERS, type Tier } from '#contracts';
import type { AgreementDocument } from './agreement-schema.js';
import {
  failureOf,
  questionsOf,
  TOO_MANY_CASES,
  wordsOf,
  type CaseQuestion,
  type DocumentWords,
} from './case-questions.js';
import { PERMITTED_TIERS } from './compile-agreement.js';
import {
  SERVICE_CLASSES,
  indexClauses,
  indexParties,
  type AgeTest,
  type Cap,
  type Clause,
  type CompiledAgreement,
  type ExistenceClause,
  type Facets,
  type FieldNames,
  type Forbid,
  type Permit,
  type ReleaseClause,
  type ServiceSet,
} from './compiled-agreement.js';
import { fold } from './codes.js';
import { decideGrants, relationHolds } from './decide-disclosure.js';
import { decideExistence } from './decide-existence.js';
import { relationsAllowing } from './purposes.js';
import { element, member, type Refusal } from './refusal.js';
import type { Duration } from './time.js';
import { RELATION_KINDS, type RelationKind, type SharingState } from './types.js';

/** Changes of one value of a document that none of its cases would see. */
export interface UnwitnessedChange {
  /** The value, as a JSON path; where it is left out, where it would stand. */
  readonly place: string;
  /** Id of the clause; `force`, `purposes` or `parties` outside of clauses. With `change` the name of a waiver. */
  readonly clause: string;
  /** `deleted`, or the value that is loosened. */
  readonly change: string;
  /** Each loosening that is unseen, as a waiver may name it: `relation team`. */
  readonly unseen: readonly string[];
}

type AnyClause = Permit | ExistenceClause | ReleaseClause | Cap | Forbid;
type List = 'permits' | 'existence' | 'releases' | 'caps' | 'forbids';

const LISTS: readonly List[] = ['existence', 'permits', 'releases', 'caps', 'forbids'];
const GRANTING: readonly List[] = ['existence', 'permits', 'releases'];

/** What a clause's values are called in its document, below the clause. */
const WRITTEN: Readonly<Record<string, string>> = {
  types: 'records.types',
  about: 'records.about',
  tiers: 'records.tiers',
  lookback: 'records.lookback',
};

interface Change<C> {
  /** The value that changes, as the document calls it. */
  readonly value: string;
  /** Every changed clause by what it is called. */
  readonly variants: readonly { readonly name: string; readonly clause: C }[];
  /** The clause with this value as loose as it can be, where that tells which cases can see any of the variants. */
  readonly widest: C | null;
}

const without = <T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> =>
  new Set([...set].filter((each) => each !== value));
const plus = <T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> => new Set([...set, value]);
const missing = <T>(words: readonly T[], set: ReadonlySet<T> | null): readonly T[] =>
  set === null ? [] : words.filter((word) => !set.has(word));

const holds = (set: ServiceSet, service: string): boolean =>
  set.all || set.services.has(service) || set.parties.has(service.slice(0, service.indexOf('.')));
const withService = (set: ServiceSet, service: string): ServiceSet => ({
  ...set,
  services: plus(set.services, service),
});

const longer = (duration: Duration): Duration => ({ ...duration, days: duration.days + 1 });

interface Context {
  readonly document: AgreementDocument;
  readonly agreement: CompiledAgreement;
  readonly words: DocumentWords;
  readonly questions: readonly CaseQuestion[];
}

/** Purposes with the relations under which a clause acts for them; what the hub or the document bars is not there. */
const admitted = ({ agreement, words }: Context, clause: Clause): string =>
  words.purposes
    .filter((purpose) => clause.purposes === null || clause.purposes.has(fold(purpose)))
    .flatMap((purpose) => {
      const allowed = relationsAllowing(purpose, true);
      return RELATION_KINDS.filter(
        (relation) => allowed.has(relation) && relationHolds(agreement, clause, fold(purpose), relation),
      ).map((relation) => `${purpose} ${relation}`);
    })
    .join(';');

const servicesIn = ({ words }: Context, set: ServiceSet | null): readonly string[] =>
  words.services.filter((service) => set === null || holds(set, service));

const classOf = ({ document }: Context, service: string): string => {
  const [party = '', name = ''] = [service.slice(0, service.indexOf('.')), service.slice(service.indexOf('.') + 1)];
  return document.parties[party]?.services[name] ?? '';
};

/** Whether a party can be one organisation only, so that its service never reads but its own records. */
const isOneOrganisation = ({ document }: Context, service: string): boolean => {
  const orgs = document.parties[service.slice(0, service.indexOf('.'))]?.orgs ?? [];
  return orgs.length === 1 && !orgs[0]!.includes('*');
};

/** Sharing a service's records with that very service opens nothing. */
const isOwnAlone = (context: Context, from: readonly string[], to: readonly string[]): boolean =>
  from.every((service) => isOneOrganisation(context, service) && to.every((reader) => reader === service));

/** What every clause that shows or tells something asks of whom, why and how. */
const wideningsOf = <C extends Clause>(context: Context, clause: C, list: List): Change<C>[] => {
  const { words, agreement } = context;
  const changes: Change<C>[] = [];
  const change = (value: string, widest: Partial<C>, variants: readonly [string, Partial<C>][]): void => {
    changes.push({
      value,
      widest: { ...clause, ...widest },
      variants: variants.map(([name, part]) => ({ name: `${value} ${name}`, clause: { ...clause, ...part } })),
    });
  };
  const part = (fields: object): Partial<C> => fields as Partial<C>;
  const everyService: ServiceSet = {
    // Guarded services are reached by their names alone.
    all: false,
    parties: new Set(Object.keys(context.document.parties)),
    services: new Set(
      words.services.filter((service) => list === 'releases' || classOf(context, service) !== 'hidden'),
    ),
  };

  const audience = clause.to.services!;
  const sources = servicesIn(context, clause.from).filter(
    (service) => list === 'releases' || classOf(context, service) !== 'hidden',
  );
  change(
    'to',
    part({ to: { ...clause.to, services: { ...everyService, services: new Set(words.services) } } }),
    words.services
      .filter((service) => !holds(audience, service) && !isOwnAlone(context, sources, [service]))
      .map((service) => [service, part({ to: { ...clause.to, services: withService(audience, service) } })]),
  );
  const readers = servicesIn(context, audience);
  const from = clause.from;
  if (from !== null)
    change(
      list === 'existence' ? 'of' : 'from',
      part({ from: everyService }),
      [...everyService.services]
        .filter((service) => !servesAlready(context, from, service, list) && !isOwnAlone(context, [service], readers))
        .map((service) => [service, part({ from: withService(from, service) })]),
    );
  if (clause.roles !== null) {
    const { roles } = clause;
    change('roles', part({ roles: null }), [
      ['any', part({ roles: null })],
      ...missing(words.roles, roles).map((role): [string, Partial<C>] => [role, part({ roles: plus(roles, role) })]),
    ]);
  }
  const changesPairs = (changed: Partial<C>): boolean =>
    admitted(context, { ...clause, ...changed }) !== admitted(context, clause);
  if (clause.relations !== null) {
    const { relations } = clause;
    change(
      'relation',
      part({ relations: null }),
      missing<RelationKind>(RELATION_KINDS, relations)
        .map((relation): [string, Partial<C>] => [relation, part({ relations: plus(relations, relation) })])
        .filter(([, changed]) => changesPairs(changed)),
    );
  }
  if (clause.purposes !== null) {
    const { purposes } = clause;
    change(
      'purposes',
      part({ purposes: null }),
      words.purposes
        .filter((purpose) => !purposes.has(fold(purpose)))
        .map((purpose): [string, Partial<C>] => [purpose, part({ purposes: plus(purposes, fold(purpose)) })])
        .filter(([, changed]) => changesPairs(changed)),
    );
  }
  if (clause.types !== null) {
    const { types } = clause;
    change('types', part({ types: null }), [
      ['any', part({ types: null })],
      ...words.types
        .filter((type) => !types.has(fold(type)))
        .map((type): [string, Partial<C>] => [type, part({ types: plus(types, fold(type)) })]),
    ]);
  }
  if (clause.about !== null) {
    const about = clause.about;
    change(
      'about',
      part({ about: null }),
      missing<string>(ABOUT, about).map((one) => [one, part({ about: plus(about, one) })]),
    );
  }
  if (clause.tiers !== null) {
    const tiers = clause.tiers;
    const open: readonly Tier[] = list === 'permits' ? [...PERMITTED_TIERS] : TIERS.filter((tier) => tier !== 'sealed');
    change(
      'tiers',
      part({ tiers: new Set(TIERS) }),
      missing<Tier>(open, tiers).map((tier) => [tier, part({ tiers: plus(tiers, tier) })]),
    );
  }
  for (const age of ['childAge', 'aboutAge'] as const) {
    const test = clause[age];
    if (test === null) continue;
    const { max, min } = test;
    const wider = (next: Partial<AgeTest>): Partial<C> => part({ [age]: { ...test, ...next } });
    change(age, part({ [age]: null }), [
      ['none', part({ [age]: null })],
      ...(max === null ? [] : [[`max ${max + 1}`, wider({ max: max + 1 })] as [string, Partial<C>]]),
      ...(min === 'unborn' || min === 0 ? [] : [[`min ${min - 1}`, wider({ min: min - 1 })] as [string, Partial<C>]]),
    ]);
  }
  for (const facts of ['when', 'unless'] as const)
    if (clause[facts].length > 0)
      change(
        facts,
        part({ [facts]: [] }),
        clause[facts].map((fact) => [fact, part({ [facts]: clause[facts].filter((each) => each !== fact) })]),
      );
  if ('show' in clause) {
    const show = clause.show as Permit['show'];
    const more: [string, Partial<C>][] = show.summary ? [] : [['summary', part({ show: { ...show, summary: true } })]];
    for (const facet of ['content', 'location'] as const) {
      const shown: FieldNames = show[facet];
      if (shown === '*') continue;
      for (const name of agreement.fieldNames[facet])
        if (!shown.has(name)) more.push([`${facet} ${name}`, part({ show: { ...show, [facet]: plus(shown, name) } })]);
    }
    const { content, location } = agreement.fieldNames;
    change('show', part({ show: { summary: true, content, location } }), more);
  }
  return changes;
};

/** A `*` reaches no guarded service: only its name does. */
const servesAlready = (context: Context, from: ServiceSet, service: string, list: List): boolean =>
  list !== 'releases' && classOf(context, service) === 'guarded' ? from.services.has(service) : holds(from, service);

const widerPermits = (context: Context, permit: Permit): Change<Permit>[] => [
  ...wideningsOf(context, permit, 'permits'),
  ...(permit.lookback === null
    ? []
    : [
        {
          value: 'lookback',
          widest: { ...permit, lookback: null },
          variants: [
            { name: 'lookback none', clause: { ...permit, lookback: null } },
            { name: 'lookback a day more', clause: { ...permit, lookback: longer(permit.lookback) } },
          ],
        },
      ]),
  ...(permit.newest === null
    ? []
    : [
        {
          value: 'newest',
          widest: null,
          variants: [
            { name: 'newest none', clause: { ...permit, newest: null } },
            { name: 'newest one more', clause: { ...permit, newest: permit.newest + 1 } },
          ],
        },
      ]),
];

const widerReleases = (context: Context, release: ReleaseClause): Change<ReleaseClause>[] => [
  ...wideningsOf(context, release, 'releases'),
  ...(release.maxFor === null
    ? []
    : [
        {
          value: 'maxFor',
          widest: { ...release, maxFor: null },
          variants: [
            { name: 'maxFor none', clause: { ...release, maxFor: null } },
            { name: 'maxFor a day more', clause: { ...release, maxFor: longer(release.maxFor) } },
          ],
        },
      ]),
  {
    value: 'by',
    widest: null,
    variants: missing(context.words.roles, release.by).map((role) => ({
      name: `by ${role}`,
      clause: { ...release, by: plus(release.by, role) },
    })),
  },
];

/** A restriction is loosened where it reaches less. A list of one word is loosened by deleting the clause. */
const narrowingsOf = <C extends Cap | Forbid>({ agreement }: Context, clause: C): Change<C>[] => {
  const changes: Change<C>[] = [];
  const change = (value: string, variants: readonly [string, object][]): void => {
    changes.push({
      value,
      widest: null,
      variants: variants.map(([name, part]) => ({ name: `${value} ${name}`, clause: { ...clause, ...part } })),
    });
  };
  const each = (value: string, name: keyof C, set: ReadonlySet<string> | null): void => {
    if (set !== null && set.size > 1)
      change(
        value,
        [...set].map((one) => [`without ${one}`, { [name]: without(set, one) }]),
      );
  };
  const services = (value: string, name: 'to' | 'from', set: ServiceSet | null): void => {
    if (set === null || set.all) return;
    const named = [...set.services, ...set.parties];
    if (named.length < 2) return;
    change(
      value,
      named.map((one) => {
        const less: ServiceSet = { ...set, services: without(set.services, one), parties: without(set.parties, one) };
        return [`without ${one}`, name === 'to' ? { to: { ...clause.to, services: less } } : { from: less }];
      }),
    );
  };
  services('to', 'to', clause.to.services);
  services('from', 'from', clause.from);
  each('roles', 'roles', clause.roles);
  each('relation', 'relations', clause.relations);
  each('purposes', 'purposes', clause.purposes);
  each('types', 'types', clause.types);
  each('about', 'about', clause.about);
  each('tiers', 'tiers', clause.tiers);
  if (clause.when.length > 1)
    change(
      'when',
      clause.when.map((fact) => [`without ${fact}`, { when: clause.when.filter((one) => one !== fact) }]),
    );
  const excuses = [...agreement.facts].filter((fact) => !clause.unless.includes(fact) && !clause.when.includes(fact));
  if (clause.unless.length > 0)
    change(
      'unless',
      excuses.map((fact) => [fact, { unless: [...clause.unless, fact] }]),
    );
  for (const age of ['childAge', 'aboutAge'] as const) {
    const test = clause[age];
    if (test === null) continue;
    const { min, max } = test;
    const narrower: [string, object][] = [];
    if (max !== null) narrower.push([`max ${max - 1}`, { [age]: { ...test, max: max - 1 } }]);
    if (min !== 'unborn') narrower.push([`min ${min + 1}`, { [age]: { ...test, min: min + 1 } }]);
    change(age, narrower);
  }
  if ('max' in clause) {
    const { max } = clause;
    const more: [string, object][] = max.summary ? [] : [['summary', { max: { ...max, summary: true } }]];
    const capped = [...clausesOf(agreement, 'permits'), ...agreement.releases].filter((granting) =>
      granting.relations && clause.relations ? !granting.relations.isDisjointFrom(clause.relations) : true,
    ) as (Permit | ReleaseClause)[];
    for (const facet of ['content', 'location'] as const) {
      const left: FieldNames = max[facet];
      if (left === '*') continue;
      // What nothing shows there, the cap does not hold back.
      for (const name of agreement.fieldNames[facet])
        if (!left.has(name) && capped.some(({ show }) => show[facet] === '*' || show[facet].has(name)))
          more.push([`${facet} ${name}`, { max: { ...max, [facet]: plus(left, name) } }]);
    }
    change('max', more);
  } else each('fields', 'fields' as keyof C, (clause as Forbid).fields);
  return changes;
};

const clausesOf = (agreement: CompiledAgreement, list: List): readonly AnyClause[] => {
  const held = agreement[list];
  return held instanceof Map ? [...new Set([...held.values()].flat())] : (held as readonly AnyClause[]);
};

/** The document with other clauses in one of its lists. */
const withClauses = (agreement: CompiledAgreement, list: List, clauses: readonly AnyClause[]): CompiledAgreement => ({
  ...agreement,
  [list]: list === 'permits' || list === 'existence' ? indexClauses(clauses) : clauses,
});

/** A document with one clause that shows or tells something, and nothing that restricts it. */
const alone = (agreement: CompiledAgreement, list: List, clause: AnyClause): CompiledAgreement =>
  withClauses({ ...agreement, permits: new Map(), existence: new Map(), releases: [], caps: [], forbids: [] }, list, [
    clause,
  ]);

/** Whether at most one thing that a question asks of a clause is not found there, as far as that is cheap to say. */
const isNear = (clause: AnyClause, { seat, source, viewer, state, entry }: CaseQuestion): boolean => {
  let misses = 0;
  const miss = (isMissed: boolean): boolean => isMissed && (misses += 1) > 1;
  return !(
    miss(clause.to.services !== null && !holds(clause.to.services, seat)) ||
    miss(clause.from !== null && !holds(clause.from, source)) ||
    miss(clause.roles !== null && !clause.roles.has(viewer.role)) ||
    miss(clause.purposes !== null && !clause.purposes.has(fold(state.purpose))) ||
    miss(clause.types !== null && !clause.types.has(fold(entry.type))) ||
    miss(clause.about !== null && !clause.about.has(entry.about)) ||
    miss(clause.tiers !== null && !clause.tiers.has(entry.tier)) ||
    miss(clause.relations !== null && !state.relations.some((relation) => clause.relations!.has(relation)))
  );
};

const SUMMARY: Facets = { summary: true, content: new Set(), location: new Set() };

/** Whether a clause that stands alone tells or shows anything at all in answer to a question. */
const touches = (only: CompiledAgreement, list: List, question: CaseQuestion): boolean => {
  const state: SharingState = { ...question.state, agreements: [{ agreement: only, adoptions: 'all' }] };
  const told = (): boolean => decideExistence(question.viewer, state, question.service).shown;
  if (list === 'existence') return told();
  const shown = decideGrants(question.viewer, state, { ...question.entry, fields: [] }).length > 0;
  return shown || (list === 'releases' && told());
};

const isSeen = (changed: CompiledAgreement, questions: readonly CaseQuestion[]): boolean =>
  questions.some((question) => failureOf(changed, question) !== null);

const changesOf = (context: Context, list: List, clause: AnyClause): Change<AnyClause>[] => {
  switch (list) {
    case 'permits':
      return widerPermits(context, clause as Permit);
    case 'releases':
      return widerReleases(context, clause as ReleaseClause);
    case 'existence':
      return wideningsOf(context, clause as ExistenceClause, 'existence');
    case 'caps':
    case 'forbids':
      return narrowingsOf(context, clause as Cap | Forbid);
  }
};

const unseenInClause = (
  context: Context,
  list: List,
  index: number,
  clause: AnyClause,
  all: readonly AnyClause[],
): UnwitnessedChange[] => {
  const { agreement, questions, document } = context;
  const place = element(`$.${list}`, index);
  const found: UnwitnessedChange[] = [];
  const replacedBy = (changed: AnyClause | null): CompiledAgreement =>
    withClauses(
      agreement,
      list,
      all.flatMap((each) => (each !== clause ? [each] : changed === null ? [] : [changed])),
    );
  const isGranting = GRANTING.includes(list);
  // One value is loosened at a time: what differs from the clause in two can see no change of it.
  const near = isGranting ? questions.filter((question) => isNear(clause, question)) : questions;
  const reached = (widest: AnyClause): readonly CaseQuestion[] => {
    const only = alone(agreement, list, 'show' in widest ? { ...widest, show: SUMMARY } : widest);
    return near.filter((question) => touches(only, list, question));
  };
  if (!isSeen(replacedBy(null), isGranting ? reached(clause) : near))
    found.push({ place, clause: clause.id, change: 'deleted', unseen: ['deleted'] });
  const json = document[list]?.[index] as Readonly<Record<string, unknown>>;
  for (const { value, variants, widest } of changesOf(context, list, clause)) {
    if (variants.length === 0) continue;
    const seeing = widest === null ? near : reached(widest);
    const unseen = variants.filter((variant) => !isSeen(replacedBy(variant.clause), seeing)).map(({ name }) => name);
    if (unseen.length === 0) continue;
    // `while` of an existence clause stands among its `when`.
    const isWhile = value === 'when' && list === 'existence' && json['when'] === undefined;
    const written = isWhile ? 'while' : value;
    const inside = value === 'from' && !isGranting ? 'records.from' : (WRITTEN[value] ?? written);
    found.push({
      place: list === 'releases' && value === 'tiers' ? `${place}.tiers` : `${place}.${inside}`,
      clause: clause.id,
      change: written,
      unseen: isWhile ? unseen.map((name) => name.replace(/^when /, 'while ')) : unseen,
    });
  }
  return found;
};

/** The parts of a document that stand outside its clauses: when it is in force, its purposes, its services' classes. */
const unseenOutside = (context: Context): UnwitnessedChange[] => {
  const { agreement, document, questions } = context;
  const found: UnwitnessedChange[] = [];
  const add = (place: string, clause: string, change: string, changed: CompiledAgreement): void => {
    if (!isSeen(changed, questions)) found.push({ place, clause, change, unseen: [change] });
  };
  if (Number.isFinite(agreement.force.from))
    add('$.force.from', 'force', 'from', { ...agreement, force: { ...agreement.force, from: -Infinity } });
  if (Number.isFinite(agreement.force.until))
    add('$.force.until', 'force', 'until', { ...agreement, force: { ...agreement.force, until: Infinity } });

  const granting = GRANTING.flatMap((list) => clausesOf(agreement, list));
  const pairs = (changed: CompiledAgreement): string =>
    granting.map((clause) => admitted({ ...context, agreement: changed }, clause)).join('|');
  const before = pairs(agreement);
  const table = agreement.purposes;
  if (table)
    for (const purpose of Object.keys(document.purposes ?? {}))
      for (const relation of relationsAllowing(purpose, true)) {
        const relations = table.get(fold(purpose));
        if (!relations || relations.has(relation)) continue;
        const changed = { ...agreement, purposes: new Map([...table, [fold(purpose), plus(relations, relation)]]) };
        if (pairs(changed) !== before)
          add(member(member('$.purposes', purpose), 'relations'), 'purposes', `${purpose} ${relation}`, changed);
      }

  const parties = agreement.parties.all;
  for (const party of parties)
    for (const [service, serviceClass] of party.services) {
      const looser = SERVICE_CLASSES[SERVICE_CLASSES.indexOf(serviceClass) - 1];
      // Only a clause that names a whole party, or everybody, reaches a service by its class.
      const isReached = [...clausesOf(agreement, 'permits'), ...clausesOf(agreement, 'existence')].some(
        ({ from }) => from === null || from.all || from.parties.has(party.name),
      );
      if (looser === undefined || !isReached) continue;
      const changed = parties.map((one) =>
        one === party ? { ...one, services: new Map([...one.services, [service, 'open' as const]]) } : one,
      );
      add(
        member(member(member('$.parties', party.name), 'services'), service),
        'parties',
        `${party.name}.${service} open`,
        { ...agreement, parties: indexParties(changed) },
      );
    }
  return found;
};

const waives = (waiver: { clause: string; change: string }, clause: string, change: string): boolean =>
  waiver.clause === clause && (change === waiver.change || change.startsWith(`${waiver.change} `));

/** Clauses times cases beyond which a document is not checked, so that a check stays a matter of a second or two. */
const MOST_WORK = 40_000;

/**
 * What could be changed in an `agreement/1` document without one of its own cases failing: any one clause deleted, or
 * any one value loosened. Granting clauses (permit, existence, release) are loosened by another reader's service,
 * owner's service, role, relation, purpose, record type, person or tier of the words that the document or the hub
 * knows, by any role or type, by no age limit or a year more, no look-back or a day more, no longest time or a day
 * more, no `newest` or one more, one condition less, one field more; restricting ones (cap, forbid) by one word less,
 * one excuse more, or one field more under a cap. Of the document itself: no end or start of its force, one relation
 * more for a purpose, a service opened that a clause for a whole party would then reach. A change by which no decision
 * can differ (a relation that the hub bars for the purpose) is none. What no decision reads (basis, handling,
 * delivery) is not looked at, nor are the organisations of a party: those are people's to read.
 *
 * Waived changes are left out, and a waiver that waives nothing is refused, so that none outlives its reason. The
 * document must compile, and its cases must hold; of imported policies nothing is asked, for their cases are their
 * source's own verdicts.
 */
export const unwitnessedChanges = (
  document: AgreementDocument,
  agreement: CompiledAgreement,
): { readonly unseen: readonly UnwitnessedChange[]; readonly refused: readonly Refusal[] } => {
  const questions = questionsOf(document, agreement);
  const clauses = LISTS.reduce((sum, list) => sum + (document[list]?.length ?? 0), 0);
  if (questions === null || clauses * questions.length > MOST_WORK) return { unseen: [], refused: [TOO_MANY_CASES] };
  const context: Context = { document, agreement, words: wordsOf(document), questions };
  const all = [
    ...LISTS.flatMap((list) => {
      const compiled = clausesOf(agreement, list);
      const byId = new Map(compiled.map((clause) => [clause.id, clause]));
      return (document[list] ?? []).flatMap(({ id }, index) =>
        unseenInClause(context, list, index, byId.get(id)!, compiled),
      );
    }),
    ...unseenOutside(context),
  ];
  const waivers = document.waivers ?? [];
  const used = new Set<number>();
  const unseen = all.flatMap((one) => {
    const left = one.unseen.filter((name) => {
      const waived = waivers.flatMap((waiver, index) => (waives(waiver, one.clause, name) ? [index] : []));
      waived.forEach((index) => used.add(index));
      return waived.length === 0;
    });
    return left.length === 0 ? [] : [{ ...one, unseen: left }];
  });
  const refused = waivers.flatMap((_, index) =>
    used.has(index) ? [] : [{ place: element('$.waivers', index), reason: 'waives nothing that the cases do not see' }],
  );
  return { unseen, refused };
};
