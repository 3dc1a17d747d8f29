import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Address, Contact, Identifiers, Nullable, RecordLink, StatusAndPlan } from '../shapes.js';

/** Data concerning health are a special category (UK GDPR Article 4(15) and 9), the fact of care included. */
export const HealthStatus = defineEventType({
  type: 'health-status',
  title: 'Health: registration, statuses and plans',
  kind: 'content',
  statement: 'fact',
  tierFloor: 'special',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      gpName: Type.Optional(Nullable(Type.String())),
      gpSurgery: Type.Optional(Nullable(Type.String())),
      gpTelephone: Type.Optional(Nullable(Type.String())),
      camhsContacts: Type.Optional(Nullable(Type.Array(Type.String()))),
      camhsTeams: Type.Optional(Nullable(Type.Array(Type.String()))),
      statusesAndPlans: Type.Optional(Nullable(Type.Array(StatusAndPlan))),
      /** Whom to ring about this record: desks, never a person at home. */
      contacts: Type.Optional(Nullable(Type.Array(Contact))),
      recordLinks: Type.Optional(Nullable(Type.Array(RecordLink))),
      /** Says roughly where the child lives. */
      gpAddress: Type.Optional(Nullable(Address)),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    gpName: { part: 'content', about: 'worker' },
    gpSurgery: { part: 'content', about: 'organisation' },
    gpTelephone: { part: 'content', about: 'organisation' },
    camhsContacts: { part: 'content', about: 'organisation' },
    camhsTeams: { part: 'content', about: 'child' },
    statusesAndPlans: { part: 'content', about: 'child' },
    contacts: { part: 'content', about: 'organisation' },
    recordLinks: { part: 'content', about: 'organisation' },
    gpAddress: { part: 'location', about: 'child' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    gpName: 'Dr E Green',
    gpSurgery: 'Wexton Medical Centre',
    gpTelephone: '01234 555 501',
    camhsContacts: ['01234 555 502'],
    camhsTeams: ['Wexton Clinic'],
    statusesAndPlans: [{ status: 'Open to CAMHS', plan: null }],
    contacts: [{ name: 'Records team', telephone: '01234 555 500' }],
    recordLinks: [{ url: 'https://example.gov.uk/login', title: 'Portal' }],
    gpAddress: { line1: '28 Long Road', postcode: 'ZZ99 3WZ' },
  },
});
