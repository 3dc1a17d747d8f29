import { fold } from './codes.js';
import { decideGrants, showsAnything } from './decide-disclosure.js';
import { relationsOf, type RelationRecord } from './relations-of.js';
import { readMoment } from './time.js';
import type { Grant, RelationKind, SharedEntry, SharingState, Viewer } from './types.js';

/** How much a relation lets through of what its clauses show, the least first. */
const REACHES = ['summary', 'status', 'full'] as const;
export type Reach = (typeof REACHES)[number];

/** The relations that a viewer has, each with the most that a record of it gives. */
export type Relations = ReadonlyMap<RelationKind, Reach>;

/** Relations that an organisation can give its own people, and that count in full when somebody else says so too. */
const SELF_EVIDENT: ReadonlySet<string> = new Set<RelationKind>(['on-roll', 'registered', 'invited']);

/** Somebody's word, or a record, from outside, that an organisation has the relation that it says it has. */
export interface RelationConfirmation {
  /** Organisation of the person who confirms, or whose record it is. */
  readonly by: string;
  readonly organisation: string;
  /** Null: whichever service of that organisation. */
  readonly service: string | null;
  readonly relation: string;
  /** RFC 3339 instant: what began later is not confirmed. */
  readonly at: string;
}

const confirms = (confirmation: RelationConfirmation, record: RelationRecord, viewer: Viewer): boolean => {
  const [from, at] = [readMoment(record.from), readMoment(confirmation.at)];
  return (
    fold(confirmation.by) !== fold(viewer.organisation) &&
    fold(confirmation.organisation) === fold(viewer.organisation) &&
    (confirmation.service === null || confirmation.service === record.service) &&
    confirmation.relation === record.relation &&
    from !== null &&
    at !== null &&
    from.start <= at.start
  );
};

const reachOf = (viewer: Viewer, record: RelationRecord, confirmations: readonly RelationConfirmation[]): Reach => {
  // Nobody else's word makes more of one's own.
  if (record.relation === 'asserted') return 'summary';
  const isOwnWord = fold(record.owner.organisation) === fold(viewer.organisation);
  return !SELF_EVIDENT.has(record.relation) || !isOwnWord || confirmations.some((one) => confirms(one, record, viewer))
    ? 'full'
    : 'status';
};

const lesser = (a: Reach, b: Reach): Reach => (REACHES.indexOf(a) <= REACHES.indexOf(b) ? a : b);
const greater = (a: Reach, b: Reach): Reach => (lesser(a, b) === a ? b : a);

/** The most that any of these gives. */
export const allRelations = (all: readonly Relations[]): Relations => {
  const most = new Map<RelationKind, Reach>();
  for (const [kind, reach] of all.flatMap((one) => [...one])) most.set(kind, greater(most.get(kind) ?? reach, reach));
  return most;
};

/** Only what every one of these gives, and as little as the least of them. */
export const commonRelations = (all: readonly Relations[]): Relations => {
  const [first, ...rest] = all;
  const common = [...(first ?? [])].flatMap(([kind, reach]) => {
    const others = rest.map((one) => one.get(kind));
    return others.every((other) => other !== undefined) ? [[kind, others.reduce(lesser, reach)] as const] : [];
  });
  return new Map(common);
};

/**
 * The relations that hold for this viewer at an instant, and how far each reaches: `on-roll`, `registered` and
 * `invited`, said by the viewer's own organisation alone, give status, dates and contact at most until a record or a
 * person of another organisation confirms them; `asserted` gives the summary at most. `allocated`, `team`, `duty`, `triage` and
 * `presenting` need no confirmation.
 */
export const reachingRelations = (
  viewer: Viewer,
  records: readonly RelationRecord[],
  confirmations: readonly RelationConfirmation[],
  at: number,
): Relations =>
  allRelations(
    records.map(
      (record) =>
        new Map(
          relationsOf(viewer, [record], at).map((kind) => [kind, reachOf(viewer, record, confirmations)] as const),
        ),
    ),
  );

/**
 * What counts as status, dates and contact of a record, by the names that agreements give its fields: whether and since
 * when a service or a plan is there, and whom to ring. What happened, why, and where is none of it, and no field of
 * location is.
 */
export const STATUS_DATES_AND_CONTACT: ReadonlySet<string> = new Set([
  'statuses-and-plans',
  'no-further-action',
  'plan-start',
  'year-start',
  'year-end',
  'internal-review-date',
  'initial-conference-target',
  'initial-conference-date',
  'contacts',
  'duty-contacts',
  'key-worker',
  'setting-name',
  'setting-telephone',
  'gp-name',
  'gp-surgery',
  'gp-telephone',
]);

/** What one's own service recorded needs no agreement, and no confirmation either. */
const isOwnGrant = ({ clause }: Grant): boolean => clause === '';

const within = (grant: Grant, reach: Reach): Grant => {
  if (reach === 'full' || (reach === 'status' && isOwnGrant(grant))) return grant;
  const content = reach === 'status' ? grant.content.filter((field) => STATUS_DATES_AND_CONTACT.has(field)) : [];
  return { ...grant, content, location: [] };
};

/**
 * What each clause shows of an entry under relations that do not all reach as far: the union of what each of them shows
 * by itself. What a clause with a limit allowed stays in the list with nothing left of it, so that the newest are the
 * same whoever confirms what.
 */
export const decideReachingGrants = (
  viewer: Viewer,
  state: Omit<SharingState, 'relations'>,
  relations: Relations,
  entry: SharedEntry,
): readonly Grant[] =>
  REACHES.filter((reach) => [...relations.values()].includes(reach)).flatMap((reach) => {
    const reaching = [...relations].filter(([, its]) => greater(its, reach) === its).map(([kind]) => kind);
    return decideGrants(viewer, { ...state, relations: reaching }, entry)
      .map((grant) => within(grant, reach))
      .filter((grant) => grant.newest !== null || showsAnything(grant));
  });
