import { randomUUID } from 'node:crypto';
import { directivesOf, excludes, isInForce, type Directive, type PartyNamed } from '#chronology';
import { Problem } from '#platform';
import { isOwn } from '#sharing';
import {
  isOwnDecision,
  ownEntry,
  ownReference,
  type Asked,
  type ChildDecisions,
  type Named,
  type Situation,
} from './child-decisions.js';
import { refusePast } from '../http/decision-body.js';

/** Event type of a look at what one's own service decided about a child. */
export const DIRECTIVES_OPENED = 'directives-opened';

export interface ListedDirective {
  readonly id: string;
  readonly kind: Directive['kind'];
  /** Its entry where the viewer sees it; null: all records of the service, or one that does not show. */
  readonly entryId: string | null;
  readonly ofOneRecord: boolean;
  readonly who: readonly Omit<PartyNamed, 'staffKey'>[];
  readonly until: string | null;
  readonly reason: string | null;
  readonly at: string;
}

const noSuchDirective = (): Problem => new Problem(404, 'no-such-restriction', 'Your service made no such restriction');

/**
 * What the people of a service decide about what it recorded of a child: withdraw a version, restrict, exclude, and
 * lift. Each counts from its acknowledgement on.
 */
export class DirectiveDesk {
  constructor(private readonly decisions: ChildDecisions) {}

  async withdraw(asked: Asked, entryId: string, reason: string) {
    const situation = await this.decisions.situationOf(asked);
    const { envelope, post } = ownEntry(situation, entryId);
    const directive = randomUUID();
    const receipt = await this.decisions.accept(asked, post, [envelope.subject.key], {
      ...named('entry-withdrawn', directive),
      body: {
        directive,
        feed: envelope.rank.feed,
        record: envelope.record.key,
        body: envelope.record.body,
        rank: envelope.rank.key,
        reason,
      },
    });
    return { id: directive, receipt };
  }

  async close(
    asked: Asked,
    type: 'restriction-made' | 'exclusion-made',
    decision: {
      readonly entryId: string | null;
      readonly who: readonly Named[];
      readonly until: string | null;
      readonly reason: string;
    },
  ) {
    const situation = await this.decisions.situationOf(asked);
    refusePast(decision.until, situation.coordinates.at.getTime());
    const { envelope: entry, post } =
      decision.entryId === null ? { envelope: null, post: situation.post } : ownEntry(situation, decision.entryId);
    const who = await this.decisions.keysOf(decision.who);
    const directive = randomUUID();
    const subject = entry?.subject.key ?? ownReference(situation, post);
    const receipt = await this.decisions.accept(asked, post, [subject], {
      ...named(type, directive),
      body: {
        directive,
        who,
        until: decision.until,
        feed: entry?.rank.feed ?? null,
        record: entry?.record.key ?? null,
        reason: decision.reason,
      },
    });
    return { id: directive, receipt };
  }

  /** Ends a directive of one's own service. What it closed shows again once this is filed. */
  async lift(asked: Asked, id: string) {
    const situation = await this.decisions.situationOf(asked);
    const found = directivesIn(situation).find((directive) => directive.id === id && !directive.unreadable);
    if (!found) throw noSuchDirective();
    const { recordType, subject } = found.contribution.envelope;
    const post = situation.view.entitled.find((one) => isOwn(one, found.owner)) ?? situation.post;
    const receipt = await this.decisions.accept(asked, post, [subject.key], {
      ...named('entry-retracted', id),
      recordType,
      body: {},
    });
    return { id, receipt };
  }

  /** What stands of one's own service's decisions about this child. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<ListedDirective[]> {
    const situation = await this.decisions.situationOf(asked);
    const { view, coordinates } = situation;
    const standing = directivesIn(situation).filter((directive) => isInForce(directive, coordinates.at.getTime()));
    const contents = await this.decisions.contentsOf(standing.map(({ contribution }) => contribution));
    const reasonOf = ({ contribution }: Directive): string | null => {
      const reason = contents.get(contribution.envelope.contributionId)?.['reason'];
      return typeof reason === 'string' ? reason : null;
    };
    const listed = standing.map((directive): ListedDirective => ({
      id: directive.id,
      kind: directive.kind,
      entryId:
        view.entries.find(
          ({ contribution: { envelope } }) =>
            directive.record?.feed === envelope.rank.feed && directive.record.key === envelope.record.key,
        )?.id ?? null,
      ofOneRecord: directive.record !== null,
      who: directive.who.map(({ organisation, service, team }) => ({ organisation, service, team })),
      until: directive.until,
      reason: reasonOf(directive),
      at: directive.contribution.envelope.hubReceived,
    }));
    const shown = { directives: listed.map(({ id }) => id) };
    await this.decisions.recordLook(asked, situation, DIRECTIVES_OPENED, shown, listed);
    return listed;
  }
}

const named = (type: string, directive: string) => ({ type, recordType: type, recordKey: `directive/${directive}` });

/** Those of the viewer's own services that do not exclude him. */
const directivesIn = (situation: Situation): Directive[] =>
  situation.references
    .flatMap(({ contributions }) => directivesOf(contributions))
    .filter((directive) => {
      const isClosing =
        isInForce(directive, situation.coordinates.at.getTime()) &&
        situation.view.entitled.some((one) => excludes(directive, one));
      return isOwnDecision(situation, directive.contribution) && !isClosing;
    });
