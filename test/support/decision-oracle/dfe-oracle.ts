import { decideWithBaseline } from './baseline-oracle.js';
import type { RequestRow, Verdict } from './request-row.js';

/** A list of codes as policy files write it: an empty list and null say the same as no list. */
export type CodeList = string[] | null;

/** One rule of a policy in the shape of the Department for Education's prototype. */
export interface DfeRule {
  effect: string;
  modes?: CodeList;
  recordTypes?: CodeList;
  destOrgIds?: CodeList;
  destOrgTypes?: CodeList;
  purposes?: CodeList;
  validFrom?: string | null;
  validUntil?: string | null;
  reason?: string | null;
}

/** One organisation with its own data-sharing policy. */
export interface DfeOrganisation {
  orgId: string;
  orgName: string;
  orgType: string;
  recordTypes: string[];
  dsaPolicy: { version: string; defaults?: DfeRule[] | null; exceptions?: DfeRule[] | null };
}

/** A whole policy file. */
export interface DfePolicyFile {
  organisations: DfeOrganisation[];
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function contains(list: CodeList | undefined, code: string | undefined): boolean {
  if (list === undefined || list === null) return false;
  if (code === undefined || code === '') return false;
  return list.some((entry) => same(entry, code));
}

function isPresent(list: CodeList | undefined): boolean {
  return list !== undefined && list !== null && list.length > 0;
}

/** Imported clauses know two modes: what is there, and what it says. */
function policyMode(mode: string): string {
  return same(mode, 'EXISTENCE') ? 'EXISTENCE' : 'CONTENT';
}

function ruleMatches(rule: DfeRule, row: RequestRow, destOrgType: string | undefined): boolean {
  if (!contains(rule.modes, policyMode(row.mode))) return false;
  if (!contains(rule.recordTypes, row.recordType)) return false;
  if (!contains(rule.purposes, row.purpose)) return false;

  if (isPresent(rule.destOrgIds)) {
    if (!contains(rule.destOrgIds, row.destOrg)) return false;
  } else if (isPresent(rule.destOrgTypes)) {
    if (!contains(rule.destOrgTypes, destOrgType)) return false;
  } else {
    return false;
  }

  const now = Date.parse(row.at);
  if (typeof rule.validFrom === 'string' && now < Date.parse(rule.validFrom)) return false;
  if (typeof rule.validUntil === 'string' && now > Date.parse(rule.validUntil)) return false;
  return true;
}

function findOrganisation(file: DfePolicyFile, id: string | undefined): DfeOrganisation | undefined {
  if (id === undefined || id === '') return undefined;
  return file.organisations.find((organisation) => same(organisation.orgId, id));
}

function decideByFile(file: DfePolicyFile, row: RequestRow, destOrgType: string | undefined): Verdict {
  const source = findOrganisation(file, row.sourceOrg);
  if (source === undefined) return 'deny';
  for (const rule of source.dsaPolicy.exceptions ?? []) {
    if (ruleMatches(rule, row, destOrgType)) return same(rule.effect, 'allow') ? 'allow' : 'deny';
  }
  for (const rule of source.dsaPolicy.defaults ?? []) {
    if (ruleMatches(rule, row, destOrgType)) return same(rule.effect, 'allow') ? 'allow' : 'deny';
  }
  return 'deny';
}

function typeOfReader(files: readonly DfePolicyFile[], row: RequestRow): string | undefined {
  if (row.destOrgType !== undefined && row.destOrgType !== '') return row.destOrgType;
  for (const file of files) {
    const organisation = findOrganisation(file, row.destOrg);
    if (organisation !== undefined) return organisation.orgType;
  }
  return undefined;
}

/**
 * Decides one row by policy files alone: in each file the first matching exception of the source organisation, else its
 * first matching default, else deny; a file that allows is a permit, and permits add up. Imported clauses cover the
 * tiers contact, ordinary and special.
 */
export function decideDfe(files: readonly DfePolicyFile[], row: RequestRow): Verdict {
  if (row.tier === 'originator' || row.tier === 'sealed') return 'deny';
  const destOrgType = typeOfReader(files, row);
  return files.some((file) => decideByFile(file, row, destOrgType) === 'allow') ? 'allow' : 'deny';
}

/** Every purpose that a rule of the files names. */
export function purposesOfDfe(files: readonly DfePolicyFile[]): string[] {
  const rules = files.flatMap((file) =>
    file.organisations.flatMap(({ dsaPolicy }) => [...(dsaPolicy.exceptions ?? []), ...(dsaPolicy.defaults ?? [])]),
  );
  return rules.flatMap((rule) => rule.purposes ?? []);
}

/** As {@link decideDfe}, under the hub's baseline. */
export function decideDfeWithBaseline(files: readonly DfePolicyFile[], row: RequestRow): Verdict {
  return decideWithBaseline(row, purposesOfDfe(files), decideDfe(files, row));
}
