import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable, PartyNamed } from '../shapes.js';

/** What a service recorded of a child, or one record of it, is closed to those named. Subject: the owner’s reference. */
export const ExclusionMade = defineEventType({
  type: 'exclusion-made',
  title: 'Closed to somebody by its owner',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good; lifted by its retraction. */
      directive: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      /** Who sees nothing of it, colleagues included. */
      who: Type.Array(PartyNamed, { minItems: 1, maxItems: 200 }),
      until: Nullable(Type.String({ description: 'RFC 3339 instant; exclusive; null: until it is lifted' })),
      feed: Nullable(Type.String({ maxLength: 128, description: 'feed of the one record; null: all records' })),
      record: Nullable(Type.String({ maxLength: 128, description: 'its HMAC, as in its envelope' })),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    directive: { part: 'terms', about: 'organisation' },
    who: { part: 'terms', about: 'worker' },
    until: { part: 'terms', about: 'organisation' },
    feed: { part: 'terms', about: 'organisation' },
    record: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    directive: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    who: [{ organisation: 'EDUCATION-01', service: 'dsl', team: null, staffKey: null }],
    until: null,
    feed: null,
    record: null,
    reason: 'Agreed with the family on 3 March',
  },
});
