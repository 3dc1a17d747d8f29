import { FACET_TIER, all, either, not, policyText, rankOf, setOf, type Policy } from './cedar-text.js';

/** Which relations allow which purpose. */
const RELATIONS_OF: readonly (readonly [purpose: string, relations: readonly string[]])[] = [
  [
    'safeguarding',
    ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  ],
  ['child_protection', ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited']],
  ['direct_care', ['registered', 'presenting']],
  ['emergency', ['emergency']],
];
const RELATIONS_OF_OTHERS = ['allocated', 'team', 'duty', 'on-roll', 'registered'];

/** Records of one's own organisation and service. */
export const OWN = all(
  'principal.organisation != ""',
  'principal.organisation == resource.organisation',
  'principal.service == resource.service',
);

const rule = (name: string, text: string): Policy => ({ id: `baseline ${name}`, clause: null, text });

/**
 * The hub's baseline as Cedar policies: nothing without a relation that allows the purpose, nothing sealed, and one's
 * own records without any agreement. Restrictions of documents leave {@link OWN} alone.
 *
 * @param namedPurposes every purpose that a document names, without case
 */
export const translateBaseline = (namedPurposes: readonly string[]): Policy[] => {
  const related = (relations: readonly string[]): string => `${setOf(relations)}.contains(context.relation)`;
  const table = RELATIONS_OF.map(([purpose, relations]) => all(`context.purpose == "${purpose}"`, related(relations)));
  const others = all(
    not(`${setOf(RELATIONS_OF.map(([purpose]) => purpose))}.contains(context.purpose)`),
    `${setOf(new Set(namedPurposes))}.contains(context.purpose)`,
    related(RELATIONS_OF_OTHERS),
  );
  const sealed = String(rankOf('sealed'));
  return [
    rule('relation', policyText(['forbid', '', '', ''], 'true', all('context has relation', either(...table, others)))),
    rule('sealed', policyText(['forbid', '', '', 'resource is Entry'], `resource.tier >= ${sealed}`)),
    rule('own records', policyText(['permit', '', '', 'resource is Entry'], all(OWN, `${FACET_TIER} < ${sealed}`))),
    rule('own involvement', policyText(['permit', '', '', 'resource is Service'], OWN)),
  ];
};
