import type { AgreementDocument } from '#sharing';
import { addToInstant, toInstant } from '../decision-oracle/zoned-time.js';
import {
  EXISTENCE,
  FACET_TIER,
  NO,
  SUMMARY,
  YES,
  actionIn,
  actionRef,
  all,
  either,
  fieldAction,
  inWindow,
  not,
  policyText,
  quoted,
  rankOf,
  ranksOf,
  setOf,
  type Policy,
} from './cedar-text.js';
import { folded, type QuestionAdoption, type QuestionRelease } from './cedar-question.js';

/** Of the document only its JSON is known here: nothing of what the product makes of it. */
type Element<List> = NonNullable<List> extends readonly (infer One)[] ? One : never;
type PermitClause = Element<AgreementDocument['permits']>;
type ExistenceClause = Element<AgreementDocument['existence']>;
type ReleaseClause = Element<AgreementDocument['releases']>;
type CapClause = Element<AgreementDocument['caps']>;
type ForbidClause = Element<AgreementDocument['forbids']>;
type AnyClause = Pick<PermitClause, 'to' | 'roles' | 'relation' | 'purposes' | 'childAge' | 'when' | 'unless'>;
type AgeTest = NonNullable<PermitClause['childAge']>;
type AboutAge = NonNullable<PermitClause['aboutAge']>;
type Show = PermitClause['show'];

/** A document, by whom it was adopted, and what its owners released. */
export interface AdoptedDocument {
  readonly document: AgreementDocument;
  /** `all`: everybody whom it names. */
  readonly adoptions: readonly QuestionAdoption[] | 'all';
  readonly releases: readonly QuestionRelease[];
}

const DEFAULT_ZONE = 'Europe/London';
const DEFAULT_TIERS = ['contact', 'ordinary', 'special'];
const END_OF_CHILDHOOD = 17;
/** What a star of an organisation's pattern never stands for. */
const BETWEEN_PARTS = ['/', ':', '@'];

export const zoneOf = (document: AgreementDocument): string => document.zone ?? DEFAULT_ZONE;

/** Every look-back of a document: whoever asks works out when each ends, for Cedar knows no calendar. */
export const lookbacksOf = (document: AgreementDocument): string[] => [
  ...new Set((document.permits ?? []).flatMap(({ records }) => records?.lookback ?? [])),
];

const like = (subject: string, literals: readonly string[]): string =>
  `${subject} like "${literals.map((literal) => quoted(literal).slice(1, -1)).join('*')}"`;

/**
 * Whether an organisation meets an id or a pattern. A star stands for one or more characters of one part of an id,
 * where Cedar's stands for any, so the others are taken away again.
 */
const organisationIs = (subject: string, pattern: string): string => {
  const literals = folded(pattern).split('*');
  if (literals.length === 1) return `${subject} == ${quoted(folded(pattern))}`;
  if (literals.slice(1, -1).some((literal) => !BETWEEN_PARTS.some((mark) => literal.includes(mark))))
    throw new Error('two stars with no mark between them have no translation');
  const others = literals.slice(1).flatMap((_, star) => {
    const before = literals.slice(0, star + 1);
    const after = literals.slice(star + 1);
    const empty = [...before.slice(0, -1), `${before.at(-1) ?? ''}${after[0] ?? ''}`, ...after.slice(1)];
    return [like(subject, empty), ...BETWEEN_PARTS.map((mark) => like(subject, [...before, mark, ...after]))];
  });
  return all(like(subject, literals), ...others.map(not));
};

/** One document as Cedar policies. */
class Translation {
  readonly document: AgreementDocument;
  readonly zone: string;
  readonly adopted: AdoptedDocument;
  /** What is true of records on which no document restricts anything. */
  readonly exempt: string;

  constructor(adopted: AdoptedDocument, exempt: string) {
    this.adopted = adopted;
    this.exempt = exempt;
    this.document = adopted.document;
    this.zone = zoneOf(adopted.document);
  }

  belongs(who: 'principal' | 'resource', party: string): string {
    const orgs = this.document.parties[party]?.orgs ?? [];
    return either(...orgs.map((pattern) => organisationIs(`${who}.organisation`, pattern)));
  }

  /** Services of the document as [party, service, class]. */
  get services(): (readonly [party: string, service: string, openness: string])[] {
    return Object.entries(this.document.parties).flatMap(([party, { services }]) =>
      Object.entries(services).map(([service, openness]) => [party, service, openness] as const),
    );
  }

