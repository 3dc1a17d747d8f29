import type { RelationOutcome } from '#contracts';
import type { FiledContribution } from '#timeline';

/** Event type of what a reviewer says of a relation. */
export const RELATION_REVIEWED = 'relation-reviewed';

/** What a reviewer said of a relation. */
export interface RelationReview {
  /** The contribution that holds it. */
  readonly id: string;
  readonly outcome: RelationOutcome;
  /** RFC 3339, UTC: when the hub received it. */
  readonly at: string;
}

/** What reviewers said of one relation among these contributions, the first first; what cannot be read says nothing. */
export const relationReviewsOf = (contributions: readonly FiledContribution[], review: string): RelationReview[] =>
  contributions
    .filter(
      ({ envelope, terms, confirms }) =>
        envelope.type === RELATION_REVIEWED && confirms === undefined && terms?.['review'] === review,
    )
    .map(({ envelope, terms }) => ({
      id: envelope.contributionId,
      outcome: terms!['outcome'] as RelationOutcome,
      at: envelope.hubReceived,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));

/** What was decided of it; null while nobody has, or only more was asked for. */
export const relationOutcome = (reviews: readonly RelationReview[]): RelationOutcome | null =>
  reviews.find(({ outcome }) => outcome !== 'more-needed')?.outcome ?? null;
