import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * A family moves from one authority to another. From then on both are responsible, until the second accepts in writing.
 * Subject: the first authority’s reference.
 */
export const ResponsibilityMoved = defineEventType({
  type: 'responsibility-moved',
  title: 'Move to another authority',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good; taken back by its retraction. */
      move: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      /** Subject key of the person who says so. */
      mover: Type.String({ minLength: 1, maxLength: 64 }),
      /** The second authority, and the services of its front door at that time. */
      organisation: Type.String({ minLength: 1, maxLength: 128 }),
      services: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 100 }),
      from: Type.String({ description: 'RFC 3339 instant; inclusive' }),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    move: { part: 'terms', about: 'organisation' },
    mover: { part: 'terms', about: 'worker' },
    organisation: { part: 'terms', about: 'organisation' },
    services: { part: 'terms', about: 'organisation' },
    from: { part: 'terms', about: 'child' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    move: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    mover: '5f0c1d9a8e7b4a3c9d2e1f0a6b7c8d9e',
    organisation: 'LOCAL-AUTHORITY-02',
    services: ['mash'],
    from: '2026-03-02T00:00:00.000Z',
    reason: 'The family took a flat across the border on 2 March',
  },
});
