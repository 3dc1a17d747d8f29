const ALL = ['la.csc', 'la.mash', 'nhs.hv-sn', 'nhs.unscheduled', 'school.dsl', 'police.ppu'];
const others = (...own: string[]): string[] => ALL.filter((one) => !own.includes(one));

/** Organisations to the parties, as the development registry names them. */
export const ORGANISATIONS = {
  la: 'LOCAL-AUTHORITY-01',
  nhs: 'HEALTH-01',
  school: 'EDUCATION-01',
  police: 'POLICE-01',
} as const;

/** One of every kind of clause, wide enough that each facet shows to some and to others not. */
export const MATRIX_AGREEMENT = {
  schema: 'agreement/1',
  id: 'matrix',
  version: '1',
  zone: 'Europe/London',
  parties: {
    la: {
      kind: 'LOCAL_AUTHORITY',
      orgs: [ORGANISATIONS.la],
      desk: 'Front door 01234 555 301',
      services: { csc: 'open', mash: 'open' },
    },
    nhs: {
      kind: 'HEALTH',
      orgs: [ORGANISATIONS.nhs],
      desk: 'Safeguarding nurse 01234 555 302',
      services: { 'hv-sn': 'guarded', unscheduled: 'open' },
    },
    school: {
      kind: 'EDUCATION',
      orgs: [ORGANISATIONS.school],
      desk: 'School office 01234 555 303',
      services: { dsl: 'open' },
    },
    police: {
      kind: 'POLICE',
      orgs: [ORGANISATIONS.police],
      desk: 'Public protection 01234 555 304',
      services: { ppu: 'open' },
    },
  },
  bases: { duty: ['CA2004 s16LA', 'UK GDPR 6(1)(c)'], consent: ['UK GDPR 6(1)(a)'] },
  existence: [
    {
      id: 'who-is-involved',
      of: ['la.csc', 'police.ppu'],
      to: ['school.dsl', 'nhs.hv-sn', 'nhs.unscheduled'],
      purposes: ['SAFEGUARDING', 'DIRECT_CARE'],
      shows: ['party-kind', 'desk'],
    },
  ],
  permits: [
    {
      id: 'social-care-to-all',
      readerText: 'Children’s services share who leads and what is open',
      basis: 'duty',
      from: ['la.csc'],
      to: others('la.csc'),
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE'],
      show: {
        summary: true,
        content: ['key-worker', 'duty-contacts', 'teams', 'statuses-and-plans', 'recorded-name', 'recorded-birth-date'],
        location: ['home-address'],
      },
    },
    {
      id: 'police-to-social-workers',
      readerText: 'The police share markers with those who visit',
      basis: 'duty',
      from: ['police.ppu'],
      records: { types: ['crime-justice.details'], about: ['child', 'household-adult'] },
      to: ['la.csc', 'la.mash'],
      roles: ['social-worker', 'mash-researcher', 'hub-guardian'],
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'YOUTH_SUPPORT'],
      childAge: { max: 17, at: 'read' },
      show: {
        summary: true,
        content: ['police-marker-details', 'services-known-to', 'risk-radicalisation', 'statuses-and-plans'],
      },
    },
    {
      id: 'police-to-partners',
      readerText: 'The police share risks with those who care for the child',
      basis: 'duty',
      from: ['police.ppu'],
      records: { tiers: ['special'], about: ['child', 'household-adult'] },
      to: ['nhs.hv-sn', 'nhs.unscheduled', 'school.dsl'],
      relation: ['allocated', 'team', 'duty', 'on-roll', 'registered', 'presenting', 'invited'],
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'YOUTH_SUPPORT'],
      show: {
        summary: true,
        content: ['police-marker-details', 'services-known-to', 'risk-radicalisation', 'statuses-and-plans'],
      },
    },
    {
      id: 'young-persons-service',
      readerText: 'The young person’s own service shares that they attend',
      basis: 'duty',
      from: ['nhs.hv-sn'],
      to: others('nhs.hv-sn'),
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'YOUTH_SUPPORT'],
      show: {
        summary: true,
        content: ['gp-name', 'gp-surgery', 'camhs-teams', 'statuses-and-plans'],
        location: ['gp-address'],
      },
    },
    {
      id: 'school-by-consent',
      readerText: 'The school shares where a child learns, by consent',
      basis: 'consent',
      from: ['school.dsl'],
      to: others('school.dsl'),
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'YOUTH_SUPPORT'],
      show: { summary: true, location: ['setting-address'] },
    },
    {
      id: 'school-by-duty',
      readerText: 'The school shares that a child is on roll',
      basis: 'duty',
      from: ['school.dsl'],
      to: others('school.dsl'),
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'YOUTH_SUPPORT'],
      show: { summary: true, content: ['setting-name', 'setting-telephone', 'statuses-and-plans'] },
    },
    {
      id: 'school-place-to-police',
      readerText: 'The school tells the police where a child learns',
      basis: 'duty',
      from: ['school.dsl'],
      to: ['police.ppu'],
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'YOUTH_SUPPORT'],
      show: { summary: true, location: ['setting-address'] },
    },
    {
      id: 'in-an-emergency',
      readerText: 'What is open, and whom to ring, in an emergency',
      basis: 'duty',
      from: ['la.csc', 'school.dsl', 'police.ppu', 'nhs.hv-sn'],
      to: ALL,
      relation: ['emergency'],
      purposes: ['EMERGENCY'],
      show: { summary: true, content: ['statuses-and-plans', 'duty-contacts', 'setting-telephone', 'gp-surgery'] },
    },
    {
      id: 'address-in-an-emergency',
      readerText: 'Where the child lives, to the police in an emergency',
      basis: 'duty',
      from: ['la.csc'],
      records: { types: ['personal.details'] },
      to: ['police.ppu'],
      relation: ['emergency'],
      purposes: ['EMERGENCY'],
      show: { summary: true, location: ['home-address'] },
    },
  ],
  releases: [
    {
      id: 'released',
      tiers: ['originator'],
      by: ['ppu-officer'],
      from: ['police.ppu'],
      to: ['la.csc', 'school.dsl', 'nhs.hv-sn'],
      names: 'person',
      maxFor: 'P28D',
      basis: 'duty',
      show: { summary: true, content: ['services-known-to', 'sanitised-text'] },
    },
  ],
  caps: [
    {
      id: 'casualty',
      records: { from: ['la.csc', 'police.ppu'] },
      to: ['nhs.unscheduled'],
      max: {
        summary: true,
        content: ['statuses-and-plans', 'duty-contacts', 'services-known-to', 'recorded-name'],
      },
    },
  ],
  forbids: [
    {
      id: 'own-service',
      records: { from: ['nhs.hv-sn'] },
      to: ['*'],
      unless: ['young-person-agreed', 'owner-recorded-significant-harm'],
    },
    {
      id: 'protected-address',
      fields: ['home-address', 'gp-address', 'setting-address'],
      to: ['*'],
      when: ['address-protected'],
    },
  ],
} as const;
