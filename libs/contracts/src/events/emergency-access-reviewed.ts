import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { EMERGENCY_OUTCOMES, REVIEW_LEVELS } from '../words.js';

/**
 * What an owner of records, or the partnership for it, says of an access in an emergency. Subject: the member of staff
 * who opened it. It changes nothing of anybody's ordinary access.
 */
export const EmergencyAccessReviewed = defineEventType({
  type: 'emergency-access-reviewed',
  title: 'Access in an emergency reviewed',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      access: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      /** Owner of records for which this review is. */
      organisation: Type.String({ minLength: 1, maxLength: 128 }),
      outcome: Type.Union(EMERGENCY_OUTCOMES.map((outcome) => Type.Literal(outcome))),
      level: Type.Union(REVIEW_LEVELS.map((level) => Type.Literal(level))),
      /** Subject key of the reviewer. */
      reviewer: Type.String({ minLength: 1, maxLength: 64 }),
      note: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    access: { part: 'terms', about: 'worker' },
    organisation: { part: 'terms', about: 'organisation' },
    outcome: { part: 'terms', about: 'worker' },
    level: { part: 'terms', about: 'worker' },
    reviewer: { part: 'terms', about: 'worker' },
    note: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    access: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    organisation: 'LOCAL-AUTHORITY-01',
    outcome: 'justified',
    level: 'reviewer',
    reviewer: '5b1f0c3a9d7e4b62a8c4f19e0d3b7a55',
    note: 'The registrar rang the duty desk within the hour',
  },
});
