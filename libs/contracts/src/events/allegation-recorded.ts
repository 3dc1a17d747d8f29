import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Identifiers, Nullable } from '../shapes.js';

/** Somebody is alleged to have harmed the child. It stays an allegation whatever comes of it. */
export const AllegationRecorded = defineEventType({
  type: 'allegation-recorded',
  title: 'Allegation',
  kind: 'content',
  statement: 'allegation',
  tierFloor: 'special',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      allegation: Type.String({ minLength: 1, maxLength: 4000 }),
      /** Against whom, as the service names the person. */
      against: Type.String({ minLength: 1, maxLength: 4000 }),
      childView: Nullable(Type.String({ minLength: 1, maxLength: 4000 })),
      authorRole: Type.String({ minLength: 1, maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    allegation: { part: 'content', about: 'alleged-perpetrator' },
    against: { part: 'content', about: 'alleged-perpetrator' },
    childView: { part: 'content', about: 'child' },
    authorRole: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    identifiers: [],
    allegation: 'Said to have struck the child with a belt',
    against: 'Step-father',
    childView: 'Told a teacher on the way home',
    authorRole: 'social-worker',
  },
});
