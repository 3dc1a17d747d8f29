import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

const Key = Type.String({ pattern: '^[0-9a-f]{32}$' });

/**
 * A person answers whether two references are the same child. Subject: the answering organisation’s own reference. One
 * record a pair and organisation: a later answer takes the place of the earlier one.
 */
export const IdentityAnswered = defineEventType({
  type: 'identity-answered',
  title: 'Answer whether two references are one child',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Key of the other reference. */
      other: Key,
      answer: Type.Union([Type.Literal('same'), Type.Literal('different')]),
      /** The two sides that this takes apart, where it takes a link away that joined more than these two. */
      sides: Nullable(Type.Array(Type.Array(Key, { minItems: 1 }), { minItems: 2, maxItems: 2 })),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    other: { part: 'terms', about: 'child' },
    answer: { part: 'terms', about: 'child' },
    sides: { part: 'terms', about: 'child' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    other: '5f0c1d9a8e7b4a3c9d2e1f0a6b7c8d9e',
    answer: 'different',
    sides: null,
    reason: 'Twins: the second was born eleven minutes later',
  },
});
