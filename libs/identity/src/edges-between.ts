import type { Edge } from './connected.js';

/**
 * Splits a graph into blocks (its biconnected components), each a list of indices into `edges`. Depth first with
 * low-links (Hopcroft and Tarjan, 1973), without recursion; O(vertices + edges). No edge may occur twice.
 */
export const blocksOf = (edges: readonly Edge[]): number[][] => {
  const incident = new Map<number, { readonly to: number; readonly edge: number }[]>();
  const attach = (from: number, to: number, edge: number) => {
    const known = incident.get(from);
    if (known) known.push({ to, edge });
    else incident.set(from, [{ to, edge }]);
  };
  edges.forEach(([a, b], edge) => {
    attach(a, b, edge);
    attach(b, a, edge);
  });

  const blocks: number[][] = [];
  const seenAt = new Map<number, number>();
  const low = new Map<number, number>();
  const pending: number[] = [];
  for (const root of incident.keys()) {
    if (seenAt.has(root)) continue;
    seenAt.set(root, seenAt.size);
    low.set(root, seenAt.get(root)!);
    const path = [{ vertex: root, by: -1, next: 0, pendingAt: 0 }];
    while (path.length > 0) {
      const here = path.at(-1)!;
      const step = incident.get(here.vertex)![here.next];
      here.next += 1;
      if (step === undefined) {
        path.pop();
        const above = path.at(-1);
        if (!above) continue;
        low.set(above.vertex, Math.min(low.get(above.vertex)!, low.get(here.vertex)!));
        if (low.get(here.vertex)! >= seenAt.get(above.vertex)!) blocks.push(pending.splice(here.pendingAt));
        continue;
      }
      if (step.edge === here.by) continue;
      const seen = seenAt.get(step.to);
      if (seen === undefined) {
        path.push({ vertex: step.to, by: step.edge, next: 0, pendingAt: pending.length });
        pending.push(step.edge);
        seenAt.set(step.to, seenAt.size);
        low.set(step.to, seenAt.get(step.to)!);
      } else if (seen < seenAt.get(here.vertex)!) {
        pending.push(step.edge);
        low.set(here.vertex, Math.min(low.get(here.vertex)!, seen));
      }
    }
  }
  return blocks;
};

/** Of a vertex in the forest: its distance from the root, and the block above it. */
interface Place {
  readonly depth: number;
  readonly root: number;
  readonly parent: number;
}

/**
 * Indices of the edges that lie on some simple path between the two ends of any of `pairs`. Blocks and the vertices
 * in them form a forest; the edges between two vertices are those of the blocks on the way from one to the other.
 */
export const edgesBetween = (edges: readonly Edge[], pairs: readonly Edge[]): Set<number> => {
  if (pairs.length === 0) return new Set();
  const blocks = blocksOf(edges);
  const blocksAt = new Map<number, number[]>();
  const members = blocks.map((block) => [...new Set(block.flatMap((edge) => edges[edge]!))]);
  members.forEach((vertices, block) => {
    for (const vertex of vertices) {
      const known = blocksAt.get(vertex);
      if (known) known.push(block);
      else blocksAt.set(vertex, [block]);
    }
  });

  // Parent of a vertex is a block, of a block a vertex.
  const vertexAt = new Map<number, Place>();
  const blockParent = new Map<number, number>();
  for (const root of blocksAt.keys()) {
    if (vertexAt.has(root)) continue;
    vertexAt.set(root, { depth: 0, root, parent: -1 });
    const queue = [root];
    for (const vertex of queue) {
      for (const block of blocksAt.get(vertex)!) {
        if (blockParent.has(block)) continue;
        blockParent.set(block, vertex);
        for (const member of members[block]!) {
          if (vertexAt.has(member)) continue;
          vertexAt.set(member, { depth: vertexAt.get(vertex)!.depth + 1, root, parent: block });
          queue.push(member);
        }
      }
    }
  }

  const marked = new Set<number>();
  for (const [from, to] of pairs) {
    let a = vertexAt.get(from);
    let b = vertexAt.get(to);
    if (!a || !b || a.root !== b.root) continue;
    while (a !== b) {
      if (a.depth < b.depth) [a, b] = [b, a];
      marked.add(a.parent);
      a = vertexAt.get(blockParent.get(a.parent)!)!;
    }
  }
  return new Set([...marked].flatMap((block) => blocks[block]!));
};
