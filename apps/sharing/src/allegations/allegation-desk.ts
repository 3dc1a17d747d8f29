import { randomUUID } from 'node:crypto';
import { ownEntry, ownReference, type Asked, type ChildDecisions } from '../directives/child-decisions.js';

const ALLEGATION = 'allegation-recorded';
const OUTCOME = 'allegation-outcome-recorded';

export const OUTCOMES = ['substantiated', 'unsubstantiated', 'unfounded', 'malicious'] as const;

export interface Allegation {
  readonly allegation: string;
  readonly against: string;
  readonly childView: string | null;
}

export interface AllegationOutcome {
  /** The entry of the allegation. */
  readonly entryId: string;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly withdrawn: boolean;
  readonly reason: string;
}

/** Allegations that a service records, and what came of them. Nothing that comes of one takes it away. */
export class AllegationDesk {
  constructor(private readonly decisions: ChildDecisions) {}

  async record(asked: Asked, allegation: Allegation): Promise<string> {
    const situation = await this.decisions.situationOf(asked);
    const { post } = situation;
    return this.decisions.accept(asked, post, [ownReference(situation, post)], {
      type: ALLEGATION,
      recordType: ALLEGATION,
      recordKey: `allegation/${randomUUID()}`,
      about: 'alleged-perpetrator',
      body: { identifiers: [], ...allegation, authorRole: post.role },
    });
  }

  /** What came of an allegation that one's own service recorded; a later outcome takes the place of an earlier one. */
  async close(asked: Asked, { entryId, ...outcome }: AllegationOutcome): Promise<string> {
    const situation = await this.decisions.situationOf(asked);
    const { envelope, post } = ownEntry(situation, entryId, ALLEGATION);
    return this.decisions.accept(asked, post, [envelope.subject.key], {
      type: OUTCOME,
      recordType: OUTCOME,
      recordKey: `allegation-outcome/${envelope.record.key}`,
      about: envelope.about,
      body: {
        identifiers: [],
        closes: { feed: envelope.rank.feed, record: envelope.record.key },
        ...outcome,
        authorRole: post.role,
      },
    });
  }
}
