import { MATRIX_AGREEMENT } from './agreement.js';
import {
  TIERS,
  type ChildState,
  type EntryState,
  type Kind,
  type PartyName,
  type Purpose,
  type Relation,
  type Role,
  type Tier,
} from './axes.js';

/**
 * What may show, written from the rules of need to know and from the agreement alone. It imports nothing of the
 * product, and names fields as the product's pages do.
 */

interface Field {
  readonly facet: string;
  readonly about: 'child' | 'worker' | 'organisation' | 'household-adult';
  readonly floor?: Tier;
}
const of = (about: Field['about'], facet: string, floor?: Tier): Field => ({ facet, about, ...(floor && { floor }) });

/** Each kind of record: the least tier of all of it, and its fields. */
const RECORDS: Readonly<Record<Kind, { readonly type: string; readonly floor: Tier; readonly fields: Field[] }>> = {
  personal: {
    type: 'personal.details',
    floor: 'ordinary',
    fields: [
      of('child', 'content.recordedName'),
      of('child', 'content.recordedBirthDate'),
      of('child', 'location.homeAddress'),
    ],
  },
  'social-care': {
    type: 'childrens-services.details',
    floor: 'ordinary',
    fields: [
      of('worker', 'content.keyWorker'),
      of('organisation', 'content.dutyContacts'),
      of('child', 'content.teams'),
      of('child', 'content.statusesAndPlans'),
    ],
  },
  // Data concerning health are a special category, the fact of care included.
  health: {
    type: 'health.details',
    floor: 'special',
    fields: [
      of('worker', 'content.gpName'),
      of('organisation', 'content.gpSurgery'),
      of('child', 'content.camhsTeams'),
      of('child', 'content.statusesAndPlans'),
      of('child', 'location.gpAddress'),
    ],
  },
  education: {
    type: 'education.details',
    floor: 'ordinary',
    fields: [
      of('child', 'content.settingName'),
      of('organisation', 'content.settingTelephone'),
      of('child', 'content.statusesAndPlans', 'special'),
      of('child', 'location.settingAddress'),
    ],
  },
  crime: {
    type: 'crime-justice.details',
    floor: 'special',
    fields: [
      of('household-adult', 'content.policeMarkerDetails', 'special'),
      of('child', 'content.servicesKnownTo'),
      of('child', 'content.riskRadicalisation'),
      of('child', 'content.statusesAndPlans'),
    ],
  },
};

const higher = (a: Tier, b: Tier): Tier => (TIERS.indexOf(a) > TIERS.indexOf(b) ? a : b);

export interface Viewer {
  readonly role: Role;
  readonly relation: Relation;
}

/** Everything that an entry holds: a released text besides, to whom one was released. */
export const facetsOf = ({ kind, override }: EntryState): readonly string[] => [
  'summary',
  ...RECORDS[kind].fields.map(({ facet }) => facet),
  ...(override === 'released' ? ['content.sanitisedText'] : []),
];

const TABLE: Readonly<Partial<Record<Purpose, readonly Relation[]>>> = {
  SAFEGUARDING: ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  CHILD_PROTECTION: ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited'],
  DIRECT_CARE: ['registered', 'presenting'],
  EMERGENCY: ['emergency'],
};
/** Allow a purpose that a document names and the table does not. */
const NAMED: readonly Relation[] = ['allocated', 'team', 'duty', 'on-roll', 'registered'];

/** The relation that a viewer has as far as the purpose goes: he who is excluded has his as before. */
const held = ({ relation }: Viewer): Relation => (relation === 'excluded' ? 'allocated' : relation);

export const allows = (purpose: Purpose, relation: Relation): boolean => {
  const documents: readonly string[] = MATRIX_AGREEMENT.permits.flatMap(({ purposes }) => [...purposes]);
  return (TABLE[purpose] ?? (documents.includes(purpose) ? NAMED : [])).includes(relation);
};

/** What shows of a record while nobody outside said that the relation is as its own organisation says it is. */
const STATUS_DATES_AND_CONTACT = [
  'summary',
  'content.statusesAndPlans',
  'content.dutyContacts',
  'content.keyWorker',
  'content.settingName',
  'content.settingTelephone',
  'content.gpName',
  'content.gpSurgery',
];

