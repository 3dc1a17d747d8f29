import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers } from '../shapes.js';

/**
 * What came of an allegation. It names the record that it closes and deletes nothing: who reads the allegation reads
 * that there is an outcome, and a malicious allegation stays on record as one.
 */
export const AllegationOutcomeRecorded = defineEventType({
  type: 'allegation-outcome-recorded',
  title: 'Outcome of an allegation',
  kind: 'content',
  statement: 'outcome',
  tierFloor: 'special',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      /** The record of the allegation on the same reference, by feed and HMAC, as in its envelope. */
      closes: Type.Object(
        { feed: Type.String({ maxLength: 128 }), record: Type.String({ maxLength: 128 }) },
        { additionalProperties: false },
      ),
      outcome: Type.Union([
        Type.Literal('substantiated'),
        Type.Literal('unsubstantiated'),
        Type.Literal('unfounded'),
        Type.Literal('malicious'),
      ]),
      /** Whoever made the allegation took it back. */
      withdrawn: Type.Boolean(),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
      authorRole: Type.String({ minLength: 1, maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    closes: { part: 'terms', about: 'organisation' },
    outcome: { part: 'content', about: 'alleged-perpetrator' },
    withdrawn: { part: 'content', about: 'informant' },
    reason: { part: 'content', about: 'alleged-perpetrator' },
    authorRole: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    closes: { feed: 'hub-commands', record: 'a3f1c2' },
    outcome: 'unsubstantiated',
    withdrawn: true,
    reason: 'The accounts could neither be proved nor disproved',
    authorRole: 'social-worker',
  },
});
