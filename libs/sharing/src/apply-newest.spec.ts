import { applyNewest, type DecidedEntry } from './apply-newest.js';
import type { Grant } from './types.js';

const grant = (clause: string, newest: number | null): Grant => ({
  clause,
  agreement: 'a',
  newest,
  readerText: `by ${clause}`,
  summary: true,
  content: ['facts'],
  location: [],
});
const decided = (id: string, from: string | undefined, ...grants: Grant[]): DecidedEntry => ({
  entry: { id, occurred: from === undefined ? { precision: 'unknown' } : { from, precision: 'day' } },
  grants,
});
const shown = (entries: readonly DecidedEntry[]): string[] =>
  applyNewest(entries)
    .entries.filter(({ disclosure }) => disclosure.summary)
    .map(({ entry }) => entry.id);

describe('applyNewest', () => {
  const list = [
    decided('a', '2026-01-01', grant('two', 2)),
    decided('c', '2026-02-01', grant('two', 2)),
    decided('b', '2026-02-01', grant('two', 2)),
    decided('d', undefined, grant('two', 2)),
  ];

  it('keeps the newest by (occurred, id), the undated being oldest', () => {
    expect(shown(list)).toEqual(['c', 'b']);
    expect(shown([...list].reverse())).toEqual(['b', 'c']);
  });

  it('always says up to how many, cut or not, of what the limited clause shows', () => {
    const upTo = (...entries: typeof list) => applyNewest(entries).entries.map((one) => one.upTo);
    const two = { clause: 'two', agreement: 'a', newest: 2, readerText: 'by two' };
    expect(upTo(list[0]!)).toEqual([[two]]);
    expect(upTo(...list)).toEqual([[], [two], [two], []]);
    expect(upTo(decided('a', '2026-01-01', grant('all', null)))).toEqual([[]]);
    const namesake = { ...grant('two', null), agreement: 'b' };
    expect(upTo(list[0]!, list[1]!, decided('old', '2020', grant('two', 2), namesake))).toEqual([[two], [two], []]);
  });

  it('leaves what another clause shows', () => {
    const both = [decided('old', '2020', grant('two', 2), grant('all', null)), ...list];
    const [first] = applyNewest(both).entries;
    expect(first?.disclosure).toMatchObject({ by: ['all'], readerText: 'by all' });
  });

  it('counts what occurred at one time by id, in whatever order it comes', () => {
    const alike = ['b', 'd', 'a', 'c'].map((id) => decided(id, '2026-02-01', grant('two', 2)));
    const kept = (entries: DecidedEntry[]): string[] => shown(entries).sort();
    expect(kept(alike)).toEqual(['c', 'd']);
    expect(kept(alike.toReversed())).toEqual(['c', 'd']);
    expect(kept(alike.toSorted((x, y) => (x.entry.id < y.entry.id ? -1 : 1)))).toEqual(['c', 'd']);
    expect(kept(alike.toSorted((x, y) => (x.entry.id > y.entry.id ? -1 : 1)))).toEqual(['c', 'd']);
    const mixed = [
      decided('z', '2026-01-01', grant('two', 2)),
      ...alike.slice(0, 2),
      decided('y', '2026-03-01', grant('two', 2)),
    ];
    expect(kept(mixed)).toEqual(['d', 'y']);
    expect(kept(mixed.toReversed())).toEqual(['d', 'y']);
  });

  it('counts for a clause what it shows, beside another or alone, and nothing else', () => {
    const [one, two] = [grant('one', 1), grant('two', 2)];
    const entries = [
      decided('a', '2026-01-01', two),
      decided('b', '2026-02-01', two, grant('all', null)),
      decided('c', '2026-03-01', grant('all', null), two),
      decided('d', '2026-04-01', one),
      decided('e', '2026-05-01', grant('all', null)),
    ];
    const { entries: applied } = applyNewest(entries);
    expect(applied.map(({ disclosure }) => disclosure.by)).toEqual([
      [],
      ['all', 'two'],
      ['all', 'two'],
      ['one'],
      ['all'],
    ]);
    expect(applied.map(({ upTo }) => upTo.map(({ clause }) => clause))).toEqual([[], ['two'], ['two'], ['one'], []]);
  });

  it('says the limits of an entry in a settled order', () => {
    const { entries } = applyNewest([decided('a', '2026-01-01', grant('two', 2), grant('one', 1))]);
    expect(entries[0]?.upTo.map(({ clause }) => clause)).toEqual(['one', 'two']);
  });
});
