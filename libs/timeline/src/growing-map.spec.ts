import fc from 'fast-check';
import { addTo, emptyMap, findIn, type GrowingMap } from './growing-map.js';

describe('GrowingMap', () => {
  const key = fc.integer({ min: 0, max: 30 }).map(String);

  it('holds what was first added under each key, and leaves every older state as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.tuple(key, fc.nat()), { maxLength: 4 })), (additions) => {
        const states: [GrowingMap<number>, Map<string, number>][] = [[emptyMap, new Map()]];
        for (const entries of additions) {
          const [map, model] = states.at(-1) as (typeof states)[number];
          const first = [...Map.groupBy(entries, ([name]) => name).values()].map((same) => same[0] as [string, number]);
          states.push([addTo(map, first), new Map([...first, ...model])]);
        }
        for (const [map, model] of states) {
          for (let i = 0; i <= 30; i += 1) expect(findIn(map, String(i))).toBe(model.get(String(i)));
        }
      }),
    );
  });

  it('stays shallow', () => {
    let map: GrowingMap<true> = emptyMap;
    for (let i = 0; i < 5000; i += 1) map = addTo(map, [[String(i), true]]);
    expect(map.length).toBeLessThan(15);
  });
});
