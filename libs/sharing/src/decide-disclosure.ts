import { TIERS, higherTier, type FieldAbout, type Tier } from '#contracts';
import { fold, sortedUnique } from './codes.js';
import {
  actsFor,
  holdsService,
  permitsFor,
  speaksTo,
  standingsOf,
  type AgeTest,
  type Cap,
  type Clause,
  type CompiledAgreement,
  type Facets,
  type FieldNames,
  type Forbid,
  type Permit,
  type ReleaseClause,
  type Standing,
} from './compiled-agreement.js';
import { consentHolds } from './consent.js';
import { relationsAllowing } from './purposes.js';
import { remembering, rememberingOf } from './remember.js';
import { addDuration, agesAttained, readMoment, within, type Duration, type Span } from './time.js';
import type {
  DecisionOptions,
  Disclosure,
  EntryField,
  Grant,
  OwnerService,
  Release,
  RelationKind,
  SharedEntry,
  SharingState,
  Viewer,
} from './types.js';

const WITH_BASELINE: DecisionOptions = { baseline: true };

/** What readers are told of a record of their own service. */
export const OWN_READER_TEXT = 'Recorded by your own service';

/** Relation under which a read is decided; null only where the documents alone decide and none was given. */
export type UsedRelation = RelationKind | null;

/** Own records are those of the same organisation and service. Another service of one's own is another party. */
export const isOwn = (viewer: Viewer, owner: OwnerService): boolean =>
  viewer.service === owner.service &&
  viewer.organisation !== '' &&
  fold(viewer.organisation) === fold(owner.organisation);

/** What a purpose means, by how it is written: read after read it is written alike. */
const purposeOf = remembering((purpose: string) => ({
  folded: fold(purpose),
  anyway: relationsAllowing(purpose, false),
  whereNamed: relationsAllowing(purpose, true),
}));

const allowedBy = ({ purpose, agreements }: SharingState): ReadonlySet<RelationKind> => {
  const { folded, anyway, whereNamed } = purposeOf(purpose);
  return anyway.size === 0 && agreements.some(({ agreement }) => agreement.namedPurposes.has(folded))
    ? whereNamed
    : anyway;
};

const NO_RELATION: readonly UsedRelation[] = [];

/** Most people have one relation: a list of it is not made anew. */
const relationsThat = (
  relations: readonly UsedRelation[],
  holds: (relation: UsedRelation) => boolean,
): readonly UsedRelation[] => {
  if (relations.length !== 1) return relations.filter(holds);
  return holds(relations[0]!) ? relations : NO_RELATION;
};

/**
 * The relations under which this read may be decided. With the baseline those that allow its purpose, so that no
 * relation or no purpose shows nothing; without it whatever was given, or none.
 */
export const usedRelations = (state: SharingState, baseline: boolean): readonly UsedRelation[] => {
  if (!baseline) return state.relations.length > 0 ? state.relations : [null];
  const allowed = allowedBy(state);
  return relationsThat(state.relations, (relation) => relation !== null && allowed.has(relation));
};

/** An agreement that acts on this owner's records now, with the owner's place and the viewer's in it. */
export interface Acting {
  readonly agreement: CompiledAgreement;
  readonly standings: readonly Standing[];
  readonly viewerStandings: readonly Standing[];
}

/** A clause acts only on records whose owning organisation is a party that has adopted that version by now. */
export const actingAgreements = (viewer: Viewer, state: SharingState, owner: OwnerService): Acting[] => {
  const acting: Acting[] = [];
  for (const adopted of state.agreements) {
    const { agreement } = adopted;
    const standings = standingsOf(agreement, owner);
    if (standings.length > 0 && actsFor(adopted, owner.organisation, state.at))
      acting.push({ agreement, standings, viewerStandings: standingsOf(agreement, viewer) });
  }
  return acting;
};

/** What is asked of every clause, by whom and about whom. */
export class Question {
  /** Folded. */
  readonly purpose: string;

  constructor(
    readonly viewer: Viewer,
    readonly state: SharingState,
    /** Facts beside those about the child: of the entry, or of the service. */
    private readonly besides: readonly string[],
  ) {
    this.purpose = purposeOf(state.purpose).folded;
  }

  /** Whether a fact holds. */
  has(fact: string): boolean {
    return this.state.facts.includes(fact) || this.besides.includes(fact);
  }
}

