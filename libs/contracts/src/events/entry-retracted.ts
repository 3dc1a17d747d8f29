import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';

/**
 * A tombstone. The record key is the path withdrawn and the rank is the version; whatever lies below that path
 * goes too. It may come before what it withdraws.
 */
export const EntryRetracted = defineEventType({
  type: 'entry-retracted',
  title: 'Record withdrawn by its source',
  kind: 'disclosure',
  statement: 'fact',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object({}, { additionalProperties: false }),
  fields: {},
  olderVersions: {},
  example: {},
});
