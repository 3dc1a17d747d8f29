import type { AgreementDocument } from './agreement-schema.js';
import { compileAgreement } from './compile-agreement.js';
import { explainAgreement, explainImported } from './explain-agreement.js';
import { parseAgreement } from './parse-agreement.js';

const base = {
  schema: 'agreement/1',
  id: 'small',
  version: '1',
  parties: {
    council: { kind: 'LOCAL_AUTHORITY', orgs: ['la:901'], desk: '01632 960901', services: { care: 'open' } },
    school: {
      kind: 'EDUCATION',
      orgs: ['urn:1', 'urn:2', 'urn:*@la:901'],
      desk: 'the office',
      services: { dsl: 'open', nurse: 'guarded', archive: 'hidden' },
    },
  },
};

const explained = (change: object) => {
  const document = { ...base, ...change };
  // What is explained is a document that could be adopted.
  expect(compileAgreement(document)).toHaveProperty('agreement');
  return explainAgreement(document as AgreementDocument);
};
const textsOf = (change: object, title: string): string[] =>
  explained(change)
    .filter((section) => section.title === title)
    .flatMap(({ sentences }) => sentences.map(({ text }) => text));

const permit = (change: object = {}): string =>
  textsOf(
    {
      permits: [
        {
          id: 'p',
          readerText: 'Told so',
          from: ['council.care'],
          to: ['school.dsl'],
          show: { summary: true },
          ...change,
        },
      ],
    },
    'What is shared',
  )[0]!;
const existence = (change: object = {}): string =>
  textsOf(
    { existence: [{ id: 'e', of: ['council.care'], to: ['school.dsl'], ...change }] },
    'Who is told that a service is involved',
  )[0]!;
const release = (change: object = {}): string =>
  textsOf(
    { releases: [{ id: 'r', by: ['head'], to: ['school.dsl'], show: { summary: true }, ...change }] },
    'What takes a decision for one person',
  )[0]!;
const cap = (change: object = {}): string =>
  textsOf({ caps: [{ id: 'c', to: ['*'], max: { summary: true }, ...change }] }, 'How far it goes at most')[0]!;
const forbid = (change: object = {}): string =>
  textsOf({ forbids: [{ id: 'f', to: ['*'], ...change }] }, 'What is never shown')[0]!;

