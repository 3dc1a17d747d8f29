import type { HubApi } from './hub-api.js';
import { allocation, AUTHORITY, custodianFile, HEALTH, LONG_AGO, POLICE, post, recordOf, sendSigners, signersOf, staffDocument } from './scene.js'; // prettier-ignore
import { waived } from './waived.js';

const to = { to: ['la.csc'], purposes: ['SAFEGUARDING'] };
/** What the young person’s own service shares waits for them; what the police share rests on duty alone. */
const AGREEMENT = waived({
  schema: 'agreement/1',
  id: 'consent-pages',
  version: '1',
  parties: {
    la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'Front door', services: { csc: 'open' } },
    nhs: { kind: 'HEALTH', orgs: [HEALTH.organisation], desk: 'Nurse', services: { 'hv-sn': 'guarded' } },
    police: { kind: 'POLICE', orgs: [POLICE.organisation], desk: 'Desk', services: { ppu: 'open' } },
  },
  bases: { duty: ['CA2004 s16LA', 'UK GDPR 6(1)(c)'] },
  permits: ['nhs.hv-sn', 'police.ppu'].map((from) => ({
    ...to,
    id: from.replace('.', '-'),
    readerText: 'Shared with the allocated worker',
    basis: 'duty',
    from: [from],
    show: { summary: true },
  })),
  forbids: [
    {
      id: 'own-service',
      records: { from: ['nhs.hv-sn'] },
      to: ['*'],
      unless: ['young-person-agreed', 'owner-recorded-significant-harm'],
    },
  ],
});

const PEOPLE = [
  [AUTHORITY, 'worker', AUTHORITY.role],
  [AUTHORITY, 'guardian', 'hub-guardian'],
  [HEALTH, 'nurse', HEALTH.role],
  [HEALTH, 'suspect', HEALTH.role],
] as const;

/** A young person of sixteen, with a social worker, a guardian, a nurse and another nurse, and a stranger to all. */
export const sendConsentScene = async (api: HubApi, child: string): Promise<void> => {
  await sendSigners(api, [POLICE, HEALTH]);
  const records = [
    [AUTHORITY, 'personal.details', { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2010-06-12' }],
    [HEALTH, 'health.details', {}],
    [
      POLICE,
      'crime-justice.details',
      { missingEpisodes: [{ date: '2026-01-05', returnedHomeInterviewAttended: false }] },
    ],
  ] as const;
  for (const [agency, recordType, payload] of records) {
    const record = recordOf({ recordId: recordType, personId: child, recordType, payload });
    await api.filed(agency.connector, agency.records, custodianFile(agency, [record]));
  }
  for (const [agency, login, role] of PEOPLE) {
    const staff = staffDocument(agency, [post(agency, login, 1, { role })], [allocation(agency, login, child, 1)]);
    await api.filed(agency.connector, agency.staff, staff);
  }
  await api.filed(HEALTH.connector, HEALTH.staff, staffDocument(HEALTH, [post(HEALTH, 'stranger', 1)], []));
  for (const agency of [HEALTH, POLICE]) {
    await api.adopt(agency.organisation, signersOf(agency), AGREEMENT.id, AGREEMENT.version, AGREEMENT, LONG_AGO);
  }
};
