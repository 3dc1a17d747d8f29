import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable, PartyNamed } from '../shapes.js';
import { ABOUT } from '../words.js';

/**
 * A guardian closes a whole child to those named, whoever recorded what: an alleged abuser who works for a partner
 * agency, his team, his other sign-ins. They see what their own service had recorded of the child before, less what is
 * about them or their family; all else is to them as if it were not there. Subject: a reference of the guardian’s
 * organisation. Lifted by its retraction.
 */
export const ChildExclusionMade = defineEventType({
  type: 'child-exclusion-made',
  title: 'Child closed to somebody by a guardian',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      /** Names it for good. */
      directive: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      who: Type.Array(PartyNamed, { minItems: 1, maxItems: 200 }),
      /** `cover`: all that their own service had recorded before; `frozen`: of that, what each had opened. */
      view: Type.Union([Type.Literal('cover'), Type.Literal('frozen')]),
      /** When each person named last opened the child’s chronology before this; whoever is not here never did. */
      seen: Type.Array(Type.Object({ staffKey: Type.String(), at: Type.String() }, { additionalProperties: false }), {
        maxItems: 200,
      }),
      /** Entries about these show to nobody named; what is about an alleged perpetrator or an informant never does. */
      withhold: Type.Array(Type.Union(ABOUT.map((about) => Type.Literal(about))), { maxItems: ABOUT.length }),
      /** Records about them or their family that the guardian names, by the reference’s key, feed and HMAC. */
      records: Type.Array(
        Type.Object(
          { subject: Type.String(), feed: Type.String(), record: Type.String() },
          { additionalProperties: false },
        ),
        { maxItems: 1000 },
      ),
      until: Nullable(Type.String({ description: 'RFC 3339 instant; exclusive; null: until it is lifted' })),
      reason: Type.String({ minLength: 1, maxLength: 4000 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    directive: { part: 'terms', about: 'organisation' },
    who: { part: 'terms', about: 'worker' },
    view: { part: 'terms', about: 'organisation' },
    seen: { part: 'terms', about: 'worker' },
    withhold: { part: 'terms', about: 'organisation' },
    records: { part: 'terms', about: 'organisation' },
    until: { part: 'terms', about: 'organisation' },
    reason: { part: 'content', about: 'alleged-perpetrator' },
  },
  olderVersions: {},
  example: {
    directive: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41',
    who: [{ organisation: 'POLICE-01', service: null, team: 'roads', staffKey: null }],
    view: 'cover',
    seen: [],
    withhold: ['carer', 'sibling', 'household-adult'],
    records: [],
    until: null,
    reason: 'The allegation is against a member of this team',
  },
});
