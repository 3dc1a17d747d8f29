import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers } from '../shapes.js';

/** A constable took the child into police protection (Children Act 1989, section 46). */
export const PoliceProtection = defineEventType({
  type: 'police-protection',
  title: 'Police protection',
  kind: 'content',
  statement: 'decision',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
  },
});
