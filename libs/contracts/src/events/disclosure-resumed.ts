import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/** A person has decided about the item in quarantine with which a suspension came: that suspension is over. */
export const DisclosureResumed = defineEventType({
  type: 'disclosure-resumed',
  title: 'No longer suspended',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Contribution that suspended; on the same subject. */
      suspension: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
    },
    { additionalProperties: false },
  ),
  fields: { suspension: { part: 'terms', about: 'organisation' } },
  olderVersions: {},
  example: { suspension: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41' },
});
