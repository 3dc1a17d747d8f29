import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/** One organisation adopts one version for its own records. Subject: the agreement. */
export const AgreementAdoption = defineEventType({
  type: 'agreement-adoption',
  title: 'Adoption of a version of an agreement',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      agreement: Type.String({ minLength: 1, maxLength: 128 }),
      version: Type.String({ minLength: 1, maxLength: 64 }),
      organisation: Type.String({ minLength: 1, maxLength: 128 }),
      /** Contribution that holds the very document that was signed. */
      document: Type.String({ minLength: 36, maxLength: 36 }),
      /** Subject key of the member of staff who signed. */
      signer: Type.String({ minLength: 1, maxLength: 64 }),
      /** RFC 3339 instant; inclusive. */
      inForceFrom: Type.String(),
    },
    { additionalProperties: false },
  ),
  fields: {
    agreement: { part: 'terms', about: 'organisation' },
    version: { part: 'terms', about: 'organisation' },
    organisation: { part: 'terms', about: 'organisation' },
    document: { part: 'terms', about: 'organisation' },
    signer: { part: 'terms', about: 'worker' },
    inForceFrom: { part: 'terms', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    agreement: 'wexton-core',
    version: '2026-1',
    organisation: 'LOCAL-AUTHORITY-01',
    document: '0b0f6c1e-6a57-5d0c-9d2e-3f3d9a1c7b11',
    signer: '5b1f0c3a9d7e4b62a8c4f19e0d3b7a55',
    inForceFrom: '2026-09-30T00:00:00.000Z',
  },
});
