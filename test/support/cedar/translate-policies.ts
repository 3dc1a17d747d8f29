import type { DfeOrganisation, DfePolicyFile, DfeRule } from '../decision-oracle/dfe-oracle.js';
import {
  EXISTENCE,
  FACET_TIER,
  NO,
  actionRef,
  all,
  datetime,
  either,
  not,
  policyText,
  quoted,
  ranksOf,
  setOf,
  type Policy,
} from './cedar-text.js';
import { folded } from './cedar-question.js';

type Mode = 'EXISTENCE' | 'CONTENT';
const MODES: readonly Mode[] = ['EXISTENCE', 'CONTENT'];
const TIERS = ranksOf(['contact', 'ordinary', 'special']);

const codes = (list: readonly string[] | null | undefined): string[] => (list ?? []).map(folded);

/** Ids of destinations silence its types; a rule with neither has no target. */
const target = ({ destOrgIds, destOrgTypes }: DfeRule): string => {
  if (codes(destOrgIds).length > 0) return `${setOf(codes(destOrgIds))}.contains(principal.organisation)`;
  return codes(destOrgTypes).length > 0 ? `${setOf(codes(destOrgTypes))}.contains(principal.kind)` : NO;
};

/** Both ends of a validity are inside. */
const validity = ({ validFrom, validUntil }: DfeRule): string =>
  all(
    ...(typeof validFrom === 'string' ? [`context.at >= ${datetime(Date.parse(validFrom))}`] : []),
    ...(typeof validUntil === 'string' ? [`context.at <= ${datetime(Date.parse(validUntil))}`] : []),
  );

const matches = (rule: DfeRule, mode: Mode): string => {
  if (!codes(rule.modes).includes(folded(mode))) return NO;
  if (codes(rule.recordTypes).length === 0 || codes(rule.purposes).length === 0) return NO;
  return all(
    `resource.types.containsAny(${setOf(codes(rule.recordTypes))})`,
    `${setOf(codes(rule.purposes))}.contains(context.purpose)`,
    target(rule),
    validity(rule),
  );
};

const named = ({ dsaPolicy }: DfeOrganisation): (readonly [list: string, index: number, rule: DfeRule])[] =>
  (['exceptions', 'defaults'] as const).flatMap((list) =>
    (dsaPolicy[list] ?? []).map((rule, index) => [list, index, rule] as const),
  );

/** Id of the rule that decides, as `ORGANISATION.list[index].MODE`. */
const ruleId = (organisation: string, list: string, index: number, mode: Mode): string =>
  `${organisation}.${list}[${String(index)}].${mode}`;

const ofOrganisation = (organisation: DfeOrganisation, file: string): Policy[] =>
  MODES.flatMap((mode) => {
    let decided = NO;
    return named(organisation).flatMap(([list, index, rule]): Policy[] => {
      const match = matches(rule, mode);
      const first = all(match, not(decided));
      if (match === NO) return [];
      decided = either(decided, match);
      if (folded(rule.effect) !== 'allow') return [];
      const id = ruleId(organisation.orgId, list, index, mode);
      const own = `resource.organisation == ${quoted(folded(organisation.orgId))}`;
      const existence = policyText(
        ['permit', '', `action == ${actionRef(EXISTENCE)}`, 'resource is Service'],
        all(own, first),
      );
      const content = policyText(
        ['permit', '', '', 'resource is Entry'],
        all(own, `${TIERS}.contains(resource.tier)`, `${TIERS}.contains(${FACET_TIER})`, first),
      );
      return [{ id: `${file} ${id}`, clause: id, text: mode === 'EXISTENCE' ? existence : content }];
    });
  });

/**
 * A policy file in the shape of the Department for Education's prototype as Cedar policies: Cedar knows no first match,
 * so each rule that allows is a permit for what it matches and no rule before it does.
 */
export const translatePolicies = (file: DfePolicyFile, name: string): Policy[] =>
  file.organisations.flatMap((organisation) => ofOrganisation(organisation, name));

/** Every purpose that a file names, in a rule that denies too. */
export const purposesOfPolicies = (file: DfePolicyFile): string[] =>
  file.organisations.flatMap((organisation) => named(organisation).flatMap(([, , rule]) => codes(rule.purposes)));
