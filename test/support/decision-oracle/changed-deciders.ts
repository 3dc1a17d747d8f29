import { decideAgreements } from './agreement-oracle.js';
import type { AgreementDocument, AgreementForbid, AgreementPermit, AgreementVerdict } from './agreement-oracle.js';
import { decideDfe } from './dfe-oracle.js';
import type { DfePolicyFile, DfeRule } from './dfe-oracle.js';
import type { RequestRow, Verdict } from './request-row.js';

type Decider = (files: readonly DfePolicyFile[], row: RequestRow) => Verdict;
type RuleList = 'exceptions' | 'defaults';

/** The right decider over files in which every rule is changed; a rule may become none or several. */
function withRules(change: (rule: DfeRule, list: RuleList) => DfeRule[]): Decider {
  return (files, row) =>
    decideDfe(
      mapPolicies(files, ({ exceptions, defaults }) => ({
        exceptions: exceptions.flatMap((rule) => change(rule, 'exceptions')),
        defaults: defaults.flatMap((rule) => change(rule, 'defaults')),
      })),
      row,
    );
}

type Rules = Record<RuleList, DfeRule[]>;

function mapPolicies(files: readonly DfePolicyFile[], change: (rules: Rules) => Rules): DfePolicyFile[] {
  return files.map(({ organisations }) => ({
    organisations: organisations.map((organisation) => {
      const { version, exceptions, defaults } = organisation.dsaPolicy;
      return {
        ...organisation,
        dsaPolicy: { version, ...change({ exceptions: exceptions ?? [], defaults: defaults ?? [] }) },
      };
    }),
  }));
}

const withOrder =
  (change: (rules: Rules) => Rules): Decider =>
  (files, row) =>
    decideDfe(mapPolicies(files, change), row);

const withRow =
  (change: (row: RequestRow) => Partial<RequestRow>): Decider =>
  (files, row) =>
    decideDfe(files, { ...row, ...change(row) });

function shift(instant: string | null | undefined, milliseconds: number): string | null {
  return typeof instant === 'string' ? new Date(Date.parse(instant) + milliseconds).toISOString() : null;
}

const isEmpty = (list: unknown): boolean => !Array.isArray(list) || list.length === 0;
const EVERY_TYPE = ['LOCAL_AUTHORITY', 'EDUCATION', 'HEALTH', 'POLICE', 'HOUSING', 'FAUX'];

/** Deciders of policy files with one mistake each, made by changing what the right one is given. */
export const changedDeciders: Record<string, Decider> = {
  'always yes': () => 'allow',
  'always no': () => 'deny',
  'defaults before exceptions': withOrder((rules) => ({ exceptions: rules.defaults, defaults: rules.exceptions })),
  'last match': withOrder((rules) => ({
    exceptions: rules.exceptions.toReversed(),
    defaults: rules.defaults.toReversed(),
  })),
  'any denial wins': withOrder((rules) => ({
    exceptions: [...rules.exceptions, ...rules.defaults].filter(({ effect }) => effect.toLowerCase() === 'deny'),
    defaults: [...rules.exceptions, ...rules.defaults],
  })),
  'any permission wins': withOrder((rules) => ({
    exceptions: [...rules.exceptions, ...rules.defaults].filter(({ effect }) => effect.toLowerCase() === 'allow'),
    defaults: [],
  })),
  'ids and types both count': withRules((rule) =>
    isEmpty(rule.destOrgIds) || isEmpty(rule.destOrgTypes)
      ? [rule]
      : [
          { ...rule, destOrgIds: null },
          { ...rule, destOrgTypes: null },
        ],
  ),
  'types silence ids': withRules((rule) => [isEmpty(rule.destOrgTypes) ? rule : { ...rule, destOrgIds: null }]),
  'an empty list of ids is nobody': withRules((rule) =>
    Array.isArray(rule.destOrgIds) && rule.destOrgIds.length === 0 ? [] : [rule],
  ),
  'a denial without a target is for all': withRules((rule) =>
    rule.effect.toLowerCase() === 'deny' && isEmpty(rule.destOrgIds) && isEmpty(rule.destOrgTypes)
      ? [{ ...rule, destOrgTypes: EVERY_TYPE }]
      : [rule],
  ),
  'until is exclusive': withRules((rule) => [{ ...rule, validUntil: shift(rule.validUntil, -1) }]),
  'from is exclusive': withRules((rule) => [{ ...rule, validFrom: shift(rule.validFrom, 1) }]),
  'until is forgotten': withRules((rule) => [{ ...rule, validUntil: null }]),
  'from is forgotten': withRules((rule) => [{ ...rule, validFrom: null }]),
  'what may be read is known to exist': withRules((rule) => [
    { ...rule, modes: [...(rule.modes ?? []), ...(isEmpty(rule.modes) ? [] : ['EXISTENCE'])] },
  ]),
  'one mode for both': withRow(() => ({ mode: 'CONTENT' })),
  'a summary is no content': withRow(({ mode }) => (mode.toUpperCase() === 'SUMMARY' ? { recordType: '' } : {})),
  'a place is no content': withRow(({ mode }) => (mode.toUpperCase() === 'LOCATION' ? { recordType: '' } : {})),
  'the tier is not looked at': withRow(() => ({ tier: '' })),
  'special is too high': withRow(({ tier }) => (tier === 'special' ? { tier: 'sealed' } : {})),
  "the reader's type only from the row": withRow(({ destOrgType }) => ({
    destOrgType: (destOrgType ?? '') === '' ? 'unknown' : (destOrgType ?? ''),
  })),
  'purposes with their case': (files, row) => (isSpelledSo(files, row.purpose ?? '') ? decideDfe(files, row) : 'deny'),
};

