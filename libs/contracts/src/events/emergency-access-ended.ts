import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * Whoever opened an access in an emergency ended it before its time. Subject: that member of staff. Its record lies
 * below the record of the opening, so that it ends it also where its terms cannot be read.
 */
export const EmergencyAccessEnded = defineEventType({
  type: 'emergency-access-ended',
  title: 'Access in an emergency ended early',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    { access: Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'the access that it ends' }) },
    { additionalProperties: false },
  ),
  fields: { access: { part: 'terms', about: 'worker' } },
  olderVersions: {},
  example: { access: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41' },
});
