import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';

export const MissingEpisode = defineEventType({
  type: 'missing-episode',
  title: 'Missing episode',
  kind: 'content',
  statement: 'report',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      returnHomeInterviewAttended: Type.Optional(Nullable(Type.Boolean())),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    returnHomeInterviewAttended: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    returnHomeInterviewAttended: true,
  },
});
