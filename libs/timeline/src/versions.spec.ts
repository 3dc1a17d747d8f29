import fc from 'fast-check';
import { contribution, type ContributionClaims } from '../../../test/support/contributions.js';
import type { FiledContribution } from './filed-contribution.js';
import { decideFiling, evolve, initialState, readFiled, type Contribution } from './filing.js';
import { currentRecords } from './versions.js';

/** What a reader of the stream has after these arrived in this order. */
const file = (arrivals: readonly Contribution[]): FiledContribution[] => {
  let state = initialState;
  return arrivals.flatMap((arrival) => {
    const decision = decideFiling(state, arrival);
    if (decision.kind === 'already-filed') return [];
    return decision.events.map((event, i) => {
      state = evolve(state, event);
      return { position: i, unreadable: [], ...readFiled(event) };
    });
  });
};

const filed = (claims: ContributionClaims): FiledContribution => ({
  position: 1,
  unreadable: [],
  envelope: contribution(claims).envelope,
});

const retraction = (claims: ContributionClaims): ContributionClaims => ({
  body: 'none',
  ...claims,
  change: { type: 'entry-retracted', ...claims.change },
});

/** The bodies that stand, with `!` where in conflict. */
const standing = (...claims: ContributionClaims[]): string[] =>
  currentRecords(file(claims.map(contribution)))
    .map(
      ({ contribution: { envelope }, conflicting }) =>
        `${envelope.record.key}:${envelope.rank.value}:${envelope.record.body}${conflicting ? '!' : ''}`,
    )
    .sort();

const v = (rank: string, body: string, more: ContributionClaims = {}): ContributionClaims => ({ rank, body, ...more });

describe('current versions', () => {
  it('is the highest rank, by number and not by text', () =>
    expect(standing(v('9', 'a'), v('10', 'b'), v('2', 'c'))).toEqual(['record-1:10:b']));

  it('is both bodies of an equal rank, in conflict', () =>
    expect(standing(v('1', 'a'), v('2', 'b'), v('2', 'c'))).toEqual(['record-1:2:b!', 'record-1:2:c!']));

  it('settles a conflict by a higher rank', () =>
    expect(standing(v('2', 'b'), v('2', 'c'), v('3', 'b'))).toEqual(['record-1:3:b']));

  it('counts a confirmation as a version of its body, with its own envelope', () => {
    const kept = currentRecords(
      file([
        contribution({ rank: '1', body: 'a' }),
        contribution({ rank: '2', body: 'b' }),
        contribution({ rank: '3', body: 'a', change: { tier: 'sealed', hubReceived: '2025-12-01T09:00:00.000Z' } }),
      ]),
    );
    expect(kept).toEqual([
      {
        contribution: expect.objectContaining({
          confirms: contribution({ rank: '1', body: 'a' }).envelope.contributionId,
        }),
        bodyOf: contribution({ rank: '1', body: 'a' }).envelope.contributionId,
        conflicting: false,
        receivedFirst: '2025-11-28T09:00:00.000Z',
      },
    ]);
    expect(kept[0]?.contribution.envelope.tier).toBe('sealed');
  });

  it('keeps records, feeds and subjects apart', () =>
    expect(
      standing(v('1', 'a'), v('2', 'b', { record: 'record-2' }), v('3', 'c', { feed: 'clinic' }), {
        ...v('4', 'd'),
        subject: 'f'.repeat(32),
      }),
    ).toEqual(['record-1:1:a', 'record-1:3:c', 'record-1:4:d', 'record-2:2:b']));

  it('lets every body of an append-only feed stand, each once, none in conflict', () => {
    const by = { by: 'append' } as const;
    expect(standing(v('1', 'a', by), v('2', 'b', by), v('3', 'a', by), v('2', 'c', by))).toEqual([
      'record-1:2:b',
      'record-1:2:c',
      'record-1:3:a',
    ]);
  });

  it('counts what is pending', () => {
    const pending = { ...filed(v('2', 'b')), position: null };
    expect(currentRecords([filed(v('1', 'a')), pending]).map((one) => one.contribution)).toEqual([pending]);
  });

  it('prefers the filed copy of what is both filed and pending', () => {
    const copy = filed(v('1', 'a'));
    expect(currentRecords([{ ...copy, position: null }, copy]).map((one) => one.contribution)).toEqual([copy]);
  });
});

