import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

/**
 * An owner shows one version of one record to one named person: fields of it, or a text that the owner wrote for that
 * person, or both. It acts within a release clause of an agreement that names the releaser’s role. Subject: the
 * owner’s reference of the child. Lifted by its retraction.
 */
export const ReleaseMade = defineEventType({
  type: 'release-made',
  title: 'Released to one person by its owner',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good. */
      directive: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      feed: Type.String({ maxLength: 128 }),
      /** HMACs of the record and of the version’s body, as in its envelope: another body is not released. */
      record: Type.String({ maxLength: 128 }),
      body: Type.String({ maxLength: 128 }),
      /** Organisation of the person, and the person’s subject key. */
      organisation: Type.String({ minLength: 1, maxLength: 128 }),
      staffKey: Type.String({ minLength: 1, maxLength: 64 }),
      /** Role in which the owner’s person released it. */
      byRole: Type.String({ minLength: 1, maxLength: 64 }),
      /** Names of fields as agreements write them. Empty: the text alone. */
      fields: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 200 }),
      until: Type.String({ description: 'RFC 3339 instant; exclusive' }),
      sanitisedText: Nullable(Type.String({ minLength: 1, maxLength: 20_000 })),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    directive: { part: 'terms', about: 'organisation' },
    feed: { part: 'terms', about: 'organisation' },
    record: { part: 'terms', about: 'organisation' },
    body: { part: 'terms', about: 'organisation' },
    organisation: { part: 'terms', about: 'organisation' },
    staffKey: { part: 'terms', about: 'worker' },
    byRole: { part: 'terms', about: 'worker' },
    fields: { part: 'terms', about: 'organisation' },
    until: { part: 'terms', about: 'organisation' },
    sanitisedText: { part: 'content', about: 'child' },
    reason: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    directive: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    feed: 'police-records',
    record: 'a3f1c2',
    body: '9be04d',
    organisation: 'LOCAL-AUTHORITY-01',
    staffKey: '5f0c1d9a8e7b4a3c9d2e1f0a6b7c8d9e',
    byRole: 'ppu-supervisor',
    fields: ['sanitised-text'],
    until: '2026-03-30T09:00:00.000Z',
    sanitisedText: 'An adult of the household is known for violence; visit in pairs',
    reason: 'For the strategy discussion of 3 March',
  },
});
