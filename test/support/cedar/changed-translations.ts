import { FACET_TIER, type Policy } from './cedar-text.js';
import { OWN } from './translate-baseline.js';

const NEVER = 'permit (principal, action, resource) when { false };';

const replacing =
  (from: string | RegExp, to: string) =>
  (policy: Policy): Policy => ({ ...policy, text: policy.text.replaceAll(from, to) });

const dropping =
  (drops: (policy: Policy) => boolean) =>
  (policy: Policy): Policy =>
    drops(policy) ? { ...policy, text: NEVER } : policy;

const isForbid = ({ text }: Policy): boolean => text.startsWith('forbid');

/** Translations with one mistake each, made by changing the text of the right policies. */
export const changedTranslations: Readonly<Record<string, (policy: Policy) => Policy>> = {
  'no restrictions': dropping((policy) => policy.clause !== null && isForbid(policy)),
  'no baseline': dropping((policy) => policy.clause === null && isForbid(policy)),
  'no own records': dropping((policy) => policy.clause === null && !isForbid(policy)),
  'no releases': dropping(({ text }) => text.includes('principal == Viewer')),
  'restrictions reach own records': replacing(`!(${OWN})`, 'true'),
  'until and look-backs include their end': replacing(/context\.at < /g, 'context.at <= '),
  'from is exclusive': replacing(/context\.at >= /g, 'context.at > '),
  'through is exclusive': (policy) =>
    policy.id.startsWith('file') ? replacing(/context\.at <= /g, 'context.at < ')(policy) : policy,
  'the youngest is the oldest': replacing(/\.youngest/g, '.oldest'),
  'the oldest is the youngest': replacing(/\.oldest/g, '.youngest'),
  'childhood ends a year later': replacing(/<= 17/g, '<= 18'),
  'age as at reading': replacing(/childOccurred/g, 'childRead'),
  'the age of the child for everybody': replacing(/other(Read|Occurred)/g, 'child$1'),
  'the tier of the entry for each field': replacing(FACET_TIER, 'resource.tier'),
  'no floor of the sender': replacing(/context\.floor/g, '1'),
  'what a field means has no tier': replacing(/by meaning"/g, 'by nothing"'),
  'a field about anybody': replacing(/\[[^\]]*"organisation"\]\.contains\(context\.about\)/g, 'true'),
  'an entry about anybody': replacing(/\[[^\]]*\]\.contains\(resource\.about\)/g, 'true'),
  'one fact opens': replacing(/containsAll/g, 'containsAny'),
  'no exceptions': replacing(/!\(context\.facts\.containsAny\([^)]*\)\)/g, 'true'),
  'stars reach across parts': replacing(/!\(\w+\.organisation like "[^"]*"\)/g, 'true'),
  'any service of an organisation': replacing(/resource\.service == "[^"]*"/g, 'true'),
  'any reader’s service': replacing(/principal\.service == "[^"]*"/g, 'true'),
  'any role': replacing(/\[[^\]]*\]\.contains\(principal\.role\)/g, 'true'),
  'any relation': replacing(/\[[^\]]*\]\.contains\(context\.relation\)/g, 'true'),
  'any purpose': replacing(/\[[^\]]*\]\.contains\(context\.purpose\)/g, 'true'),
  'any type': replacing(/resource\.types\.containsAny\([^)]*\)/g, 'true'),
};
