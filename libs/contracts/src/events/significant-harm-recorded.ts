import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * A service records that there is reasonable cause to suspect significant harm, or that there no longer is. While it
 * stands it reopens what that service recorded, whatever the young person decided, where an agreement says so. Subject:
 * the service’s own reference of the child. One record a service.
 */
export const SignificantHarmRecorded = defineEventType({
  type: 'significant-harm-recorded',
  title: 'Significant harm recorded by the owner',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** False: it ended. */
      stands: Type.Boolean(),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
      authorRole: Type.String({ minLength: 1, maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    stands: { part: 'terms', about: 'child' },
    reason: { part: 'content', about: 'child' },
    authorRole: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: { stands: true, reason: 'Disclosed an injury by an adult at home', authorRole: 'school-nurse' },
});
