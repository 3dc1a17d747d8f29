import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks, Nullable, PartialDate } from '../shapes.js';

/** Children Act 1989, section 47: from its actual start. */
export const Section47Enquiry = defineEventType({
  type: 'section-47-enquiry',
  title: 'Section 47 enquiry',
  kind: 'content',
  statement: 'decision',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      initialConferenceTarget: Type.Optional(Nullable(PartialDate)),
      initialConferenceDate: Type.Optional(Nullable(PartialDate)),
      conferenceNotRequired: Type.Optional(Nullable(Type.Boolean())),
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    initialConferenceTarget: { part: 'content', about: 'child' },
    initialConferenceDate: { part: 'content', about: 'child' },
    conferenceNotRequired: { part: 'content', about: 'child' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    initialConferenceTarget: '2024-02-21',
    initialConferenceDate: '2024-02-17',
    conferenceNotRequired: false,
    marks: [],
  },
});
