import { randomUUID } from 'node:crypto';
import {
  acceptancesAmong,
  bodied,
  movesAmong,
  RESPONSIBILITY_ACCEPTED,
  RESPONSIBILITY_MOVED,
  type StandingMove,
} from '#chronology';
import type { Organisation } from '#intake';
import { Problem } from '#platform';
import { isOwn } from '#sharing';
import {
  noSuchChild,
  ownReference,
  type Asked,
  type ChildDecisions,
  type Situation,
} from '../directives/child-decisions.js';

/** Only organisations of this kind are responsible for a child. */
const AUTHORITY = 'LOCAL_AUTHORITY';

const notThere = (): Problem =>
  new Problem(400, 'bad-request', 'The move was not taken', {
    errors: [{ field: 'organisation', reason: 'not-allowed' }],
  });
const noSuchMove = (): Problem => new Problem(404, 'no-such-move', 'No such move waits for your service');
const noRecord = (): Problem =>
  new Problem(
    409,
    'no-record-of-yours',
    'No record of your organisation is linked to this child yet: record it first, with its verified number',
  );

/** Where a family goes, as the person of the first authority says it. */
export interface Moved {
  readonly organisation: string;
  /** RFC 3339 instant; null: now. */
  readonly from: string | null;
  readonly reason: string;
}

/**
 * From a move on two authorities are responsible for a child, until the second accepts in writing: neither loses sight
 * of it meanwhile, whatever their own systems say.
 */
export class MoveDesk {
  constructor(
    private readonly decisions: ChildDecisions,
    private readonly organisations: ReadonlyMap<string, Organisation>,
  ) {}

  /** By whoever has the child for longer at the first authority, by its own records: not by a contact or another move. */
  async move(asked: Asked, { organisation, from, reason }: Moved) {
    const situation = await this.workingWith(asked);
    const post = situation.view.responsible.find((one) => this.isAuthority(one.organisation));
    if (!post) throw noSuchChild();
    const services = this.organisations.get(organisation)?.frontDoor ?? [];
    if (organisation === post.organisation || !this.isAuthority(organisation) || services.length === 0) {
      throw notThere();
    }
    const move = randomUUID();
    const body = { move, mover: post.staffKey, organisation, services, from: from ?? at(situation), reason };
    const receipt = await this.decisions.accept(asked, post, [ownReference(situation, post)], {
      type: RESPONSIBILITY_MOVED,
      recordType: RESPONSIBILITY_MOVED,
      recordKey: pathOf(move),
      body,
    });
    return { id: move, receipt };
  }

  /** By whoever has the child by the move, at the second: with it, both relations of the move are over. */
  async accept(asked: Asked, id: string, statement: string) {
    const situation = await this.workingWith(asked);
    const move = movesIn(situation).find((one) => one.id === id);
    const post = move && situation.view.working.find((one) => one.organisation === move.organisation);
    if (!move || !post) throw noSuchMove();
    if (!situation.references.some(({ organisation }) => organisation === post.organisation)) throw noRecord();
    const receipt = await this.decisions.accept(asked, post, [ownReference(situation, post)], {
      type: RESPONSIBILITY_ACCEPTED,
      recordType: RESPONSIBILITY_ACCEPTED,
      recordKey: `${pathOf(id)}/acceptance`,
      body: { move: id, accepter: post.staffKey, statement },
    });
    return { id, receipt };
  }

  /** By the service that said so: the family stays. */
  async lift(asked: Asked, id: string) {
    const situation = await this.workingWith(asked);
    const move = movesIn(situation).find((one) => one.id === id);
    const post = move && situation.view.working.find((one) => isOwn(one, move.owner));
    if (!move || !post) throw noSuchMove();
    const receipt = await this.decisions.accept(asked, post, [move.contribution.envelope.subject.key], {
      type: 'entry-retracted',
      recordType: RESPONSIBILITY_MOVED,
      recordKey: pathOf(id),
      body: {},
    });
    return { id, receipt };
  }

  private async workingWith(asked: Asked): Promise<Situation> {
    const situation = await this.decisions.situationOf(asked);
    const { working, coveredFrom } = situation.view;
    if (working.length === 0 || coveredFrom !== null) throw noSuchChild();
    return situation;
  }

  private isAuthority(organisation: string): boolean {
    return this.organisations.get(organisation)?.kind === AUTHORITY;
  }
}

const pathOf = (move: string): string => `responsibility-move/${move}`;

const at = ({ coordinates }: Situation): string => coordinates.at.toISOString();

/** Moves of this child, and which of them are accepted. */
export const movesOf = ({ references }: Situation) => {
  const records = references.flatMap(({ contributions }) => bodied(contributions));
  return { moves: movesAmong(records), isAccepted: acceptancesAmong(records), records };
};

const movesIn = (situation: Situation): StandingMove[] => {
  const { moves, isAccepted } = movesOf(situation);
  return moves.filter((move) => !isAccepted(move));
};