describe('the words for a permit', () => {
  it('are these where it says no more than it must', () => {
    expect(permit()).toBe(
      'Staff of school (dsl) may see the summary: all records of council (care) about the child for any purpose. ' +
        'Until the child is 18. Readers are told: “Told so”.',
    );
    const anything = { roles: 'any', relation: 'any', purposes: 'any', records: { types: 'any', about: ['child'] } };
    expect(permit(anything)).toBe(permit());
  });

  it.each([
    ['everybody', { to: ['*'] }, 'Readers everywhere may see'],
    ['a whole party', { to: ['school.*'] }, 'Staff of every service of school may see'],
    [
      'three services',
      { to: ['school.dsl', 'school.nurse', 'council.care'] },
      'Staff of school (dsl), school (nurse) and council (care) may see',
    ],
    ['one role', { roles: ['head-teacher'] }, 'Staff of school (dsl), in the role of head teacher, may see'],
    ['two roles', { roles: ['dsl', 'deputy_dsl'] }, ', in the role of dsl or deputy dsl, may see'],
    [
      'a role and a relation',
      { roles: ['dsl'], relation: ['team'] },
      ', in the role of dsl, whose team works with the child, may see',
    ],
  ])('say who reads: %s', (_, change, words) => {
    expect(permit(change)).toContain(words);
  });

  it.each([
    ['allocated', 'who are allocated to the child'],
    ['team', 'whose team works with the child'],
    ['triage', 'who triage an open contact about the child'],
    ['duty', 'who are on duty for the child'],
    ['on-roll', 'at whose school the child is on roll'],
    ['registered', 'with whom the child is registered'],
    ['presenting', 'to whom the child has presented'],
    ['invited', 'who are invited to a discussion of the child'],
    ['asserted', 'who give their own reason for looking'],
    ['emergency', 'who break the glass in an emergency'],
  ])('say what the relation %s is', (relation, words) => {
    expect(permit({ relation: [relation] })).toContain(`Staff of school (dsl), ${words}, may see`);
  });

  it.each([
    ['anybody', 'any', 'about anybody'],
    ['the child', ['child'], 'about the child'],
    ['carers and siblings', ['carer', 'sibling'], 'about a carer or a sibling'],
    [
      'others',
      ['household-adult', 'alleged-perpetrator', 'informant'],
      'about an adult of the household, an alleged perpetrator or an informant',
    ],
  ])('say of whom the record speaks: %s', (_, about, words) => {
    expect(permit({ records: { about } })).toContain(`all records of council (care) ${words} for any purpose.`);
  });

  it.each([
    ['a field', { show: { content: ['lead-contact'] } }, 'may see the field lead contact:'],
    ['fields', { show: { content: ['status', 'risk_level'] } }, 'may see the fields status and risk level:'],
    ['a place', { show: { location: ['incident-place'] } }, 'may see the place incident place:'],
    [
      'all of these',
      { show: { summary: true, content: ['status'], location: ['home', 'school'] } },
      'may see the summary, the field status and the places home and school:',
    ],
    ['types', { records: { types: ['plan', 'risk-note'] } }, ': plan and risk-note records of council (care) about'],
    ['every service', { from: ['*'] }, 'all records of every open service about the child'],
    ['two purposes', { purposes: ['CHILD_PROTECTION', 'DIRECT_CARE'] }, ' for child protection or direct care.'],
    ['tiers', { records: { tiers: ['contact', 'special'] } }, ' Only of tier contact or special. Until'],
    ['the newest', { newest: 4 }, ' Only the newest 4 show. Readers'],
    ['what it becomes', { becomes: 'uk-gdpr' }, ' What is shared becomes data under uk gdpr. Readers'],
    [
      'its handling',
      { handling: ['lawful-only', 'no copies'] },
      ' To be handled as: lawful-only and no copies. Readers',
    ],
  ])('say what shows: %s', (_, change, words) => {
    expect(permit(change)).toContain(words);
  });

  it.each([
    ['P1M', '1 month'],
    ['P1Y2M', '14 months'],
    ['P1D', '1 day'],
    ['P2W', '14 days'],
    ['P6M10D', '6 months and 10 days'],
    ['P0D', 'no time'],
  ])('say how long %s is', (lookback, words) => {
    expect(permit({ records: { lookback } })).toContain(` For ${words} after it ended or happened. Readers`);
  });

  it.each([
    [{ max: 15 }, 'is under 16 when it is read'],
    [{ min: 10, max: 15 }, 'is at least 10 and under 16 when it is read'],
    [{ min: 10 }, 'is 10 or older when it is read'],
    [{}, 'is of any age that is known when it is read'],
    [{ min: 'unborn' }, 'is of any age or unborn when it is read'],
    [{ min: 'unborn', max: 4 }, 'is unborn or under 5 when it is read'],
    [{ max: 15, at: 'occurred' }, 'was under 16 when it happened'],
  ])('say an age such as %j', (age, words) => {
    expect(permit({ childAge: age })).toContain(`any purpose. Only where the child ${words}. Readers`);
    expect(permit({ aboutAge: { of: ['carer', 'sibling'], ...age } })).toContain(
      ` Until the child is 18. Of a carer or a sibling only where that person ${words}. Readers`,
    );
  });

  it('say on what facts it depends', () => {
    const facts = ['open-episode', 'address-protected', 'own-fact'];
    expect(permit({ when: facts })).toContain(
      ' Only when the service is working with the child now, the address is protected and “own fact” holds. Readers',
    );
    expect(permit({ unless: facts })).toContain(
      ' Not when the service is working with the child now, the address is protected or “own fact” holds. Readers',
    );
  });
});

describe('the words for what tells that a service is involved', () => {
  it('are these where it says no more than it must', () => {
    expect(existence()).toBe(
      'Staff of school (dsl) are told that council (care) is involved, by kind of party and desk alone for any ' +
        'purpose. Until the child is 18.',
    );
    expect(existence({ records: { types: 'any' } })).toBe(existence());
  });

  it.each([
    ['two services', { of: ['council.care', 'school.dsl'] }, 'that council (care) and school (dsl) are involved,'],
    ['a whole party', { of: ['school.*'] }, 'that every service of school are involved,'],
    ['everybody', { of: ['*'] }, 'that every open service are involved,'],
    [
      'what it holds',
      { records: { types: ['plan', 'note'] } },
      'and desk alone, where it holds plan or note records for any purpose.',
    ],
    ['a purpose', { purposes: ['SAFEGUARDING'] }, 'desk alone for safeguarding. Until'],
    [
      'facts',
      { while: ['open-episode', 'address-protected'] },
      'purpose. Only while the service is working with the child now and the address is protected. Until',
    ],
    ['a condition', { when: ['address-protected'] }, ' Until the child is 18. Only when the address is protected.'],
  ])('name %s', (_, change, words) => {
    expect(existence(change)).toContain(words);
  });
});