function isSpelledSo(files: readonly DfePolicyFile[], purpose: string): boolean {
  return files.some(({ organisations }) =>
    organisations.some(({ dsaPolicy }) =>
      [...(dsaPolicy.exceptions ?? []), ...(dsaPolicy.defaults ?? [])].some((rule) => rule.purposes?.includes(purpose)),
    ),
  );
}

type AgreementDecider = (documents: readonly AgreementDocument[], row: RequestRow) => AgreementVerdict;

const withDocuments =
  (change: (document: AgreementDocument) => AgreementDocument): AgreementDecider =>
  (documents, row) =>
    decideAgreements(documents.map(change), row);

const withPermits = (change: (permit: AgreementPermit) => AgreementPermit): AgreementDecider =>
  withDocuments((document) => ({ ...document, permits: document.permits.map(change) }));

const withForbids = (change: (forbid: AgreementForbid) => AgreementForbid): AgreementDecider =>
  withDocuments((document) => ({ ...document, forbids: document.forbids.map(change) }));

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const copy: Partial<T> = { ...value };
  delete copy[key];
  return copy as Omit<T, K>;
}

const EVERY_RELATION = [
  ...['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  'emergency',
];
const EVERY_TIER = ['contact', 'ordinary', 'special', 'originator', 'sealed'];

const atOffset = (milliseconds: number): AgreementDecider => {
  return (documents, row) =>
    decideAgreements(documents, { ...row, at: new Date(Date.parse(row.at) + milliseconds).toISOString() });
};

/** Deciders of agreements with one mistake each, made in the same way. */
export const changedAgreementDeciders: Record<string, AgreementDecider> = {
  'always no': () => ({ decision: 'deny', fields: [] }),
  'no force': withDocuments((document) => ({ ...document, force: {} })),
  'no caps': withDocuments((document) => ({ ...document, caps: [] })),
  'no forbids': withDocuments((document) => ({ ...document, forbids: [] })),
  'forbids without their unless': withForbids((forbid) => without(forbid, 'unless')),
  'forbids without their when': withForbids((forbid) => without(forbid, 'when')),
  'no look-back': withPermits((permit) => ({ ...permit, records: without(permit.records, 'lookback') })),
  'no age': withPermits((permit) => ({ ...permit, childAge: { at: 'read', min: 'unborn', max: 120 } })),
  'age as at reading': withPermits((permit) =>
    permit.childAge === undefined ? permit : { ...permit, childAge: { ...permit.childAge, at: 'read' } },
  ),
  'no end at eighteen': withPermits((permit) =>
    permit.childAge === undefined ? { ...permit, childAge: { at: 'read', max: 120 } } : permit,
  ),
  'no age of the person it is about': withPermits((permit) => without(permit, 'aboutAge')),
  'any tier': withPermits((permit) => ({ ...permit, records: { ...permit.records, tiers: EVERY_TIER } })),
  'any role': withPermits((permit) => without(permit, 'roles')),
  'any relation': withPermits((permit) => without(permit, 'relation')),
  'any purpose': withPermits((permit) => without(permit, 'purposes')),
  'purposes with any relation': withDocuments((document) => ({
    ...document,
    purposes: Object.fromEntries(
      Object.keys(document.purposes).map((purpose) => [purpose, { relations: EVERY_RELATION }]),
    ),
  })),
  'existence without an open episode': withDocuments((document) => ({
    ...document,
    existence: document.existence.map((clause) => without(clause, 'while')),
  })),
  'everything a millisecond early': atOffset(1),
  'everything a millisecond late': atOffset(-1),
};
