import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks, Nullable, PartialDate } from '../shapes.js';

export const ProtectionPlanReview = defineEventType({
  type: 'protection-plan-review',
  title: 'Review of a child protection plan',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      planStart: Type.Optional(Nullable(PartialDate)),
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    planStart: { part: 'content', about: 'child' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    planStart: '2024-02-17',
    marks: [],
  },
});
