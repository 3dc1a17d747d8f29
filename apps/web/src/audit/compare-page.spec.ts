import type { Replay, ReplayedEntry } from './answers.js';
import { comparePage } from './compare-page.js';

const entry = (entryId: string, change: Partial<ReplayedEntry> = {}): ReplayedEntry => ({
  entryId,
  record: `record-${entryId}`,
  content: { recordedName: 'Ada Example' },
  location: {},
  readerText: 'Recorded by your own service',
  version: '1',
  summary: 'Personal details',
  ...change,
});
const replay = (entries: readonly ReplayedEntry[], change: Partial<Replay> = {}): Replay => ({
  replayId: 'replay',
  at: '2026-03-02T09:00:00.000Z',
  purpose: 'SAFEGUARDING',
  viewer: { login: 'viewer', posts: [] },
  child: { name: null, birthDate: null },
  entries,
  notices: [],
  relations: [],
  agreements: [],
  linkBeingChecked: false,
  moreDetailNeeded: false,
  erasedParts: 0,
  ...change,
});
const texts = (a: readonly ReplayedEntry[], b: readonly ReplayedEntry[]) =>
  comparePage(replay(a), replay(b)).rows.map(({ first, second, text }) => [first?.id, second?.id, text]);

describe('two times side by side', () => {
  it('say of each record whether it is the same, changed, or at one time alone', () => {
    const corrected = entry('b2', {
      record: 'record-b',
      version: '2',
      location: { homeAddress: { line1: 'Long Lane' } },
    });
    expect(texts([entry('a'), entry('b'), entry('gone')], [corrected, entry('a'), entry('new')])).toEqual([
      ['b', 'b2', 'Changed: Home address, Version'],
      ['a', 'a', 'The same at both times'],
      [undefined, 'new', 'Only at the second time'],
      ['gone', undefined, 'Only at the first time'],
    ]);
  });

  it('do not take one of two versions of a record for the other', () => {
    const two = [entry('x1', { record: 'x' }), entry('x2', { record: 'x', version: '2' })];
    expect(texts(two, [...two].reverse())).toEqual([
      ['x2', 'x2', 'The same at both times'],
      ['x1', 'x1', 'The same at both times'],
    ]);
  });

  it('compare the notices and count the differences', () => {
    const [health, police] = ['HEALTH', 'POLICE'].map((partyKind) => ({ partyKind, desk: 'Desk' }));
    const page = comparePage(replay([entry('a')], { notices: [health!] }), replay([], { notices: [police!] }));
    expect(page.notices.map(({ difference }) => difference)).toEqual([
      'Only at the first time',
      'Only at the second time',
    ]);
    expect(page.summary).toBe('0 changed, 1 only at the first time, 0 only at the second time, 0 the same');
  });
});
