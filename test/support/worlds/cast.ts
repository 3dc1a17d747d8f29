import type { Openness } from '../decision-oracle/agreement-oracle.js';

/** An organisation that may hold records of a child in a world. */
export interface CastOrganisation {
  readonly id: string;
  readonly kind: string;
  /** Its party in agreements; organisations of one kind are one party. */
  readonly party: string;
  readonly desk: string;
  readonly services: Readonly<Record<string, Openness>>;
  /** Event types that its feeds send, with the source's own name for each. */
  readonly records: Readonly<Record<string, string>>;
  readonly roles: readonly string[];
  /** Relations that its staff feeds make, each for a worker or for a whole service. */
  readonly relations: readonly { readonly kind: string; readonly by: 'worker' | 'service' }[];
}

const COUNCIL = {
  kind: 'LOCAL_AUTHORITY',
  party: 'la',
  desk: 'Front door 01234 555 501',
  services: { csc: 'open', mash: 'open', adoption: 'hidden' },
  records: {
    'personal-details': 'personal.details',
    'childrens-services-status': 'childrens-services.details',
    referral: 'census.referral',
    assessment: 'census.assessment',
    'protection-plan': 'census.plan',
  },
  roles: ['social-worker', 'mash-researcher'],
  relations: [
    { kind: 'allocated', by: 'worker' },
    { kind: 'triage', by: 'worker' },
    { kind: 'team', by: 'service' },
  ],
} as const satisfies Omit<CastOrganisation, 'id'>;

const HEALTH = {
  kind: 'HEALTH',
  party: 'health',
  desk: 'Safeguarding nurse 01234 555 502',
  services: { 'hv-sn': 'open', unscheduled: 'open', camhs: 'guarded', 'sexual-health': 'hidden' },
  records: {
    'personal-details': 'personal.details',
    'health-status': 'health.details',
    'missed-appointment': 'health.missed',
    'emergency-attendance': 'health.emergency',
  },
  roles: ['health-visitor', 'ed-clinician'],
  relations: [
    { kind: 'registered', by: 'service' },
    { kind: 'presenting', by: 'worker' },
    { kind: 'presenting', by: 'service' },
  ],
} as const satisfies Omit<CastOrganisation, 'id'>;

const SCHOOL = {
  kind: 'EDUCATION',
  party: 'school',
  desk: 'School office 01234 555 503',
  services: { dsl: 'open', pastoral: 'guarded' },
  records: {
    'personal-details': 'personal.details',
    'education-status': 'education.details',
    'missing-episode': 'education.missing',
  },
  roles: ['dsl', 'deputy-dsl'],
  relations: [{ kind: 'on-roll', by: 'service' }],
} as const satisfies Omit<CastOrganisation, 'id'>;

const POLICE = {
  kind: 'POLICE',
  party: 'police',
  desk: 'Public protection 01234 555 504',
  services: { ppu: 'open', custody: 'guarded', intelligence: 'hidden' },
  records: {
    'personal-details': 'personal.details',
    'crime-justice-status': 'crime-justice.details',
    'missing-episode': 'police.missing',
    'police-protection': 'police.protection',
  },
  roles: ['ppu-officer', 'custody-sergeant'],
  relations: [
    { kind: 'allocated', by: 'worker' },
    { kind: 'duty', by: 'service' },
  ],
} as const satisfies Omit<CastOrganisation, 'id'>;

const REFUGE = {
  kind: 'VOLUNTARY',
  party: 'refuge',
  desk: 'Not given',
  services: { floor: 'hidden' },
  records: { 'personal-details': 'personal.details', assessment: 'refuge.assessment' },
  roles: ['support-worker'],
  relations: [{ kind: 'allocated', by: 'worker' }],
} as const satisfies Omit<CastOrganisation, 'id'>;

export const CAST: readonly CastOrganisation[] = [
  { id: 'COUNCIL-01', ...COUNCIL },
  { id: 'HEALTH-01', ...HEALTH },
  { id: 'SCHOOL-01', ...SCHOOL },
  { id: 'POLICE-01', ...POLICE },
  { id: 'COUNCIL-02', ...COUNCIL },
  { id: 'HEALTH-02', ...HEALTH },
  { id: 'SCHOOL-02', ...SCHOOL },
  { id: 'REFUGE-01', ...REFUGE },
];

/** Those whose people read: a refuge's do not. */
export const READING_CAST = CAST.filter(({ party }) => party !== 'refuge');

export const organisationOf = (id: string): CastOrganisation => {
  const found = CAST.find((organisation) => organisation.id === id);
  if (!found) throw new Error('no such organisation in the cast');
  return found;
};

export const PURPOSES = ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'YOUTH_SUPPORT'] as const;

/** Which of these purposes the relations of the cast allow; the last is one that a document must name. */
export const RELATIONS_OF_PURPOSE: Readonly<Record<(typeof PURPOSES)[number], readonly string[]>> = {
  SAFEGUARDING: ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting'],
  CHILD_PROTECTION: ['allocated', 'team', 'triage', 'duty', 'presenting'],
  DIRECT_CARE: ['registered', 'presenting'],
  YOUTH_SUPPORT: ['allocated', 'team', 'duty', 'on-roll', 'registered'],
};