describe('the words for a release', () => {
  it('are these where it says no more than it must', () => {
    expect(release()).toBe(
      'head of any party may release a record of tier originator to one named person. Staff of school (dsl) then see ' +
        'the summary for any purpose. Until the child is 18.',
    );
    expect(release({ from: ['*'] })).toBe(release());
  });

  it.each([
    ['who decides', { by: ['head', 'duty-manager'] }, 'head or duty manager of any party may release'],
    ['whose record', { from: ['council.care'] }, 'head of council (care) may release'],
    ['its tiers', { tiers: ['special', 'originator'] }, 'a record of tier special or originator to one named person'],
    ['how long', { maxFor: 'P28D' }, 'for any purpose. For 28 days at most. Until the child is 18.'],
    ['its handling', { handling: ['a', 'b'] }, 'Until the child is 18. To be handled as: a and b.'],
  ])('say %s', (_, change, words) => {
    expect(release(change)).toContain(words);
  });
});

describe('the words for what takes away', () => {
  it('are these where it says no more than it must', () => {
    expect(cap()).toBe('Readers everywhere never see more than the summary of all records, whatever else allows it.');
    expect(forbid()).toBe('Readers everywhere never see any records.');
    expect(cap({ purposes: 'any', records: { types: 'any' } })).toBe(cap());
    expect(forbid({ purposes: 'any', records: { types: 'any' } })).toBe(forbid());
  });

  it.each([
    ['types', { records: { types: ['plan', 'note'] } }, 'plan and note records'],
    ['tiers', { records: { types: ['plan'], tiers: ['special', 'sealed'] } }, 'plan records of tier special or sealed'],
    ['an owner', { records: { types: ['plan'], from: ['council.care'] } }, 'plan records of council (care)'],
    ['any owner', { records: { types: ['plan'], from: ['*'] } }, 'plan records of every service'],
    ['anybody', { records: { types: ['plan'], about: 'any' } }, 'plan records about anybody'],
    ['persons', { records: { types: ['plan'], about: ['child', 'carer'] } }, 'plan records about the child or a carer'],
    [
      'all of it',
      { records: { types: ['plan'], tiers: ['special'], from: ['council.care'], about: ['child'] } },
      'plan records of tier special of council (care) about the child',
    ],
    ['a purpose', { records: { types: ['plan'] }, purposes: ['SAFEGUARDING'] }, 'plan records for safeguarding'],
  ])('say what they reach by %s', (_, change, words) => {
    expect(cap(change)).toBe(
      `Readers everywhere never see more than the summary of ${words}, whatever else allows it.`,
    );
    expect(forbid(change)).toBe(`Readers everywhere never see ${words}.`);
    expect(forbid({ ...change, fields: ['home-address', 'phone'] })).toBe(
      `Readers everywhere never see home address or phone in ${words}.`,
    );
  });

  it('say that one of the facts is enough, and from what age on', () => {
    const change = { when: ['open-episode', 'address-protected'], childAge: { max: 15 } };
    const words =
      ' Only where the child is under 16 when it is read. ' +
      'Only when the service is working with the child now or the address is protected.';
    expect(cap(change)).toBe(`${cap()}${words}`);
    expect(forbid(change)).toBe(`${forbid()}${words}`);
  });
});

describe('the words for a document as a whole', () => {
  it.each([
    [undefined, 'It can act from its adoption on, with no end.'],
    [{ reviewBy: '2027-06-30' }, 'It can act from its adoption on, with no end.'],
    [{ from: '2026-01-01T09:30:00Z' }, 'It can act from 2026-01-01 09:30.'],
    [{ until: '2028-01-01' }, 'It can act until 2028-01-01.'],
    [
      { from: '2026-01-01', until: '2028-01-01', reviewBy: '2027-06-30' },
      'It can act from 2026-01-01 until 2028-01-01, and is to be reviewed by 2027-06-30.',
    ],
  ])('say when it acts: %j', (force, words) => {
    expect(textsOf({ force }, 'When it acts')).toEqual([
      words,
      'It acts only on records of organisations that have adopted it, each by two of its own people.',
    ]);
  });

  it('say who takes part, with every organisation, desk and service', () => {
    expect(textsOf({}, 'Who takes part')).toEqual([
      'council is la:901 (local authority), to be rung at 01632 960901; its services: care (open).',
      'school is urn:1, urn:2 or urn:*@la:901 (education), to be rung at the office; its services: dsl (open), ' +
        'nurse (guarded: only a clause that names it opens it) and archive (hidden: only a release opens it).',
    ]);
  });

  it('say on what relations a purpose rests', () => {
    expect(textsOf({ purposes: { CHILD_PROTECTION: { relations: ['allocated', 'team'] } } }, 'For what')).toEqual([
      '“child protection” may be the purpose of staff who are allocated to the child or whose team works with the child.',
    ]);
  });

  it('say what is accepted untested', () => {
    const waivers = [
      { clause: 'force', change: 'until', reason: 'It is looked at each year' },
      { clause: 'force', change: 'deleted', reason: 'It does not matter' },
    ];
    expect(textsOf({ waivers }, 'What is accepted untested')).toEqual([
      'No case would see it if its until were loosened. Accepted because: It is looked at each year',
      'No case would see it if this were deleted. Accepted because: It does not matter',
    ]);
  });

  it('stand in this order, without what the document does not have', () => {
    expect(explained({}).map(({ title }) => title)).toEqual(['When it acts', 'Who takes part']);
    const sections = explained({
      purposes: { SAFEGUARDING: { relations: ['team'] } },
      existence: [{ id: 'e', of: ['council.care'], to: ['school.dsl'] }],
      permits: [{ id: 'p', readerText: 'x', from: ['council.care'], to: ['school.dsl'], show: { summary: true } }],
      releases: [{ id: 'r', by: ['head'], to: ['school.dsl'], show: { summary: true } }],
      caps: [{ id: 'c', to: ['*'], max: { summary: true } }],
      forbids: [{ id: 'f', to: ['*'] }],
      waivers: [{ clause: 'f', change: 'deleted', reason: 'x' }],
    });
    expect(
      sections.map(({ title, sentences }) => [title, sentences.map(({ clause, place }) => `${clause} ${place}`)]),
    ).toEqual([
      ['When it acts', ['null $.force', 'null $']],
      ['Who takes part', ['null $.parties.council', 'null $.parties.school']],
      ['For what', ['null $.purposes.SAFEGUARDING']],
      ['Who is told that a service is involved', ['e $.existence[0]']],
      ['What is shared', ['p $.permits[0]']],
      ['What takes a decision for one person', ['r $.releases[0]']],
      ['How far it goes at most', ['c $.caps[0]']],
      ['What is never shown', ['f $.forbids[0]']],
      ['What is accepted untested', ['f $.waivers[0]']],
    ]);
  });
});

