import { randomUUID } from 'node:crypto';
import { standingDirectives } from '#chronology';
import { isOwn, type Viewer } from '#sharing';
import {
  isOwnDecision,
  ownReference,
  type Asked,
  type ChildDecisions,
  type Situation,
} from '../directives/child-decisions.js';

/** Event type of a look at what one's own service recorded of consent about a child. */
export const CONSENT_OPENED = 'consent-opened';

const CONSENT = 'processing-consent-recorded';
const YOUNG_PERSON = 'young-person-decision-recorded';
const HARM = 'significant-harm-recorded';
const WORKING_AGREEMENT = 'working-agreement-recorded';

export interface ProcessingConsent {
  readonly decision: 'given' | 'withdrawn';
  readonly by: 'young-person' | 'parental-responsibility';
  readonly until: string | null;
  readonly person: string;
  readonly standing: string;
  readonly courtLimits: string | null;
  readonly scope: string;
  readonly told: boolean;
  readonly toldReason: string | null;
  readonly childView: string | null;
}

export interface YoungPersonDecision {
  readonly agreed: boolean;
  readonly competent: boolean;
  readonly assessment: string;
  readonly assessedBy: string;
  readonly youngPersonsWords: string | null;
}

export interface SignificantHarm {
  readonly stands: boolean;
  readonly reason: string;
}

export interface WorkingAgreement {
  readonly agrees: boolean;
  readonly decidedBy: string;
  readonly reason: string | null;
  readonly childView: string | null;
}

/** What was recorded, with the role of its author and when. What cannot be opened of it is missing. */
type Recorded<T> = Partial<T> & { readonly authorRole?: string; readonly at: string };

export interface RecordedConsent {
  readonly consents: readonly Recorded<ProcessingConsent>[];
  readonly youngPersonDecisions: readonly Recorded<YoungPersonDecision>[];
  readonly significantHarm: readonly Recorded<SignificantHarm>[];
}

/**
 * What a service records of consent: of those who may give it, of the young person, of significant harm; and whether a
 * family agrees to work with services, which is an entry and opens or closes nothing. What closes counts from its
 * acknowledgement on, what opens once it is filed.
 */
export class ConsentDesk {
  constructor(private readonly decisions: ChildDecisions) {}

  /** One record a service, giver and person: a later one takes its place. */
  processing(asked: Asked, consent: ProcessingConsent): Promise<string> {
    const name = (service: string) => `${service}/${consent.by}/${consent.person.toLowerCase()}`;
    return this.take(asked, CONSENT, name, { ...consent });
  }

  /** One record a service. */
  youngPerson(asked: Asked, decision: YoungPersonDecision): Promise<string> {
    return this.take(asked, YOUNG_PERSON, (service) => service, { ...decision });
  }

  /** One record a service. */
  significantHarm(asked: Asked, harm: SignificantHarm): Promise<string> {
    return this.take(asked, HARM, (service) => service, { ...harm });
  }

  /** An entry of its own. */
  workingAgreement(asked: Asked, agreement: WorkingAgreement): Promise<string> {
    const id = randomUUID();
    return this.take(asked, WORKING_AGREEMENT, () => id, { identifiers: [], ...agreement });
  }

  /** What stands of one's own services' records. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<RecordedConsent> {
    const situation = await this.decisions.situationOf(asked);
    const standing = this.standing(situation, [CONSENT, YOUNG_PERSON, HARM]).filter(({ contribution }) =>
      isOwnDecision(situation, contribution),
    );
    const contents = await this.decisions.contentsOf(standing.map(({ contribution }) => contribution));
    const listed = <T>(type: string): Recorded<T>[] =>
      standing
        .filter(({ contribution }) => contribution.envelope.type === type)
        .map(
          ({ contribution: { envelope }, terms }) =>
            ({ ...terms, ...contents.get(envelope.contributionId), at: envelope.hubReceived }) as Recorded<T>,
        );
    const answer: RecordedConsent = {
      consents: listed(CONSENT),
      youngPersonDecisions: listed(YOUNG_PERSON),
      significantHarm: listed(HARM),
    };
    const records = standing.map(({ contribution }) => contribution.envelope.contributionId);
    await this.decisions.recordLook(asked, situation, CONSENT_OPENED, { records }, answer);
    return answer;
  }

  private async take(
    asked: Asked,
    type: string,
    nameOf: (service: string) => string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const situation = await this.decisions.situationOf(asked);
    const { post } = situation;
    return this.decisions.accept(asked, post, this.placesOf(situation, post, type), {
      type,
      recordType: type,
      recordKey: `${type}/${nameOf(post.service)}`,
      body: { ...body, authorRole: post.role },
    });
  }

  private standing({ references }: Situation, types: readonly string[]) {
    return references.flatMap(({ contributions }) => standingDirectives(contributions, types));
  }

  /** Wherever the service's word of this kind stands, so that none of it is left behind; else its own reference. */
  private placesOf(situation: Situation, post: Viewer, type: string): string[] {
    const places = this.standing(situation, type === WORKING_AGREEMENT ? [] : [type])
      .filter(({ contribution }) => isOwn(post, contribution.envelope.owner))
      .map(({ contribution }) => contribution.envelope.subject.key);
    return places.length > 0 ? [...new Set(places)] : [ownReference(situation, post)];
  }
}
