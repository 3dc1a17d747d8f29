import fc from 'fast-check';
import type { Edge } from './connected.js';
import { blocksOf, edgesBetween } from './edges-between.js';

/** Every simple path, by trying them all. */
const naively = (edges: readonly Edge[], [from, to]: Edge): Set<number> => {
  const found = new Set<number>();
  const walk = (at: number, seen: readonly number[], used: readonly number[]): void => {
    if (at === to) used.forEach((edge) => found.add(edge));
    else
      edges.forEach(([a, b], edge) => {
        const next = a === at ? b : b === at ? a : undefined;
        if (next !== undefined && !seen.includes(next)) walk(next, [...seen, next], [...used, edge]);
      });
  };
  walk(from, [from], []);
  return found;
};

const graph = fc.integer({ min: 3, max: 8 }).chain((size) => {
  const all = Array.from({ length: size }, (_, i) => Array.from({ length: i }, (_, j): Edge => [j, i])).flat();
  return fc.record({ edges: fc.shuffledSubarray(all), pairs: fc.shuffledSubarray(all, { maxLength: 3 }) });
});

describe('edgesBetween', () => {
  it('finds what trying every path finds', () => {
    fc.assert(
      fc.property(graph, ({ edges, pairs }) => {
        const expected = new Set(pairs.flatMap((pair) => [...naively(edges, pair)]));
        expect([...edgesBetween(edges, pairs)].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 2000 },
    );
  });

  it('puts every edge in exactly one block', () => {
    fc.assert(
      fc.property(graph, ({ edges }) => {
        expect(
          blocksOf(edges)
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(edges.map((_, i) => i));
      }),
    );
  });

  it('leaves a branch off the way alone', () => {
    const edges: Edge[] = [
      [0, 1],
      [1, 2],
      [2, 3],
    ];
    expect([...edgesBetween(edges, [[0, 2]])].sort()).toEqual([0, 1]);
  });

  it('follows a way of thousands of steps', () => {
    const edges = Array.from({ length: 20_000 }, (_, i): Edge => [i, i + 1]);
    expect(edgesBetween(edges, [[0, 20_000]]).size).toBe(20_000);
  });
});
