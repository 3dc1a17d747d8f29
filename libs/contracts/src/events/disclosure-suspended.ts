import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * An item that changes what may be seen could not be read in full. The record key names what is suspended: that
 * relation, that post, or that record for others.
 */
export const DisclosureSuspended = defineEventType({
  type: 'disclosure-suspended',
  title: 'Suspended until a person decides',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object({}, { additionalProperties: false }),
  fields: {},
  olderVersions: {},
  example: {},
});