/** Whether what is not known counts as met: it satisfies no permit and every restriction. */
type Doubt = 'fails' | 'holds';

/** Ages attained by then: certain only where every reading of the dates agrees. */
const ageHolds = (
  test: AgeTest,
  born: string | null | undefined,
  at: Span | null,
  zone: string,
  doubt: Doubt,
): boolean => {
  if (at === null || born === null || born === undefined || born === '') return doubt === 'holds';
  if (born === 'unborn') return test.min === 'unborn';
  const attained = agesAttained(born, zone);
  const oldEnough = test.min === 'unborn' ? null : attained(test.min);
  const tooOld = test.max === null ? null : attained(test.max + 1);
  if ((oldEnough === null && test.min !== 'unborn') || (tooOld === null && test.max !== null)) return doubt === 'holds';
  return doubt === 'fails'
    ? (oldEnough === null || at.start >= oldEnough.last) && (tooOld === null || at.last < tooOld.start)
    : (oldEnough === null || at.last >= oldEnough.start) && (tooOld === null || at.start < tooOld.last);
};

/** The stretch in which something occurred, or null where that is not known. */
export const occurredSpan = (occurred: SharedEntry['occurred'], zone?: string): Span | null => {
  const first = occurred.from ?? occurred.to;
  const last = occurred.to ?? occurred.from;
  if (first === undefined || last === undefined) return null;
  const start = readMoment(first, zone);
  const end = readMoment(last, zone);
  return start && end && start.start <= end.last ? { start: start.start, last: end.last } : null;
};

/** A look-back runs from when the record ended, else from when it occurred, on the calendar; its end is outside. */
const looksBack = (lookback: Duration, state: SharingState, entry: SharedEntry, zone: string): boolean => {
  if (entry.ended === null) return true;
  const from = entry.ended ?? entry.occurred.to ?? entry.occurred.from;
  if (from === undefined) return false;
  const end = lookbackEnd(zone)(lookback)(from);
  return end !== null && state.at < end;
};

const lookbackEnd = remembering((zone: string) =>
  rememberingOf((lookback: Duration) =>
    remembering((from: string) => {
      const moment = readMoment(from, zone);
      return moment && addDuration(moment.start, lookback, zone);
    }),
  ),
);

const testedAt = (
  test: AgeTest,
  state: SharingState,
  entry: Pick<SharedEntry, 'occurred'> | null,
  zone: string,
): Span | null =>
  test.at === 'read' ? { start: state.at, last: state.at } : entry && occurredSpan(entry.occurred, zone);

const agesHold = (
  clause: Clause,
  state: SharingState,
  entry: Pick<SharedEntry, 'about' | 'aboutBirthDate' | 'occurred'> | null,
  zone: string,
  doubt: Doubt,
): boolean => {
  const { childAge, aboutAge } = clause;
  if (childAge && !ageHolds(childAge, state.childBirthDate, testedAt(childAge, state, entry, zone), zone, doubt))
    return false;
  if (!aboutAge || !entry || (aboutAge.of && !aboutAge.of.has(entry.about))) return true;
  const born = entry.about === 'child' ? state.childBirthDate : (entry.aboutBirthDate ?? state.aboutBirthDate);
  return ageHolds(aboutAge, born, testedAt(aboutAge, state, entry, zone), zone, doubt);
};

/** What a clause asks of viewer, purpose, time and facts. Relations are looked at apart, one at a time. */
export const situationHolds = (
  { agreement, viewerStandings }: Acting,
  clause: Clause,
  question: Question,
  entry: SharedEntry | null,
  doubt: Doubt,
): boolean => {
  const { viewer, state, purpose } = question;
  return (
    within(clause.window, state.at) &&
    (clause.purposes === null || clause.purposes.has(purpose)) &&
    (clause.roles === null || clause.roles.has(viewer.role)) &&
    speaksTo(clause.to, viewer, viewerStandings) &&
    // Several facts are read in the direction that shows less: a permit needs all, a restriction one.
    (clause.when.length === 0 ||
      (doubt === 'fails'
        ? clause.when.every((fact) => question.has(fact))
        : clause.when.some((fact) => question.has(fact)))) &&
    (clause.unless.length === 0 || !clause.unless.some((fact) => question.has(fact))) &&
    agesHold(clause, state, entry, agreement.zone, doubt)
  );
};

