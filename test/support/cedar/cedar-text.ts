/** Pieces of Cedar's policy language, as text. */

/** A string literal of Cedar. Throws for control characters, which no document needs. */
export const quoted = (text: string): string => {
  if (/\p{Cc}/u.test(text)) throw new Error('a control character cannot be said in a policy');
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
};

export const setOf = (texts: Iterable<string>): string => `[${[...texts].map(quoted).join(', ')}]`;

export const YES = 'true';
export const NO = 'false';

export const all = (...conditions: readonly string[]): string => {
  const left = conditions.filter((condition) => condition !== YES);
  return left.length === 0 ? YES : left.length === 1 ? (left[0] as string) : `(${left.join(' && ')})`;
};

export const either = (...conditions: readonly string[]): string => {
  if (conditions.includes(YES)) return YES;
  const left = conditions.filter((condition) => condition !== NO);
  return left.length === 0 ? NO : left.length === 1 ? (left[0] as string) : `(${left.join(' || ')})`;
};

export const not = (condition: string): string => (condition === NO ? YES : `!(${condition})`);

/** An instant in milliseconds, of the years 1 to 9999. */
export const datetime = (ms: number): string => `datetime("${new Date(ms).toISOString()}")`;

/** From inclusive, until exclusive; what is undefined is no bound. */
export const inWindow = (from: number | undefined, until: number | undefined): string =>
  all(
    from === undefined ? YES : `context.at >= ${datetime(from)}`,
    until === undefined ? YES : `context.at < ${datetime(until)}`,
  );

export const SUMMARY = 'summary';
export const EXISTENCE = 'existence';
export type Part = 'content' | 'location';
/** The action of showing one field; it is in its part. */
export const fieldAction = (part: Part, name: string): string => `${part}/${name}`;
export const actionRef = (action: string): string => `Action::${quoted(action)}`;
export const actionIn = (actions: readonly string[]): string => `action in [${actions.map(actionRef).join(', ')}]`;

/** Groups of the fields whose meaning has a tier of its own. */
export const SPECIAL_BY_MEANING = 'special by meaning';
export const SEALED_BY_MEANING = 'sealed by meaning';

/** Tiers as numbers, so that Cedar can tell which is higher. */
export const RANK_OF_TIER: Readonly<Record<string, number>> = {
  contact: 1,
  ordinary: 2,
  special: 3,
  originator: 4,
  sealed: 5,
};
export const rankOf = (tier: string): number => {
  const rank = RANK_OF_TIER[tier];
  if (rank === undefined) throw new Error('no such tier');
  return rank;
};
export const ranksOf = (tiers: readonly string[]): string => `[${tiers.map(rankOf).join(', ')}]`;

const MEANING =
  `(if action in ${actionRef(SEALED_BY_MEANING)} then ${String(rankOf('sealed'))} ` +
  `else if action in ${actionRef(SPECIAL_BY_MEANING)} then ${String(rankOf('special'))} else 1)`;
const higher = (a: string, b: string): string => `(if ${a} > ${b} then ${a} else ${b})`;
/** Tier of what is asked for: the highest of its entry's, its sender's floor and what its meaning asks. */
export const FACET_TIER = higher(higher('resource.tier', 'context.floor'), MEANING);

export interface Policy {
  readonly id: string;
  readonly text: string;
  /** Id of the clause that it stands for; null: the hub's own rule. */
  readonly clause: string | null;
}

type Head = readonly [effect: 'permit' | 'forbid', principal: string, action: string, resource: string];

/** Text of one policy. `''` in its head stands for anything. */
export const policyText = ([effect, principal, action, resource]: Head, when: string, unless = NO): string =>
  [
    `${effect} (${principal || 'principal'}, ${action || 'action'}, ${resource || 'resource'})`,
    ...(when === YES ? [] : [`when { ${when} }`]),
    ...(unless === NO ? [] : [`unless { ${unless} }`]),
  ].join('\n') + ';';
