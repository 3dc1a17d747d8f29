import type { Profile } from '../api/profile.js';
import type { Chronology, Entry } from './answers.js';
import { chronologyPage, EMPTY_FILTER, filterOf } from './chronology-page.js';

const profile: Profile = {
  subject: 'worker',
  name: 'Will Ames',
  posts: [
    {
      organisation: 'LA-1',
      organisationName: 'Authority',
      organisationKind: 'LOCAL_AUTHORITY',
      service: 'csc',
      role: 'social-worker',
      team: null,
    },
  ],
  purposes: ['SAFEGUARDING'],
  at: '2026-03-02T09:00:00.000Z',
};
const READ = '2026-03-02T09:00:00.000Z';

const entry = (entryId: string, changes: Partial<Entry> = {}, occurred: object = { from: '2026-02-01', precision: 'day' }): Entry => ({
  entryId,
  content: { reason: 'Fall' },
  location: {},
  readerText: 'Shared for safeguarding',
  version: '1',
  owner: { organisation: 'HEALTH-1', service: 'hv-sn' },
  party: { name: 'Clinic', kind: 'HEALTH' },
  statement: 'report',
  about: 'child',
  summary: 'Emergency attendance',
  times: { occurred: occurred as { precision: string }, agencyKnew: null, hubReceived: '2026-02-20T10:00:00Z', read: READ },
  marks: [],
  conflictsWith: [],
  ...changes,
}); // prettier-ignore
const answer = (entries: readonly Entry[], changes: Partial<Chronology> = {}): Chronology => ({
  readId: 'r',
  handle: 'h',
  purpose: 'SAFEGUARDING',
  child: { name: 'Ada Example', birthDate: '2015-06-12' },
  entries,
  notices: [{ partyKind: 'POLICE', desk: 'Front desk' }],
  linkBeingChecked: false,
  moreDetailNeeded: false,
  upTo: [],
  completeness: {
    lines: [{ partyKind: 'HEALTH', party: 'Clinic', covers: 'Records', freshTo: null }],
    statement: 'No proof',
  },
  cursor: null,
  ...changes,
});
const own = { organisation: 'LA-1', service: 'csc' };
const page = (entries: readonly Entry[], filter = EMPTY_FILTER) => chronologyPage(answer(entries), profile, filter);
const idsOf = (entries: readonly Entry[], query: Record<string, unknown>) =>
  page(entries, filterOf(query)).groups.flatMap((group) => group.entries.map(({ id }) => id));

describe('the page of a chronology', () => {
  it('names party, kind of statement and why, and what is one’s own', () => {
    const [first, second] = page([
      entry('a'),
      entry('b', { owner: own, party: { name: 'Authority', kind: 'LOCAL_AUTHORITY' } }),
    ]).groups.map(({ entries: [one] }) => one!);
    expect(first).toMatchObject({
      title: 'Emergency attendance',
      lane: 'health',
      party: 'Clinic, health visiting and school nursing',
      statement: 'Report',
      when: '1 February 2026',
      times: ['Received here 20 February 2026 at 10:00am', 'You read it 2 March 2026 at 9:00am'],
      readerText: 'Shared for safeguarding',
      own: false,
    });
    expect(second).toMatchObject({ lane: 'authority', own: true });
  });

  it('tells the four times apart where they differ, and no more', () => {
    const times = { agencyKnew: '2026-02-03', hubReceived: READ, read: READ };
    const one = entry('a', { times: { occurred: { from: READ, precision: 'exact' }, ...times } });
    expect(page([one]).groups[0]!.entries[0]!.times).toEqual(['The agency knew 3 February 2026']);
  });

  it('shows of an entry without its summary what it may and nothing else', () => {
    const bare: Entry = { entryId: 'a', content: { reason: 'Fall' }, location: {}, readerText: 'Why' };
    expect(page([bare]).groups[0]!.entries[0]).toMatchObject({
      title: 'Part of a record',
      party: 'A service that is not named here',
      lane: 'other',
      when: 'Date not shown',
      statement: null,
      times: [],
      own: false,
    });
  });

  it('puts versions that contradict each other side by side, where the first of them stands', () => {
    const list = [
      entry('a', { marks: ['conflicting'], conflictsWith: ['c'] }),
      entry('b'),
      entry('c', { marks: ['conflicting'], conflictsWith: ['a'] }),
    ];
    const { groups } = page(list);
    expect(groups.map(({ conflicting, entries }) => [conflicting, entries.map(({ id }) => id)])).toEqual([
      [true, ['a', 'c']],
      [false, ['b']],
    ]);
  });

  const list = [
    entry('feb'),
    entry('mar', {}, { from: '2026-03', precision: 'month' }),
    entry('undated', {}, { precision: 'unknown' }),
    entry('police', { party: { name: 'Police', kind: 'POLICE' }, statement: 'decision' }),
  ];

  it.each<[Record<string, unknown>, string[]]>([
    [{}, ['feb', 'mar', 'undated', 'police']],
    [{ party: 'POLICE' }, ['police']],
    [{ kind: 'report' }, ['feb', 'mar', 'undated']],
    [{ from: '2026-02-02' }, ['mar']],
    [{ to: '2026-02-01' }, ['feb', 'police']],
    [{ from: '2026-03-15', to: '2026-03-20' }, ['mar']],
    [{ from: 'x', to: ['y'], party: 7 }, ['feb', 'mar', 'undated', 'police']],
  ])('filters by %j without a change of what is counted', (query, ids) => {
    expect(idsOf(list, query)).toEqual(ids);
    const { total, shown, parties, statements } = page(list, filterOf(query));
    expect([total, shown]).toEqual([4, ids.length]);
    expect(parties.map(({ value }) => value)).toEqual(['', 'HEALTH', 'POLICE']);
    expect(statements.map(({ value }) => value)).toEqual(['', 'decision', 'report']);
  });

  it('says the same of a child of whom nothing is held and of one of whom nothing may be seen', () => {
    const nothing = answer([], { child: { name: null, birthDate: null }, notices: [] });
    expect(chronologyPage(nothing, profile, EMPTY_FILTER)).toMatchObject({
      heading: 'The child you described',
      birthDate: null,
      readAt: null,
      total: 0,
      groups: [],
      notices: [],
      canDecide: false,
    });
  });
});
