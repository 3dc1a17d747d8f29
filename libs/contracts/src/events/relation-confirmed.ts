import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';
import { CONFIRMABLE_RELATIONS } from '../words.js';

/**
 * A person who works with the child confirms, from outside, what another organisation says of itself: that the child is
 * on its roll, or registered there. Subject: the confirming organisation’s own reference.
 */
export const RelationConfirmed = defineEventType({
  type: 'relation-confirmed',
  title: 'Relation of another organisation confirmed',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good; lifted by its retraction. */
      confirmation: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      /** Subject key of the person who confirms. */
      confirmer: Type.String({ minLength: 1, maxLength: 64 }),
      organisation: Type.String({ minLength: 1, maxLength: 128 }),
      service: Nullable(Type.String({ maxLength: 64, description: 'null: whichever service of it' })),
      relation: Type.Union(CONFIRMABLE_RELATIONS.map((relation) => Type.Literal(relation))),
      at: Type.String({ description: 'RFC 3339 instant: what began later is not confirmed' }),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    confirmation: { part: 'terms', about: 'organisation' },
    confirmer: { part: 'terms', about: 'worker' },
    organisation: { part: 'terms', about: 'organisation' },
    service: { part: 'terms', about: 'organisation' },
    relation: { part: 'terms', about: 'child' },
    at: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    confirmation: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    confirmer: '5f0c1d9a8e7b4a3c9d2e1f0a6b7c8d9e',
    organisation: 'EDUCATION-01',
    service: null,
    relation: 'on-roll',
    at: '2026-03-03T10:00:00.000Z',
    reason: 'Spoke with the head of year at the school on 3 March',
  },
});
