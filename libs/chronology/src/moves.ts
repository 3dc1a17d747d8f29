import { foldCode, type OwnerService, type RelationRecord } from '#sharing';
import type { FiledContribution } from '#timeline';
import type { BodiedRecord } from './standing-records.js';

/** Event types of a move to another authority, and of its acceptance in writing. */
export const RESPONSIBILITY_MOVED = 'responsibility-moved';
export const RESPONSIBILITY_ACCEPTED = 'responsibility-accepted';

/** A move that its own authority has not taken back. */
export interface StandingMove {
  /** Names it for good. */
  readonly id: string;
  readonly owner: OwnerService;
  /** The second authority, and the services of its front door. */
  readonly organisation: string;
  readonly services: readonly string[];
  /** RFC 3339 instant, inclusive. */
  readonly from: string;
  readonly contribution: FiledContribution;
}

interface MoveTerms extends Pick<StandingMove, 'organisation' | 'services' | 'from'> {
  readonly move: string;
  readonly mover: string;
}

/** Whether a move was accepted. */
export type IsAccepted = (move: Pick<StandingMove, 'id' | 'organisation'>) => boolean;

/**
 * By what the second authority said, wherever it stands near the child: an acceptance that is suspended, or contradicts
 * another, counts too, and one that cannot be read ends every move to whoever said it.
 */
export const acceptancesAmong = (records: readonly BodiedRecord[]): IsAccepted => {
  const accepted = records
    .filter(({ body }) => body.envelope.type === RESPONSIBILITY_ACCEPTED)
    .map(({ body: { envelope, terms } }) => ({ move: terms?.['move'], by: foldCode(envelope.owner.organisation) }));
  return ({ id, organisation }) =>
    accepted.some(({ move, by }) => by === foldCode(organisation) && (move === undefined || move === id));
};

/** Moves, each said by its mover in his own name, whoever accepted them; one that cannot be read is none. */
export const movesAmong = (records: readonly BodiedRecord[]): StandingMove[] =>
  records.flatMap(({ body, conflicting, suspended }): StandingMove[] => {
    const { envelope, terms } = body;
    if (envelope.type !== RESPONSIBILITY_MOVED || conflicting || suspended || !terms) return [];
    const { move: id, mover, organisation, services, from } = terms as unknown as MoveTerms;
    return mover === envelope.sender
      ? [{ id, owner: envelope.owner, organisation, services, from, contribution: body }]
      : [];
  });

/** While both are responsible, the child is with whoever is on duty at both: the mover's service, and the front door. */
export const relationsOfMove = ({ owner, organisation, services, from }: StandingMove): RelationRecord[] =>
  [
    { organisation: owner.organisation, service: owner.service },
    ...services.map((service) => ({ organisation, service })),
  ].map((one) => ({ owner: { organisation: one.organisation }, relation: 'duty', service: one.service, from }));
