import { fold } from './codes.js';
import { readMoment } from './time.js';
import { RELATION_KINDS, type OwnerService, type RelationKind, type Viewer } from './types.js';

/** A relation as an organisation's feed says it, with the organisation whose record it is. */
export interface RelationRecord {
  readonly owner: Pick<OwnerService, 'organisation'>;
  readonly relation: string;
  readonly service: string;
  /** Subject key of the member of staff. Absent: everybody whom service, team and role admit. */
  readonly staffKey?: string | null;
  readonly team?: string | null;
  readonly role?: string | null;
  /** RFC 3339 instant or a date, inclusive. */
  readonly from: string;
  /** RFC 3339 instant or a date, exclusive; absent: no end. */
  readonly until?: string | null;
}

const isGiven = (value: string | null | undefined): value is string => value !== null && value !== undefined;

const inTime = (record: RelationRecord, at: number): boolean => {
  const from = readMoment(record.from);
  const until = isGiven(record.until) ? readMoment(record.until) : undefined;
  // A time that cannot be read gives no relation.
  return from !== null && until !== null && at >= from.start && (until === undefined || at < until.start);
};

const isMeant = (record: RelationRecord, viewer: Viewer): boolean =>
  fold(record.owner.organisation) === fold(viewer.organisation) &&
  record.service === viewer.service &&
  (!isGiven(record.staffKey) || record.staffKey === viewer.staffKey) &&
  (!isGiven(record.team) || record.team === viewer.team) &&
  (!isGiven(record.role) || record.role === viewer.role) &&
  // An allocation is between one worker and one child.
  (record.relation !== 'allocated' || isGiven(record.staffKey));

/** The relations that hold for this viewer at an instant, in the order of the closed list. */
export const relationsOf = (viewer: Viewer, records: readonly RelationRecord[], at: number): RelationKind[] => {
  const holding = new Set(
    records.filter((record) => isMeant(record, viewer) && inTime(record, at)).map(({ relation }) => relation),
  );
  return RELATION_KINDS.filter((kind) => holding.has(kind));
};
