import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

/**
 * Who must not be told of an entry: all carers, a named adult, an agency. Every reader of the entry reads it. It hides
 * nothing. Subject: the owner’s reference of the child. Lifted by its retraction.
 */
export const DoNotInformMarked = defineEventType({
  type: 'do-not-inform-marked',
  title: 'Marked: do not inform',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good. */
      directive: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      feed: Nullable(Type.String({ maxLength: 128, description: 'feed of the one record; null: all records' })),
      record: Nullable(Type.String({ maxLength: 128, description: 'its HMAC, as in its envelope' })),
      allCarers: Type.Boolean(),
      /** An adult as the owner names him. */
      adult: Nullable(Type.String({ minLength: 1, maxLength: 256 })),
      agency: Nullable(Type.String({ minLength: 1, maxLength: 128 })),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    directive: { part: 'terms', about: 'organisation' },
    feed: { part: 'terms', about: 'organisation' },
    record: { part: 'terms', about: 'organisation' },
    allCarers: { part: 'terms', about: 'carer' },
    adult: { part: 'terms', about: 'household-adult' },
    agency: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    directive: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    feed: null,
    record: null,
    allCarers: true,
    adult: null,
    agency: null,
    reason: 'Fabricated illness is being considered',
  },
});
