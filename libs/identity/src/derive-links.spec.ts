import type { ClassifiedIdentifier } from './classify-identifier.js';
import type { Demographics } from './compare-demographics.js';
import { deriveLinks } from './derive-links.js';
import { foldAnswers, pairsAcross, type IdentityAnswer } from './fold-answers.js';
import { foldReference, type IdentityReference, type IdentityStatement } from './identity-reference.js';
import { LINKAGE_RULES_V1 } from './linkage-rules.js';

const nhs = (value: string, status: ClassifiedIdentifier['status'] = 'traced'): ClassifiedIdentifier => ({
  kind: 'nhs-number',
  value,
  status,
});
const upn = (value: string): ClassifiedIdentifier => ({ kind: 'upn', value, status: 'traced' });
const [FIRST, SECOND] = [nhs('9990000018'), nhs('9990000026')];
const [PUPIL, OTHER_PUPIL] = [upn('B801200005001'), upn('A950000178301')];

const reference = (
  key: string,
  identifiers: readonly ClassifiedIdentifier[],
  demographics: Demographics = {},
  more: Partial<IdentityReference> = {},
): IdentityReference => ({
  key,
  organisation: `of-${key}`,
  identifiers,
  demographics: [demographics],
  staffOnly: false,
  ...more,
});
const answer = (a: string, b: string, said: IdentityAnswer['answer']): IdentityAnswer => ({
  a,
  b,
  answer: said,
});
const derive = (references: readonly IdentityReference[], answers: readonly IdentityAnswer[] = []) =>
  deriveLinks(references, answers, LINKAGE_RULES_V1);
const asked = ({ questions }: ReturnType<typeof derive>) => questions.map(({ a, b, reason }) => [a, b, reason]);

