import { checkIdentifier, type IdentifierKind } from './classify-identifier.js';
import { compareEach, DEMOGRAPHICS, readDemographics, type Demographic } from './compare-demographics.js';
import type { IdentityReference } from './identity-reference.js';
import { LINKAGE_RULES_V1, type LinkageRules } from './linkage-rules.js';

/** What one word on each field says to a person who looks at two references side by side. */
export interface ComparedField {
  readonly field: Demographic | IdentifierKind;
  /**
   * `similar`: they agree as far as the less exact one goes, or hold several numbers of which one is the same.
   * `missing`: one side does not say, or says only what stands for "not known".
   */
  readonly verdict: 'same' | 'similar' | 'different' | 'missing';
}

type Side = Pick<IdentityReference, 'identifiers' | 'demographics'>;

const verifiedOf = ({ identifiers }: Side, kind: IdentifierKind): Set<string> =>
  new Set(
    identifiers
      .filter((one) => one.kind === kind && one.status === 'traced')
      .map(({ value }) => checkIdentifier(kind, value).normal),
  );

const compareNumbers = (a: ReadonlySet<string>, b: ReadonlySet<string>): ComparedField['verdict'] => {
  if (a.size === 0 || b.size === 0) return 'missing';
  const shared = [...a].filter((value) => b.has(value)).length;
  if (shared === 0) return 'different';
  return a.size === 1 && b.size === 1 ? 'same' : 'similar';
};

/** Field by field, as `deriveLinks` compares: verified identifiers first, then what is said of the person. */
export const compareSides = (a: Side, b: Side, rules: LinkageRules = LINKAGE_RULES_V1): ComparedField[] => {
  const [left, right] = [readDemographics(a.demographics, rules), readDemographics(b.demographics, rules)];
  const each = compareEach(left, right);
  const verdictOf = (name: Demographic): ComparedField['verdict'] => {
    const [mine, theirs] = [left[name], right[name]];
    if (mine.length === 0 || theirs.length === 0) return 'missing';
    if (each[name] === 'agrees') return [...mine, ...theirs].some(({ is }) => is === 'partial') ? 'similar' : 'same';
    const isSilent = [...mine, ...theirs].some(({ is }) => is === 'placeholder');
    return each[name] === 'neither' && isSilent ? 'missing' : 'different';
  };
  return [
    ...rules.identifierKinds.map((field) => ({
      field,
      verdict: compareNumbers(verifiedOf(a, field), verifiedOf(b, field)),
    })),
    ...DEMOGRAPHICS.map((field) => ({ field, verdict: verdictOf(field) })),
  ];
};