/** What a relation lets through at most, of one's own service's records and of others'. */
const reachOf = ({ role, relation }: Viewer, child: ChildState, isOwn: boolean): ((facet: string) => boolean) => {
  if (relation === 'asserted') return (facet) => facet === 'summary';
  // The authority's own worker invited: to others that is somebody else's word.
  const isOwnWord =
    relation === 'on-roll' || relation === 'registered' || (relation === 'invited' && role.party === 'la');
  if (isOwnWord && !child.confirmed && !isOwn) return (facet) => STATUS_DATES_AND_CONTACT.includes(facet);
  return () => true;
};

const inClause = (facet: string): string => {
  const [part, name = ''] = facet.split('.');
  return name === '' ? part! : `${part!}.${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
};

interface Show {
  readonly summary: boolean;
  readonly content?: readonly string[];
  readonly location?: readonly string[];
}
const shows = ({ summary, content = [], location = [] }: Show, facet: string): boolean =>
  [...(summary ? ['summary'] : []), ...content.map((name) => `content.${name}`), ...location.map((name) => `location.${name}`)].includes(inClause(facet)); // prettier-ignore

interface Clause {
  readonly to: readonly string[];
  readonly roles?: readonly string[];
  readonly relation?: readonly string[];
  readonly purposes?: readonly string[];
  readonly basis?: string;
  readonly records?: { readonly from?: readonly string[]; readonly types?: readonly string[]; readonly about?: readonly string[]; readonly tiers?: readonly string[] }; // prettier-ignore
}

const placeName = ({ party, service }: { readonly party: PartyName; readonly service: string }): string =>
  `${party}.${service}`;

const speaksTo = ({ to, roles, purposes, relation }: Clause, viewer: Viewer, purpose: Purpose): boolean =>
  (to.includes('*') || to.includes(placeName(viewer.role))) &&
  (roles?.includes(viewer.role.role) ?? true) &&
  (purposes?.includes(purpose) ?? true) &&
  (relation?.includes(held(viewer)) ?? true);

const tierOf = ({ kind, sent }: EntryState): Tier => higher(RECORDS[kind].floor, sent);

const fieldOf = (entry: EntryState, facet: string): Field | undefined =>
  RECORDS[entry.kind].fields.find((field) => field.facet === facet);

/** Of that tier and about that person, what of the record a permit covers. */
const covers = (clause: Clause, entry: EntryState, facet: string): boolean => {
  const { types, about = ['child'], tiers = ['contact', 'ordinary', 'special'] } = clause.records ?? {};
  const field = fieldOf(entry, facet);
  const person = field?.about ?? 'child';
  return (
    (types?.includes(RECORDS[entry.kind].type) ?? true) &&
    tiers.includes(tierOf(entry)) &&
    tiers.includes(higher(tierOf(entry), field?.floor ?? 'contact')) &&
    // Workers and organisations are nobody whom a record is about.
    (person === 'worker' || person === 'organisation' || about.includes(person))
  );
};

const factsOf = (child: ChildState): readonly string[] => [
  ...(child.consent.startsWith('the young person agreed') && !child.consent.endsWith('refused')
    ? ['young-person-agreed']
    : []),
  ...(child.consent === 'the owner recorded significant harm' ? ['owner-recorded-significant-harm'] : []),
  ...(child.addressProtected ? ['address-protected'] : []),
];

/** Consent touches what rests on it alone: here, what the school shares. */
const consentHolds = (clause: Clause, child: ChildState): boolean =>
  clause.basis !== 'consent' || child.consent.endsWith('a parent gave it');

const isForbidden = (entry: EntryState, child: ChildState, facet: string): boolean => {
  const facts = factsOf(child);
  return MATRIX_AGREEMENT.forbids.some((forbid) => {
    const { records, fields, when, unless } = forbid as {
      readonly records?: { readonly from: readonly string[] };
      readonly fields?: readonly string[];
      readonly when?: readonly string[];
      readonly unless?: readonly string[];
    };
    if (records && !records.from.includes(placeName(entry.owner))) return false;
    if (fields && !fields.includes(inClause(facet).split('.')[1] ?? '')) return false;
    return (when?.some((fact) => facts.includes(fact)) ?? true) && !unless?.some((fact) => facts.includes(fact));
  });
};

const isCapped = (viewer: Viewer, entry: EntryState, purpose: Purpose, facet: string): boolean =>
  MATRIX_AGREEMENT.caps.some(
    (cap) =>
      (cap.records.from as readonly string[]).includes(placeName(entry.owner)) &&
      speaksTo(cap, viewer, purpose) &&
      !shows(cap.max, facet),
  );

/** To whom the owner restricted, excluded and released, in the scene. */
export const RESTRICTED_TO: readonly string[] = ['police.ppu', 'la.csc'];
export const EXCLUDED: readonly string[] = ['la.csc', 'school.dsl'];
export const RELEASED_TO: readonly string[] = ['social-worker', 'dsl', 'health-visitor'];

const isClosed = ({ override }: EntryState, { role }: Viewer): boolean =>
  override === 'withdrawn' ||
  (override === 'restricted' && !RESTRICTED_TO.includes(placeName(role))) ||
  (override === 'excluded' && EXCLUDED.includes(placeName(role)));

const isOwnOf = (viewer: Viewer, entry: EntryState): boolean => placeName(viewer.role) === placeName(entry.owner);

/** What of an entry shows to a viewer who reads for a purpose. */
export const shownOf = (viewer: Viewer, purpose: Purpose, child: ChildState, entry: EntryState): readonly string[] => {
  if (!allows(purpose, held(viewer)) || tierOf(entry) === 'sealed' || isClosed(entry, viewer)) return [];
  const isOwn = isOwnOf(viewer, entry);
  const reach = reachOf(viewer, child, isOwn);
  if (isOwn) {
    // The cover view: one's own service's records, and nothing about anybody but the child.
    const withheld = (facet: string) =>
      viewer.relation === 'excluded' && fieldOf(entry, facet)?.about === 'household-adult';
    return facetsOf(entry).filter((facet) => facet !== 'content.sanitisedText' && reach(facet) && !withheld(facet));
  }
  if (viewer.relation === 'excluded') return [];
  const clauses: readonly (Clause & { readonly from: readonly string[]; readonly show: Show })[] =
    MATRIX_AGREEMENT.permits;
  const permits = clauses.filter(
    (permit) =>
      permit.from.includes(placeName(entry.owner)) && speaksTo(permit, viewer, purpose) && consentHolds(permit, child),
  );
  const isReleasedTo = entry.override === 'released' && RELEASED_TO.includes(viewer.role.role);
  const releases = isReleasedTo
    ? MATRIX_AGREEMENT.releases.filter(
        (release) => speaksTo(release, viewer, purpose) && release.tiers.some((tier) => tier === tierOf(entry)),
      )
    : [];
  return facetsOf(entry).filter(
    (facet) =>
      (permits.some((permit) => covers(permit, entry, facet) && shows(permit.show, facet)) ||
        releases.some(({ show }) => shows(show, facet))) &&
      reach(facet) &&
      !isCapped(viewer, entry, purpose, facet) &&
      !isForbidden(entry, child, facet),
  );
};

/** Parties whose involvement a notice shows. */
export const noticesFor = (viewer: Viewer, purpose: Purpose): readonly string[] => {
  if (!allows(purpose, held(viewer)) || viewer.relation === 'excluded') return [];
  const clauses: readonly (Clause & { readonly of: readonly string[] })[] = MATRIX_AGREEMENT.existence;
  // What was released to somebody tells him that its service is involved.
  const released = RELEASED_TO.includes(viewer.role.role) ? MATRIX_AGREEMENT.releases : [];
  const parties = [
    ...clauses.filter((clause) => speaksTo(clause, viewer, purpose)).flatMap((clause) => clause.of),
    ...released.filter((clause) => speaksTo(clause, viewer, purpose)).flatMap((clause) => clause.from),
  ]
    .filter((service) => service !== placeName(viewer.role))
    .map((service) => MATRIX_AGREEMENT.parties[service.split('.')[0] as PartyName]);
  return [...new Set(parties.map(({ kind, desk }) => `${kind} ${desk}`))].sort();
};

/** Whether a person may decide about a child for a purpose: more than one's own word is needed. */
export const mayDecide = (viewer: Viewer, purpose: Purpose): boolean =>
  viewer.relation !== 'asserted' && allows(purpose, held(viewer));

/** Whether a person works with the child: what he says of others' relations counts. */
export const worksWith = (viewer: Viewer): boolean => ['allocated', 'team', 'triage', 'duty'].includes(held(viewer));
