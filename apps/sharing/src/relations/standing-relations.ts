import { bodied, confirmationsAmong, RESPONSIBILITY_ACCEPTED, type BodiedRecord, type StandingMove } from '#chronology';
import { reachingRelations, type RelationRecord } from '#sharing';
import type { FiledContribution } from '#timeline';
import { movesOf } from './move-desk.js';
import { isOwnDecision, type Asked, type ChildDecisions, type Situation } from '../directives/child-decisions.js';

/** Event type of a look at what one's own service said of relations, and what of it still counts. */
export const RELATIONS_OPENED = 'relations-opened';

/** A contact at a front door that is open. */
export interface OpenContact {
  readonly id: string;
  /** RFC 3339 instants: inclusive, and exclusive. */
  readonly from: string;
  readonly until: string;
  /** What it is about. Null: it cannot be opened. */
  readonly reason: string | null;
}

/** Another organisation's relation that one's own service confirmed. */
export interface GivenConfirmation {
  readonly id: string;
  readonly organisation: string;
  /** Null: whichever service of it. */
  readonly service: string | null;
  readonly relation: string;
  /** RFC 3339 instant: what began later is not confirmed. */
  readonly at: string;
  readonly reason: string | null;
}

/** A move to another authority. */
export interface ListedMove {
  readonly id: string;
  /** The first authority, and the second. */
  readonly by: string;
  readonly organisation: string;
  /** RFC 3339 instant: since when both are responsible. */
  readonly from: string;
  readonly reason: string | null;
  /** The viewer's own service said so and may take it back; else it waits for the viewer's. */
  readonly own: boolean;
  /** What the second authority gave in writing, where it accepted; null: it has not. */
  readonly accepted: { readonly at: string; readonly statement: string | null } | null;
}

export interface RelationsThatCount {
  readonly contacts: readonly OpenContact[];
  readonly moves: readonly ListedMove[];
  readonly confirmations: readonly GivenConfirmation[];
}

interface ContactTerms extends Omit<RelationRecord, 'owner'> {
  readonly contact?: string | null;
  readonly until: string;
}

/** What one's own services said of who has to do with a child, as far as it can be ended: open contacts, confirmations. */
export class StandingRelations {
  constructor(private readonly decisions: ChildDecisions) {}

  /** The oldest first. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<RelationsThatCount> {
    const situation = await this.decisions.situationOf(asked);
    const records = situation.references
      .flatMap(({ contributions }) => bodied(contributions))
      .filter(({ body, suspended }) => !suspended && isOwnDecision(situation, body));
    const contacts = records.flatMap(({ body }) => openContact(situation, body));
    const confirmations = confirmationsAmong(records);
    const { isAccepted, records: all, ...said } = movesOf(situation);
    const moves = said.moves.flatMap((move) => {
      const own = isOwnDecision(situation, move.contribution);
      const waits = !isAccepted(move);
      if (!own && !(waits && isForViewer(situation, move))) return [];
      return [{ ...move, own, acceptance: waits ? undefined : acceptanceOf(all, move) }];
    });
    const held = [
      ...contacts.map(({ body }) => body),
      ...[...confirmations, ...moves].map(({ contribution }) => contribution),
      ...moves.flatMap(({ acceptance }) => (acceptance ? [acceptance] : [])),
    ];
    const contents = await this.decisions.contentsOf(held);
    const textOf = ({ envelope }: FiledContribution, field: string): string | null => {
      const text = contents.get(envelope.contributionId)?.[field];
      return typeof text === 'string' ? text : null;
    };
    const reasonOf = (one: FiledContribution): string | null => textOf(one, 'reason');
    const answer: RelationsThatCount = {
      contacts: contacts
        .map(({ body, terms: { from, until }, id }) => ({ id, from, until, reason: reasonOf(body) }))
        .sort((one, other) => Date.parse(one.from) - Date.parse(other.from)),
      moves: moves
        .map(({ id, owner, organisation, from, own, contribution, acceptance }) => ({
          id,
          by: owner.organisation,
          organisation,
          from,
          reason: reasonOf(contribution),
          own,
          accepted: acceptance
            ? { at: acceptance.envelope.hubReceived, statement: textOf(acceptance, 'statement') }
            : null,
        }))
        .sort((one, other) => Date.parse(one.from) - Date.parse(other.from)),
      confirmations: confirmations
        .map(({ id, organisation, service, relation, at, contribution }) => ({
          id,
          organisation,
          service,
          relation,
          at,
          reason: reasonOf(contribution),
        }))
        .sort((one, other) => Date.parse(one.at) - Date.parse(other.at)),
    };
    const shown = {
      contacts: answer.contacts.map(({ id }) => id),
      moves: answer.moves.map(({ id }) => id),
      confirmations: answer.confirmations.map(({ id }) => id),
    };
    await this.decisions.recordLook(asked, situation, RELATIONS_OPENED, shown, answer);
    return answer;
  }
}

const acceptanceOf = (records: readonly BodiedRecord[], { id, organisation }: StandingMove) =>
  records.find(
    ({ body: { envelope, terms } }) =>
      envelope.type === RESPONSIBILITY_ACCEPTED &&
      envelope.owner.organisation === organisation &&
      (terms === undefined || terms['move'] === id),
  )?.body;

/** Whether it waits for the front door where the viewer works; not where the child is closed to him. */
const isForViewer = ({ view }: Situation, { organisation, services }: StandingMove): boolean =>
  view.coveredFrom === null &&
  view.working.some((post) => post.organisation === organisation && services.includes(post.service));

/** The contact that this record is, where it is one that is open to its service now; else nothing. */
const openContact = ({ view, coordinates }: Situation, body: FiledContribution) => {
  const { envelope } = body;
  const terms = envelope.type === 'relation' ? (body.terms as ContactTerms | undefined) : undefined;
  if (terms?.relation !== 'triage' || !terms.contact) return [];
  const record = { ...terms, owner: envelope.owner };
  const isOpen = view.entitled.some((post) => reachingRelations(post, [record], [], coordinates.at.getTime()).size > 0);
  return isOpen ? [{ body, terms, id: terms.contact }] : [];
};
