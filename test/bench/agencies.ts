import type { SeededRandom } from '../support/decision-oracle/seeded-random.js';

export type Json = Record<string, unknown>;

/** An agency as it sends: its connector, its feeds, and what a record of it holds. */
export interface Agency {
  readonly organisation: string;
  readonly clientId: string;
  readonly feeds: { readonly records: string; readonly staff: string };
  readonly system: string;
  readonly recordType: string;
  /** Short fields of a record. */
  readonly statuses: (random: SeededRandom) => Json;
  /** Field of the payload that takes plans of any length. */
  readonly plans: string;
  /** Field of dated items, each an entry of its own, and the item of a place in the list. */
  readonly dated: { readonly field: string; readonly item: (i: number, random: SeededRandom) => Json };
}

const WORDS = (
  'attended absent review visit call home school ward clinic mother father sibling worker plan agreed concern follow ' +
  'referral discussed reported observed weekly monthly support meeting contact letter arranged declined consent note ' +
  'team nurse officer teacher health safety risk change later early morning evening before after with without other'
).split(' ');

/** Plain words, at least so many characters of them, at most a word more. */
export const textOf = (random: SeededRandom, length: number): string => {
  let text = '';
  while (text.length < length) text += `${text === '' ? '' : ' '}${random.pick(WORDS)}`;
  return text;
};

const dayOf = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i * 3)).toISOString().slice(0, 10);
const oneOrUnknown = (random: SeededRandom): boolean | null => random.pick([true, false, null]);

const POLICE: Agency = {
  organisation: 'POLICE-01',
  clientId: 'police-01-connector',
  feeds: { records: 'police-records', staff: 'police-staff' },
  system: 'FORCE-RECORDS',
  recordType: 'crime-justice.details',
  statuses: (random) => ({
    policeMarkerDetails: textOf(random, 60),
    servicesKnownTo: ['Police'],
    riskCriminalExploitation: oneOrUnknown(random),
    riskGangsAndYouthViolence: oneOrUnknown(random),
  }),
  plans: 'crimeActiveStatusesAndPlans',
  dated: {
    field: 'missingEpisodes',
    item: (i, random) => ({ date: dayOf(i), returnedHomeInterviewAttended: oneOrUnknown(random) }),
  },
};

const HEALTH: Agency = {
  organisation: 'HEALTH-01',
  clientId: 'health-01-connector',
  feeds: { records: 'health-records', staff: 'health-staff' },
  system: 'HEALTH-RECORDS',
  recordType: 'health.details',
  statuses: (random) => ({
    registeredGPName: `Practice ${random.between(1, 999)}`,
    camhsTeamInvolvement: [textOf(random, 20)],
  }),
  plans: 'healthActiveStatusesAndPlans',
  dated: {
    field: 'emergencyDepartmentAttendances',
    item: (i, random) => ({ date: dayOf(i), reason: textOf(random, random.between(40, 700)) }),
  },
};

const EDUCATION: Agency = {
  organisation: 'EDUCATION-01',
  clientId: 'education-01-connector',
  feeds: { records: 'education-records', staff: 'education-staff' },
  system: 'SCHOOL-RECORDS',
  recordType: 'education.details',
  statuses: (random) => ({
    educationSettingName: `School ${random.between(1, 999)}`,
    educationSettingTelephone: `01234 ${random.between(100_000, 999_999)}`,
  }),
  plans: 'educationActiveStatusesAndPlans',
  dated: {
    field: 'yearlyEducationAttendances',
    item: (i, random) => ({
      academicTermYearStart: 1950 + i,
      academicTermYearEnd: 1951 + i,
      attendancePercentage: `${random.between(50, 99)}.5`,
      suspensions: random.between(0, 5),
    }),
  },
};

const socialCare = (organisation: string): Agency => ({
  organisation,
  clientId: `${organisation.toLowerCase()}-connector`,
  feeds: { records: 'social-care-records', staff: 'social-care-staff' },
  system: 'CASE-SYSTEM',
  recordType: 'childrens-services.details',
  statuses: (random) => ({ keyWorker: `Worker ${random.between(1, 999)}`, teamInvolvement: [textOf(random, 20)] }),
  plans: 'cscActiveStatusesAndPlans',
  dated: {
    field: 'childrensServicesReferrals',
    item: (i, random) => ({ date: dayOf(i), type: random.pick(['Police', 'School', 'Health', 'Family']) }),
  },
});

export const AUTHORITY = socialCare('LOCAL-AUTHORITY-01');
/** Has signed no agreement: nobody else sees its records. */
export const NEIGHBOUR = socialCare('LOCAL-AUTHORITY-02');
/** Those whose records a social worker of the authority sees. */
export const PARTNERS: readonly Agency[] = [AUTHORITY, EDUCATION, HEALTH, POLICE];
export const AGENCIES: readonly Agency[] = [...PARTNERS, NEIGHBOUR];

/** An NHS number of the range 999, which is never issued, with its check digit; undefined where there is none. */
export const nhsNumberOf = (n: number): string | undefined => {
  const nine = `999${String(n).padStart(6, '0')}`;
  const sum = [...nine].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? undefined : `${nine}${check}`;
};

export interface RecordFacts {
  readonly agency: Agency;
  readonly recordId: string;
  readonly personId: string;
  readonly version: number;
  readonly payload: Json;
}

/** A record in the form that the feeds of records take. */
export const recordOf = ({ agency, recordId, personId, version, payload }: RecordFacts): Json => ({
  recordId,
  personId,
  recordType: agency.recordType,
  version: String(version),
  systemId: agency.system,
  contactDetails: [],
  recordLink: [],
  payload,
});
