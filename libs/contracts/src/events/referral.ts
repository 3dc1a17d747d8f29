import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Marks, Nullable } from '../shapes.js';

/** A referral and what became of it. Its closure is the envelope's `ended`. */
export const Referral = defineEventType({
  type: 'referral',
  title: "Referral to children's services",
  kind: 'content',
  statement: 'report',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      referralType: Type.Optional(Nullable(Type.String())),
      /** Kind of person or agency that referred: a code of the children-in-need census, 1A to 10. */
      source: Type.Optional(Nullable(Type.String())),
      primaryNeed: Type.Optional(Nullable(Type.String())),
      noFurtherAction: Type.Optional(Nullable(Type.Boolean())),
      /** Null where the reason is one that only sealed sight may tell. */
      closureReason: Type.Optional(Nullable(Type.String())),
      /** The reason where it is adoption: with the closure, that is an adoption date. */
      sealedClosureReason: Type.Optional(Nullable(Type.String())),
      marks: Type.Optional(Marks),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    referralType: { part: 'content', about: 'child' },
    source: { part: 'content', about: 'informant' },
    primaryNeed: { part: 'content', about: 'child' },
    noFurtherAction: { part: 'content', about: 'child' },
    closureReason: { part: 'content', about: 'child' },
    sealedClosureReason: { part: 'content', about: 'child', tierFloor: 'sealed' },
    marks: { part: 'content', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    referralType: 'Social Care',
    source: '2A',
    primaryNeed: 'N1',
    noFurtherAction: false,
    closureReason: 'RC7',
    sealedClosureReason: null,
    marks: [],
  },
});
