import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Contact, Identifiers, Nullable, RecordLink, StatusAndPlan } from '../shapes.js';

/** What children's social care has open for a child, and who leads. */
export const ChildrensServicesStatus = defineEventType({
  type: 'childrens-services-status',
  title: "Children's services: status, plans and contact",
  kind: 'content',
  statement: 'fact',
  tierFloor: 'ordinary',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      keyWorker: Type.Optional(Nullable(Type.String())),
      dutyContacts: Type.Optional(Nullable(Type.Array(Type.String()))),
      teams: Type.Optional(Nullable(Type.Array(Type.String()))),
      statusesAndPlans: Type.Optional(Nullable(Type.Array(StatusAndPlan))),
      /** Whom to ring about this record: desks, never a person at home. */
      contacts: Type.Optional(Nullable(Type.Array(Contact))),
      recordLinks: Type.Optional(Nullable(Type.Array(RecordLink))),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    keyWorker: { part: 'content', about: 'worker' },
    dutyContacts: { part: 'content', about: 'organisation' },
    teams: { part: 'content', about: 'child' },
    statusesAndPlans: { part: 'content', about: 'child' },
    contacts: { part: 'content', about: 'organisation' },
    recordLinks: { part: 'content', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    keyWorker: 'A. Worker',
    dutyContacts: ['duty@example.gov.uk'],
    teams: ['Neighbourhood Team'],
    statusesAndPlans: [{ status: 'Child in need', plan: 'Child in need plan' }],
    contacts: [{ name: 'Records team', telephone: '01234 555 500' }],
    recordLinks: [{ url: 'https://example.gov.uk/login', title: 'Portal' }],
  },
});
