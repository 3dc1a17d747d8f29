import fc from 'fast-check';
import { foldAnswers, refusedCut, type RecordedAnswer } from './fold-answers.js';

const said = (position: number, a: string, b: string, answer: RecordedAnswer['answer']): RecordedAnswer => ({
  a,
  b,
  answer,
  organisation: 'LA-01',
  position,
});

describe('foldAnswers', () => {
  it('keeps the latest of each pair, whichever way round it was said', () => {
    const folded = foldAnswers([
      said(1, 'a', 'b', 'confirmed'),
      said(2, 'b', 'a', 'refused'),
      said(3, 'c', 'b', 'confirmed'),
    ]);
    expect(folded).toEqual([
      { a: 'b', b: 'a', answer: 'refused', organisation: 'LA-01' },
      { a: 'c', b: 'b', answer: 'confirmed', organisation: 'LA-01' },
    ]);
  });

  it('forgets a pair whose answer was taken back', () => {
    expect(foldAnswers([said(1, 'a', 'b', 'refused'), said(2, 'a', 'b', 'withdrawn')])).toEqual([]);
  });

  it('gives the same in any order, and the more cautious of two at one position', () => {
    const answer = fc.record({
      a: fc.constantFrom('a', 'b', 'c'),
      b: fc.constantFrom('a', 'b', 'c'),
      answer: fc.constantFrom('confirmed' as const, 'refused' as const, 'withdrawn' as const),
      organisation: fc.constantFrom('LA-01', 'POLICE-01'),
      position: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 8 }), fc.func(fc.integer()), (answers, at) => {
        const shuffled = [...answers].sort((x, y) => at(x) - at(y));
        expect(foldAnswers(shuffled)).toEqual(foldAnswers(answers));
      }),
    );
    expect(foldAnswers([said(1, 'a', 'b', 'refused'), said(1, 'a', 'b', 'confirmed')])).toMatchObject([
      { answer: 'refused' },
    ]);
  });
});

describe('refusedCut', () => {
  it('refuses every pair across the cut, once, and none within', () => {
    const by = { organisation: 'LA-01', reason: 'two children' };
    expect(refusedCut(['a', 'd'], ['c', 'b', 'c'], by).map(({ a, b, answer }) => [a, b, answer])).toEqual([
      ['a', 'c', 'refused'],
      ['a', 'b', 'refused'],
      ['c', 'd', 'refused'],
      ['b', 'd', 'refused'],
    ]);
    expect(refusedCut(['a', 'b'], ['b', 'a'], by)).toEqual([{ a: 'a', b: 'b', answer: 'refused', ...by }]);
  });
});
