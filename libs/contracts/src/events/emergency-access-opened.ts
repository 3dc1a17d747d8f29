import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';
import { EMERGENCY_REASONS } from '../words.js';

const Uuid = Type.String({ pattern: '^[0-9a-f-]{36}$' });
const Key = Type.String({ pattern: '^[0-9a-f]{32}$' });

/**
 * Somebody opened, for two hours and for one child, what emergency clauses of agreements name. Subject: the member of
 * staff who opened it, under the post whose organisation and service own the event.
 */
export const EmergencyAccessOpened = defineEventType({
  type: 'emergency-access-opened',
  title: 'Access in an emergency opened',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good. */
      access: Uuid,
      /** The one handle for which it holds. */
      handle: Uuid,
      reason: Type.Union(EMERGENCY_REASONS.map((reason) => Type.Literal(reason))),
      purpose: Type.Literal('EMERGENCY'),
      role: Type.String({ minLength: 1, maxLength: 64, description: 'of the post under which it was opened' }),
      from: Type.String({ description: 'RFC 3339 instant; inclusive' }),
      until: Type.String({ description: 'RFC 3339 instant; exclusive' }),
      calendar: Type.String({ maxLength: 128, description: 'calendar and version by which the two instants were set' }),
      reviewBy: Type.String({ description: 'RFC 3339 instant; exclusive; after it the deputy decides' }),
      deputyBy: Type.String({ description: 'RFC 3339 instant; exclusive; after it the partnership decides' }),
      /** Every reference of whoever the handle stood for then. */
      references: Type.Array(Key, { maxItems: 10_000 }),
      /** The identifier by which the child was searched; null: by other words, of one's own organisation alone. */
      described: Nullable(
        Type.Object(
          {
            kind: Type.Union([Type.Literal('nhs-number'), Type.Literal('upn')]),
            value: Type.String({ minLength: 1, maxLength: 64 }),
          },
          { additionalProperties: false },
        ),
      ),
      text: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    access: { part: 'terms', about: 'worker' },
    handle: { part: 'terms', about: 'worker' },
    reason: { part: 'terms', about: 'child' },
    purpose: { part: 'terms', about: 'worker' },
    role: { part: 'terms', about: 'worker' },
    from: { part: 'terms', about: 'worker' },
    until: { part: 'terms', about: 'worker' },
    calendar: { part: 'terms', about: 'organisation' },
    reviewBy: { part: 'terms', about: 'organisation' },
    deputyBy: { part: 'terms', about: 'organisation' },
    references: { part: 'terms', about: 'child' },
    described: { part: 'identity', about: 'child' },
    text: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    access: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    handle: '7c1c2b3a-4b57-4a6e-9d0e-2f6a1f4e0b41',
    reason: 'injury',
    purpose: 'EMERGENCY',
    role: 'ed-clinician',
    from: '2026-11-14T02:10:00.000Z',
    until: '2026-11-14T04:10:00.000Z',
    calendar: 'england-and-wales/2025-11-24',
    reviewBy: '2026-11-17T00:00:00.000Z',
    deputyBy: '2026-11-18T00:00:00.000Z',
    references: ['5f0c1d9a8e7b4a3c9d2e1f0a6b7c8d9e'],
    described: { kind: 'nhs-number', value: '9990000018' },
    text: 'A baby with a fracture, brought in at night; nobody can say how it happened',
  },
});
