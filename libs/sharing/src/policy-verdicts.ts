import { fold } from './codes.js';
import { POLICY_MODES, type PolicyMode, type PolicyOrganisation, type PolicyRule } from './policy-document.js';
import { within } from './time.js';

interface PolicyRequest {
  readonly at: number;
  readonly destOrg: string;
  readonly destOrgType: string;
  readonly purpose: string;
  readonly recordType: string;
  readonly mode: PolicyMode;
}

const has = (codes: readonly string[], code: string): boolean => codes.some((each) => fold(each) === fold(code));

const matches = (rule: PolicyRule, request: PolicyRequest): boolean =>
  rule.modes.includes(request.mode) &&
  has(rule.recordTypes, request.recordType) &&
  has(rule.purposes, request.purpose) &&
  within(rule.valid, request.at) &&
  (rule.destOrgIds.length > 0 ? has(rule.destOrgIds, request.destOrg) : has(rule.destOrgTypes, request.destOrgType));

/** The source's own verdict: the first rule that matches decides, else deny. */
const verdict = (organisation: PolicyOrganisation, request: PolicyRequest): 'allow' | 'deny' =>
  organisation.rules.find((rule) => matches(rule, request))?.effect ?? 'deny';

const EARLIEST = Date.UTC(2000, 0, 1);
/** The last instant that four digits of a year can write. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Both sides of both ends of a rule's validity. */
const edgesOf = (rule: PolicyRule): number[] => {
  const { from, until } = rule.valid;
  const edges = [
    ...(Number.isFinite(from) ? [from - 1, from] : []),
    ...(Number.isFinite(until) ? [until - 1, until] : []),
  ];
  return (edges.length > 0 ? edges : [EARLIEST]).filter((at) => at <= LATEST);
};

interface VerdictCase extends Omit<PolicyRequest, 'at'> {
  at: string;
  sourceOrg: string;
  decision: 'allow' | 'deny';
}

/**
 * Cases that adoption of an imported policy needs: for each rule, at both sides of both ends of its validity, what
 * the source itself says of one request that the rule is about.
 */
export const verdictCases = (organisation: PolicyOrganisation): VerdictCase[] =>
  organisation.rules.flatMap((rule) => {
    const recordType = rule.recordTypes[0];
    const purpose = rule.purposes[0];
    if (recordType === undefined || purpose === undefined) return [];
    const destination =
      rule.destOrgIds[0] === undefined
        ? { destOrg: '', destOrgType: rule.destOrgTypes[0] ?? '' }
        : { destOrg: rule.destOrgIds[0], destOrgType: '' };
    return POLICY_MODES.filter((mode) => rule.modes.includes(mode)).flatMap((mode) =>
      edgesOf(rule).map((at) => ({
        at: new Date(at).toISOString(),
        sourceOrg: organisation.id,
        ...destination,
        purpose,
        recordType,
        mode,
        decision: verdict(organisation, { at, ...destination, purpose, recordType, mode }),
      })),
    );
  });
