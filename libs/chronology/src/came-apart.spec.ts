import type { Envelope } from '#contracts';
import type { FiledContribution } from '#timeline';
import { beforeAnswers, isAnswered } from './came-apart.js';

const filed = (position: number | null, id: string, type = 'personal-details'): FiledContribution => ({
  position,
  envelope: { contributionId: id, type } as Envelope,
  unreadable: [],
});
const answer = (position: number | null) => filed(position, `answer-${position}`, 'identity-answered');
const before = (shows: string[], ...lists: FiledContribution[][]) =>
  beforeAnswers(
    lists.map((contributions, i) => ({ key: `r${i}`, contributions })),
    new Set(shows),
  ).map((references) => references.map(({ contributions }) => contributions.map((one) => one.envelope.contributionId)));

describe('references before people answered', () => {
  it('have what shows, whenever it came, and the answers given by then', () => {
    const [ours, theirs] = [
      [filed(1, 'a'), filed(2, 'hidden'), answer(3), answer(6)],
      [answer(4), filed(5, 'b')],
    ];
    expect(before(['a', 'b'], ours, theirs)).toEqual([
      [['a'], ['b']],
      [['a', 'answer-3'], ['b']],
      [
        ['a', 'answer-3'],
        ['answer-4', 'b'],
      ],
    ]);
  });

  it('come before what is pending too', () => {
    expect(before(['a'], [filed(1, 'a'), answer(2), answer(null)])).toEqual([[['a']], [['a', 'answer-2']]]);
  });

  it('are none where nobody answered', () => {
    const references = [{ key: 'r', contributions: [filed(1, 'a')] }];
    expect([beforeAnswers(references, new Set(['a'])), isAnswered(references)]).toEqual([[], false]);
    expect(isAnswered([{ key: 'r', contributions: [answer(1)] }])).toBe(true);
  });
});