/** Whether a clause, and its document's own table of purposes (this one folded), admit a read under this relation. */
export const relationHolds = (
  { purposes }: Pick<CompiledAgreement, 'purposes'>,
  clause: Clause,
  purpose: string,
  relation: UsedRelation,
): boolean =>
  (clause.relations === null || (relation !== null && clause.relations.has(relation))) &&
  (purposes === null || (relation !== null && purposes.get(purpose)?.has(relation) === true));

const restrictsUnder = (clause: Clause, relation: UsedRelation): boolean =>
  clause.relations === null || (relation !== null && clause.relations.has(relation));

/** Restrictions on records of this owner for this viewer, of every agreement that acts. */
interface Restrictions {
  readonly caps: readonly Cap[];
  readonly forbids: readonly Forbid[];
}

const namesType = (types: ReadonlySet<string> | null, entry: Pick<SharedEntry, 'type' | 'recordType'>): boolean =>
  types === null || types.has(fold(entry.type)) || types.has(fold(entry.recordType));

const restrictionsOn = (acting: readonly Acting[], question: Question, entry: SharedEntry): Restrictions => {
  const caps: Cap[] = [];
  const forbids: Forbid[] = [];
  for (const each of acting) {
    const applies = (clause: Clause): boolean =>
      holdsService(clause.from, each.standings) &&
      namesType(clause.types, entry) &&
      situationHolds(each, clause, question, entry, 'holds');
    for (const clause of each.agreement.caps) if (applies(clause)) caps.push(clause);
    for (const clause of each.agreement.forbids) if (applies(clause)) forbids.push(clause);
  }
  return { caps, forbids };
};

/** One thing that may show: the summary (no name) or a field. */
interface Facet {
  readonly part: 'summary' | 'content' | 'location';
  readonly name: string | null;
  readonly about: FieldAbout;
  readonly tier: Tier;
}

/** Floors that a field has by what it means, whoever sends it and however the name is written. */
const MEANING_FLOORS: ReadonlyMap<string, Tier> = new Map<string, Tier>([
  ['weaponmarker', 'special'],
  ['adoptiondate', 'sealed'],
  ['placementaddress', 'sealed'],
]);

const meaningFloor = remembering(
  (name: string): Tier | null => MEANING_FLOORS.get(fold(name.replaceAll(/[-_ ]/g, ''))) ?? null,
);

const fieldTier = (entryTier: Tier, { name, tierFloor }: EntryField): Tier => {
  const sent = tierFloor === undefined ? entryTier : higherTier(entryTier, tierFloor);
  const meant = meaningFloor(name);
  return meant === null ? sent : higherTier(sent, meant);
};

const facetsOf = (entry: SharedEntry): Facet[] => [
  { part: 'summary', name: null, about: entry.about, tier: entry.tier },
  ...entry.fields.map((field: EntryField): Facet => ({
    part: field.part,
    name: field.name,
    about: field.about,
    tier: fieldTier(entry.tier, field),
  })),
];

const holdsName = (names: FieldNames, name: string | null): boolean =>
  names === '*' || (name !== null && names.has(name));

const holdsFacet = (facets: Facets, facet: Facet): boolean =>
  facet.part === 'summary' ? facets.summary : holdsName(facets[facet.part], facet.name);

/** Workers and organisations have no rights to weigh against the viewer's. */
const mayBeAbout = (about: ReadonlySet<string> | null, of: FieldAbout): boolean =>
  about === null || of === 'worker' || of === 'organisation' || about.has(of);

/** A restriction by person or tier reaches the whole entry, or the one field that is about that person or so high. */
const reaches = (clause: Clause, entry: SharedEntry, facet: Facet): boolean =>
  (clause.tiers === null || clause.tiers.has(facet.tier)) &&
  (clause.about === null || clause.about.has(entry.about) || clause.about.has(facet.about));

const survives = ({ caps, forbids }: Restrictions, relation: UsedRelation, entry: SharedEntry, facet: Facet): boolean =>
  caps.every((cap) => !restrictsUnder(cap, relation) || !reaches(cap, entry, facet) || holdsFacet(cap.max, facet)) &&
  !forbids.some(
    (forbid) =>
      restrictsUnder(forbid, relation) &&
      reaches(forbid, entry, facet) &&
      (forbid.fields === null || (facet.name !== null && forbid.fields.has(facet.name))),
  );

