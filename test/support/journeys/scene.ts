import type { HubApi } from './hub-api.js';
import { waived } from './waived.js';

/** Recorded time at which a scene begins. */
export const SCENE_BEGINS = new Date('2026-03-02T09:00:00Z');
/** When posts, relations and agreements of a scene began. */
export const LONG_AGO = '2026-01-01T00:00:00.000Z';

export interface Agency {
  readonly organisation: string;
  readonly connector: string;
  readonly records: string;
  readonly staff: string;
  readonly service: string;
  readonly role: string;
}

const agency = (organisation: string, feed: string, service: string, role: string): Agency => ({
  organisation,
  connector: `${organisation.toLowerCase()}-connector`,
  records: `${feed}-records`,
  staff: `${feed}-staff`,
  service,
  role,
});

/** The agencies of the development registry that have a feed of records. */
export const AUTHORITY = agency('LOCAL-AUTHORITY-01', 'social-care', 'csc', 'social-worker');
export const NEIGHBOUR = agency('LOCAL-AUTHORITY-02', 'social-care', 'csc', 'social-worker');
export const HEALTH = agency('HEALTH-01', 'health', 'hv-sn', 'health-visitor');
export const SCHOOL = agency('EDUCATION-01', 'education', 'dsl', 'dsl');
export const POLICE = agency('POLICE-01', 'police', 'ppu', 'ppu-officer');

/** The n-th valid NHS number of the range that is never issued. */
export const nhsNumber = (n: number): string => {
  for (let body = 999_000_000, left = n; ; body += 1) {
    const sum = [...String(body)].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check === 10) continue;
    if (left === 0) return `${body}${check}`;
    left -= 1;
  }
};

export interface RecordOptions {
  readonly recordId: string;
  readonly personId: string;
  readonly recordType: string;
  readonly version?: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly handling?: { readonly tier?: string; readonly facts?: readonly string[] };
  readonly purge?: boolean;
}

export const custodianFile = ({ organisation }: Agency, records: readonly unknown[]) => ({
  orgId: organisation,
  records,
});

export const recordOf = ({ version = '1', ...rest }: RecordOptions) => ({ ...rest, version });

/** A member of staff under his own login. */
export const post = (
  { service, role }: Agency,
  login: string,
  sequence: number,
  changes: Readonly<Record<string, unknown>> = {},
) => ({
  workerId: `W-${login}`,
  sequence,
  login,
  name: null,
  service,
  role,
  from: LONG_AGO,
  to: null,
  ...changes,
});

/** The worker's allocation to a child whom the agency's own record names by NHS number. */
export const allocation = (
  { records, service }: Agency,
  login: string,
  personId: string,
  sequence: number,
  changes: Readonly<Record<string, unknown>> = {},
) => ({
  relationId: `R-${login}-${personId}`,
  sequence,
  relation: 'allocated',
  workerId: `W-${login}`,
  service,
  child: { system: records, localId: personId },
  from: LONG_AGO,
  to: null,
  ...changes,
});

export const staffDocument = ({ organisation }: Agency, staff: readonly unknown[], relations: readonly unknown[]) => ({
  organisation,
  staff,
  relations,
});

/** Logins of the two who sign for an agency. */
export const signersOf = ({ organisation }: Agency): [string, string] => [
  `signer-a-${organisation}`,
  `signer-b-${organisation}`,
];

/** Two people of each agency who may sign. */
export const sendSigners = async (api: HubApi, agencies: readonly Agency[]): Promise<void> => {
  for (const one of agencies) {
    const staff = signersOf(one).map((login) => post(one, login, 1, { role: 'information-governance' }));
    await api.filed(one.connector, one.staff, staffDocument(one, staff, []));
  }
};

const services = (kind: string, of: readonly Agency[]) => ({
  kind,
  orgs: of.map(({ organisation }) => organisation),
  desk: `Desk of ${kind}`,
  services: { [of[0]!.service]: 'open' },
});

/** The authorities show health two kinds of records, where the child lives included unless that is protected. */
export const LOCATION_AGREEMENT = waived({
  schema: 'agreement/1',
  id: 'scene-core',
  version: '1',
  parties: { la: services('LOCAL_AUTHORITY', [AUTHORITY, NEIGHBOUR]), nhs: services('HEALTH', [HEALTH]) },
  existence: [
    { id: 'who-helps', of: ['la.csc'], to: ['nhs.hv-sn'], purposes: ['SAFEGUARDING'], shows: ['party-kind'] },
  ],
  permits: [
    {
      id: 'details-to-health',
      readerText: 'The authority shares who the child is and who works with the family',
      from: ['la.csc'],
      records: { types: ['personal.details', 'childrens-services.details'] },
      to: ['nhs.hv-sn'],
      purposes: ['SAFEGUARDING'],
      show: { summary: true, content: ['recorded-name', 'teams'], location: ['home-address'] },
    },
  ],
  forbids: [{ id: 'safe-address', fields: ['home-address'], to: ['*'], when: ['address-protected'] }],
});

/** What the one controls it may release to a person of the other, by its own people's role, for four weeks at most. */
export const releasingAgreement = (owner: Agency, to: Agency) =>
  waived({
    schema: 'agreement/1',
    id: `releases-${owner.organisation}`,
    version: '1',
    parties: { owner: services('OWNER', [owner]), reader: services('READER', [to]) },
    permits: [],
    releases: [
      {
        id: 'released',
        tiers: ['originator', 'special'],
        by: [owner.role],
        from: [`owner.${owner.service}`],
        to: [`reader.${to.service}`],
        names: 'person',
        maxFor: 'P28D',
        handling: ['no-onward-sharing'],
        show: { summary: true, content: ['sanitised-text', 'risk-radicalisation'] },
      },
    ],
  });

/** A policy in the shape of the prototype's: everything of these types to these kinds of organisation. */
export const importedPolicy = ({ organisation }: Agency, orgType: string, recordTypes: string[], to: string[]) => ({
  orgId: organisation,
  orgName: organisation,
  orgType,
  recordTypes,
  dsaPolicy: {
    version: '2025-11-10T12:00:00Z',
    defaults: ['EXISTENCE', 'CONTENT'].map((mode) => ({
      effect: 'allow',
      modes: [mode],
      recordTypes,
      destOrgTypes: to,
      purposes: ['SAFEGUARDING'],
      validFrom: '2025-01-01T00:00:00Z',
    })),
    exceptions: [],
  },
});

/** Brings an imported policy in and has its organisation sign it. */
export const adoptPolicy = (api: HubApi, of: Agency, policy: ReturnType<typeof importedPolicy>): Promise<void> =>
  api.adopt(of.organisation, signersOf(of), of.organisation, policy.dsaPolicy.version, policy, LONG_AGO);

export const adoptLocationAgreement = async (api: HubApi, owners: readonly Agency[]): Promise<void> => {
  const { id, version } = LOCATION_AGREEMENT;
  for (const owner of owners)
    await api.adopt(owner.organisation, signersOf(owner), id, version, LOCATION_AGREEMENT, LONG_AGO);
};
