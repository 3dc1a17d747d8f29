import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/** An item that could not be read, kept with its cause until a person decides. Subject: the quarantined item. */
export const QuarantineOpened = defineEventType({
  type: 'quarantine-opened',
  title: 'Item kept in quarantine',
  kind: 'hub',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      feed: Type.String({ maxLength: 128 }),
      /** Place in the document: field names and numbers, never a value. */
      field: Type.String({ maxLength: 512 }),
      reason: Type.String({ maxLength: 64 }),
      /** The item as sent, as JSON text. */
      raw: Type.String(),
    },
    { additionalProperties: false },
  ),
  fields: {
    feed: { part: 'terms', about: 'organisation' },
    field: { part: 'terms', about: 'organisation' },
    reason: { part: 'terms', about: 'organisation' },
    raw: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: { feed: 'police-records', field: 'records[0].personId', reason: 'missing', raw: '{"recordId":"P-1"}' },
});