describe('deriveLinks', () => {
  it('joins what shares a verified identifier and agrees, across organisations', () => {
    const { links, components, questions } = derive([
      reference('police', [FIRST], { givenName: 'Kai', birthDate: '2017-03' }),
      reference('health', [FIRST, PUPIL], { givenName: 'KAI', birthDate: '2017-03-04' }),
      reference('school', [PUPIL]),
      reference('other', [SECOND]),
    ]);
    expect(links).toEqual([
      ['health', 'police'],
      ['health', 'school'],
    ]);
    expect(components).toEqual([['health', 'police', 'school'], ['other']]);
    expect(questions).toEqual([]);
  });

  it.each<[string, ClassifiedIdentifier]>([
    ['asserted', nhs('9990000018', 'asserted')],
    ['of a wrong check digit, whatever the status says', nhs('9990000019', 'traced')],
    ['a placeholder with a right check digit', nhs('0000000000', 'traced')],
  ])('never matches on an identifier that is %s', (_, identifier) => {
    const { components, questions, restrictiveGroups } = derive([
      reference('a', [identifier]),
      reference('b', [identifier]),
    ]);
    expect({ components, questions, restrictiveGroups }).toEqual({
      components: [['a'], ['b']],
      questions: [],
      restrictiveGroups: [['a'], ['b']],
    });
  });

  it('asks about twins by other first names, and names what differs without a value', () => {
    const twin = { familyName: 'Reed', birthDate: '2017-03-04', sex: 'F' };
    const derived = derive([
      reference('a', [FIRST], { ...twin, givenName: 'Amy' }),
      reference('b', [FIRST], { ...twin, givenName: 'Zoe' }),
    ]);
    expect(derived).toMatchObject({ links: [], restrictiveGroups: [['a', 'b']] });
    expect(derived.questions).toEqual([
      { a: 'a', b: 'b', reason: 'differs', shared: ['nhs-number'], differing: ['givenName'] },
    ]);
  });

  const born = (day: string) => ({ birthDate: `2017-03-${day}` });
  const contradicting = [
    reference('a', [FIRST], born('04')),
    reference('b', [FIRST]),
    reference('c', [FIRST], born('05')),
  ];

  it('links nothing in a group that holds a contradicting pair until a person confirms', () => {
    const unanswered = derive(contradicting);
    expect(unanswered.links).toEqual([]);
    expect(asked(unanswered)).toEqual([
      ['a', 'b', 'group-contradicts'],
      ['a', 'c', 'contradicts'],
      ['b', 'c', 'group-contradicts'],
    ]);
    const answered = derive(contradicting, [answer('b', 'a', 'confirmed')]);
    expect(answered.links).toEqual([['a', 'b']]);
    expect(asked(answered)).toEqual([
      ['a', 'c', 'contradicts'],
      ['b', 'c', 'group-contradicts'],
    ]);
    expect(derive(contradicting, [answer('a', 'c', 'confirmed')]).links).toEqual([['a', 'c']]);
  });

  it('takes two verified identifiers of one kind for a contradiction, also where the two share another', () => {
    expect(asked(derive([reference('a', [FIRST, PUPIL]), reference('b', [FIRST, OTHER_PUPIL])]))).toEqual([
      ['a', 'b', 'contradicts'],
    ]);
  });

  it('finds the contradiction of two that share nothing', () => {
    expect(
      asked(
        derive([
          reference('a', [FIRST], born('04')),
          reference('b', [FIRST, PUPIL]),
          reference('c', [PUPIL], born('05')),
        ]),
      ),
    ).toEqual([
      ['a', 'b', 'group-contradicts'],
      ['b', 'c', 'group-contradicts'],
    ]);
  });

  it('asks again about confirmed pairs that alone would join a refused one, and about no other', () => {
    const four = ['a', 'b', 'c', 'd'].map((key) => reference(key, [FIRST]));
    const derived = derive(four, [
      answer('a', 'b', 'confirmed'),
      answer('b', 'c', 'confirmed'),
      answer('c', 'd', 'confirmed'),
      answer('a', 'c', 'refused'),
    ]);
    expect(derived.links).toEqual([['c', 'd']]);
    expect(asked(derived)).toEqual([
      ['a', 'b', 'would-join-refused'],
      ['a', 'd', 'group-contradicts'],
      ['b', 'c', 'would-join-refused'],
      ['b', 'd', 'group-contradicts'],
    ]);
  });

  it('leaves both halves of an unlink whole, apart for reading and for restrictions, and asks nothing', () => {
    const four = ['a', 'b', 'c', 'd'].map((key) => reference(key, [FIRST]));
    const halves = [
      ['a', 'b'],
      ['c', 'd'],
    ];
    const cut = foldAnswers([
      { ...answer('a', 'c', 'refused'), organisation: 'LA-01', at: '2026-03-02', sides: halves },
    ]);
    expect(derive(four, cut)).toMatchObject({ components: halves, restrictiveGroups: halves, questions: [] });
  });

  it('takes no notice of an answer about a reference it does not know', () => {
    const pair = [reference('a', [FIRST]), reference('b', [FIRST])];
    expect(derive(pair, [answer('a', 'x', 'refused')])).toEqual(derive(pair));
  });

  it('does not let a confirmation join two that share no verified identifier', () => {
    const pair = [reference('a', [FIRST]), reference('b', [nhs('9990000018', 'asserted')])];
    expect(derive(pair, [answer('a', 'b', 'confirmed')])).toEqual(derive(pair));
  });

  it('restores a link when a late correction removes the contradiction, in whatever order versions come', () => {
    const version = (rank: string, birthDate: string): IdentityStatement => ({
      record: 'R1',
      rank,
      fromStaffFeed: false,
      identifiers: [FIRST],
      demographics: { birthDate },
    });
    const c = (...versions: IdentityStatement[]) => foldReference({ key: 'c', organisation: 'HEALTH-01' }, versions);
    const [wrong, right] = [version('1', '2017-03-05'), version('2', '2017-03-04')];
    const others = contradicting.slice(0, 2);
    expect(derive([...others, c(wrong)]).links).toEqual([]);
    for (const versions of [
      [wrong, right],
      [right, wrong],
      [right, wrong, right],
    ]) {
      expect(derive([...others, c(...versions)])).toMatchObject({ components: [['a', 'b', 'c']], questions: [] });
    }
  });

  it('refuses to guess between two references of one key', () => {
    expect(() => derive([reference('a', []), reference('a', [])])).toThrow(TypeError);
  });
});

