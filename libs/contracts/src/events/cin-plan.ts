import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks } from '../shapes.js';

export const CinPlan = defineEventType({
  type: 'cin-plan',
  title: 'Child in need plan',
  kind: 'content',
  statement: 'decision',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    marks: [],
  },
});