describe('retraction', () => {
  it('takes away its record up to its rank, whichever comes first', () => {
    expect(standing(v('1', 'a'), retraction({ rank: '2' }))).toEqual([]);
    expect(standing(retraction({ rank: '2' }), v('1', 'a'), v('2', 'b'))).toEqual([]);
  });

  it('lets a later version live', () =>
    expect(standing(v('1', 'a'), retraction({ rank: '2' }), v('3', 'a'))).toEqual(['record-1:3:a']));

  it('is not undone by a retraction of a lower rank', () =>
    expect(standing(retraction({ rank: '5' }), retraction({ rank: '1' }), v('4', 'a'))).toEqual([]));

  it('cascades to what has its path among the ancestors, and to nothing else', () => {
    const below = (record: string, rank: string) => v(rank, record, { record, ancestors: ['root', 'branch'] });
    const arrivals = [below('x', '1'), below('y', '3'), v('1', 'z', { record: 'z', ancestors: ['other'] })];
    for (const path of ['root', 'branch']) {
      expect(standing(...arrivals, retraction({ record: path, rank: '2' }))).toEqual(['y:3:y', 'z:1:z']);
    }
  });

  it('acts in its own feed and on its own subject', () =>
    expect(
      standing(
        v('1', 'a'),
        retraction({ rank: '9', feed: 'clinic' }),
        retraction({ rank: '9', subject: 'f'.repeat(32) }),
      ),
    ).toEqual(['record-1:1:a']));

  it('brings no older version back', () =>
    expect(
      standing(
        v('1', 'a', { ancestors: ['other'] }),
        v('2', 'b', { ancestors: ['root'] }),
        retraction({ record: 'root', rank: '2' }),
      ),
    ).toEqual([]));

  it('reaches the bodies of an append-only feed by rank', () => {
    const by = { by: 'append' } as const;
    expect(standing(v('1', 'a', by), v('3', 'b', by), retraction({ rank: '2', by: 'append' }))).toEqual([
      'record-1:3:b',
    ]);
  });
});

describe('the order of arrival', () => {
  const claims: fc.Arbitrary<ContributionClaims> = fc
    .record({
      record: fc.constantFrom('root', 'branch', 'leaf'),
      rank: fc.constantFrom('1', '2', '3', '10'),
      body: fc.constantFrom('a', 'b'),
      ranked: fc.constantFrom(
        { feed: 'school', by: 'version' } as const,
        { feed: 'clinic', by: 'version' } as const,
        { feed: 'calls', by: 'append' } as const,
      ),
      retracts: fc.nat(3).map((n) => n === 0),
    })
    .map(({ retracts, ranked, ...rest }) => {
      const ancestors = { root: [], branch: ['root'], leaf: ['root', 'branch'] }[rest.record] as string[];
      const same = { ...rest, ...ranked, ancestors };
      return retracts ? retraction({ ...same, body: 'none' }) : same;
    });

  /** Which contribution holds a body depends on the order; which body it is does not. */
  const settled = (filedInOrder: readonly FiledContribution[]) => {
    const bodies = new Map(filedInOrder.map(({ envelope }) => [envelope.contributionId, envelope.record.body]));
    return currentRecords(filedInOrder).map(({ contribution: { envelope }, bodyOf, conflicting, receivedFirst }) => ({
      envelope,
      body: bodies.get(bodyOf),
      conflicting,
      receivedFirst,
    }));
  };

  const orders = fc
    .array(claims, { minLength: 1, maxLength: 12 })
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })));

  it('makes no difference, nor do duplicates', () => {
    fc.assert(
      fc.property(orders, ([all, other]) =>
        expect(settled(file(other.map(contribution)))).toEqual(settled(file(all.map(contribution)))),
      ),
      { numRuns: 1000 },
    );
  });

  it('makes no difference to a list that was filed once, doubled and shuffled', () => {
    const lists = fc.array(claims, { maxLength: 12 }).chain((all) => {
      const list = file(all.map(contribution)).map((one, position) => ({ ...one, position }));
      const pending = list.map(({ confirms: _, ...one }) => ({ ...one, position: null }));
      return fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...pending], { minLength: 2 * list.length }));
    });
    fc.assert(fc.property(lists, ([list, other]) => expect(currentRecords(other)).toEqual(currentRecords(list))));
  });
});
