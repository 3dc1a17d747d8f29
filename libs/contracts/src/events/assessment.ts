import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks, Nullable, PartialDate } from '../shapes.js';

/** Children Act 1989, section 17. Its authorisation is the envelope's `ended`. */
export const Assessment = defineEventType({
  type: 'assessment',
  title: 'Assessment of a child in need',
  kind: 'content',
  statement: 'opinion',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      internalReviewDate: Type.Optional(Nullable(PartialDate)),
      /** Codes of the children-in-need census that speak of the child. */
      factorsOfChild: Type.Optional(Type.Array(Type.String())),
      /** 1B to 6B: of parents and carers. */
      factorsOfCarers: Type.Optional(Type.Array(Type.String())),
      /** 1C to 6C: of others in the household. */
      factorsOfHousehold: Type.Optional(Type.Array(Type.String())),
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    internalReviewDate: { part: 'content', about: 'child' },
    factorsOfChild: { part: 'content', about: 'child', tierFloor: 'special' },
    factorsOfCarers: { part: 'content', about: 'carer', tierFloor: 'special' },
    factorsOfHousehold: { part: 'content', about: 'household-adult', tierFloor: 'special' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    internalReviewDate: '2024-02-01',
    factorsOfChild: ['2A'],
    factorsOfCarers: ['2B'],
    factorsOfHousehold: ['1C'],
    marks: [],
  },
});
