import { AUTHORITY, custodianFile, HEALTH, LONG_AGO, POLICE, SCHOOL, staffDocument, type Agency } from './scene.js';

export interface Sent {
  readonly of: Pick<Agency, 'connector' | 'organisation'>;
  readonly feed: string;
  readonly mediaType?: string;
  readonly document: unknown;
}

/** A marked text for each field: the canary first, so that every search for it finds the field. */
type Mark = (field: string) => string;

const address = (mark: Mark) => ({
  line1: mark('line1'),
  line2: mark('line2'),
  townOrCity: mark('town'),
  county: mark('county'),
  postcode: mark('pc').slice(0, 32),
});
const plans = (mark: Mark) => [{ status: mark('status'), plan: mark('plan') }];

const beside = (mark: Mark) => ({
  contactDetails: [
    {
      name: mark('contact'),
      description: mark('description'),
      telephone: mark('telephone'),
      email: mark('email'),
      address: mark('contact address'),
    },
  ],
  recordLink: [{ url: `https://example.org/${mark('url')}`, title: mark('link') }],
});

const record = (mark: Mark, personId: string, recordType: string, payload: object) => ({
  recordId: mark(`record ${recordType}`),
  personId,
  systemId: mark('system'),
  recordType,
  version: '1',
  ...beside(mark),
  payload,
});

const personalDetails = (mark: Mark, personId: string) =>
  record(mark, personId, 'personal.details', {
    firstName: mark('first name'),
    lastName: mark('last name'),
    dateOfBirth: '2011-03-27',
    address: address(mark),
    namesOfIndividualsResidingAtMainAddress: [mark('resident')],
    birthAssignedSex: mark('sex').slice(0, 64),
    pronouns: mark('pronouns').slice(0, 64),
    ethnicity: mark('ethnicity'),
    firstLanguage: mark('language'),
    designatedLocalAuthority: mark('authority'),
    relatedPeople: [
      {
        relationshipToTheChild: mark('relationship'),
        name: mark('relative'),
        dob: '1984-02',
        risk: [mark('risk')],
        servicesKnownTo: [mark('known to')],
      },
    ],
  });

const staff = (mark: Mark, of: Agency, personId: string) =>
  staffDocument(
    of,
    [
      {
        workerId: mark('worker'),
        postId: mark('post'),
        sequence: 1,
        login: mark('login'),
        name: mark('name'),
        service: of.service,
        role: mark('role').slice(0, 64),
        team: mark('team'),
        from: LONG_AGO,
        to: null,
      },
    ],
    [
      {
        relationId: mark('relation'),
        sequence: 1,
        relation: 'team',
        service: of.service,
        team: mark('team'),
        child: { system: mark('system'), localId: personId },
        from: LONG_AGO,
        to: null,
      },
      { relationId: mark('unreadable'), sequence: 1, relation: mark('no relation'), child: { localId: mark('local') } },
    ],
  );

const census = (mark: Mark): string => `<?xml version="1.0" encoding="utf-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2025</Year></CollectionDetails>
<Source><LEA>975</LEA><DateTime>2025-07-21T10:12:28Z</DateTime></Source></Header><Children>
<Child><ChildIdentifiers><LAchildID>${mark('child')}</LAchildID><UPN>A850728973744</UPN>
<PersonBirthDate>2011-03-27</PersonBirthDate><GenderCurrent>1</GenderCurrent></ChildIdentifiers>
<CINdetails><CINreferralDate>2020-07-13</CINreferralDate></CINdetails></Child>
<Child><ChildIdentifiers><LAchildID>${mark('odd child')}</LAchildID><PersonBirthDate>${mark('no date')}</PersonBirthDate>
</ChildIdentifiers><${mark('element').replace(/\W/g, '')}>${mark('stray')}</${mark('element').replace(/\W/g, '')}></Child>
</Children></Message>`;

/** One document for each feed of each agency, with the canary in every field that takes a text, good items and bad. */
export const canaryDocuments = (canary: string, personId: string): Sent[] => {
  const mark: Mark = (field) => `${canary} ${field}`;
  const bad = (recordType: string) => ({
    ...record(mark, personId, recordType, { [mark('unknown field')]: mark('unknown value') }),
    recordId: mark('bad record'),
  });
  const records: [Agency, string, object][] = [
    [
      POLICE,
      'crime-justice.details',
      {
        policeMarkerDetails: mark('marker'),
        servicesKnownTo: [mark('service')],
        riskRadicalisation: null,
        crimeActiveStatusesAndPlans: plans(mark),
        missingEpisodes: [{ date: '2025-03-04' }],
        lastPoliceProtectionPowerEvent: mark('no date'),
      },
    ],
    [
      HEALTH,
      'health.details',
      {
        registeredGPName: mark('gp'),
        registeredGPSurgery: mark('surgery'),
        gpAddress: address(mark),
        gpTelephone: mark('telephone'),
        camhsContactDetails: [mark('camhs contact')],
        camhsTeamInvolvement: [mark('camhs team')],
        healthActiveStatusesAndPlans: plans(mark),
        missedAppointments: [{ date: '2025-04-05', setting: mark('setting'), reason: mark('reason') }],
        emergencyDepartmentAttendances: [{ date: '2025-05', reason: mark('injury') }],
      },
    ],
    [
      SCHOOL,
      'education.details',
      {
        educationSettingName: mark('school'),
        educationSettingAddress: address(mark),
        educationSettingTelephone: mark('telephone'),
        educationActiveStatusesAndPlans: plans(mark),
        yearlyEducationAttendances: [{ academicTermYearStart: 2024, academicTermYearEnd: 2025, suspensions: 1 }],
      },
    ],
    [
      AUTHORITY,
      'childrens-services.details',
      {
        keyWorker: mark('key worker'),
        dutyContactDetails: [mark('duty')],
        teamInvolvement: [mark('team')],
        cscActiveStatusesAndPlans: plans(mark),
        childrensServicesReferrals: [{ date: '2025-06-07', type: mark('referral') }],
      },
    ],
  ];
  return [
    ...records.map(([of, recordType, payload]): Sent => ({
      of,
      feed: of.records,
      document: {
        ...custodianFile(of, [
          record(mark, personId, recordType, payload),
          personalDetails(mark, personId),
          bad(recordType),
          { recordId: mark('nobody’s'), recordType, payload },
        ]),
        [mark('unknown part')]: mark('of the file'),
      },
    })),
    ...records.map(([of]): Sent => ({ of, feed: of.staff, document: staff(mark, of, personId) })),
    {
      of: { organisation: 'LOCAL-AUTHORITY-975', connector: 'local-authority-975-connector' },
      feed: 'children-in-need-census',
      mediaType: 'application/xml',
      document: census(mark),
    },
  ];
};