describe('the words for an imported policy', () => {
  const rule = {
    effect: 'allow',
    modes: ['CONTENT'],
    recordTypes: ['tenancy', 'repairs'],
    destOrgTypes: ['HEALTH', 'POLICE'],
    purposes: ['CHILD_PROTECTION'],
  };
  const policy = (rules: object[], exceptions: object[] = [], change: object = {}, desk?: Record<string, string>) => {
    const parsed = parseAgreement(
      {
        orgId: 'HOMES-1',
        orgType: 'HOUSING_TRUST',
        dsaPolicy: { defaults: rules, exceptions },
        ...change,
      },
      desk ? { desk } : {},
    );
    return explainImported(('imported' in parsed ? parsed.imported : null)!);
  };
  const texts = (sections: ReturnType<typeof policy>): string[] =>
    sections.flatMap(({ sentences }) => sentences.map(({ text }) => text));

  it('are these for a rule by kinds of organisation', () => {
    expect(policy([rule])).toEqual([
      {
        title: 'Who takes part',
        sentences: [{ clause: null, place: '$.parties[0]', text: 'HOMES-1 (housing trust).' }],
      },
      {
        title: 'What is shared',
        sentences: [
          {
            clause: 'HOMES-1.defaults[0].CONTENT.1',
            place: '$.permits[0]',
            text:
              'Staff of any health organisation or any police organisation may see everything in repairs and tenancy records of ' +
              'homes-1 for child protection (defaults, rule 1).',
          },
        ],
      },
    ]);
  });

  it('name the reader, the time and the reason of a rule, and whom it leaves out', () => {
    const [deny, allow] = [
      { ...rule, effect: 'deny', destOrgIds: ['HEALTH-9'] },
      { ...rule, validFrom: '2025-01-01T00:00:00Z', validUntil: '2025-12-31T23:59:59.999Z', reason: 'a trial' },
    ];
    expect(texts(policy([allow], [deny])).slice(1)).toEqual([
      'Staff of any health organisation or any police organisation, but not health-9 may see everything in repairs and ' +
        'tenancy records of homes-1 for child protection, from 2025-01-01 00:00, through 2025-12-31 23:59 ' +
        '(defaults, rule 1: a trial).',
    ]);
    const named = { ...rule, modes: ['EXISTENCE'], recordTypes: ['tenancy'], destOrgIds: ['HEALTH-9'] };
    expect(policy([], [{ ...deny, modes: ['CONTENT'] }, named])[1]).toEqual({
      title: 'Who is told that a service is involved',
      sentences: [
        {
          clause: 'HOMES-1.exceptions[1].EXISTENCE.1',
          place: '$.existence[0]',
          text:
            'Staff of health-9 are told of the involvement, where there are tenancy records of homes-1 for child ' +
            'protection (exceptions, rule 2).',
        },
      ],
    });
  });

  it('say of an organisation no more than is known', () => {
    expect(texts(policy([], [], { orgType: null }))).toEqual(['HOMES-1.']);
    expect(texts(policy([], [], {}, { 'homes-1': '01632 960123' }))).toEqual([
      'HOMES-1 (housing trust), to be rung at 01632 960123.',
    ]);
  });
});
