import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * The authority to which a family moved accepts in writing: from then on it alone is responsible. Subject: the accepting
 * authority’s own reference.
 */
export const ResponsibilityAccepted = defineEventType({
  type: 'responsibility-accepted',
  title: 'Move accepted by the second authority',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      move: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      /** Subject key of the person who accepts. */
      accepter: Type.String({ minLength: 1, maxLength: 64 }),
      /** What the first authority is given in writing. */
      statement: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    move: { part: 'terms', about: 'organisation' },
    accepter: { part: 'terms', about: 'worker' },
    statement: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    move: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    accepter: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    statement: 'Accepted at the transfer conference of 20 March',
  },
});