  isService(who: 'principal' | 'resource', party: string, service: string): string {
    return all(this.belongs(who, party), `${who}.service == ${quoted(service)}`);
  }

  /** Whether the service is of one of these classes for a party; where it has several the strictest holds. */
  hasClass(classes: readonly string[]): string {
    const found = this.services.filter(([, , openness]) => classes.includes(openness));
    return either(...found.map(([party, service]) => this.isService('resource', party, service)));
  }

  get isListed(): string {
    return either(...this.services.map(([party, service]) => this.isService('resource', party, service)));
  }

  /** What a clause that opens reaches: open services by any reference, guarded ones by their name, hidden ones never. */
  opens(references: readonly string[]): string {
    return either(
      ...references.map((reference) => {
        const [party = '', service = ''] = reference.split('.');
        if (reference !== '*' && service !== '*')
          return all(this.isService('resource', party, service), not(this.hasClass(['hidden'])));
        const open = this.services.filter(([of, , openness]) => openness === 'open' && [of, '*'].includes(party));
        return all(
          either(...open.map(([of, name]) => this.isService('resource', of, name))),
          not(this.hasClass(['guarded', 'hidden'])),
        );
      }),
    );
  }

  /** What a reference means where class does not count: of readers, and of clauses that close. */
  means(who: 'principal' | 'resource', references: readonly string[] | undefined): string {
    if (references === undefined || references.includes('*')) return YES;
    return either(
      ...references.map((reference) => {
        const [party = '', service = ''] = reference.split('.');
        return service === '*' ? this.belongs(who, party) : this.isService(who, party, service);
      }),
    );
  }

  /** In force, and adopted by the owner, who is a party of it. Said last: Cedar reads an instant anew each time. */
  get acts(): string {
    const { force } = this.document;
    const instant = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : toInstant(text, this.zone);
    const adoptions = this.adopted.adoptions;
    return all(
      either(...Object.keys(this.document.parties).map((party) => this.belongs('resource', party))),
      adoptions === 'all'
        ? YES
        : either(
            ...adoptions.map(({ organisation, from, until }) =>
              all(`resource.organisation == ${quoted(folded(organisation))}`, inWindow(from, until)),
            ),
          ),
      inWindow(instant(force?.from), instant(force?.until)),
    );
  }

  relation(names: AnyClause['relation']): string {
    if (names === undefined || names === 'any') return YES;
    return all('context has relation', `${setOf(names)}.contains(context.relation)`);
  }

  /** The document's own table of purposes, which leaves each only some of the relations. */
  get purposeTable(): string {
    const table = this.document.purposes;
    if (table === undefined) return YES;
    return either(
      ...Object.entries(table).map(([purpose, { relations }]) =>
        all(`context.purpose == ${quoted(folded(purpose))}`, this.relation(relations)),
      ),
    );
  }

  situation({ to, roles, purposes }: AnyClause): string {
    return all(
      this.means('principal', to),
      roles === undefined || roles === 'any' ? YES : `${setOf(roles)}.contains(principal.role)`,
      purposes === undefined || purposes === 'any' ? YES : `${setOf(purposes.map(folded))}.contains(context.purpose)`,
    );
  }

  private age(whose: 'child' | 'other', test: AgeTest, doubt: 'opens' | 'closes'): string {
    const calendar = `context.calendar[${quoted(this.zone)}]`;
    const name = `${whose}${test.at === 'occurred' ? 'Occurred' : 'Read'}`;
    const [least, most] = doubt === 'opens' ? ['youngest', 'oldest'] : ['oldest', 'youngest'];
    const min = test.min ?? 0;
    const holds = all(
      min === 'unborn' ? YES : `${calendar}.${name}.${least} >= ${String(min)}`,
      test.max === undefined ? YES : `${calendar}.${name}.${most} <= ${String(test.max)}`,
    );
    const known = `${calendar} has ${name}`;
    return doubt === 'opens' ? all(known, holds) : either(not(known), holds);
  }

  /** What opens for practitioners ends at eighteen where the clause does not say how it ends. */
  childhood(test: AgeTest | undefined): string {
    return this.age('child', { max: END_OF_CHILDHOOD, ...test }, 'opens');
  }

  aboutAge(test: AboutAge | undefined, doubt: 'opens' | 'closes'): string {
    if (test === undefined) return YES;
    return either(
      not(`${setOf(test.of)}.contains(resource.about)`),
      all('resource.about == "child"', this.age('child', test, doubt)),
      all('resource.about != "child"', this.age('other', test, doubt)),
    );
  }

