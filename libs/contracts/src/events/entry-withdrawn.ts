import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * A person withdraws a version of a record of his own service: the source sends it still. What the source sends later
 * with another body stands again.
 */
export const EntryWithdrawn = defineEventType({
  type: 'entry-withdrawn',
  title: 'Withdrawn by its owner',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good; lifted by its retraction. */
      directive: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      feed: Type.String({ maxLength: 128 }),
      /** HMACs and rank of the version, as in its envelope. */
      record: Type.String({ maxLength: 128 }),
      body: Type.String({ maxLength: 128 }),
      rank: Type.String({ maxLength: 256 }),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    directive: { part: 'terms', about: 'organisation' },
    feed: { part: 'terms', about: 'organisation' },
    record: { part: 'terms', about: 'organisation' },
    body: { part: 'terms', about: 'organisation' },
    rank: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    directive: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    feed: 'police-records',
    record: 'a3f1c2',
    body: '9be04d',
    rank: 'n00000000000000000001',
    reason: 'Entered on the wrong child',
  },
});
