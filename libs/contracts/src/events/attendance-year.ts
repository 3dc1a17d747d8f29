import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';

/** Kept as the text that was sent: a decimal is never rounded. */
const Percentage = Type.String({ pattern: '^\\d{1,6}(\\.\\d{1,12})?$' });

export const AttendanceYear = defineEventType({
  type: 'attendance-year',
  title: 'Attendance in a school year',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      yearStart: Type.Optional(Nullable(Type.Integer())),
      yearEnd: Type.Optional(Nullable(Type.Integer())),
      attendancePercentage: Type.Optional(Nullable(Percentage)),
      unauthorisedAbsencePercentage: Type.Optional(Nullable(Percentage)),
      suspensions: Type.Optional(Nullable(Type.Integer())),
      exclusions: Type.Optional(Nullable(Type.Integer())),
      schoolMovesNonTransitional: Type.Optional(Nullable(Type.Integer())),
      schoolsAverageAttendance: Type.Optional(Nullable(Percentage)),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    yearStart: { part: 'content', about: 'child' },
    yearEnd: { part: 'content', about: 'child' },
    attendancePercentage: { part: 'content', about: 'child' },
    unauthorisedAbsencePercentage: { part: 'content', about: 'child' },
    suspensions: { part: 'content', about: 'child' },
    exclusions: { part: 'content', about: 'child' },
    schoolMovesNonTransitional: { part: 'content', about: 'child' },
    schoolsAverageAttendance: { part: 'content', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    yearStart: 2024,
    yearEnd: 2025,
    attendancePercentage: '62.7',
    unauthorisedAbsencePercentage: '9',
    suspensions: 3,
    exclusions: 0,
    schoolMovesNonTransitional: null,
    schoolsAverageAttendance: '95.5',
  },
});
