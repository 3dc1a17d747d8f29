import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Nullable } from '../shapes.js';

const Words = (description: string) => Type.String({ minLength: 1, maxLength: 4000, description });

/**
 * Consent to the processing of data, given to a service or withdrawn. Not the agreement to work with the family. It
 * touches clauses whose basis is consent, and nothing else. Subject: the service’s own reference of the child. One
 * record a service and person: what is recorded later takes the place of what was recorded before.
 */
export const ProcessingConsentRecorded = defineEventType({
  type: 'processing-consent-recorded',
  title: 'Consent to processing',
  kind: 'disclosure',
  statement: 'decision',
  tierFloor: 'contact',
  schemaVersion: 1,
  schema: Type.Object(
    {
      decision: Type.Union([Type.Literal('given'), Type.Literal('withdrawn')]),
      by: Type.Union([Type.Literal('young-person'), Type.Literal('parental-responsibility')]),
      until: Nullable(Type.String({ description: 'RFC 3339 instant; exclusive; null: until it is withdrawn' })),
      person: Words('who, as the service names the person'),
      standing: Words('the young person’s capacity, or what gives parental responsibility'),
      courtLimits: Nullable(Words('what a court order leaves of parental responsibility')),
      scope: Words('what the consent is to'),
      told: Type.Boolean({ description: 'whether the family was told of the processing' }),
      toldReason: Nullable(Words('why they were, or were not')),
      childView: Nullable(Words('the child’s own view')),
      authorRole: Type.String({ minLength: 1, maxLength: 64 }),
    },
    { additionalProperties: false },
  ),
  fields: {
    decision: { part: 'terms', about: 'child' },
    by: { part: 'terms', about: 'child' },
    until: { part: 'terms', about: 'child' },
    person: { part: 'content', about: 'carer' },
    standing: { part: 'content', about: 'carer' },
    courtLimits: { part: 'content', about: 'carer' },
    scope: { part: 'content', about: 'child' },
    told: { part: 'content', about: 'carer' },
    toldReason: { part: 'content', about: 'carer' },
    childView: { part: 'content', about: 'child' },
    authorRole: { part: 'content', about: 'worker' },
  },
  olderVersions: {},
  example: {
    decision: 'given',
    by: 'parental-responsibility',
    until: null,
    person: 'Mother',
    standing: 'Parental responsibility by birth',
    courtLimits: null,
    scope: 'Sharing of reading support with the school',
    told: true,
    toldReason: null,
    childView: 'Wants the help',
    authorRole: 'health-visitor',
  },
});