  /** A clause that opens needs all of its facts and none of its exceptions. */
  factsOpen(when: readonly string[], unless: readonly string[] = []): string {
    return all(
      when.length === 0 ? YES : `context.facts.containsAll(${setOf(when)})`,
      unless.length === 0 ? YES : not(`context.facts.containsAny(${setOf(unless)})`),
    );
  }

  /** One fact is enough for a clause that closes, and one exception to lift it. */
  factsClose({ when, unless }: AnyClause): string {
    return all(
      when === undefined ? YES : `context.facts.containsAny(${setOf(when)})`,
      unless === undefined ? YES : not(`context.facts.containsAny(${setOf(unless)})`),
    );
  }

  lookback(text: string | undefined): string {
    if (text === undefined) return YES;
    const lookback = `context.calendar[${quoted(this.zone)}].lookback`;
    return either(
      'context.ongoing',
      all(`${lookback} has ${quoted(text)}`, `context.at < ${lookback}[${quoted(text)}]`),
    );
  }

  types(names: 'any' | readonly string[] | undefined): string {
    return names === undefined || names === 'any' ? YES : `resource.types.containsAny(${setOf(names.map(folded))})`;
  }

  shown(show: Show): string[] {
    return [
      ...(show.summary === true ? [SUMMARY] : []),
      ...(show.content ?? []).map((name) => fieldAction('content', name)),
      ...(show.location ?? []).map((name) => fieldAction('location', name)),
    ];
  }

  permit(clause: PermitClause): Policy {
    const tiers = ranksOf(clause.records?.tiers ?? DEFAULT_TIERS);
    const about = clause.records?.about ?? ['child'];
    const when = all(
      this.opens(clause.from),
      this.types(clause.records?.types),
      about === 'any' ? YES : `${setOf(about)}.contains(resource.about)`,
      about === 'any' ? YES : `${setOf([...about, 'worker', 'organisation'])}.contains(context.about)`,
      `${tiers}.contains(resource.tier)`,
      `${tiers}.contains(${FACET_TIER})`,
      this.situation(clause),
      this.relation(clause.relation),
      this.purposeTable,
      this.childhood(clause.childAge),
      this.aboutAge(clause.aboutAge, 'opens'),
      this.factsOpen(clause.when ?? [], clause.unless),
      this.lookback(clause.records?.lookback),
      this.acts,
    );
    return this.policy(clause.id, ['permit', '', actionIn(this.shown(clause.show)), 'resource is Entry'], when);
  }

  existence(clause: ExistenceClause): Policy {
    const when = all(
      this.opens(clause.of),
      this.types(clause.records?.types),
      this.situation(clause),
      this.relation(clause.relation),
      this.purposeTable,
      this.childhood(clause.childAge),
      this.factsOpen([...(clause.when ?? []), ...[clause.while ?? []].flat()], clause.unless),
      this.acts,
    );
    return this.policy(clause.id, ['permit', '', `action == ${actionRef(EXISTENCE)}`, 'resource is Service'], when);
  }

  /** A release by its owner, under a clause, is a policy of its own: that person, that entry. It tells of the service. */
  release(clause: ReleaseClause, release: QuestionRelease, name: string): Policy[] {
    const from = toInstant(release.from, this.zone);
    const longest = clause.maxFor === undefined ? undefined : addToInstant(from, clause.maxFor, this.zone);
    const when = all(
      this.isListed,
      this.means('resource', clause.from),
      `${setOf(clause.by)}.contains(${quoted(release.byRole)})`,
      `resource.organisation == ${quoted(folded(release.owner.organisation))}`,
      `resource.service == ${quoted(release.owner.service)}`,
      this.situation(clause),
      this.relation(clause.relation),
      this.purposeTable,
      this.childhood(clause.childAge),
      this.factsOpen(clause.when ?? [], clause.unless),
      inWindow(from, toInstant(release.until, this.zone)),
      inWindow(undefined, longest),
      this.acts,
    );
    const { fields } = release;
    const released = fields?.flatMap((field) => [fieldAction('content', field), fieldAction('location', field)]);
    const person = `principal == Viewer::${quoted(release.staffKey)}`;
    const entry = all(
      `${ranksOf(clause.tiers ?? ['originator'])}.contains(resource.tier)`,
      `${FACET_TIER} < ${String(rankOf('sealed'))}`,
      released === undefined ? YES : actionIn([SUMMARY, ...released]),
    );
    return [
      this.policy(
        clause.id,
        ['permit', person, actionIn(this.shown(clause.show)), `resource == Entry::${quoted(release.entryId)}`],
        all(when, entry),
        NO,
        name,
      ),
      this.policy(
        clause.id,
        ['permit', person, `action == ${actionRef(EXISTENCE)}`, 'resource is Service'],
        when,
        NO,
        `${name} tells`,
      ),
    ];
  }

