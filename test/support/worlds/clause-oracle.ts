import { getEventType, TIERS, type Tier } from '#contracts';
import type { ContributionDraft } from '#intake';
import { decideDfe, type DfeOrganisation } from '../decision-oracle/dfe-oracle.js';
import { addToInstant, ageAt, toInstant } from '../decision-oracle/zoned-time.js';
import {
  SANITISED_TEXT,
  type WorldAge,
  type WorldAgreement,
  type WorldCap,
  type WorldForbid,
  type WorldPermit,
  type WorldReleaseClause,
} from './agreements.js';
import type { WorldViewer } from './world.js';

const ZONE = 'Europe/London';

/** What the rules know of the moment: written from the rules, with nothing of the product's deciders. */
export interface Circumstances {
  readonly at: number;
  readonly viewer: WorldViewer;
  readonly purpose: string;
  /** Relations that hold and that allow the purpose. */
  readonly relations: readonly string[];
  readonly facts: ReadonlySet<string>;
  /** `YYYY-MM-DD`, or nothing where it is not known for certain. */
  readonly born: string | undefined;
}

export interface OwnerPlace {
  readonly organisation: string;
  readonly service: string;
}

/** One thing of a record that may show: its summary (no name) or one field. */
interface Facet {
  readonly part: 'summary' | 'content' | 'location';
  readonly name: string;
  readonly about: string;
  readonly tier: Tier;
}

export const facetName = ({ part, name }: Facet): string => (part === 'summary' ? part : `${part}.${name}`);

const higher = (a: Tier, b: Tier): Tier => (TIERS.indexOf(a) > TIERS.indexOf(b) ? a : b);
const ORDINARILY_PERMITTED = ['contact', 'ordinary', 'special'];

/** Effective tier: the highest of the type's floor and the sender's. */
export const tierOf = (draft: ContributionDraft): Tier =>
  higher(getEventType(draft.type).tierFloor, draft.tier ?? 'contact');

export const isOrdinarilyPermitted = (draft: ContributionDraft): boolean =>
  ORDINARILY_PERMITTED.includes(tierOf(draft));

export const facetsOf = (draft: ContributionDraft): Facet[] => {
  const fields = getEventType(draft.type).fields as Record<string, { part: string; about: string; tierFloor?: Tier }>;
  const tier = tierOf(draft);
  const named = Object.keys(draft.body).flatMap((name): Facet[] => {
    const { part, about, tierFloor } = fields[name]!;
    return part === 'content' || part === 'location'
      ? [{ part, name, about, tier: tierFloor ? higher(tier, tierFloor) : tier }]
      : [];
  });
  return [{ part: 'summary', name: '', about: draft.about, tier }, ...named];
};

/** In documents fields are words with hyphens. */
const written = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const holds = (list: readonly string[], code: string): boolean => list.some((one) => same(one, code));
const namesType = (types: readonly string[] | undefined, draft: ContributionDraft): boolean =>
  types === undefined || holds(types, draft.type) || holds(types, draft.recordType);

/** First and last instant at which it may have occurred. */
export const occurredBetween = ({ occurred }: ContributionDraft): readonly [number, number] | undefined => {
  const first = occurred.from ?? occurred.to;
  const last = occurred.to ?? occurred.from;
  if (first === undefined || last === undefined) return undefined;
  return [startOf(first), endOf(last)];
};

const startOf = (text: string): number => toInstant(text.length === 7 ? `${text}-01` : text, ZONE);
const endOf = (text: string): number => {
  if (text.includes('T')) return Date.parse(text);
  return addToInstant(startOf(text), text.length === 7 ? 'P1M' : 'P1D', ZONE) - 1;
};

const ageWithin = (age: WorldAge, born: string, [first, last]: readonly [number, number]): boolean =>
  (age.min === undefined || ageAt(born, first, ZONE) >= age.min) &&
  ageAt(born, first, ZONE) >= 0 &&
  (age.max === undefined || ageAt(born, last, ZONE) <= age.max);

/** Opens only for what is known, and ends at eighteen where it does not say how it ends. */
const ageOpens = (age: WorldAge | undefined, now: Circumstances, draft: ContributionDraft | null): boolean => {
  const test: WorldAge = { max: 17, at: 'read', ...age };
  const when = test.at === 'occurred' ? draft && occurredBetween(draft) : ([now.at, now.at] as const);
  return now.born !== undefined && when != null && ageWithin(test, now.born, when);
};

