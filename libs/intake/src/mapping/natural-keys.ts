import { canonicalText } from '#contracts';

/**
 * One key an item, all different: items that share a natural key are told apart by their place in the order of
 * their canonical text (`#2`, `#3`), so the order in which they were sent never matters.
 */
export const distinctKeys = <T>(items: readonly T[], keyOf: (item: T) => string): Map<T, string> => {
  const groups = new Map<string, { item: T; text: string }[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    group.push({ item, text: canonicalText(item) });
    groups.set(key, group);
  }
  const keys = new Map<T, string>();
  for (const [key, group] of groups) {
    group.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    group.forEach(({ item }, i) => keys.set(item, i === 0 ? key : `${key}#${i + 1}`));
  }
  return keys;
};
