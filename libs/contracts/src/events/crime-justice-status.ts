import { Type } from '@sinclair/typebox';
import { defineEventType } from '../event-type.js';
import { Contact, Identifiers, Nullable, RecordLink, StatusAndPlan } from '../shapes.js';

/** Criminal-offence data and what police record of risk. `null` is not known, never no. */
export const CrimeJusticeStatus = defineEventType({
  type: 'crime-justice-status',
  title: 'Police and youth justice: markers, risks and statuses',
  kind: 'content',
  statement: 'report',
  tierFloor: 'special',
  schemaVersion: 1,
  schema: Type.Object(
    {
      identifiers: Identifiers,
      /** Of the people or the place that a visitor meets. */
      policeMarkerDetails: Type.Optional(Nullable(Type.String())),
      servicesKnownTo: Type.Optional(Nullable(Type.Array(Type.String()))),
      riskSexualExploitation: Type.Optional(Nullable(Type.Boolean())),
      riskCriminalExploitation: Type.Optional(Nullable(Type.Boolean())),
      riskRadicalisation: Type.Optional(Nullable(Type.Boolean())),
      riskModernSlaveryAndTrafficking: Type.Optional(Nullable(Type.Boolean())),
      riskGangsAndYouthViolence: Type.Optional(Nullable(Type.Boolean())),
      statusesAndPlans: Type.Optional(Nullable(Type.Array(StatusAndPlan))),
      /** Whom to ring about this record: desks, never a person at home. */
      contacts: Type.Optional(Nullable(Type.Array(Contact))),
      recordLinks: Type.Optional(Nullable(Type.Array(RecordLink))),
    },
    { additionalProperties: false },
  ),
  fields: {
    identifiers: { part: 'identity', about: 'child' },
    policeMarkerDetails: { part: 'content', about: 'household-adult', tierFloor: 'special' },
    servicesKnownTo: { part: 'content', about: 'child' },
    riskSexualExploitation: { part: 'content', about: 'child' },
    riskCriminalExploitation: { part: 'content', about: 'child' },
    riskRadicalisation: { part: 'content', about: 'child' },
    riskModernSlaveryAndTrafficking: { part: 'content', about: 'child' },
    riskGangsAndYouthViolence: { part: 'content', about: 'child' },
    statusesAndPlans: { part: 'content', about: 'child' },
    contacts: { part: 'content', about: 'organisation' },
    recordLinks: { part: 'content', about: 'organisation' },
  },
  olderVersions: {},
  example: {
    identifiers: [{ kind: 'nhs-number', value: '9990000018', status: 'traced' }],
    policeMarkerDetails: 'Individuals at the address may resort to violent behaviour',
    servicesKnownTo: ['Police'],
    riskSexualExploitation: null,
    riskCriminalExploitation: true,
    riskRadicalisation: false,
    riskModernSlaveryAndTrafficking: null,
    riskGangsAndYouthViolence: null,
    statusesAndPlans: [{ status: 'Open to Youth Justice Service', plan: null }],
    contacts: [{ name: 'Records team', telephone: '01234 555 500' }],
    recordLinks: [{ url: 'https://example.gov.uk/login', title: 'Portal' }],
  },
});