/** Closes for what is not known too. */
const ageCloses = (age: WorldAge | undefined, now: Circumstances): boolean =>
  age === undefined || now.born === undefined || ageWithin(age, now.born, [now.at, now.at]);

interface Placed {
  readonly party: string;
  readonly service: string;
  readonly openness: string | undefined;
}

const placeIn = (document: WorldAgreement, { organisation, service }: OwnerPlace): Placed | undefined => {
  const found = Object.entries(document.parties).find(([, { orgs }]) => holds(orgs, organisation));
  return found && { party: found[0], service, openness: found[1].services[service] };
};

const includesPlace = (list: readonly string[], { party, service }: Placed): boolean =>
  list.includes('*') || list.includes(`${party}.*`) || list.includes(`${party}.${service}`);

/** A guarded service is opened by a clause that names it; a hidden one by no clause. */
const opensFrom = (list: readonly string[], place: Placed): boolean =>
  (place.openness === 'open' && includesPlace(list, place)) ||
  (place.openness === 'guarded' && list.includes(`${place.party}.${place.service}`));

const CONSENT_BASES = ['UK GDPR 6(1)(a)', 'uk gdpr 9(2)(a)'];

/**
 * A clause on consent opens what a service recorded of whose child it holds a standing consent: the young person's own
 * where the service is not open to all, or the document leaves its sharing to that person.
 */
const consentAllows = (
  document: WorldAgreement,
  { basis }: Pick<WorldPermit, 'basis'>,
  place: Placed,
  facts: ReadonlySet<string>,
): boolean => {
  if (basis === undefined || !document.bases[basis]!.some((one) => CONSENT_BASES.includes(one))) return true;
  const isLeftToThem = document.forbids.some(
    ({ records, unless }) =>
      records?.from !== undefined &&
      unless?.includes('young-person-agreed') === true &&
      includesPlace(records.from, place),
  );
  return facts.has(place.openness !== 'open' || isLeftToThem ? 'young-person-consented' : 'consented');
};

type Clause = Pick<WorldPermit, 'to' | 'roles' | 'purposes' | 'relation'>;

const speaksTo = (document: WorldAgreement, clause: Clause, { viewer, purpose }: Circumstances): boolean => {
  const place = placeIn(document, viewer);
  if (!clause.to.includes('*') && (!place || !includesPlace(clause.to, place))) return false;
  if (clause.roles && !clause.roles.includes(viewer.role)) return false;
  return clause.purposes === undefined || holds(clause.purposes, purpose);
};

const purposeAdmits = (document: WorldAgreement, purpose: string, relation: string): boolean => {
  const found = Object.entries(document.purposes).find(([name]) => same(name, purpose));
  return found?.[1].relations.includes(relation) === true;
};

export const inForce = ({ force, zone }: WorldAgreement, at: number): boolean =>
  (force.from === undefined || at >= toInstant(force.from, zone)) &&
  (force.until === undefined || at < toInstant(force.until, zone));

const withinLookback = (lookback: string | undefined, draft: ContributionDraft, at: number): boolean => {
  if (lookback === undefined) return true;
  const from = draft.ended ?? draft.occurred.to ?? draft.occurred.from;
  return from !== undefined && at < addToInstant(startOf(from), lookback, ZONE);
};

const isAboutNobodyElse = (about: readonly string[], of: string): boolean =>
  of === 'worker' || of === 'organisation' || about.includes(of);

const permitCovers = (
  document: WorldAgreement,
  permit: WorldPermit,
  now: Circumstances,
  place: Placed,
  draft: ContributionDraft,
): boolean => {
  const { about = ['child'], tiers = ORDINARILY_PERMITTED } = permit.records;
  return (
    opensFrom(permit.from, place) &&
    speaksTo(document, permit, now) &&
    namesType(permit.records.types, draft) &&
    about.includes(draft.about) &&
    tiers.includes(tierOf(draft)) &&
    consentAllows(document, permit, place, now.facts) &&
    (permit.when ?? []).every((fact) => now.facts.has(fact)) &&
    ageOpens(permit.childAge, now, draft) &&
    withinLookback(permit.records.lookback, draft, now.at)
  );
};

