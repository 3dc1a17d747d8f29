import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/** A version passed its own cases and the checks that adoption takes. Subject: the agreement. */
export const AgreementTested = defineEventType({
  type: 'agreement-tested',
  title: 'A version of an agreement passed its tests',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      agreement: Type.String({ minLength: 1, maxLength: 128 }),
      version: Type.String({ minLength: 1, maxLength: 64 }),
      /** Contribution that holds the very document that was tested. */
      document: Type.String({ minLength: 36, maxLength: 36 }),
      /** Expectations that held. */
      cases: Type.Integer({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    agreement: { part: 'terms', about: 'organisation' },
    version: { part: 'terms', about: 'organisation' },
    document: { part: 'terms', about: 'organisation' },
    cases: { part: 'terms', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    agreement: 'wexton-core',
    version: '2026-1',
    document: '0b0f6c1e-6a57-5d0c-9d2e-3f3d9a1c7b11',
    cases: 24,
  },
});
