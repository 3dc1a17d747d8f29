import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Contact, Identifiers, Nullable, RecordLink } from '../shapes.js';

/**
 * A register has declared a number void: in an adoption the old number is invalidated and a new one issued, and nothing
 * may lead from the one to the other. Subject: the reference that was known by it. A retraction makes it stand again.
 */
export const IdentifierInvalidated = defineEventType({
  type: 'identifier-invalidated',
  title: 'Number declared void by its register',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'sealed',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** The void number; it counts where its feed is authoritative for its kind. */
      identifiers: Identifiers,
      reason: Type.Union([Type.Literal('adoption'), Type.Literal('other')]),
      contacts: Type.Optional(Nullable(Type.Array(Contact))),
      recordLinks: Type.Optional(Nullable(Type.Array(RecordLink))),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    reason: { part: 'terms', about: 'child' },
    contacts: { part: 'content', about: 'organisation' },
    recordLinks: { part: 'content', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000034', status: 'traced' }],
    reason: 'adoption',
    contacts: [{ name: 'Records team', telephone: '01234 555 500' }],
    recordLinks: [{ url: 'https://example.gov.uk/login', title: 'Portal' }],
  },
});
