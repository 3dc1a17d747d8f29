import fc from 'fast-check';
import { distinctKeys } from './natural-keys.js';
import { joinPath, recordPath, safeName } from './paths.js';

const item = fc.record({ date: fc.constantFrom('2024-01-01', '2024-01-02'), reason: fc.constantFrom(null, 'a', 'b') });

describe('natural keys', () => {
  it('are all different and do not depend on the order of the items', () => {
    fc.assert(
      fc.property(
        fc
          .array(item, { maxLength: 8 })
          .chain((items) => fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length }))),
        ([items, shuffled]) => {
          const pairs = (list: typeof items) => {
            const keys = distinctKeys(list, ({ date }) => date);
            return list.map((one) => `${keys.get(one)} ${JSON.stringify(one)}`).sort();
          };
          const copies = items.map((one) => ({ ...one }));
          expect(new Set(distinctKeys(copies, ({ date }) => date).values()).size).toBe(items.length);
          expect(pairs(copies)).toEqual(pairs(shuffled.map((one) => ({ ...one }))));
        },
      ),
    );
  });

  it('never let one record stand in the path of another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        expect(recordPath(`${a}/${b}`, c)).not.toBe(recordPath(a, `${b}/${c}`));
        expect(recordPath([a, b], c) === recordPath([`${a}|${b}`], c)).toBe(false);
      }),
    );
    expect(recordPath('POL-1', 'missingEpisodes', ['2024-10-30', null])).toBe('POL-1/missingEpisodes/2024-10-30|');
  });

  it('and places hold field names only', () => {
    expect(joinPath('records[0]', safeName('payload'))).toBe('records[0].payload');
    for (const name of ['9691292211', 'Kai Reed', 'a.b', '', '<b>']) expect(safeName(name)).toBe('?');
    expect(safeName('__proto__')).toBe('__proto__');
  });
});
