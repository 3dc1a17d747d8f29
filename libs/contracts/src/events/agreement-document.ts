import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

/** Subject: the agreement. One record a version. */
export const AgreementDocument = defineEventType({
  type: 'agreement-document',
  title: 'Version of a data-sharing agreement',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      agreement: Type.String({ minLength: 1, maxLength: 128 }),
      version: Type.String({ minLength: 1, maxLength: 64 }),
      /** The document’s own vocabulary, or that of the DfE prototype. */
      shape: Type.Union([Type.Literal('agreement/1'), Type.Literal('dfe-policy')]),
      /** The document as JSON text. */
      document: Type.String(),
      /** Whom a notice of involvement says to ring, where the document has none. */
      desk: Type.Optional(Nullable(Type.String({ maxLength: 512 }))),
    },
    { additionalProperties: false },
  ),
  fields: {
    agreement: { part: 'terms', about: 'organisation' },
    version: { part: 'terms', about: 'organisation' },
    shape: { part: 'terms', about: 'organisation' },
    document: { part: 'terms', about: 'organisation' },
    desk: { part: 'terms', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    agreement: 'wexton-core',
    version: '2026-1',
    shape: 'agreement/1',
    document: '{}',
    desk: 'Front door 01234 555 500',
  },
});