const grantOf = (
  agreement: CompiledAgreement,
  clause: Permit | ReleaseClause,
  shown: readonly Facet[],
  newest: number | null,
  release?: string,
): Grant => {
  const names = { content: [] as string[], location: [] as string[] };
  let summary = false;
  for (const { part, name } of shown) {
    if (part === 'summary') summary = true;
    else if (name !== null) names[part].push(name);
  }
  return {
    clause: clause.id,
    agreement: agreement.id,
    newest,
    readerText: clause.readerText,
    summary,
    content: sortedUnique(names.content),
    location: sortedUnique(names.location),
    ...(clause.handling.length > 0 ? { handling: clause.handling } : {}),
    ...(release === undefined ? {} : { release }),
  };
};

/** A clause that opens something of an entry, and the relations under which it does. */
interface Opening<C> {
  readonly clause: C;
  readonly agreement: CompiledAgreement;
  readonly holding: readonly UsedRelation[];
}

const holdingOf = (
  { agreement }: Acting,
  clause: Clause,
  purpose: string,
  relations: readonly UsedRelation[],
): readonly UsedRelation[] =>
  relationsThat(relations, (relation) => relationHolds(agreement, clause, purpose, relation));

const addPermitted = (
  found: Opening<Permit>[],
  acting: Acting,
  question: Question,
  relations: readonly UsedRelation[],
  entry: SharedEntry,
): void => {
  const { agreement, standings } = acting;
  for (const clause of permitsFor(agreement, standings)(entry.type)(entry.recordType)) {
    if (clause.tiers?.has(entry.tier) === false || clause.about?.has(entry.about) === false) continue;
    const holding = holdingOf(acting, clause, question.purpose, relations);
    if (holding.length === 0 || !situationHolds(acting, clause, question, entry, 'fails')) continue;
    if (!consentHolds(agreement, clause, standings, question)) continue;
    if (clause.lookback !== null && !looksBack(clause.lookback, question.state, entry, agreement.zone)) continue;
    found.push({ clause, agreement, holding });
  }
};

/** Whether a release is in time for its clause: from inclusive, until exclusive, never longer than the clause allows. */
export const releaseHolds = (clause: ReleaseClause, release: Release, at: number, zone: string): boolean => {
  const from = readMoment(release.from, zone);
  const until = readMoment(release.until, zone);
  if (!from || !until || !clause.by.has(release.byRole)) return false;
  const longest = clause.maxFor ? addDuration(from.start, clause.maxFor, zone) : Infinity;
  return at >= from.start && at < Math.min(until.start, longest);
};

/** Releases by a service to this person. */
export const releasesTo = (state: SharingState, viewer: Viewer, owner: OwnerService): readonly Release[] =>
  (state.releases ?? []).filter(
    (release) =>
      release.staffKey !== '' &&
      release.staffKey === viewer.staffKey &&
      fold(release.owner.organisation) === fold(owner.organisation) &&
      release.owner.service === owner.service,
  );

interface Released extends Opening<ReleaseClause> {
  readonly release: Release;
}

const addReleased = (
  found: Released[],
  acting: Acting,
  viewer: Viewer,
  question: Question,
  relations: readonly UsedRelation[],
  entry: SharedEntry,
): void => {
  const { agreement, standings } = acting;
  const { state } = question;
  if (agreement.releases.length === 0) return;
  const releases = releasesTo(state, viewer, entry.owner).filter(({ entryId }) => entryId === entry.id);
  if (releases.length === 0 || !standings.some(({ serviceClass }) => serviceClass !== null)) return;
  for (const clause of agreement.releases) {
    if (clause.tiers?.has(entry.tier) === false || !holdsService(clause.from, standings)) continue;
    if (!situationHolds(acting, clause, question, entry, 'fails')) continue;
    if (!consentHolds(agreement, clause, standings, question)) continue;
    const holding = holdingOf(acting, clause, question.purpose, relations);
    for (const release of releases)
      if (releaseHolds(clause, release, state.at, agreement.zone)) found.push({ clause, agreement, release, holding });
  }
};

