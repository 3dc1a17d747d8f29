import { foldCode, type OwnerService, type RelationRecord } from '#sharing';
import type { FiledContribution } from '#timeline';
import type { BodiedRecord } from './standing-records.js';

/** Event types of a move to another authority, and of its acceptance in writing. */
export const RESPONSIBILITY_MOVED = 'responsibility-moved';
export const RESPONSIBILITY_ACCEPTED = 'responsibility-accepted';

/** A move that the second authority has not accepted. */
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

/**
 * Moves that nobody accepted for the second authority, each said by its mover in his own name. One that cannot be read
 * opens nothing; an acceptance counts also where it is suspended, or contradicts another.
 */
export const movesAmong = (records: readonly BodiedRecord[]): StandingMove[] => {
  const accepted = records.flatMap(({ body: { envelope, terms } }) =>
    envelope.type === RESPONSIBILITY_ACCEPTED && terms?.['accepter'] === envelope.sender
      ? [{ move: terms['move'], by: foldCode(envelope.owner.organisation) }]
      : [],
  );
  return records.flatMap(({ body, conflicting, suspended }): StandingMove[] => {
    const { envelope, terms } = body;
    if (envelope.type !== RESPONSIBILITY_MOVED || conflicting || suspended || !terms) return [];
    const { move: id, mover, organisation, services, from } = terms as unknown as MoveTerms;
    if (mover !== envelope.sender) return [];
    const isAccepted = accepted.some(({ move, by }) => move === id && by === foldCode(organisation));
    return isAccepted ? [] : [{ id, owner: envelope.owner, organisation, services, from, contribution: body }];
  });
};

/** While both are responsible, the child is with whoever is on duty at both: the mover's service, and the front door. */
export const relationsOfMove = ({ owner, organisation, services, from }: StandingMove): RelationRecord[] =>
  [
    { organisation: owner.organisation, service: owner.service },
    ...services.map((service) => ({ organisation, service })),
  ].map((one) => ({ owner: { organisation: one.organisation }, relation: 'duty', service: one.service, from }));