const shows = (show: WorldPermit['show'], { part, name }: Facet): boolean =>
  part === 'summary' ? show.summary === true : (show[part] ?? []).includes(written(name));

const reaches = (records: WorldForbid['records'], draft: ContributionDraft, facet: Facet): boolean =>
  (records?.tiers === undefined || records.tiers.includes(facet.tier)) &&
  (records?.about === undefined || records.about.includes(draft.about) || records.about.includes(facet.about));

const restrictionActs = (
  document: WorldAgreement,
  clause: WorldCap | WorldForbid,
  now: Circumstances,
  place: Placed,
  draft: ContributionDraft,
  relation: string,
): boolean =>
  (clause.records?.from === undefined || includesPlace(clause.records.from, place)) &&
  namesType(clause.records?.types, draft) &&
  speaksTo(document, clause, now) &&
  (clause.relation === undefined || clause.relation.includes(relation)) &&
  ((clause.when ?? []).length === 0 || clause.when!.some((fact) => now.facts.has(fact))) &&
  !(clause.unless ?? []).some((fact) => now.facts.has(fact)) &&
  ageCloses(clause.childAge, now);

/** An agreement that acts on the records of an owner now. */
export type Acting =
  | { readonly name: string; readonly shape: 'agreement/1'; readonly document: WorldAgreement }
  | { readonly name: string; readonly shape: 'policy'; readonly document: DfeOrganisation };

/** What one clause shows of one record, within every cap and less every forbid. */
export interface Shown {
  readonly clause: string;
  readonly newest: number | null;
  /** What readers are told to do with it. */
  readonly handling?: readonly string[];
  readonly facets: ReadonlySet<string>;
}

const askPolicy = (
  document: DfeOrganisation,
  owner: OwnerPlace,
  now: Circumstances,
  mode: string,
  recordType: string,
): boolean =>
  decideDfe([{ organisations: [document] }], {
    request: '',
    at: new Date(now.at).toISOString(),
    sourceOrg: owner.organisation,
    destOrg: now.viewer.organisation,
    destOrgType: now.viewer.organisationKind,
    purpose: now.purpose,
    recordType,
    mode,
  }) === 'allow';

/** What an owner released of a record to the viewer. */
export interface Released {
  readonly byRole: string;
  /** As agreements name them. */
  readonly fields: readonly string[];
  readonly from: number;
  readonly until: number;
}

const isInTime = (clause: WorldReleaseClause, { byRole, from, until }: Released, at: number): boolean =>
  clause.by.includes(byRole) &&
  from <= at &&
  at < until &&
  (clause.maxFor === undefined || at < addToInstant(from, clause.maxFor, ZONE));

const releaseSpeaks = (
  document: WorldAgreement,
  clause: WorldReleaseClause,
  now: Circumstances,
  place: Placed,
  draft: ContributionDraft | null,
): boolean =>
  // What is hidden is opened by a release alone, and by one that names it or not.
  place.openness !== undefined &&
  includesPlace(clause.from, place) &&
  speaksTo(document, clause, now) &&
  consentAllows(document, clause, place, now.facts) &&
  ageOpens(clause.childAge, now, draft);

