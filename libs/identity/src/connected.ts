export type Edge = readonly [number, number];

/** Connected components of the vertices 0 to `size` - 1, each ascending, ordered by first member; lone ones too. */
export const connected = (size: number, edges: Iterable<Edge>): number[][] => {
  const parent = Array.from({ length: size }, (_, i) => i);
  const rootOf = (vertex: number): number => {
    let at = vertex;
    while (parent[at]! !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (const [a, b] of edges) {
    const [rootA, rootB] = [rootOf(a), rootOf(b)];
    parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }
  const groups = new Map<number, number[]>();
  for (let vertex = 0; vertex < size; vertex += 1) {
    const root = rootOf(vertex);
    const group = groups.get(root);
    if (group) group.push(vertex);
    else groups.set(root, [vertex]);
  }
  return [...groups.values()];
};
