import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { RELATION_OUTCOMES } from '../words.js';

/**
 * What a reviewer says of a relation that was used and that needs nobody's word from outside. Subject: the child's
 * reference of the reviewer's organisation on which it stands. It ends no relation: whoever recorded that ends it.
 */
export const RelationReviewed = defineEventType({
  type: 'relation-reviewed',
  title: 'Relation reviewed',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names the relation: the contribution that first said it. */
      review: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      outcome: Type.Union(RELATION_OUTCOMES.map((outcome) => Type.Literal(outcome))),
      /** Subject key of the reviewer. */
      reviewer: Type.String({ minLength: 1, maxLength: 64 }),
      note: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    review: { part: 'terms', about: 'organisation' },
    outcome: { part: 'terms', about: 'worker' },
    reviewer: { part: 'terms', about: 'worker' },
    note: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    review: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    outcome: 'genuine',
    reviewer: '5b1f0c3a9d7e4b62a8c4f19e0d3b7a55',
    note: 'The call is in the front door’s log of that morning',
  },
});
