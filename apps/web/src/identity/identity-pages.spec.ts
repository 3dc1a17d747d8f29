import { answerBody, answerErrors, consequences, EMPTY_ANSWER } from './answer-form.js';
import type { Evidence, ListedPair } from './answers.js';
import { pairRow } from './pair-list.js';
import { pairPage } from './pair-page.js';

const OURS = {
  organisation: 'LA-01',
  organisationName: 'Our authority',
  organisationKind: 'LOCAL_AUTHORITY',
  own: true,
};
const THEIRS = { organisation: 'HEALTH-01', organisationName: 'Their clinic', organisationKind: 'HEALTH', own: false };
const nhs = (value: string | null, status = 'traced') => ({ kind: 'nhs-number', value, status });
const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  pair: 'p',
  state: 'question',
  why: 'differs',
  references: [
    { ...OURS, fields: { givenName: ['Ada'], birthDate: ['2015-06-12'] }, identifiers: [nhs('9990000018')] },
    { ...THEIRS, fields: { givenName: ['Eve', 'Eva'], birthDate: ['2015'] }, identifiers: [nhs(null, 'asserted')] },
  ],
  comparison: [
    { field: 'nhs-number', verdict: 'missing' },
    { field: 'givenName', verdict: 'different' },
    { field: 'birthDate', verdict: 'similar' },
  ],
  answers: [],
  ...change,
});

describe('a pair side by side', () => {
  it('has a line for each field, with a verdict in words', () => {
    expect(pairPage(evidence(), null, null)).toMatchObject({
      heading: 'Are these the same child?',
      first: 'Your record, Our authority',
      second: 'Their clinic',
      rows: [
        {
          label: 'NHS number',
          first: ['9990000018 (verified)'],
          second: ['A number that is not shown (not verified)'],
          verdict: 'One of them does not say',
        },
        { label: 'First name', first: ['Ada'], second: ['Eve', 'Eva'], verdict: 'Different', against: true },
        { label: 'Date of birth', first: ['12 June 2015'], second: ['2015'], verdict: 'The same as far as both go' },
      ],
      canAnswer: true,
      isLinked: false,
      disclosures: null,
      done: null,
    });
  });

  it('says who answered what, and the reads that had rested on it', () => {
    const at = '2026-03-02T09:00:00.000Z';
    const by = { organisation: 'HEALTH-01', role: 'data-manager' };
    const reader = [{ organisation: 'LA-01', service: 'csc', role: 'social-worker' }];
    const read = { readId: 'r', at, reader, purpose: 'SAFEGUARDING', entries: 1 };
    const apart = evidence({ state: 'refused', answers: [{ answer: 'different', by, at, reason: null }] });
    expect(pairPage(apart, { disclosures: [read], cursor: 'next page' }, 'different')).toMatchObject({
      why: null,
      answers: [{ what: 'Two children', by: 'Their clinic', at: '2 March 2026 at 9:00am' }],
      disclosures: [{ readers: ['Social worker, children’s social care, LA-01'], entries: '1 entry' }],
      moreDisclosures: '/identity/pairs/p?cursor=next+page',
      done: expect.stringContaining('not shown as one child') as unknown,
    });
    expect(pairPage(apart, null, 'constructor').done).toBeNull();
  });

  it('asks nothing where there is nothing to answer, and tells two records of one organisation apart', () => {
    expect(pairPage(evidence({ state: 'apart' }), null, null).canAnswer).toBe(false);
    const [one] = evidence().references;
    const both = pairPage(evidence({ references: [one!, one!], state: 'linked' }), null, null);
    expect([both.first, both.second, both.isLinked]).toEqual([
      'Your record, Our authority',
      'Your record, Our authority (the second)',
      true,
    ]);
  });
});

describe('a list of pairs', () => {
  const listed: ListedPair = {
    pair: 'p/q',
    state: 'linked',
    why: 'unclear',
    since: '2026-03-02T09:00:00.000Z',
    references: [
      { ...OURS, label: 'Ada Example' },
      { ...THEIRS, label: null },
    ],
  };

  it('names one’s own record, and of the other whose it is', () => {
    expect(pairRow(listed)).toMatchObject({
      href: '/identity/pairs/p%2Fq',
      own: 'Ada Example',
      other: 'Their clinic',
      state: 'Linked: shown as one child',
    });
    const own = pairRow({
      ...listed,
      references: [
        { ...OURS, label: null },
        { ...OURS, label: 'Ada' },
      ],
    });
    expect([own.own, own.other]).toEqual(['A record without a name', 'Your own organisation: Ada']);
  });
});

describe('the form', () => {
  const said = { answer: 'different', leaves: 'second', reason: 'Twins' };

  it('asks for an answer and a reason', () => {
    expect(answerErrors(EMPTY_ANSWER).map(({ field }) => field)).toEqual(['answer', 'reason']);
    expect(answerErrors({ ...said, answer: 'perhaps' }).map(({ field }) => field)).toEqual(['answer']);
    expect(answerErrors({ ...said, reason: 'x'.repeat(4001) }).map(({ field }) => field)).toEqual(['reason']);
    expect(answerErrors(said)).toEqual([]);
  });

  it('says which of the two leaves, where they are two children', () => {
    expect(answerBody(said)).toEqual(said);
    expect(answerBody({ ...said, answer: 'same' })).toEqual({ answer: 'same', reason: 'Twins' });
    expect(answerBody({ ...said, leaves: '' })).toEqual({ answer: 'different', reason: 'Twins' });
    expect(consequences(said, 'ours', 'theirs').join(' ')).toContain('theirs');
    expect(consequences({ ...said, leaves: '' }, 'ours', 'theirs').join(' ')).toContain('people are asked');
    expect(consequences({ ...said, answer: 'same' }, 'ours', 'theirs')).toHaveLength(1);
  });
});