describe('the wall of an invalidated identifier', () => {
  const before = reference('before', [FIRST, PUPIL], {}, { invalidated: [FIRST] });
  const after = reference('after', [SECOND, PUPIL]);

  it('is never proposed, nor joined by a person, nor crossed by a restriction', () => {
    const apart = {
      links: [],
      questions: [],
      components: [['after'], ['before']],
      restrictiveGroups: [['after'], ['before']],
    };
    expect(derive([before, after])).toMatchObject(apart);
    expect(derive([before, after], [answer('before', 'after', 'confirmed')])).toMatchObject(apart);
    expect(derive([{ ...before, identifiers: [PUPIL] }, after])).toMatchObject(apart);
  });

  it('leaves no way round through a third that shares an identifier with both sides', () => {
    const school = reference('school', [PUPIL]);
    const answers = [answer('before', 'school', 'confirmed'), answer('school', 'after', 'confirmed')];
    expect(derive([before, after, school])).toMatchObject({ links: [] });
    expect(asked(derive([before, after, school], answers))).toEqual([
      ['after', 'school', 'would-join-refused'],
      ['before', 'school', 'would-join-refused'],
    ]);
  });

  it('keeps one that holds both numbers from either side', () => {
    const both = reference('both', [FIRST, SECOND]);
    expect(
      derive([reference('before', [FIRST], {}, { invalidated: [FIRST] }), reference('after', [SECOND]), both]),
    ).toMatchObject({ links: [], questions: [] });
  });
});

describe('a reference known from a staff feed alone', () => {
  const staff = (identifiers: ClassifiedIdentifier[], more: Partial<IdentityReference> = {}) =>
    reference('staff', identifiers, {}, { organisation: 'LA-01', staffOnly: true, ...more });
  const own = (key: string, demographics: Demographics = {}) =>
    reference(key, [FIRST], demographics, { organisation: 'LA-01' });

  it('verifies and joins nothing, and acts for its own organisation', () => {
    const derived = derive([staff([FIRST]), own('own'), reference('police', [FIRST])]);
    expect(derived.components).toEqual([['own', 'police'], ['staff']]);
    expect(derived.restrictiveGroups).toEqual([['own', 'police'], ['staff']]);
    expect(derived.attachments).toEqual([{ staffOnly: 'staff', to: 'own' }]);
  });

  it.each<[string, IdentityReference[], IdentityAnswer[]]>([
    ['another organisation alone holds the identifier', [staff([FIRST]), reference('police', [FIRST])], []],
    [
      'the demographics differ',
      [{ ...staff([FIRST]), demographics: [{ givenName: 'Zoe' }] }, own('own', { givenName: 'Amy' })],
      [],
    ],
    ['it names another child too', [staff([FIRST, SECOND]), own('own')], []],
    ['a person refused it', [staff([FIRST]), own('own')], [answer('own', 'staff', 'refused')]],
    [
      'those of its organisation contradict one another',
      [staff([FIRST]), own('own', { birthDate: '2017-03-04' }), own('other', { birthDate: '2017-03-05' })],
      [],
    ],
  ])('acts for nobody where %s', (_, references, answers) => {
    expect(derive(references, answers).attachments).toEqual([]);
  });
});

describe('many references', () => {
  const numbers = (count: number) => {
    const valid: string[] = [];
    for (let serial = 999_100_000; valid.length < count; serial += 1) {
      const sum = [...String(serial)].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
      const check = (11 - (sum % 11)) % 11;
      if (check < 10) valid.push(`${serial}${check}`);
    }
    return valid;
  };

  it('takes thousands that share nothing in its stride', () => {
    const references = numbers(5000).map((number, i) => reference(`r${i}`, [nhs(number)], { birthDate: '2015-06-07' }));
    expect(derive(references).components).toHaveLength(5000);
  });

  it('takes a group of three hundred, confirmed in a row and refused throughout', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `r${i}`);
    const references = keys.map((key, i) => reference(key, [FIRST], { birthDate: i % 2 ? '2015-06-07' : '2015-06' }));
    expect(derive(references).components).toHaveLength(1);
    const row = keys.slice(1).map((key, i) => answer(keys[i]!, key, 'confirmed'));
    const cut = pairsAcross(keys.slice(0, 150), keys.slice(150, 299));
    const joining = cut
      .filter(({ a, b }) => Math.abs(Number(a.slice(1)) - Number(b.slice(1))) > 1)
      .map(({ a, b }) => answer(a, b, 'refused'));
    expect(derive(references, [...row, ...joining]).links).toEqual([['r298', 'r299']]);
  });
});
