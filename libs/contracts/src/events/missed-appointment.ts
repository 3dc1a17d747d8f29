import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';

/** Was not brought, or did not come. */
export const MissedAppointment = defineEventType({
  type: 'missed-appointment',
  title: 'Missed health appointment',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'special',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      setting: Type.Optional(Nullable(Type.String())),
      reason: Type.Optional(Nullable(Type.String())),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    setting: { part: 'content', about: 'child' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    setting: 'GP',
    reason: null,
  },
});
