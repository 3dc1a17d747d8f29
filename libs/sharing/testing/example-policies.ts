/** Policies of five organisations in the shape of the DfE prototype's directory. */
export const examplePolicies = () => {
  const everybody = ['LOCAL_AUTHORITY', 'EDUCATION', 'HEALTH', 'POLICE', 'HOUSING', 'OTHER'];
  const since = '2025-01-01T00:00:00Z';
  const allow = (modes: string[], recordTypes: string[], destOrgTypes: string[], purposes: string[]) => ({
    effect: 'allow',
    modes,
    recordTypes,
    destOrgTypes,
    purposes,
    validFrom: since,
  });
  const organisation = (
    orgId: string,
    orgType: string,
    recordTypes: string[],
    purposes: string[],
    existence: string[],
    content: string[],
    exceptions: object[] = [],
  ) => ({
    orgId,
    orgName: `The ${orgId} of the example`,
    orgType,
    recordTypes,
    dsaPolicy: {
      version: '2025-11-10T12:00:00Z',
      defaults: [
        allow(['EXISTENCE'], recordTypes, existence, purposes),
        allow(['CONTENT'], recordTypes, content, purposes),
      ],
      exceptions,
    },
  });
  const protecting = ['SAFEGUARDING', 'CHILD_PROTECTION'];
  const teaching = ['SAFEGUARDING', 'EDUCATION_MONITORING'];
  const policing = [...protecting, 'CRIME_PREVENTION'];
  return {
    organisations: [
      organisation(
        'LOCAL-AUTHORITY-01',
        'LOCAL_AUTHORITY',
        ['childrens-services.details', 'personal.details'],
        protecting,
        everybody,
        ['LOCAL_AUTHORITY', 'EDUCATION', 'HEALTH', 'POLICE'],
      ),
      organisation(
        'EDUCATION-01',
        'EDUCATION',
        ['education.details', 'personal.details'],
        teaching,
        everybody,
        ['LOCAL_AUTHORITY', 'EDUCATION'],
        [
          {
            effect: 'deny',
            modes: ['CONTENT'],
            recordTypes: ['education.details'],
            destOrgTypes: ['VOLUNTARY'],
            purposes: ['GENERAL_ENQUIRY'],
          },
        ],
      ),
      organisation('HEALTH-01', 'HEALTH', ['health.details'], protecting, everybody, [
        'HEALTH',
        'LOCAL_AUTHORITY',
        'EDUCATION',
      ]),
      organisation(
        'POLICE-01',
        'POLICE',
        ['crime-justice.details'],
        policing,
        ['POLICE'],
        ['POLICE'],
        [
          {
            effect: 'allow',
            modes: ['EXISTENCE', 'CONTENT'],
            recordTypes: ['crime-justice.details'],
            destOrgIds: ['LOCAL-AUTHORITY-01'],
            purposes: protecting,
            validFrom: '2025-12-01T00:00:00Z',
            validUntil: '9999-03-01T00:00:00Z',
            reason: 'An operation with a time limit.',
          },
        ],
      ),
      {
        orgId: 'NO-DSA-01',
        orgType: 'FAUX',
        recordTypes: ['personal.details'],
        dsaPolicy: { version: '2026-04-13T12:00:00Z', defaults: [], exceptions: [] },
      },
    ],
  };
};

/** What those policies give for SAFEGUARDING from 1 December 2025: `E` existence, `C` content, by record type. */
export const exampleTable = {
  recordTypes: [
    ['LOCAL-AUTHORITY-01', 'childrens-services.details'],
    ['LOCAL-AUTHORITY-01', 'personal.details'],
    ['EDUCATION-01', 'education.details'],
    ['EDUCATION-01', 'personal.details'],
    ['HEALTH-01', 'health.details'],
    ['POLICE-01', 'crime-justice.details'],
    ['NO-DSA-01', 'personal.details'],
  ],
  readers: [
    // Documents alone: an organisation's own records are a row like any other.
    ['LOCAL-AUTHORITY-01', 'LOCAL_AUTHORITY', 'EC', 'EC', 'EC', 'EC', 'EC', 'EC', ''],
    ['LOCAL-AUTHORITY-02', 'LOCAL_AUTHORITY', 'EC', 'EC', 'EC', 'EC', 'EC', '', ''],
    ['EDUCATION-01', 'EDUCATION', 'EC', 'EC', 'EC', 'EC', 'EC', '', ''],
    ['EDUCATION-02', 'EDUCATION', 'EC', 'EC', 'EC', 'EC', 'EC', '', ''],
    ['HEALTH-01', 'HEALTH', 'EC', 'EC', 'E', 'E', 'EC', '', ''],
    ['HEALTH-02', 'HEALTH', 'EC', 'EC', 'E', 'E', 'EC', '', ''],
    ['POLICE-01', 'POLICE', 'EC', 'EC', 'E', 'E', 'E', 'EC', ''],
    ['POLICE-02', 'POLICE', 'EC', 'EC', 'E', 'E', 'E', 'EC', ''],
    ['HOUSING-02', 'HOUSING', 'E', 'E', 'E', 'E', 'E', '', ''],
    ['OTHER-02', 'OTHER', 'E', 'E', 'E', 'E', 'E', '', ''],
    ['VOLUNTARY-02', 'VOLUNTARY', '', '', '', '', '', '', ''],
    ['NO-DSA-01', 'FAUX', '', '', '', '', '', '', ''],
  ],
} as const;
