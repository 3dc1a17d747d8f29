import type { Problem } from '#platform';
import { cursorOf, readReadSearch, readReplay } from './questions.js';

const REPLAY = {
  nhsNumber: '999 000 0018',
  at: '2026-03-02T09:00:00+01:00',
  viewer: { login: 'a' },
  purpose: 'safeguarding',
};
const refusal = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as Problem).errors;
  }
  return 'taken';
};

describe('the question of a replay', () => {
  it('is read in its normal form', () => {
    expect(readReplay(REPLAY)).toEqual({
      child: { nhsNumber: '9990000018' },
      at: Date.parse('2026-03-02T08:00:00Z'),
      login: 'a',
      purpose: 'SAFEGUARDING',
    });
  });

  it.each<[string, string, object]>([
    ['nhsNumber', 'missing', { nhsNumber: undefined }],
    ['handle', 'one-too-many', { handle: '11111111-2222-4333-8444-555555555555' }],
    ['handle', 'not-allowed', { nhsNumber: undefined, handle: 'x' }],
    ['reference.system', 'missing', { nhsNumber: undefined, reference: { organisation: 'A', localId: '1' } }],
    ['viewer.name', 'unknown-field', { viewer: { login: 'a', name: 'b' } }],
    ['at', 'not-an-instant', { at: '2026-03-02' }],
  ])('is refused at %s: %s', (field, reason, change) => {
    expect(refusal(() => readReplay({ ...REPLAY, ...change }))).toEqual([{ field, reason }]);
  });
});

describe('the question of a search', () => {
  it('goes on from a cursor, and from no other text', () => {
    const about = { child: { organisation: 'A', system: 's', localId: '1' } };
    expect(readReadSearch({ ...about, cursor: cursorOf(12) })).toEqual({
      about: { child: { reference: { organisation: 'A', system: 's', localId: '1' } } },
      from: null,
      to: null,
      before: 12,
    });
    for (const cursor of ['12', 'e30', cursorOf(1.5)]) {
      expect(refusal(() => readReadSearch({ ...about, cursor }))).toEqual([{ field: 'cursor', reason: 'not-allowed' }]);
    }
  });

  it('is about one child or one person', () => {
    const person = { login: 'a' };
    expect(refusal(() => readReadSearch({}))).toEqual([{ field: 'child', reason: 'missing' }]);
    expect(refusal(() => readReadSearch({ child: { nhsNumber: '9990000018' }, person }))).toEqual([
      { field: 'person', reason: 'one-too-many' },
    ]);
    expect(refusal(() => readReadSearch({ person: { workerId: '1' } }))).toEqual([
      { field: 'person.organisation', reason: 'missing' },
    ]);
  });
});
