import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/** What a person decided about an item in quarantine. Subject: the quarantined item. */
export const QuarantineClosed = defineEventType({
  type: 'quarantine-closed',
  title: 'Item in quarantine decided',
  kind: 'hub',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      feed: Type.String({ maxLength: 128 }),
      /** Contribution that opened the item. */
      item: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      outcome: Type.Union([Type.Literal('released'), Type.Literal('discarded')]),
      /** What it was released as. */
      contributions: Type.Array(Type.String({ pattern: '^[0-9a-f-]{36}$' }), { maxItems: 10_000 }),
      /** Under which the decision was taken; `connector` for a system. */
      role: Type.String({ minLength: 1, maxLength: 64 }),
      /** Subject of the sign-in, or the connector. */
      decidedBy: Type.String({ minLength: 1, maxLength: 256 }),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    feed: { part: 'terms', about: 'organisation' },
    item: { part: 'terms', about: 'organisation' },
    outcome: { part: 'terms', about: 'organisation' },
    contributions: { part: 'terms', about: 'organisation' },
    role: { part: 'terms', about: 'organisation' },
    decidedBy: { part: 'terms', about: 'worker' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    feed: 'police-records',
    item: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    outcome: 'released',
    contributions: ['7c1c2b3a-4b57-4a6e-9d0e-2f6a1f4e0b41'],
    role: 'data-manager',
    decidedBy: 'police-data-manager',
    reason: 'The person id was missing in the export',
  },
});
