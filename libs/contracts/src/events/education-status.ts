import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Address, Contact, Identifiers, Nullable, RecordLink, StatusAndPlan } from '../shapes.js';

export const EducationStatus = defineEventType({
  type: 'education-status',
  title: 'School or setting, statuses and plans',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      settingName: Type.Optional(Nullable(Type.String())),
      settingTelephone: Type.Optional(Nullable(Type.String())),
      /** Special educational needs speak of health. */
      statusesAndPlans: Type.Optional(Nullable(Type.Array(StatusAndPlan))),
      /** Whom to ring about this record: desks, never a person at home. */
      contacts: Type.Optional(Nullable(Type.Array(Contact))),
      recordLinks: Type.Optional(Nullable(Type.Array(RecordLink))),
      settingAddress: Type.Optional(Nullable(Address)),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    settingName: { part: 'content', about: 'child' },
    settingTelephone: { part: 'content', about: 'organisation' },
    statusesAndPlans: { part: 'content', about: 'child', tierFloor: 'special' },
    contacts: { part: 'content', about: 'organisation' },
    recordLinks: { part: 'content', about: 'organisation' },
    settingAddress: { part: 'location', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    settingName: 'Wexton School',
    settingTelephone: '0123456789',
    statusesAndPlans: [{ status: 'SEND', plan: 'Education, Health and Care (EHC) plan' }],
    contacts: [{ name: 'Records team', telephone: '01234 555 500' }],
    recordLinks: [{ url: 'https://example.gov.uk/login', title: 'Portal' }],
    settingAddress: { line1: 'School Lane', postcode: 'ZZ99 3WZ' },
  },
});
