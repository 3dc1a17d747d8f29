import { randomUUID } from 'node:crypto';
import { doNotInformIn, type DoNotInformMark } from '#chronology';
import { Problem } from '#platform';
import { isOwn } from '#sharing';
import {
  isOwnDecision,
  ownEntry,
  ownReference,
  type Asked,
  type ChildDecisions,
  type Situation,
} from './child-decisions.js';

/** Event type of a look at one's own service's marks on a child. */
export const MARKS_OPENED = 'marks-opened';

const TYPE = 'do-not-inform-marked';

export interface MarkAsked {
  readonly entryId: string | null;
  readonly allCarers: boolean;
  readonly adult: string | null;
  readonly agency: string | null;
  readonly reason: string;
}

export interface ListedMark {
  readonly id: string;
  readonly entryId: string | null;
  readonly ofOneRecord: boolean;
  readonly handling: readonly string[];
  readonly reason: string | null;
  readonly at: string;
}

const noSuchMark = (): Problem => new Problem(404, 'no-such-mark', 'Your service made no such mark');
const nameOf = (directive: string): string => `do-not-inform/${directive}`;

/** Marks that tell every reader of what a service recorded who must not be told of it. They hide nothing. */
export class DoNotInformDesk {
  constructor(private readonly decisions: ChildDecisions) {}

  async mark(asked: Asked, { entryId, ...mark }: MarkAsked) {
    const situation = await this.decisions.situationOf(asked);
    const { envelope, post } =
      entryId === null ? { envelope: null, post: situation.post } : ownEntry(situation, entryId);
    const directive = randomUUID();
    const subject = envelope?.subject.key ?? ownReference(situation, post);
    const receipt = await this.decisions.accept(asked, post, [subject], {
      type: TYPE,
      recordType: TYPE,
      recordKey: nameOf(directive),
      body: { directive, feed: envelope?.rank.feed ?? null, record: envelope?.record.key ?? null, ...mark },
    });
    return { id: directive, receipt };
  }

  async lift(asked: Asked, id: string) {
    const situation = await this.decisions.situationOf(asked);
    const found = marksIn(situation).find((mark) => mark.id === id);
    if (!found) throw noSuchMark();
    const post = situation.view.entitled.find((one) => isOwn(one, found.owner))!;
    const receipt = await this.decisions.accept(asked, post, [found.contribution.envelope.subject.key], {
      type: 'entry-retracted',
      recordType: TYPE,
      recordKey: nameOf(id),
      body: {},
    });
    return { id, receipt };
  }

  /** What stands of one's own services' marks. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<ListedMark[]> {
    const situation = await this.decisions.situationOf(asked);
    const marks = marksIn(situation);
    const contents = await this.decisions.contentsOf(marks.map(({ contribution }) => contribution));
    const listed = marks.map(({ id, record, handling, contribution: { envelope } }): ListedMark => {
      const reason = contents.get(envelope.contributionId)?.['reason'];
      const entry = situation.view.entries.find(
        ({ contribution: { envelope: its } }) =>
          its.subject.key === envelope.subject.key && record?.feed === its.rank.feed && record.key === its.record.key,
      );
      return {
        id,
        entryId: entry?.id ?? null,
        ofOneRecord: record !== null,
        handling,
        reason: typeof reason === 'string' ? reason : null,
        at: envelope.hubReceived,
      };
    });
    await this.decisions.recordLook(asked, situation, MARKS_OPENED, { marks: listed.map(({ id }) => id) }, listed);
    return listed;
  }
}

const marksIn = (situation: Situation): DoNotInformMark[] =>
  doNotInformIn(situation.references.flatMap(({ contributions }) => contributions)).filter(({ contribution }) =>
    isOwnDecision(situation, contribution),
  );
