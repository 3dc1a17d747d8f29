import type { Viewer } from '#sharing';
import type { FiledContribution } from '#timeline';
import { acceptancesAmong } from './moves.js';
import { relationsByMoves } from './relations.js';
import { bodied } from './standing-records.js';

const [FIRST, SECOND] = ['LOCAL-AUTHORITY-01', 'LOCAL-AUTHORITY-02'];
const AT = Date.parse('2026-03-02T09:00:00Z');
const viewer = (organisation: string, service: string): Viewer => ({
  staffKey: 'w',
  organisation,
  organisationKind: 'LOCAL_AUTHORITY',
  service,
  role: 'social-worker',
});

let made = 0;
const filed = (
  type: string,
  organisation: string,
  key: string,
  terms: object | null,
  change = {},
): FiledContribution => {
  made += 1;
  const envelope = {
    v: 1,
    contributionId: `c${String(made)}`,
    subject: { kind: 'child', key: organisation },
    type,
    recordType: type,
    owner: { organisation, service: 'csc' },
    sender: 'sam',
    record: { key, ancestors: [], body: JSON.stringify(terms) },
    rank: { feed: 'hub-commands', by: 'sequence', value: '1', key: 's1' },
    about: 'child',
    tier: 'contact',
    occurred: { precision: 'unknown' },
    hubReceived: '2026-03-01T09:00:00.000Z',
    fields: {},
    facts: [],
    ...change,
  };
  return { position: made, envelope, unreadable: terms ? [] : ['terms'], ...(terms ? { terms } : {}) } as unknown as FiledContribution; // prettier-ignore
};
const TERMS = {
  move: 'M-1',
  mover: 'sam',
  organisation: SECOND!,
  services: ['mash', 'out-of-hours'],
  from: '2026-03-02T08:00:00Z',
};
const moved = (change = {}, envelope = {}) =>
  filed('responsibility-moved', FIRST!, 'responsibility-move/M-1', { ...TERMS, ...change }, envelope);
const accepted = (change = {}, envelope = {}) =>
  filed('responsibility-accepted', SECOND!, 'responsibility-move/M-1/acceptance', { move: 'M-1', accepter: 'sam', ...change }, envelope); // prettier-ignore
const taken = filed(
  'entry-retracted',
  FIRST!,
  'responsibility-move/M-1',
  {},
  {
    rank: { feed: 'hub-commands', by: 'sequence', value: '2', key: 's2' },
  },
);
const recordsOf = (all: readonly FiledContribution[]) =>
  [...Map.groupBy(all, ({ envelope }) => envelope.subject.key).values()].flatMap((of) => bodied(of));
const heldBy = (post: Viewer, ...all: readonly FiledContribution[]) =>
  Object.fromEntries(relationsByMoves(post, recordsOf(all), acceptancesAmong(recordsOf(all)), AT));
const both = (...all: readonly FiledContribution[]) =>
  [viewer(FIRST!, 'csc'), viewer(SECOND!, 'mash')].map((post) => heldBy(post, ...all));

describe('a move between authorities', () => {
  it('gives the mover’s service and the front door of the second the duty in full, and nobody else anything', () => {
    expect(both(moved())).toEqual([{ duty: 'full' }, { duty: 'full' }]);
    expect(heldBy(viewer(SECOND!, 'out-of-hours'), moved())).toEqual({ duty: 'full' });
    for (const other of [viewer(FIRST!, 'mash'), viewer(SECOND!, 'csc'), viewer('LOCAL-AUTHORITY-03', 'mash')]) {
      expect(heldBy(other, moved())).toEqual({});
    }
  });

  it.each<[string, readonly FiledContribution[]]>([
    ['has not begun', [moved({ from: '2026-03-02T09:00:01Z' })]],
    ['cannot be read', [filed('responsibility-moved', FIRST!, 'responsibility-move/M-1', null)]],
    ['is in another’s name', [moved({ mover: 'somebody' })]],
    ['is taken back', [moved(), taken]],
    ['is accepted', [moved(), accepted()]],
    [
      'may be accepted: what the second said cannot be read',
      [moved(), filed('responsibility-accepted', SECOND!, 'responsibility-move/M-9/acceptance', null)],
    ],
  ])('gives neither anything where it %s', (_, all) => {
    expect(both(...all)).toEqual([{}, {}]);
  });

  it.each<[string, FiledContribution]>([
    ['is of another move', accepted({ move: 'M-2' })],
    ['is the first’s own', accepted({}, { owner: { organisation: FIRST, service: 'csc' } })],
    ['is a third’s', accepted({}, { owner: { organisation: 'LOCAL-AUTHORITY-03', service: 'csc' } })],
  ])('goes on where the acceptance %s', (_, acceptance) => {
    expect(both(moved(), acceptance)).toEqual([{ duty: 'full' }, { duty: 'full' }]);
  });
});
