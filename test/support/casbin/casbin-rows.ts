import type {
  AgeCondition,
  AgreementCap,
  AgreementDocument,
  AgreementForbid,
  AgreementPermit,
  Facets,
} from '../decision-oracle/agreement-oracle.js';
import { toInstant } from '../decision-oracle/zoned-time.js';
import { SUMMARY, fieldAction, rankOf } from '../cedar/cedar-text.js';
import { folded } from '../cedar/cedar-question.js';
import { ANY, BETWEEN, NOT, OWN } from './casbin-functions.js';
import { placeOf, whyOf } from './casbin-request.js';

/** One policy of casbin: a field for each of what its matcher looks at, as text. */
export interface CasbinRow {
  readonly act: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
  readonly roles: string;
  readonly types: string;
  readonly tiers: string;
  readonly about: string;
  readonly facts: string;
  readonly when: string;
  readonly eft: 'allow' | 'deny';
}

type Closing = AgreementForbid & Pick<AgreementCap, 'relation'>;

/** Which relations allow which purpose, before any document is asked. */
const RELATIONS_OF: Readonly<Record<string, readonly string[]>> = {
  safeguarding: ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  child_protection: ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited'],
  direct_care: ['registered', 'presenting'],
  emergency: ['emergency'],
};
const RELATIONS_OF_OTHERS = ['allocated', 'team', 'duty', 'on-roll', 'registered'];
const DEFAULT_TIERS = ['contact', 'ordinary', 'special'];
const BELOW_SEALED = [...DEFAULT_TIERS, 'originator'];
const END_OF_CHILDHOOD = 17;

const listOf = (names: Iterable<string>): string => {
  const list = [...new Set(names)];
  if (list.some((name) => name === '' || /[;!]/.test(name))) throw new Error('a name that no row can hold');
  return list.join(BETWEEN);
};

const except = (names: readonly string[]): string =>
  names.length === 0
    ? ANY
    : listOf(names)
        .split(BETWEEN)
        .map((name) => `${NOT}${name}`)
        .join(BETWEEN);

const joined = (...texts: readonly string[]): string => texts.filter((text) => text !== ANY).join(BETWEEN) || ANY;

const tiersOf = (tiers: readonly string[]): string => listOf(tiers.map((tier) => String(rankOf(tier))));

const facetsOf = ({ summary = false, content = [], location = [] }: Facets): string[] => [
  ...(summary ? [SUMMARY] : []),
  ...content.map((name) => fieldAction('content', name)),
  ...location.map((name) => fieldAction('location', name)),
];

const limitsOf = ({ at, min = 0, max = Infinity }: AgeCondition): string =>
  `${at === 'occurred' ? 'Occurred' : 'Read'} ${String(min === 'unborn' ? -Infinity : min)} ${String(max)}`;

const childAge = (age: AgeCondition): string => `child ${limitsOf(age)}`;
const aboutAge = (age: AgeCondition): string => `about ${(age.of ?? []).join(',')} ${limitsOf(age)}`;

/** One document as rows, with the hub's baseline. */
class Translation {
  readonly document: AgreementDocument;

  constructor(document: AgreementDocument) {
    if (document.releases.length > 0) throw new Error('releases have no translation');
    this.document = document;
  }

  private get parties(): string[] {
    return Object.values(this.document.parties).flatMap(({ orgs }) =>
      orgs.map((organisation) => placeOf(folded(organisation), ANY)),
    );
  }

  /** What a reference means, whatever the class of the service. */
  private means(references: readonly string[]): string {
    if (references.includes(ANY)) return ANY;
    return listOf(
      references.flatMap((reference) => {
        const [party = '', service = ''] = reference.split('.');
        const { orgs = [] } = this.document.parties[party] ?? {};
        return orgs.map((organisation) => placeOf(folded(organisation), service));
      }),
    );
  }

  /** What a permit reaches: open services by any reference, guarded ones by their name, hidden ones never. */
  private opens(references: readonly string[]): string {
    const places = Object.entries(this.document.parties).flatMap(([party, { orgs, services }]) =>
      Object.entries(services)
        .filter(([service, openness]) => {
          if (openness === 'hidden') return false;
          if (references.includes(`${party}.${service}`)) return true;
          return openness === 'open' && (references.includes(ANY) || references.includes(`${party}.*`));
        })
        .flatMap(([service]) => orgs.map((organisation) => placeOf(folded(organisation), service))),
    );
    return listOf(places);
  }

