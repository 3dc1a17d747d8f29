import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/** One organisation takes a version back for its own records. Subject: the agreement. */
export const AgreementRevoked = defineEventType({
  type: 'agreement-revoked',
  title: 'Revocation of a version of an agreement',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      agreement: Type.String({ minLength: 1, maxLength: 128 }),
      version: Type.String({ minLength: 1, maxLength: 64 }),
      organisation: Type.String({ minLength: 1, maxLength: 128 }),
      /** Subject key of the member of staff who revoked it. */
      signer: Type.String({ minLength: 1, maxLength: 64 }),
      /** RFC 3339 instant; inclusive. It never counts before the hub received it. */
      from: Type.String(),
      reason: Type.String({ minLength: 1, maxLength: 2000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    agreement: { part: 'terms', about: 'organisation' },
    version: { part: 'terms', about: 'organisation' },
    organisation: { part: 'terms', about: 'organisation' },
    signer: { part: 'terms', about: 'worker' },
    from: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    agreement: 'wexton-core',
    version: '2026-1',
    organisation: 'LOCAL-AUTHORITY-01',
    signer: '5b1f0c3a9d7e4b62a8c4f19e0d3b7a55',
    from: '2027-01-04T10:00:00.000Z',
    reason: 'The partnership has ended',
  },
});
