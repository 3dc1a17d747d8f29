import { fold } from './codes.js';
import { readMoment } from './time.js';
import { RELATION_KINDS, type OwnerService, type RelationKind, type Viewer } from './types.js';
import { endOfTriage } from './working-days.js';

/** A relation as its record says it, with the organisation whose record it is. */
export interface RelationRecord {
  readonly owner: Pick<OwnerService, 'organisation'>;
  readonly relation: string;
  readonly service: string;
  /** Subject key of the member of staff. Absent: everybody whom service, team and role admit. */
  readonly staffKey?: string | null;
  readonly team?: string | null;
  readonly role?: string | null;
  /** Where a person works who is invited by name, or where a child is on a roll or registered. Absent: the owner. */
  readonly organisation?: string | null;
  /** RFC 3339 instant or a date, inclusive. */
  readonly from: string;
  /** RFC 3339 instant or a date, exclusive; absent: no end. */
  readonly until?: string | null;
}

const isGiven = (value: string | null | undefined): value is string => value !== null && value !== undefined;

const ONE_DAY = 86_400_000;

/** When relations of these kinds are over at the latest, whatever their records say; milliseconds, exclusive. */
const OVER_BY: ReadonlyMap<string, (from: number) => number> = new Map([
  ['triage', endOfTriage],
  ['presenting', (from) => from + ONE_DAY],
  ['asserted', (from) => from + ONE_DAY],
]);

/** Whether a relation of this record may hold at an instant: of whomever it is. */
export const inTime = (record: Omit<RelationRecord, 'owner'>, at: number): boolean => {
  const from = readMoment(record.from);
  const until = isGiven(record.until) ? readMoment(record.until) : undefined;
  // A time that cannot be read gives no relation.
  if (from === null || until === null || at < from.start) return false;
  return at < (until?.start ?? Infinity) && at < (OVER_BY.get(record.relation)?.(from.start) ?? Infinity);
};

/** Relations of one named person: an allocation is between a worker and a child, and so is a word for oneself. */
const OF_ONE_PERSON: ReadonlySet<string> = new Set(['allocated', 'invited', 'asserted']);

/**
 * Who convenes invites people of any organisation; every other relation is with the organisation that records it, and
 * with nobody where that says it of another.
 */
const isOfOrganisation = (record: RelationRecord, viewer: Viewer): boolean => {
  const whose = fold(record.organisation ?? record.owner.organisation);
  if (whose !== fold(viewer.organisation)) return false;
  return (
    record.relation === 'invited' || (fold(record.owner.organisation) === whose && record.service === viewer.service)
  );
};

const isMeant = (record: RelationRecord, viewer: Viewer): boolean =>
  isOfOrganisation(record, viewer) &&
  (!isGiven(record.staffKey) || record.staffKey === viewer.staffKey) &&
  (!isGiven(record.team) || record.team === viewer.team) &&
  (!isGiven(record.role) || record.role === viewer.role) &&
  (!OF_ONE_PERSON.has(record.relation) || isGiven(record.staffKey));

/**
 * The relations that hold for this viewer at an instant, in the order of the closed list. A contact that is triaged is
 * over with its outcome or after 3 working days, an encounter and one's own word after 24 hours.
 */
export const relationsOf = (viewer: Viewer, records: readonly RelationRecord[], at: number): RelationKind[] => {
  const holding = new Set(
    records.filter((record) => isMeant(record, viewer) && inTime(record, at)).map(({ relation }) => relation),
  );
  return RELATION_KINDS.filter((kind) => holding.has(kind));
};