/** What each clause of the agreements that act shows of a record that is not the viewer's own. */
export const shownBy = (
  acting: readonly Acting[],
  owner: OwnerPlace,
  draft: ContributionDraft,
  now: Circumstances,
  releases: readonly Released[],
): Shown[] => {
  const facets = facetsOf(draft);
  const text: Facet = { part: 'content', name: 'sanitisedText', about: draft.about, tier: tierOf(draft) };
  const withText = releases.some(({ fields }) => fields.includes(SANITISED_TEXT)) ? [...facets, text] : facets;
  const documents = acting.flatMap(({ shape, document }) =>
    shape === 'agreement/1' && inForce(document, now.at) ? [document] : [],
  );
  const survives = (facet: Facet, relation: string): boolean =>
    documents.every((document) => {
      const place = placeIn(document, owner);
      if (!place) return true;
      const acts = (clause: WorldCap | WorldForbid) =>
        restrictionActs(document, clause, now, place, draft, relation) && reaches(clause.records, draft, facet);
      return (
        document.caps.filter(acts).every(({ max }) => shows(max, facet)) &&
        !document.forbids
          .filter(acts)
          .some(
            ({ fields }) => fields === undefined || (facet.part !== 'summary' && fields.includes(written(facet.name))),
          )
      );
    });
  const left = (candidates: readonly Facet[], admits: (relation: string) => boolean): ReadonlySet<string> =>
    new Set(
      candidates
        .filter((facet) => now.relations.some((relation) => admits(relation) && survives(facet, relation)))
        .map(facetName),
    );
  return acting
    .flatMap((each): Shown[] => {
      if (each.shape === 'policy') {
        if (!isOrdinarilyPermitted(draft) || !askPolicy(each.document, owner, now, 'CONTENT', draft.recordType))
          return [];
        const candidates = facets.filter(({ tier }) => ORDINARILY_PERMITTED.includes(tier));
        return [{ clause: each.name, newest: null, facets: left(candidates, () => true) }];
      }
      const { document } = each;
      const place = placeIn(document, owner);
      if (!place || !inForce(document, now.at)) return [];
      const admitsBy = (clause: Clause) => (relation: string) =>
        (clause.relation === undefined || clause.relation.includes(relation)) &&
        purposeAdmits(document, now.purpose, relation);
      const released = document.releases
        .filter(
          (clause) =>
            (clause.tiers ?? ['originator']).includes(tierOf(draft)) &&
            releaseSpeaks(document, clause, now, place, draft),
        )
        .flatMap((clause) =>
          releases
            .filter((release) => isInTime(clause, release, now.at))
            .map(({ fields }) => {
              const candidates = withText.filter(
                (facet) =>
                  shows(clause.show, facet) &&
                  facet.tier !== 'sealed' &&
                  (facet.part === 'summary' || fields.includes(written(facet.name))),
              );
              return {
                clause: `${each.name}/${clause.id}`,
                newest: null,
                handling: clause.handling ?? [],
                facets: left(candidates, admitsBy(clause)),
              };
            }),
        );
      const permitted = document.permits
        .filter((permit) => permitCovers(document, permit, now, place, draft))
        .map((permit) => {
          const { about = ['child'], tiers = ORDINARILY_PERMITTED } = permit.records;
          const candidates = facets.filter(
            (facet) => shows(permit.show, facet) && tiers.includes(facet.tier) && isAboutNobodyElse(about, facet.about),
          );
          return {
            clause: `${each.name}/${permit.id}`,
            newest: permit.newest ?? null,
            facets: left(candidates, admitsBy(permit)),
          };
        });
      return [...permitted, ...released];
    })
    .filter(({ facets: all }) => all.size > 0);
};

/** Whether the viewer is told that a service is involved which holds these records of no tier above special. */
export const isInvolvementShown = (
  acting: readonly Acting[],
  owner: OwnerPlace,
  drafts: readonly ContributionDraft[],
  now: Circumstances,
  releases: readonly Released[],
): boolean =>
  now.relations.length > 0 &&
  acting.some((each) => {
    if (each.shape === 'policy') {
      return drafts.some(({ recordType }) => askPolicy(each.document, owner, now, 'EXISTENCE', recordType));
    }
    const { document } = each;
    const place = placeIn(document, owner);
    if (!place || !inForce(document, now.at) || drafts.length === 0) return false;
    const isAdmitted = (clause: Clause) =>
      now.relations.some(
        (relation) =>
          (clause.relation === undefined || clause.relation.includes(relation)) &&
          purposeAdmits(document, now.purpose, relation),
      );
    const isReleased = document.releases.some(
      (clause) =>
        releases.some((release) => isInTime(clause, release, now.at)) &&
        releaseSpeaks(document, clause, now, place, null) &&
        isAdmitted(clause),
    );
    return (
      isReleased ||
      document.existence.some(
        (clause) =>
          opensFrom(clause.of, place) &&
          drafts.some((draft) => namesType(clause.records?.types, draft)) &&
          speaksTo(document, clause, now) &&
          isAdmitted(clause) &&
          consentAllows(document, clause, place, now.facts) &&
          ageOpens(clause.childAge, now, null),
      )
    );
  });

/** Every purpose that an agreement names. */
export const purposesNamed = ({ shape, document }: Acting): string[] =>
  shape === 'policy'
    ? [...(document.dsaPolicy.defaults ?? []), ...(document.dsaPolicy.exceptions ?? [])].flatMap(
        ({ purposes }) => purposes ?? [],
      )
    : Object.keys(document.purposes);
