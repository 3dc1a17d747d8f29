import fc from 'fast-check';
import { foldAnswers, pairName, pairsAcross, type StandingAnswer } from './fold-answers.js';

const said = (
  organisation: string,
  a: string,
  b: string,
  answer: StandingAnswer['answer'],
  sides: StandingAnswer['sides'] = null,
  at = '2026-03-02T09:00:00.000Z',
): StandingAnswer => ({ organisation, a, b, answer, sides, at });

describe('foldAnswers', () => {
  it('is one answer a pair, whichever way round it was said', () => {
    expect(foldAnswers([said('LA-01', 'c', 'b', 'confirmed'), said('LA-01', 'a', 'b', 'refused')])).toEqual([
      { a: 'a', b: 'b', answer: 'refused' },
      { a: 'b', b: 'c', answer: 'confirmed' },
    ]);
  });

  it('refuses a pair about which two organisations contradict each other', () => {
    for (const answers of [
      [said('LA-01', 'a', 'b', 'confirmed'), said('HEALTH-01', 'b', 'a', 'refused')],
      [said('LA-01', 'a', 'b', 'refused'), said('HEALTH-01', 'b', 'a', 'confirmed')],
    ])
      expect(foldAnswers(answers)).toEqual([{ a: 'a', b: 'b', answer: 'refused' }]);
  });

  it('refuses every pair across a cut, whatever was said before or by others; a confirmation cuts nothing', () => {
    const sides = [
      ['a', 'c'],
      ['b', 'd'],
    ];
    const ofCd = (organisation: string, at: string) =>
      foldAnswers([said('LA-01', 'a', 'b', 'refused', sides), said(organisation, 'd', 'c', 'confirmed', null, at)]).map(
        ({ a, b, answer }) => `${a}${b} ${answer}`,
      );
    const [before, after] = ['2026-03-01T09:00:00.000Z', '2026-03-03T09:00:00.000Z'];
    const cut = ['ab refused', 'ad refused', 'bc refused'];
    expect(ofCd('LA-01', before)).toEqual([...cut, 'cd refused']);
    expect(ofCd('HEALTH-01', after)).toEqual([...cut, 'cd refused']);
    expect(ofCd('LA-01', after)).toEqual([...cut, 'cd confirmed']);
    expect(foldAnswers([said('LA-01', 'a', 'b', 'confirmed', sides)])).toHaveLength(1);
  });

  it('gives the same in any order, never a pair twice, and never a pair confirmed that anybody refused', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const answer = fc.record({
      a: key,
      b: key,
      answer: fc.constantFrom('confirmed' as const, 'refused' as const),
      organisation: fc.constantFrom('LA-01', 'POLICE-01'),
      sides: fc.constantFrom(null, [['a'], ['b', 'c']], [['a', 'd'], ['c']]),
      at: fc.constantFrom('2026-03-01T09:00:00.000Z', '2026-03-02T09:00:00.000Z'),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 8 }), fc.func(fc.integer()), (answers, at) => {
        const folded = foldAnswers(answers);
        expect(foldAnswers([...answers].sort((x, y) => at(x) - at(y)))).toEqual(folded);
        expect(new Set(folded.map(({ a, b }) => pairName(a, b))).size).toBe(folded.length);
        const refused = new Set(answers.filter((one) => one.answer === 'refused').map(({ a, b }) => pairName(a, b)));
        for (const one of folded) expect(one.answer === 'confirmed' && refused.has(pairName(one.a, one.b))).toBe(false);
      }),
    );
  });
});

describe('pairsAcross', () => {
  it('is every pair across the cut, once, and none within', () => {
    expect(pairsAcross(['a', 'd'], ['c', 'b', 'c']).map(({ a, b }) => a + b)).toEqual(['ac', 'ab', 'cd', 'bd']);
    expect(pairsAcross(['a', 'b'], ['b', 'a'])).toEqual([{ a: 'a', b: 'b' }]);
  });
});
