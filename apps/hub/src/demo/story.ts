/** Somebody who can sign in: made up. */
export interface SignIn {
  readonly login: string;
  readonly name: string;
  readonly organisation: string;
  readonly role: string;
  /** What to look for: goes after the name. */
  readonly look: string;
}

/** The people who are there whatever is loaded: one of each kind of reader, and whoever keeps things in order. */
export interface DemoPerson extends SignIn {
  readonly feed: string;
  readonly service: string;
  /** Relation to the shared child; none for the stranger and for governance. */
  readonly relation: 'allocated' | 'on-roll' | 'registered' | null;
  readonly purpose: string;
}

export const GOVERNANCE_ROLE = 'information-governance';

export const READERS: readonly DemoPerson[] = [
  {
    login: 'social-worker',
    name: 'Sam Okonkwo',
    look: 'sees what four agencies recorded of one child',
    organisation: 'LOCAL-AUTHORITY-01',
    feed: 'social-care-staff',
    service: 'csc',
    role: 'social-worker',
    relation: 'allocated',
    purpose: 'SAFEGUARDING',
  },
  {
    login: 'dsl',
    name: 'Dana Whitlock',
    look: 'sees the same child without what the police recorded',
    organisation: 'EDUCATION-01',
    feed: 'education-staff',
    service: 'dsl',
    role: 'dsl',
    relation: 'on-roll',
    purpose: 'SAFEGUARDING',
  },
  {
    login: 'health-visitor',
    name: 'Hana Sorrell',
    look: 'sees less still, and whom to ring at the school',
    organisation: 'HEALTH-01',
    feed: 'health-staff',
    service: 'hv-sn',
    role: 'health-visitor',
    relation: 'registered',
    purpose: 'SAFEGUARDING',
  },
  {
    login: 'police-officer',
    name: 'Pat Ellery',
    look: 'sees what the police and the authority recorded, and whom to ring elsewhere',
    organisation: 'POLICE-01',
    feed: 'police-staff',
    service: 'ppu',
    role: 'ppu-officer',
    relation: 'allocated',
    purpose: 'SAFEGUARDING',
  },
  {
    login: 'neighbour-social-worker',
    name: 'Noor Ashdown',
    look: 'works for the authority next door, and sees what that authority may',
    organisation: 'LOCAL-AUTHORITY-02',
    feed: 'social-care-staff',
    service: 'csc',
    role: 'social-worker',
    relation: 'allocated',
    purpose: 'SAFEGUARDING',
  },
  {
    login: 'stranger',
    name: 'Sol Varden',
    look: 'has no relation to the child, and sees what he would see of a child of whom nobody has heard',
    organisation: 'LOCAL-AUTHORITY-01',
    feed: 'social-care-staff',
    service: 'csc',
    role: 'social-worker',
    relation: null,
    purpose: 'SAFEGUARDING',
  },
];

/** Two governance people sign for each organisation that has a policy. */
export const GOVERNANCE: readonly DemoPerson[] = READERS.filter(
  (reader, i) => READERS.findIndex((other) => other.organisation === reader.organisation) === i,
).flatMap((reader) =>
  ['a', 'b'].map((letter) => ({
    ...reader,
    login: `governance-${reader.organisation.toLowerCase()}-${letter}`,
    name: `Governance ${letter.toUpperCase()} of ${reader.organisation}`,
    look: 'reads agreements in plain English, adopts them in twos and revokes them alone',
    role: GOVERNANCE_ROLE,
    relation: null,
  })),
);

const post = (
  organisation: string,
  feed: string,
  service: string,
  role: string,
  login: string,
  name: string,
  look: string,
): DemoPerson => ({ organisation, feed, service, role, login, name, look, relation: null, purpose: 'SAFEGUARDING' });

