import type { OwnerService, Release } from '#sharing';
import type { FiledContribution } from '#timeline';
import { standingDirectives } from './directives.js';

/** Name of the owner's own text in agreements, and in the content of an entry. */
export const SANITISED_TEXT = 'sanitised-text';
export const SANITISED_FIELD = 'sanitisedText';

/** What an owner released of one version of one record to one person. */
export interface ReleaseMade {
  /** Names it for good. */
  readonly directive: string;
  readonly owner: OwnerService;
  readonly subject: string;
  readonly feed: string;
  readonly record: string;
  /** HMAC of the body that is released. */
  readonly body: string;
  readonly organisation: string;
  readonly staffKey: string;
  readonly byRole: string;
  readonly fields: readonly string[];
  readonly until: string;
  /** It holds the owner's text, sealed in its content. */
  readonly contribution: FiledContribution;
}

/** Every release among these contributions that was not lifted. One that cannot be read opens nothing. */
export const releasesOf = (contributions: readonly FiledContribution[]): ReleaseMade[] =>
  standingDirectives(contributions, ['release-made']).flatMap(({ contribution, terms }): ReleaseMade[] => {
    if (!terms) return [];
    const { owner, subject } = contribution.envelope;
    type Terms = Omit<ReleaseMade, 'owner' | 'subject' | 'contribution'>;
    return [{ ...(terms as unknown as Terms), owner, subject: subject.key, contribution }];
  });

const isOf = (release: ReleaseMade, { envelope }: FiledContribution): boolean =>
  release.subject === envelope.subject.key &&
  release.feed === envelope.rank.feed &&
  release.record === envelope.record.key &&
  release.body === envelope.record.body;

/** Releases as a decision knows them, for the entries that stand. `bodies`: whatever holds the body of an entry. */
export const releasedEntries = (releases: readonly ReleaseMade[], bodies: readonly FiledContribution[]): Release[] =>
  releases.flatMap((release) =>
    bodies
      .filter((body) => isOf(release, body))
      .map((body) => ({
        entryId: body.envelope.contributionId,
        owner: release.owner,
        byRole: release.byRole,
        staffKey: release.staffKey,
        from: release.contribution.envelope.hubReceived,
        until: release.until,
        fields: release.fields,
        id: release.contribution.envelope.contributionId,
      })),
  );
