import { randomUUID } from 'node:crypto';
import { releasesOf, SANITISED_TEXT, type ReleaseMade } from '#chronology';
import { Problem } from '#platform';
import { isOwn, type Viewer } from '#sharing';
import {
  isOwnDecision,
  ownEntry,
  type Asked,
  type ChildDecisions,
  type Situation,
} from '../directives/child-decisions.js';
import { refusePast } from '../http/decision-body.js';

/** Event type of a look at what one's own service released of a child. */
export const RELEASES_OPENED = 'releases-opened';

/** An entry for one person: fields of it by the names that agreements use, a text of the owner's, or both. */
export interface ReleaseAsked {
  readonly entryId: string;
  readonly to: { readonly organisation: string; readonly workerId: string };
  readonly fields: readonly string[];
  readonly sanitisedText: string | null;
  readonly until: string;
  readonly reason: string;
}

export interface ListedRelease {
  readonly id: string;
  /** Its entry where the viewer sees that version. */
  readonly entryId: string | null;
  readonly to: { readonly organisation: string };
  readonly byRole: string;
  readonly fields: readonly string[];
  readonly sanitisedText: string | null;
  readonly until: string;
  readonly reason: string | null;
  readonly at: string;
}

const noReleaser = (): Problem =>
  new Problem(403, 'not-a-releaser', 'No agreement of your organisation lets your role release');
const noSuchRelease = (): Problem => new Problem(404, 'no-such-release', 'Your service made no such release');

const nameOf = (directive: string): string => `release/${directive}`;

/**
 * Releases: the owner's only way to show what an originator controls, or what a hidden service holds. Whether one opens
 * anything is decided at every read, by a clause that names the releaser's role; it opens once it is filed.
 */
export class ReleaseDesk {
  constructor(private readonly decisions: ChildDecisions) {}

  async release(asked: Asked, { entryId, to, fields, sanitisedText, until, reason }: ReleaseAsked) {
    const situation = await this.decisions.situationOf(asked);
    refusePast(until, situation.coordinates.at.getTime());
    const { envelope } = ownEntry(situation, entryId);
    const post = situation.view.entitled.find((one) => isOwn(one, envelope.owner) && mayRelease(situation, one));
    if (!post) throw noReleaser();
    const [person] = await this.decisions.keysOf([{ ...to, service: null, team: null }]);
    const directive = randomUUID();
    const receipt = await this.decisions.accept(asked, post, [envelope.subject.key], {
      type: 'release-made',
      recordType: 'release-made',
      recordKey: nameOf(directive),
      body: {
        directive,
        feed: envelope.rank.feed,
        record: envelope.record.key,
        body: envelope.record.body,
        organisation: to.organisation,
        staffKey: person!.staffKey!,
        byRole: post.role,
        fields: sanitisedText === null ? fields : [...fields, SANITISED_TEXT],
        until,
        sanitisedText,
        reason,
      },
    });
    return { id: directive, receipt };
  }

  /** Ends a release of one's own service, at once. */
  async lift(asked: Asked, id: string) {
    const situation = await this.decisions.situationOf(asked);
    const found = releasesIn(situation).find(({ directive }) => directive === id);
    if (!found) throw noSuchRelease();
    const post = situation.view.entitled.find((one) => isOwn(one, found.owner))!;
    const receipt = await this.decisions.accept(asked, post, [found.subject], {
      type: 'entry-retracted',
      recordType: 'release-made',
      recordKey: nameOf(id),
      body: {},
    });
    return { id, receipt };
  }

  /** What stands of one's own service's releases of this child, ended or not. Throws `ReadNotRecorded`. */
  async list(asked: Asked): Promise<ListedRelease[]> {
    const situation = await this.decisions.situationOf(asked);
    const releases = releasesIn(situation);
    const contents = await this.decisions.contentsOf(releases.map(({ contribution }) => contribution));
    const listed = releases.map((release): ListedRelease => {
      const { envelope } = release.contribution;
      const { sanitisedText, reason } = contents.get(envelope.contributionId) ?? {};
      return {
        id: release.directive,
        entryId: entryOf(situation, release),
        to: { organisation: release.organisation },
        byRole: release.byRole,
        fields: release.fields,
        sanitisedText: typeof sanitisedText === 'string' ? sanitisedText : null,
        until: release.until,
        reason: typeof reason === 'string' ? reason : null,
        at: envelope.hubReceived,
      };
    });
    const shown = { releases: listed.map(({ id }) => id) };
    await this.decisions.recordLook(asked, situation, RELEASES_OPENED, shown, listed);
    return listed;
  }
}

/** A clause of an agreement that this organisation adopted names the role. */
const mayRelease = ({ view }: Situation, post: Viewer): boolean =>
  view.inForce.some(
    ({ owners, adopted }) =>
      owners.includes(post.organisation) && adopted.agreement.releases.some(({ by }) => by.has(post.role)),
  );

const releasesIn = (situation: Situation): ReleaseMade[] =>
  situation.references
    .flatMap(({ contributions }) => releasesOf(contributions))
    .filter(({ contribution }) => isOwnDecision(situation, contribution));

const entryOf = ({ view }: Situation, release: ReleaseMade): string | null =>
  view.entries.find(
    ({ contribution: { envelope } }) =>
      envelope.subject.key === release.subject &&
      envelope.rank.feed === release.feed &&
      envelope.record.key === release.record &&
      envelope.record.body === release.body,
  )?.id ?? null;