  /** Purposes with each relation that allows them. */
  private whys({ purposes, relation }: Pick<AgreementPermit, 'purposes' | 'relation'>): [string, string][] {
    const { document } = this;
    const clauses = [...document.permits, ...document.existence];
    const named = [...Object.keys(document.purposes), ...clauses.flatMap((clause) => clause.purposes ?? [])];
    const known = new Set([...Object.keys(RELATIONS_OF), ...named.map(folded)]);
    const wanted = purposes?.map(folded);
    return [...known]
      .filter((purpose) => wanted?.includes(purpose) ?? true)
      .flatMap((purpose) =>
        (RELATIONS_OF[purpose] ?? RELATIONS_OF_OTHERS)
          .filter((name) => relation?.includes(name) ?? true)
          .map((name): [string, string] => [purpose, name]),
      );
  }

  private get force(): string {
    const { force, zone } = this.document;
    const from = force.from === undefined ? -Infinity : toInstant(force.from, zone);
    const until = force.until === undefined ? Infinity : toInstant(force.until, zone);
    return `force ${String(from)} ${String(until)}`;
  }

  private permit(clause: AgreementPermit): CasbinRow[] {
    const { records, show, roles } = clause;
    const table = Object.entries(this.document.purposes).map(([purpose, { relations }]) => ({
      purpose: folded(purpose),
      relations,
    }));
    const why = this.whys(clause).filter(([purpose, relation]) =>
      table.some((row) => row.purpose === purpose && row.relations.includes(relation)),
    );
    const tiers = (records.tiers ?? DEFAULT_TIERS).filter((tier) => tier !== 'sealed');
    const facets = facetsOf(show);
    const from = this.opens(clause.from);
    if ([facets, from, why, tiers].some(({ length }) => length === 0)) return [];
    return [
      {
        act: listOf(facets),
        from,
        to: this.means(clause.to),
        why: listOf(why.map(([purpose, relation]) => whyOf(purpose, relation))),
        roles: roles === undefined ? ANY : listOf(roles),
        types: listOf(records.types.map(folded)),
        tiers: tiersOf(tiers),
        about: listOf(records.about),
        facts: ANY,
        when: joined(
          this.force,
          childAge({ at: 'read', max: END_OF_CHILDHOOD, ...clause.childAge }),
          clause.aboutAge === undefined ? ANY : aboutAge(clause.aboutAge),
          records.lookback === undefined ? ANY : `lookback ${records.lookback}`,
        ),
        eft: 'allow',
      },
    ];
  }

  private closes(act: string, clause: Omit<Closing, 'id'>): CasbinRow {
    const { records, to, relation, when, unless } = clause;
    return {
      act,
      from: records?.from === undefined ? listOf(this.parties) : this.means(records.from),
      to: joined(except([OWN]), this.means(to)),
      // Without a relation that allows the purpose nothing opens that could be closed.
      why:
        relation === undefined ? ANY : listOf(this.whys({ relation }).map(([purpose, name]) => whyOf(purpose, name))),
      roles: ANY,
      types: records?.types === undefined ? ANY : listOf(records.types.map(folded)),
      tiers: records?.tiers === undefined ? ANY : tiersOf(records.tiers),
      about: ANY,
      facts: joined(when === undefined ? ANY : listOf(when), unless === undefined ? ANY : except(unless)),
      when: joined(this.force, clause.childAge === undefined ? ANY : childAge(clause.childAge)),
      eft: 'deny',
    };
  }

  /** A cap closes whatever it does not name. */
  private cap({ max, ...clause }: AgreementCap): CasbinRow {
    return this.closes(except(facetsOf(max)), clause);
  }

  private forbid({ fields, ...clause }: AgreementForbid): CasbinRow {
    const named = fields?.flatMap((name) => [fieldAction('content', name), fieldAction('location', name)]);
    return this.closes(named === undefined ? ANY : listOf(named), clause);
  }

  /** One's own records, without any agreement. */
  private get own(): CasbinRow {
    return {
      act: ANY,
      from: ANY,
      to: OWN,
      why: listOf(this.whys({}).map(([purpose, relation]) => whyOf(purpose, relation))),
      roles: ANY,
      types: ANY,
      tiers: tiersOf(BELOW_SEALED),
      about: ANY,
      facts: ANY,
      when: ANY,
      eft: 'allow',
    };
  }

  /** What closes comes first: casbin looks no further once it has denied. */
  get rows(): CasbinRow[] {
    const { forbids, caps, permits } = this.document;
    return [
      ...forbids.map((clause) => this.forbid(clause)),
      ...caps.map((clause) => this.cap(clause)),
      this.own,
      ...permits.flatMap((clause) => this.permit(clause)),
    ];
  }
}

/**
 * An agreement as rows of casbin, with the hub's baseline worked into them. All its parties adopted it, and no
 * organisation is of two of them. What it tells of services, and `newest` of a permit, are other questions than one about
 * an entry, and left out.
 */
export const casbinRows = (document: AgreementDocument): CasbinRow[] => new Translation(document).rows;