/** Who looks after an agency's feeds and answers questions of identity, and who audits all of them. */
export const KEEPERS: readonly DemoPerson[] = [
  post(
    'LOCAL-AUTHORITY-01',
    'social-care-staff',
    'csc',
    'data-manager',
    'data-manager',
    'Dee Marlow',
    'sees what the authority’s feeds sent, and is asked which of the Vance twins the police mean',
  ),
  post(
    'EDUCATION-01',
    'education-staff',
    'dsl',
    'data-manager',
    'school-data-manager',
    'Eddie Parr',
    'does the same for the school',
  ),
  post(
    'HEALTH-01',
    'health-staff',
    'hv-sn',
    'data-manager',
    'health-data-manager',
    'Hollis Grange',
    'does the same for health',
  ),
  post(
    'POLICE-01',
    'police-staff',
    'ppu',
    'data-manager',
    'police-data-manager',
    'Perry Stroud',
    'does the same for the police',
  ),
  post(
    'PARTNERSHIP-01',
    'social-care-staff',
    'audit',
    'auditor',
    'auditor',
    'Ari Castell',
    'finds who looked at a child, and replays what they saw',
  ),
];

export const PEOPLE: readonly DemoPerson[] = [...READERS, ...GOVERNANCE, ...KEEPERS];

/** How the sign-in page of the development issuer lists a person. */
export const signInLine = ({ login, name, role, organisation, look }: SignIn) => ({
  login,
  name: `${name}, ${role.replaceAll('-', ' ')}, ${organisation}`,
  look,
});

/** When the people of the story took their posts up, and the relations began. */
export const STORY_BEGINS = '2025-09-01T00:00:00+01:00';
/** Recorded time while staff, relations and records load; what is in the story happens around it. */
export const LOADING_TIME = new Date('2025-11-28T09:00:00Z');
/** Recorded time at which the screen is read, unless told otherwise. */
export const READING_TIME = new Date('2025-12-19T09:00:00Z');
/** From when the imported agreements are in force. */
export const IN_FORCE_FROM = '2025-11-28T00:00:00Z';

export interface ChildReference {
  readonly organisation: string;
  readonly system: string;
  readonly localId: string;
}

/** The staff and relations document of one organisation. Sent again it is the same document. */
export const staffDocument = (organisation: string, shared: readonly ChildReference[]) => {
  const people = PEOPLE.filter((person) => person.organisation === organisation);
  const child = shared.find((reference) => reference.organisation === organisation);
  return {
    organisation,
    staff: people.map((person) => ({
      workerId: `W-${person.login}`,
      sequence: 1,
      login: person.login,
      name: person.name,
      service: person.service,
      role: person.role,
      from: STORY_BEGINS,
      to: null,
    })),
    relations: people.flatMap((person) =>
      person.relation && child
        ? [
            {
              relationId: `R-${person.login}`,
              sequence: 1,
              relation: person.relation,
              ...(person.relation === 'allocated' ? { workerId: `W-${person.login}` } : {}),
              service: person.service,
              child: { system: child.system, localId: child.localId },
              from: STORY_BEGINS,
              to: null,
            },
          ]
        : [],
    ),
  };
};

const NEIGHBOUR = 'LOCAL-AUTHORITY-02';
const NEIGHBOUR_SYSTEM = 'NEIGHBOUR-CASE-SYSTEM';

/** What the demonstration adds: a second authority's own record of the shared child, from before the family moved. */
export const neighbourDocument = (personId: string) => ({
  orgId: NEIGHBOUR,
  orgName: 'Neighbouring Local Authority',
  orgType: 'LOCAL_AUTHORITY',
  records: [
    {
      recordId: 'NB-0001',
      personId,
      recordType: 'childrens-services.details',
      version: '1',
      systemId: NEIGHBOUR_SYSTEM,
      contactDetails: [],
      recordLink: [],
      payload: {
        keyWorker: null,
        dutyContactDetails: [],
        teamInvolvement: ['Referral and Assessment'],
        cscActiveStatusesAndPlans: [],
        childrensServicesReferrals: [{ date: '2025-10-20', type: 'Social Care' }],
      },
    },
  ],
});

export const neighbourReference = (personId: string): ChildReference => ({
  organisation: NEIGHBOUR,
  system: NEIGHBOUR_SYSTEM,
  localId: personId,
});
