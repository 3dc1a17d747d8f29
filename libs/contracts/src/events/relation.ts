import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';
import { RELATIONS } from '../words.js';

/** Why an organisation's people have to do with this child, from when to when. Subject: the child's reference. */
export const Relation = defineEventType({
  type: 'relation',
  title: 'Relation of a service or worker to a child',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      relation: Type.Union(RELATIONS.map((relation) => Type.Literal(relation))),
      service: Type.String({ minLength: 1, maxLength: 64 }),
      /** Subject key of the member of staff; absent where the whole service, team or role has the relation. */
      staffKey: Type.Optional(Nullable(Type.String())),
      team: Type.Optional(Nullable(Type.String({ maxLength: 128 }))),
      role: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
      /**
       * Of a person who is invited by name: where he works. Of a child on a roll or registered: the school or practice,
       * where another organisation says so. Absent: the organisation whose record it is.
       */
      organisation: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 128 }))),
      from: Type.String({ description: 'RFC 3339 instant; inclusive' }),
      until: Type.Optional(Nullable(Type.String({ description: 'RFC 3339 instant; exclusive' }))),
      /** Names the contact or encounter that was opened in the hub. */
      contact: Type.Optional(Nullable(Type.String({ pattern: '^[0-9a-f-]{36}$' }))),
      /** Why a person asserts it, or to what he is invited. */
      reason: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 4000 }))),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    relation: { part: 'terms', about: 'child' },
    service: { part: 'terms', about: 'child' },
    staffKey: { part: 'terms', about: 'child' },
    team: { part: 'terms', about: 'child' },
    role: { part: 'terms', about: 'child' },
    organisation: { part: 'terms', about: 'organisation' },
    from: { part: 'terms', about: 'child' },
    until: { part: 'terms', about: 'child' },
    contact: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    relation: 'on-roll',
    service: 'dsl',
    staffKey: null,
    team: null,
    role: null,
    organisation: null,
    from: '2025-09-01T00:00:00.000Z',
    until: null,
    contact: null,
    reason: null,
  },
});
