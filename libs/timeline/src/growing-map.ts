/**
 * An immutable map that grows. It is a list of maps of falling sizes, each at least twice the next, so that adding
 * costs O(log n) over many additions and every older state stays valid.
 */
export type GrowingMap<V> = readonly ReadonlyMap<string, V>[];

export const emptyMap: GrowingMap<never> = [];

export const findIn = <V>(map: GrowingMap<V>, key: string): V | undefined => {
  for (const layer of map) {
    const value = layer.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
};

/** The map with these keys added; a key that is there keeps its value. */
export const addTo = <V>(map: GrowingMap<V>, entries: readonly (readonly [string, V])[]): GrowingMap<V> => {
  let added = new Map(entries.filter(([key]) => findIn(map, key) === undefined));
  if (added.size === 0) return map;
  const layers = [...map];
  for (let last = layers.at(-1); last && last.size < 2 * added.size; last = layers.at(-1)) {
    added = new Map([...last, ...added]);
    layers.pop();
  }
  return [...layers, added];
};
