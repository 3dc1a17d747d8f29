import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks } from '../shapes.js';

export const InitialConference = defineEventType({
  type: 'initial-conference',
  title: 'Initial child protection conference',
  kind: 'content',
  statement: 'fact',
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