const ownGrant = (entry: SharedEntry): Grant => {
  const open = (part: 'content' | 'location'): readonly string[] =>
    sortedUnique(
      entry.fields
        .filter((field) => field.part === part && fieldTier(entry.tier, field) !== 'sealed')
        .map(({ name }) => name),
    );
  return {
    clause: '',
    agreement: '',
    newest: null,
    readerText: OWN_READER_TEXT,
    summary: true,
    content: open('content'),
    location: open('location'),
  };
};

export const showsAnything = (grant: Grant): boolean =>
  grant.summary || grant.content.length + grant.location.length > 0;

/**
 * What each clause shows of an entry, already within every cap and less every forbid, so that what shows is simply
 * their union. Ordered by agreement and clause. A read is decided under each relation apart: a cap on one relation
 * never narrows what another opens.
 */
export const decideGrants = (
  viewer: Viewer,
  state: SharingState,
  entry: SharedEntry,
  { baseline = true }: DecisionOptions = WITH_BASELINE,
): readonly Grant[] => {
  const relations = usedRelations(state, baseline);
  if (relations.length === 0) return [];
  if (baseline && (entry.tier === 'sealed' || !TIERS.includes(entry.tier))) return [];
  if (baseline && isOwn(viewer, entry.owner)) return [ownGrant(entry)];

  const acting = actingAgreements(viewer, state, entry.owner);
  if (acting.length === 0) return [];
  const question = new Question(viewer, state, entry.facts);
  const permits: Opening<Permit>[] = [];
  const releases: Released[] = [];
  for (const each of acting) {
    addPermitted(permits, each, question, relations, entry);
    addReleased(releases, each, viewer, question, relations, entry);
  }
  if (permits.length + releases.length === 0) return [];

  const facets = facetsOf(entry);
  const restrictions = restrictionsOn(acting, question, entry);
  const grants: Grant[] = [];
  const add = (grant: Grant): void => {
    if (showsAnything(grant)) grants.push(grant);
  };
  for (const { clause, agreement, holding } of permits) {
    const shown = facets.filter(
      (facet) =>
        holdsFacet(clause.show, facet) &&
        clause.tiers?.has(facet.tier) !== false &&
        mayBeAbout(clause.about, facet.about) &&
        holding.some((relation) => survives(restrictions, relation, entry, facet)),
    );
    add(grantOf(agreement, clause, shown, clause.newest));
  }
  for (const { clause, agreement, release, holding } of releases) {
    const shown = facets.filter(
      (facet) =>
        holdsFacet(clause.show, facet) &&
        facet.tier !== 'sealed' &&
        (facet.name === null || !release.fields || release.fields.includes(facet.name)) &&
        holding.some((relation) => survives(restrictions, relation, entry, facet)),
    );
    add(grantOf(agreement, clause, shown, null, release.id));
  }
  if (grants.length < 2) return grants;
  return grants.sort((a, b) => compare(a.agreement, b.agreement) || compare(a.clause, b.clause));
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const NOTHING: Disclosure = { summary: false, content: [], location: [], by: [], readerText: null };

/** The union of grants. */
export const disclosureOf = (grants: readonly Grant[]): Disclosure => {
  const [only] = grants;
  if (only === undefined) return NOTHING;
  if (grants.length === 1) {
    const { summary, content, location, clause, readerText } = only;
    return { summary, content, location, by: clause === '' ? [] : [clause], readerText };
  }
  return {
    summary: grants.some(({ summary }) => summary),
    content: sortedUnique(grants.flatMap(({ content }) => content)),
    location: sortedUnique(grants.flatMap(({ location }) => location)),
    by: sortedUnique(grants.flatMap(({ clause }) => (clause === '' ? [] : [clause]))),
    readerText: sortedUnique(grants.map(({ readerText }) => readerText)).join('; '),
  };
};

/**
 * What of an entry this viewer may see: (the union of permits, within every cap) less the forbids, and above them
 * the hub's baseline. Pure, total, closed by default, the same in any order of clauses and documents. `newest` of a
 * permit is a matter of several entries: see `applyNewest`.
 */
export const decideDisclosure = (
  viewer: Viewer,
  state: SharingState,
  entry: SharedEntry,
  options: DecisionOptions = WITH_BASELINE,
): Disclosure => disclosureOf(decideGrants(viewer, state, entry, options));
