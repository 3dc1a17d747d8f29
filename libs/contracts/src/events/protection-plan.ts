import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks, Nullable } from '../shapes.js';

export const ProtectionPlan = defineEventType({
  type: 'protection-plan',
  title: 'Child protection plan',
  kind: 'content',
  statement: 'decision',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      /** NEG, PHY, SAB, EMO or MUL, as in the children-in-need census. */
      initialCategory: Type.Optional(Nullable(Type.String())),
      latestCategory: Type.Optional(Nullable(Type.String())),
      previousPlans: Type.Optional(Nullable(Type.Integer())),
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    initialCategory: { part: 'content', about: 'child', tierFloor: 'special' },
    latestCategory: { part: 'content', about: 'child', tierFloor: 'special' },
    previousPlans: { part: 'content', about: 'child' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    initialCategory: 'NEG',
    latestCategory: 'NEG',
    previousPlans: 0,
    marks: [],
  },
});
