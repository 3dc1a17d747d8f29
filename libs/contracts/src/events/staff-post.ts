import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

/** A post that a person holds in an organisation. Subject: the member of staff. One record a post. */
export const StaffPost = defineEventType({
  type: 'staff-post',
  title: 'Post held by a member of staff',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Subject of the person's sign-in: what a token proves. */
      login: Type.String({ minLength: 1, maxLength: 256 }),
      name: Type.Optional(Nullable(Type.String({ maxLength: 256 }))),
      organisationKind: Type.String({ minLength: 1, maxLength: 64 }),
      service: Type.String({ minLength: 1, maxLength: 64 }),
      role: Type.String({ minLength: 1, maxLength: 64 }),
      team: Type.Optional(Nullable(Type.String({ maxLength: 128 }))),
      from: Type.String({ description: 'RFC 3339 instant; inclusive' }),
      until: Type.Optional(Nullable(Type.String({ description: 'RFC 3339 instant; exclusive' }))),
    },
    { additionalProperties: false },
  ),
  fields: {
    login: { part: 'terms', about: 'worker' },
    name: { part: 'identity', about: 'worker' },
    organisationKind: { part: 'terms', about: 'worker' },
    service: { part: 'terms', about: 'worker' },
    role: { part: 'terms', about: 'worker' },
    team: { part: 'terms', about: 'worker' },
    from: { part: 'terms', about: 'worker' },
    until: { part: 'terms', about: 'worker' },
  },
  olderVersions: {},
  example: {
    login: 'dsl',
    name: 'Dana Lead',
    organisationKind: 'EDUCATION',
    service: 'dsl',
    role: 'dsl',
    team: null,
    from: '2025-09-01T00:00:00.000Z',
    until: null,
  },
});
