import type { RequestRow, Verdict } from './request-row.js';

const RECORDS = [
  { sourceOrg: 'LOCAL-AUTHORITY-01', recordTypes: ['childrens-services.details', 'personal.details'] },
  { sourceOrg: 'EDUCATION-01', recordTypes: ['education.details', 'personal.details'] },
  { sourceOrg: 'HEALTH-01', recordTypes: ['health.details'] },
  { sourceOrg: 'POLICE-01', recordTypes: ['crime-justice.details'] },
  { sourceOrg: 'NO-DSA-01', recordTypes: ['personal.details'] },
];

/** Letters for local authority, education, health, police and the organisation without a policy, in that order. */
const READERS: { destOrg: string; destOrgType: string; sees: [string, string, string, string, string] }[] = [
  { destOrg: 'LOCAL-AUTHORITY-01', destOrgType: 'LOCAL_AUTHORITY', sees: ['EC', 'EC', 'EC', 'EC', ''] },
  { destOrg: 'LOCAL-AUTHORITY-02', destOrgType: 'LOCAL_AUTHORITY', sees: ['EC', 'EC', 'EC', '', ''] },
  { destOrg: 'EDUCATION-01', destOrgType: 'EDUCATION', sees: ['EC', 'EC', 'EC', '', ''] },
  { destOrg: 'EDUCATION-02', destOrgType: 'EDUCATION', sees: ['EC', 'EC', 'EC', '', ''] },
  { destOrg: 'HEALTH-01', destOrgType: 'HEALTH', sees: ['EC', 'E', 'EC', '', ''] },
  { destOrg: 'HEALTH-02', destOrgType: 'HEALTH', sees: ['EC', 'E', 'EC', '', ''] },
  { destOrg: 'POLICE-01', destOrgType: 'POLICE', sees: ['EC', 'E', 'E', 'EC', ''] },
  { destOrg: 'POLICE-02', destOrgType: 'POLICE', sees: ['EC', 'E', 'E', 'EC', ''] },
  { destOrg: 'HOUSING-01', destOrgType: 'HOUSING', sees: ['E', 'E', 'E', '', ''] },
  { destOrg: 'OTHER-01', destOrgType: 'OTHER', sees: ['E', 'E', 'E', '', ''] },
  { destOrg: 'VOLUNTARY-01', destOrgType: 'VOLUNTARY', sees: ['', '', '', '', ''] },
  { destOrg: 'NO-DSA-01', destOrgType: 'FAUX', sees: ['', '', '', '', ''] },
];

/** The first instant of the police exception for one authority. */
const POLICE_EXCEPTION_FROM = Date.parse('2025-12-01T00:00:00Z');
const INSTANTS = [
  '2025-11-30T23:59:59.999Z',
  '2025-12-01T00:00:00Z',
  '2025-12-01T01:00:00.001+01:00',
  '2026-06-01T12:00:00Z',
];

/**
 * What the published policies of five organisations give for SAFEGUARDING by documents alone, worked out by hand: every
 * reader, record type and mode, just before, at and after the police exception begins.
 */
export function dfeTable(): { row: RequestRow; expected: Verdict }[] {
  const table: { row: RequestRow; expected: Verdict }[] = [];
  for (const at of INSTANTS) {
    for (const reader of READERS) {
      for (const [column, { sourceOrg, recordTypes }] of RECORDS.entries()) {
        for (const recordType of recordTypes) {
          for (const mode of ['EXISTENCE', 'SUMMARY', 'CONTENT', 'LOCATION']) {
            const byException = reader.destOrg === 'LOCAL-AUTHORITY-01' && sourceOrg === 'POLICE-01';
            const begun = !byException || Date.parse(at) >= POLICE_EXCEPTION_FROM;
            const letter = mode === 'EXISTENCE' ? 'E' : 'C';
            const allowed = begun && (reader.sees[column] ?? '').includes(letter);
            const row = {
              request: `t${String(table.length)}`,
              at,
              sourceOrg,
              destOrg: reader.destOrg,
              destOrgType: reader.destOrgType,
              purpose: 'SAFEGUARDING',
              recordType,
              mode,
            };
            table.push({ row, expected: allowed ? 'allow' : 'deny' });
          }
        }
      }
    }
  }
  return table;
}
