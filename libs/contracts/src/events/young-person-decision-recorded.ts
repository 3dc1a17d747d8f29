import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

/**
 * A young person decides whether a service may share what it recorded, with the assessment of competence for this one
 * decision. It opens and closes the records of that service alone, where an agreement asks for it. Subject: the
 * service’s own reference of the child. One record a service: a later decision takes the place of the earlier one.
 */
export const YoungPersonDecisionRecorded = defineEventType({
  type: 'young-person-decision-recorded',
  title: 'Decision of the young person about sharing',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      agreed: Type.Boolean(),
      /** Competent for this decision: the agreement of somebody who is not opens nothing. */
      competent: Type.Boolean(),
      assessment: Type.String({ minLength: 1, maxLength: 4000, description: 'of competence for this decision' }),
      assessedBy: Type.String({ minLength: 1, maxLength: 256, description: 'author of the assessment' }),
      youngPersonsWords: Nullable(Type.String({ minLength: 1, maxLength: 4000 })),
      authorRole: Type.String({ minLength: 1, maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    agreed: { part: 'terms', about: 'child' },
    competent: { part: 'terms', about: 'child' },
    assessment: { part: 'content', about: 'child' },
    assessedBy: { part: 'content', about: 'worker' },
    youngPersonsWords: { part: 'content', about: 'child' },
    authorRole: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    agreed: true,
    competent: true,
    assessment: 'Understands who would read it, and what would follow',
    assessedBy: 'School nurse',
    youngPersonsWords: 'My social worker may know',
    authorRole: 'school-nurse',
  },
});
