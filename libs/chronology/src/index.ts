export * from './adopted-agreements.js';
export * from './agreement-life.js';
export * from './child-exclusions.js';
export { closedChildren, ownOfChild } from './closed-children.js';
export * from './directives.js';
export * from './do-not-inform.js';
export * from './emergency.js';
export * from './emergency-reviewer.js';
export * from './identity-answers.js';
export * from './identity-pairs.js';
export {
  acceptancesAmong,
  movesAmong,
  RESPONSIBILITY_ACCEPTED,
  RESPONSIBILITY_MOVED,
  type StandingMove,
} from './moves.js';
export * from './page-of.js';
export * from './posts.js';
export * from './read-child.js';
export { RELATION_REVIEWED, relationOutcome, relationReviewsOf, type RelationReview } from './relation-reviews.js';
export { confirmationsAmong, type StandingConfirmation } from './relations.js';
export * from './read-record.js';
export * from './releases.js';
export * from './render-entry.js';
export { bodied, type BodiedRecord } from './standing-records.js';
