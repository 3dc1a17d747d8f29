import { NAMED_RELATIONS } from '#contracts';
import {
  allRelations,
  commonRelations,
  foldCode,
  inTime,
  reachingRelations,
  type RelationConfirmation,
  type RelationRecord,
  type Relations,
  type Viewer,
} from '#sharing';
import type { FiledContribution } from '#timeline';
import { movesAmong, relationsOfMove, type IsAccepted } from './moves.js';
import type { BodiedRecord } from './standing-records.js';

const RELATION_CONFIRMED = 'relation-confirmed';

/** A confirmation that stands, with the contribution that holds it. */
export interface StandingConfirmation extends RelationConfirmation {
  /** Names it for good. */
  readonly id: string;
  readonly contribution: FiledContribution;
}

interface ConfirmationTerms extends Omit<RelationConfirmation, 'by'> {
  readonly confirmation: string;
  readonly confirmer: string;
}

/** What people of any organisation confirm of another's relations, each in his own name; one that cannot be read does not. */
export const confirmationsAmong = (records: readonly BodiedRecord[]): StandingConfirmation[] =>
  records.flatMap(({ body, conflicting, suspended }): StandingConfirmation[] => {
    const { envelope, terms } = body;
    if (envelope.type !== RELATION_CONFIRMED || conflicting || suspended || !terms) return [];
    const { confirmation, confirmer, ...confirmed } = terms as unknown as ConfirmationTerms;
    return confirmer === envelope.sender
      ? [{ ...confirmed, by: envelope.owner.organisation, id: confirmation, contribution: body }]
      : [];
  });

/** Schools and practices that records of other organisations name at an instant; one that cannot be read names none. */
const namedAmong = (records: readonly BodiedRecord[], at: number): RelationConfirmation[] =>
  records.flatMap(({ body: { envelope, terms }, conflicting, suspended }): RelationConfirmation[] => {
    if (envelope.type !== 'relation' || conflicting || suspended || !terms) return [];
    const said = terms as unknown as Omit<RelationRecord, 'owner'>;
    const { organisation } = said;
    const by = envelope.owner.organisation;
    return organisation &&
      foldCode(organisation) !== foldCode(by) &&
      (NAMED_RELATIONS as readonly string[]).includes(said.relation) &&
      inTime(said, at)
      ? [{ by, organisation, service: null, relation: said.relation, at: new Date(at).toISOString() }]
      : [];
  });

/** What bears out the relations that organisations say they have themselves: words of people, and others' records. */
export const borneOutBy = (records: readonly BodiedRecord[], at: number): RelationConfirmation[] => [
  ...confirmationsAmong(records),
  ...namedAmong(records, at),
];

/**
 * The relations that a post has by records of relations. Of versions that contradict each other only what all say
 * counts.
 */
export const recordedRelations = (
  post: Viewer,
  records: readonly BodiedRecord[],
  confirmations: readonly RelationConfirmation[],
  at: number,
): Relations => {
  const versions = records.filter(({ body }) => body.envelope.type === 'relation');
  const byRecord = Map.groupBy(versions, ({ body: { envelope } }) =>
    JSON.stringify([envelope.subject.key, envelope.rank.feed, envelope.record.key]),
  );
  const said = ({ body, suspended }: BodiedRecord): Relations =>
    suspended || !body.terms
      ? new Map()
      : reachingRelations(
          post,
          [{ ...(body.terms as unknown as Omit<RelationRecord, 'owner'>), owner: body.envelope.owner }],
          confirmations,
          at,
        );
  return allRelations([...byRecord.values()].map((all) => commonRelations(all.map(said))));
};

/** Those that a post has by moves between authorities that are not accepted. */
export const relationsByMoves = (
  post: Viewer,
  records: readonly BodiedRecord[],
  isAccepted: IsAccepted,
  at: number,
): Relations => {
  const waiting = movesAmong(records).filter((move) => !isAccepted(move));
  return reachingRelations(post, waiting.flatMap(relationsOfMove), [], at);
};
