/** One row of a table of requests: column name to text; a column that is missing or empty was not given. */
export interface RequestRow {
  request: string;
  at: string;
  mode: string;
  sourceOrg?: string;
  sourceService?: string;
  destOrg?: string;
  destOrgType?: string;
  destService?: string;
  role?: string;
  relation?: string;
  purpose?: string;
  recordType?: string;
  tier?: string;
  about?: string;
  childBorn?: string;
  aboutBorn?: string;
  occurred?: string;
  ended?: string;
  facts?: string;
}

/** Every input column, in the order in which they are documented. */
export const REQUEST_COLUMNS = [
  'request',
  'at',
  'sourceOrg',
  'sourceService',
  'destOrg',
  'destOrgType',
  'destService',
  'role',
  'relation',
  'purpose',
  'recordType',
  'mode',
  'tier',
  'about',
  'childBorn',
  'aboutBorn',
  'occurred',
  'ended',
  'facts',
] as const satisfies readonly (keyof RequestRow)[];

/** What a decider says about one row. */
export type Verdict = 'allow' | 'deny';
