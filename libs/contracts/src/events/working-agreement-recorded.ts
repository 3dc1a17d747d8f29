import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';

/**
 * A family agrees or refuses to work with services. It is an entry like any other and changes no disclosure: consent to
 * processing is a record of its own.
 */
export const WorkingAgreementRecorded = defineEventType({
  type: 'working-agreement-recorded',
  title: 'Agreement to work with the family',
  kind: 'content',
  statement: 'decision',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      agrees: Type.Boolean(),
      /** Who decided, as the service names the person. */
      decidedBy: Type.String({ minLength: 1, maxLength: 4000 }),
      reason: Nullable(Type.String({ minLength: 1, maxLength: 4000 })),
      childView: Nullable(Type.String({ minLength: 1, maxLength: 4000 })),
      authorRole: Type.String({ minLength: 1, maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    agrees: { part: 'content', about: 'carer' },
    decidedBy: { part: 'content', about: 'carer' },
    reason: { part: 'content', about: 'carer' },
    childView: { part: 'content', about: 'child' },
    authorRole: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    agrees: false,
    decidedBy: 'Father',
    reason: 'Does not want visits at home',
    childView: 'Would like to keep the club on Tuesdays',
    authorRole: 'social-worker',
  },
});