  /** When a clause that closes does, apart from what of an entry it reaches. */
  private closes(clause: CapClause | ForbidClause): string {
    return all(
      not(this.exempt),
      this.means('resource', clause.records?.from),
      this.types(clause.records?.types),
      this.situation(clause),
      this.relation(clause.relation),
      clause.childAge === undefined ? YES : this.age('child', clause.childAge, 'closes'),
      this.factsClose(clause),
      this.acts,
    );
  }

  /** By tier or person a clause closes the whole entry, or the one field that is so high or about that person. */
  private reaches({ records }: CapClause | ForbidClause): string {
    const about = records?.about;
    return all(
      records?.tiers === undefined ? YES : `${ranksOf(records.tiers)}.contains(${FACET_TIER})`,
      about === undefined || about === 'any'
        ? YES
        : either(`${setOf(about)}.contains(resource.about)`, `${setOf(about)}.contains(context.about)`),
    );
  }

  cap(clause: CapClause): Policy {
    const when = all(this.reaches(clause), this.aboutAge(clause.aboutAge, 'closes'), this.closes(clause));
    return this.policy(clause.id, ['forbid', '', '', 'resource is Entry'], when, actionIn(this.shown(clause.max)));
  }

  forbid(clause: ForbidClause): Policy[] {
    const { fields, records } = clause;
    const actions = fields?.flatMap((field) => [fieldAction('content', field), fieldAction('location', field)]);
    const entries = this.policy(
      clause.id,
      ['forbid', '', actions === undefined ? '' : actionIn(actions), 'resource is Entry'],
      all(this.reaches(clause), this.aboutAge(clause.aboutAge, 'closes'), this.closes(clause)),
    );
    const narrows = [records?.types, records?.about].some((names) => names !== undefined && names !== 'any');
    if (fields !== undefined || records?.tiers !== undefined || narrows) return [entries];
    // What closes everything of a service closes that it is involved.
    const head = ['forbid', '', '', 'resource is Service'] as const;
    return [entries, this.policy(clause.id, head, this.closes(clause), NO, 'involvement')];
  }

  private policy(clause: string, head: Parameters<typeof policyText>[0], when: string, unless = NO, name = ''): Policy {
    return { id: `${this.document.id} ${clause} ${name}`.trim(), clause, text: policyText(head, when, unless) };
  }

  get policies(): Policy[] {
    const { permits = [], existence = [], releases = [], caps = [], forbids = [] } = this.document;
    return [
      ...permits.map((clause) => this.permit(clause)),
      ...existence.map((clause) => this.existence(clause)),
      ...releases.flatMap((clause) =>
        this.adopted.releases.flatMap((release, index) => this.release(clause, release, String(index))),
      ),
      ...caps.map((clause) => this.cap(clause)),
      ...forbids.flatMap((clause) => this.forbid(clause)),
    ];
  }
}

/**
 * An `agreement/1` document as Cedar policies: a permit for each permit, existence and release clause, a forbid for
 * each cap and forbid. Cedar decides parties and their patterns, classes of services, adoption, force, types, tiers of
 * entry and field, persons, readers, roles, relations, purposes, facts, whether an age or a look-back holds, and how all
 * of it adds up. It is given what it cannot work out: codes without case, ages, and the ends of look-backs.
 * `newest` of a permit is about several entries, and left out.
 *
 * @param exempt a condition on records that the document's restrictions leave alone
 */
export const translateAgreement = (adopted: AdoptedDocument, exempt = NO): Policy[] =>
  new Translation(adopted, exempt).policies;

/** Every purpose that a document names. */
export const purposesOf = (document: AgreementDocument): string[] => {
  const { permits = [], existence = [], releases = [], caps = [], forbids = [] } = document;
  const clauses = [...permits, ...existence, ...releases, ...caps, ...forbids];
  return [
    ...Object.keys(document.purposes ?? {}),
    ...clauses.flatMap(({ purposes }) => (purposes === undefined || purposes === 'any' ? [] : purposes)),
  ].map(folded);
};
