import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';

export const EmergencyAttendance = defineEventType({
  type: 'emergency-attendance',
  title: 'Attendance at an emergency department',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'special',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      reason: Type.Optional(Nullable(Type.String())),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    reason: 'Fall',
  },
});
