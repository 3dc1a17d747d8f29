import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { About } from '#contracts';
import {
  CHILD_EXCLUSION,
  childExclusionsOf,
  closesTo,
  isInForce,
  WITHHELD_BY_DEFAULT,
  type ChildExclusion,
  type PartyNamed,
} from '#chronology';
import { Problem } from '#platform';
import type { Viewer } from '#sharing';
import { ownReference, type Asked, type ChildDecisions, type Named, type Situation } from './child-decisions.js';
import { refusePast } from '../http/decision-body.js';

/** Event type of a look at whom a guardian's organisation closed a child to. */
export const CHILD_EXCLUSIONS_OPENED = 'child-exclusions-opened';

/** Role of those who may close a whole child to somebody, whoever recorded what. */
export const GUARDIAN = 'hub-guardian';

export interface ExclusionAsked {
  readonly deny: readonly Named[];
  readonly view: ChildExclusion['view'];
  /** About whom nothing is left; null: about anybody but the child. */
  readonly withhold: readonly About[] | null;
  /** Entries about those excluded or their family, where whom they are about does not say so. */
  readonly entryIds: readonly string[];
  readonly until: string | null;
  readonly reason: string;
}

export interface ListedExclusion {
  readonly id: string;
  /** `person`: one person is meant, whose number is not kept. */
  readonly who: readonly (Omit<PartyNamed, 'staffKey'> & { readonly person: boolean })[];
  readonly view: ChildExclusion['view'];
  readonly withhold: readonly About[];
  readonly until: string | null;
  readonly reason: string | null;
  readonly at: string;
}

export const noGuardian = (): Problem =>
  new Problem(403, 'not-a-guardian', 'To close a whole child to somebody is for the hub guardians of an organisation');
const noSuchExclusion = (): Problem =>
  new Problem(404, 'no-such-exclusion', 'Your organisation’s guardians made no such exclusion');
const noSuchEntry = (place: string): Problem =>
  new Problem(404, 'no-such-entry', 'This is no entry that you see', {
    errors: [{ field: place, reason: 'not-allowed' }],
  });

/**
 * A guardian closes a whole child to persons, teams and their other sign-ins, and lifts it. It beats every permit and
 * release and says nothing of itself to whom it excludes, a guardian included.
 */
export class ChildExclusionDesk {
  constructor(
    private readonly pool: Pool,
    private readonly decisions: ChildDecisions,
  ) {}

  async exclude(asked: Asked, exclusion: ExclusionAsked) {
    const situation = await this.decisions.situationOf(asked);
    const post = guardianPost(situation);
    refusePast(exclusion.until, situation.coordinates.at.getTime());
    const records = exclusion.entryIds.map((id, i) => {
      const entry = situation.view.entries.find((one) => one.id === id);
      if (!entry) throw noSuchEntry(`entryIds[${i}]`);
      const { subject, rank, record } = entry.contribution.envelope;
      return { subject: subject.key, feed: rank.feed, record: record.key };
    });
    const who = await this.decisions.keysOf(exclusion.deny);
    const directive = randomUUID();
    const receipt = await this.decisions.accept(asked, post, [ownReference(situation, post)], {
      type: CHILD_EXCLUSION,
      recordType: CHILD_EXCLUSION,
      recordKey: nameOf(directive),
      body: {
        directive,
        who,
        view: exclusion.view,
        seen: exclusion.view === 'frozen' ? await this.lastSeen(situation, who) : [],
        withhold: exclusion.withhold ?? WITHHELD_BY_DEFAULT,
        records,
        until: exclusion.until,
        reason: exclusion.reason,
      },
    });
    return { id: directive, receipt };
  }

  /** Ends one. What it closed shows again once this is filed. */
  async lift(asked: Asked, id: string) {
    const situation = await this.decisions.situationOf(asked);
    const post = guardianPost(situation);
    const found = exclusionsIn(situation, post).find((one) => one.id === id && !one.unreadable);
    if (!found) throw noSuchExclusion();
    const receipt = await this.decisions.accept(asked, post, [found.contribution.envelope.subject.key], {
      type: 'entry-retracted',
      recordType: CHILD_EXCLUSION,
      recordKey: nameOf(id),
      body: {},
    });
    return { id, receipt };
  }

  /** What stands of the guardian's organisation's. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<ListedExclusion[]> {
    const situation = await this.decisions.situationOf(asked);
    const post = guardianPost(situation);
    const at = situation.coordinates.at.getTime();
    const standing = exclusionsIn(situation, post).filter((one) => isInForce(one, at));
    const contents = await this.decisions.contentsOf(standing.map(({ contribution }) => contribution));
    const listed = standing.map((exclusion): ListedExclusion => {
      const { contributionId, hubReceived } = exclusion.contribution.envelope;
      const reason = contents.get(contributionId)?.['reason'];
      return {
        id: exclusion.id,
        who: exclusion.who.map(({ staffKey, ...party }) => ({ ...party, person: staffKey !== null })),
        view: exclusion.view,
        withhold: exclusion.withhold,
        until: exclusion.until,
        reason: typeof reason === 'string' ? reason : null,
        at: hubReceived,
      };
    });
    const shown = { exclusions: listed.map(({ id }) => id) };
    await this.decisions.recordLook(asked, situation, CHILD_EXCLUSIONS_OPENED, shown, listed);
    return listed;
  }

  /** When each person named last opened the child's chronology. */
  private async lastSeen({ coordinates, view }: Situation, who: readonly PartyNamed[]) {
    const { rows } = await this.pool.query(
      `select s.subject_key, max(r.at) as at
         from projection.read_subject s join projection.read r using (generation, position)
        where s.generation = $1 and s.subject_key = any ($2::text[]) and r.kind = 'chronology'
          and exists (select from projection.read_subject c where c.generation = $1 and c.position = s.position
            and c.subject_key = any ($3::text[]) and c.decided_on)
        group by s.subject_key order by s.subject_key`,
      [coordinates.generation, who.flatMap(({ staffKey }) => staffKey ?? []), view.references],
    );
    return (rows as { subject_key: string; at: Date }[]).map((row) => ({
      staffKey: row.subject_key,
      at: row.at.toISOString(),
    }));
  }
}

const nameOf = (directive: string): string => `child-exclusion/${directive}`;

const guardianPost = ({ view }: Situation): Viewer => {
  const post = view.entitled.find(({ role }) => role === GUARDIAN);
  if (!post) throw noGuardian();
  return post;
};

/** Those of the guardian's organisation that do not exclude the guardian. */
const exclusionsIn = ({ references, view, staffKeys }: Situation, post: Viewer): ChildExclusion[] =>
  references
    .flatMap(({ contributions }) => childExclusionsOf(contributions))
    .filter(({ owner }) => owner.organisation === post.organisation)
    .filter((exclusion) => exclusion.unreadable || !closesTo(exclusion, { posts: view.posts, staffKeys }));
