import type { AgreementDocument } from './agreement-schema.js';
import { failingCases } from './check-cases.js';
import { compileAgreement } from './compile-agreement.js';
import { unwitnessedChanges } from './unwitnessed-changes.js';

const ALWAYS = [null, null];

/** A plan about a child of ten, read by the school’s lead for whom the child is on roll. */
const one = (expected: object[], change: object = {}) => ({
  name: 'x',
  viewer: { service: 'school.dsl', role: 'dsl', relation: { 'on-roll': ALWAYS } },
  purpose: 'SAFEGUARDING',
  born: '2015-06-01',
  facts: ['agreed'],
  entry: { from: 'council.care', type: 'plan', tier: 'special' },
  expect: expected,
  ...change,
});
const document = (clauses: object, cases: object[]): any => ({
  schema: 'agreement/1',
  id: 'a',
  version: '1',
  zone: 'Europe/London',
  parties: {
    council: {
      kind: 'LOCAL_AUTHORITY',
      orgs: ['C'],
      desk: 'x',
      services: { care: 'open', door: 'open', minds: 'guarded', adoption: 'hidden' },
    },
    school: { kind: 'EDUCATION', orgs: ['S'], desk: 'x', services: { dsl: 'open', nurse: 'open' } },
  },
  purposes: {
    SAFEGUARDING: { relations: ['on-roll', 'team', 'allocated'] },
    OTHER: { relations: ['on-roll', 'team'] },
  },
  ...clauses,
  cases,
});
/** Names of the changes of a clause, or of what stands outside of clauses, that the cases do not see. */
const unseen = (json: any, clause: string): string[] => {
  const compiled = compileAgreement(json);
  if ('refused' in compiled) throw new Error(JSON.stringify(compiled.refused));
  expect(failingCases(json)).toEqual([]);
  return unwitnessedChanges(json as AgreementDocument, compiled.agreement)
    .unseen.filter((each) => each.clause === clause)
    .flatMap((each) => each.unseen);
};

const conditions = {
  to: ['school.dsl'],
  roles: ['dsl'],
  relation: ['on-roll'],
  purposes: ['SAFEGUARDING'],
  childAge: { min: 5, max: 15 },
  when: ['agreed'],
  unless: ['protected'],
};
/** What another clause names, so that a change may add it. */
const words = { id: 'words', to: ['school.*'], roles: ['cook'], records: { types: ['note'] }, unless: ['excuse'] };

/**
 * Cases in which the conditions above are needed: `shown` is what is expected where all are met, `none` where one is
 * not, `not` that the clause has no part in it.
 */
const needingConditions = (shown: object, none: object, not: object, entry: object, parts: object) => [
  one(
    [
      { at: '2026-01-10', ...shown },
      { at: '2026-01-10', facts: ['protected'], ...none },
      { at: '2026-01-10', ...not, instead: { viewer: '*', role: '*', relation: '*', purpose: '*', ...parts } },
    ],
    { entry },
  ),
  one([{ at: '2026-01-10', ...none }], { entry, facts: [] }),
  one(
    [
      { at: '2026-01-09T23:59', ...shown },
      { at: '2026-01-10', ...none },
    ],
    { entry, born: '2010-01-10' },
  ),
  one(
    [
      { at: '2026-01-09T23:59', ...none },
      { at: '2026-01-10', ...shown },
    ],
    { entry, born: '2021-01-10' },
  ),
];

describe('cases that need every value', () => {
  it('of an existence clause see every change of it', () => {
    const clause = {
      id: 'e',
      ...conditions,
      of: ['council.care'],
      records: { types: ['plan'] },
      while: 'open-episode',
    };
    const [shown, none] = [
      { existence: ['e'], facts: ['open-episode'] },
      { existence: [], facts: ['open-episode'] },
    ];
    const entry = { from: 'council.care', type: 'plan' };
    const cases = needingConditions(shown, none, { notBy: ['e'], facts: ['open-episode'] }, entry, {
      from: '*',
      type: '*',
    });
    cases[0]!.expect[1] = { at: '2026-01-10', facts: ['open-episode', 'protected'], existence: [] };
    const whole = document({ existence: [clause], forbids: [words] }, cases);
    expect(unseen(whole, 'e')).toEqual(['when open-episode']);
    cases.push(one([{ at: '2026-01-10', existence: [] }], { entry }));
    expect(unseen(whole, 'e')).toEqual([]);
  });

  it('of a release see every change of it', () => {
    const clause = {
      id: 'r',
      ...conditions,
      by: ['head', 'chief'],
      from: ['council.adoption', 'council.care'],
      tiers: ['originator', 'special'],
      maxFor: 'P28D',
      show: { content: ['facts'] },
    };
    const other = { id: 's', by: ['head'], to: ['council.door'], show: { content: ['risk'], location: ['home'] } };
    const release = ['2025-12-20', '2027-01-01'];
    const shown = { release, by: ['r'], summary: false, content: ['facts'] };
    const entry = { from: 'council.adoption', type: 'plan', tier: 'originator' };
    const cases = needingConditions(shown, { release, by: [] }, { release, notBy: ['r'] }, entry, {
      from: { except: ['council.care'] },
      tier: { except: ['special'] },
      releasedBy: '*',
    });
    const whole = document({ releases: [clause, other], forbids: [words] }, cases);
    // Its own record shows to the service in any case; that of another service would not.
    expect(unseen(whole, 'r')).toEqual(['to council.adoption', 'maxFor none', 'maxFor a day more']);
    const another = { set: { from: 'council.care' }, instead: { viewer: ['council.adoption'] } };
    cases[0]!.expect.push({ at: '2026-01-10', release, notBy: ['r'], ...another });
    cases.push(
      one(
        [
          { at: '2026-01-16T23:59', ...shown },
          { at: '2026-01-17', release, by: [] },
        ],
        { entry },
      ),
    );
    expect(unseen(whole, 'r')).toEqual([]);
  });

  it('of a permit see every change of it', () => {
    const clause = {
      id: 'p',
      readerText: 'x',
      ...conditions,
      from: ['council.care'],
      records: { types: ['plan'], about: ['carer'], tiers: ['special'], lookback: 'P1M' },
      aboutAge: { of: ['carer'], min: 18, max: 30 },
      newest: 2,
      show: { content: ['status'] },
    };
    const other = { id: 's', by: ['head'], to: ['council.door'], show: { content: ['risk'], location: ['home'] } };
    const shown = { by: ['p'], summary: false, content: ['status'], upTo: 2 };
    const entry = { from: 'council.care', type: 'plan', tier: 'special', about: 'carer', occurred: '2025-12-20' };
    const cases: any[] = needingConditions(shown, { by: [] }, { notBy: ['p'] }, entry, {
      from: '*',
      type: '*',
      about: '*',
      tier: '*',
    });
    for (const each of cases) each.aboutBorn = '2000-01-01';
    const whole = document({ permits: [clause], releases: [other], forbids: [words] }, cases);
    const late = ['lookback none', 'lookback a day more'];
    expect(unseen(whole, 'p')).toEqual(['aboutAge none', 'aboutAge max 31', 'aboutAge min 17', ...late]);
    const aged = (aboutBorn: string, before: object, after: object) => {
      const expected = [
        { at: '2026-01-09T23:59', ...before },
        { at: '2026-01-10', ...after },
      ];
      return { ...one(expected, { entry }), aboutBorn };
    };
    cases.push(aged('2008-01-10', { by: [] }, shown), aged('1995-01-10', shown, { by: [] }));
    expect(unseen(whole, 'p')).toEqual(late);
    cases.push({
      ...one(
        [
          { at: '2026-01-19T23:59', ...shown },
          { at: '2026-01-20', by: [] },
        ],
        { entry },
      ),
      aboutBorn: '2000-01-01',
    });
    expect(unseen(whole, 'p')).toEqual([]);
  });

  const restricting = {
    to: ['school.dsl', 'school.nurse'],
    roles: ['dsl', 'cook'],
    relation: ['on-roll', 'team'],
    purposes: ['SAFEGUARDING', 'OTHER'],
    childAge: { min: 5, max: 15 },
    when: ['agreed', 'open-episode'],
    unless: ['protected'],
    records: {
      types: ['plan', 'note'],
      about: ['child', 'carer'],
      tiers: ['special', 'ordinary'],
      from: ['council.care', 'council.door'],
    },
  };
  const open = {
    id: 'open',
    readerText: 'x',
    from: ['council.*'],
    to: ['school.*'],
    records: { about: 'any' },
    show: { summary: true, content: ['status', 'risk'], location: ['home'] },
  };
  const instead = {
    viewer: ['school.dsl', 'school.nurse'],
    role: ['dsl', 'cook'],
    relation: ['on-roll', 'team'],
    purpose: ['SAFEGUARDING', 'OTHER'],
    type: ['plan', 'note'],
    about: ['child', 'carer'],
    tier: ['special', 'ordinary'],
    from: ['council.care', 'council.door'],
  };
  const needingRestriction = (left: object) => [
    one([
      { at: '2026-01-10', ...left },
      { at: '2026-01-10', facts: ['excuse'], ...left },
      { at: '2026-01-10', ...left, instead },
    ]),
    one([{ at: '2026-01-10', ...left }], { facts: ['open-episode'] }),
    one([{ at: '2026-01-09T23:59', ...left }], { born: '2010-01-10' }),
    one([{ at: '2026-01-10', ...left }], { born: '2021-01-10' }),
  ];
  /** The same but one word that a restriction needs. */
  const without = (cases: any[], part: string, word: string): any[] => {
    const fewer = structuredClone(cases);
    const { instead: tried } = fewer[0].expect[2];
    tried[part] = tried[part].filter((each: string) => each !== word);
    return fewer;
  };

  it.each<[string, 'caps' | 'forbids', object, object]>([
    ['a cap', 'caps', { max: { content: ['status'] } }, { summary: false, content: ['status'] }],
    ['a forbid', 'forbids', { fields: ['status', 'home'] }, { summary: true, content: ['risk'] }],
  ])('of %s see every change of it', (_, list, change, left) => {
    const clause = { id: 'c', ...restricting, ...change };
    const cases = needingRestriction({ by: ['open'], ...left });
    const whole = (given: any[]) => ({
      ...document({ permits: [open] }, given),
      [list]: [clause],
      releases: [{ id: 's', by: ['head'], to: ['council.door'], unless: ['excuse'], show: { summary: true } }],
    });
    expect(unseen(whole(cases), 'c')).toEqual([]);
    expect(unseen(whole(without(cases, 'viewer', 'school.nurse')), 'c')).toEqual(['to without school.nurse']);
    expect(unseen(whole(without(cases, 'role', 'cook')), 'c')).toEqual(['roles without cook']);
    expect(unseen(whole(without(cases, 'relation', 'team')), 'c')).toEqual(['relation without team']);
    expect(unseen(whole(without(cases, 'purpose', 'OTHER')), 'c')).toEqual(['purposes without other']);
    expect(unseen(whole(without(cases, 'type', 'note')), 'c')).toEqual(['types without note']);
    expect(unseen(whole(without(cases, 'about', 'carer')), 'c')).toEqual(['about without carer']);
    expect(unseen(whole(without(cases, 'tier', 'ordinary')), 'c')).toEqual(['tiers without ordinary']);
    expect(unseen(whole(without(cases, 'from', 'council.door')), 'c')).toEqual(['from without council.door']);
    expect(unseen(whole([cases[0], cases[2], cases[3]]), 'c')).toEqual(['when without open-episode']);
    expect(unseen(whole([cases[0], cases[1], cases[3]]), 'c')).toEqual(['childAge max 14']);
    expect(unseen(whole(cases.slice(0, 3)), 'c')).toEqual(['childAge min 6']);
    const unexcused = structuredClone(cases);
    unexcused[0]!.expect.splice(1, 1);
    expect(unseen(whole(unexcused), 'c')).toEqual(['unless excuse']);
  });

  it('of the time, purposes and services of a document see every change of it', () => {
    const entry = { from: 'council.care', type: 'plan' };
    const shown = { by: ['open'], summary: true, content: ['risk', 'status'], location: ['home'] };
    const plain = one([{ at: '2026-01-10', ...shown }], { entry });
    const whole = (given: any[]) => ({
      ...document({ permits: [open] }, given),
      force: { from: '2026-01-01', until: '2026-02-01' },
      purposes: { SAFEGUARDING: { relations: ['on-roll'] } },
    });
    const relations = ['allocated', 'team', 'triage', 'duty', 'registered', 'presenting', 'invited', 'asserted'];
    expect(unseen(whole([plain]), 'force')).toEqual(['from', 'until']);
    expect(unseen(whole([plain]), 'purposes')).toEqual(relations.map((each) => `SAFEGUARDING ${each}`));
    expect(unseen(whole([plain]), 'parties')).toEqual(['council.minds open', 'council.adoption open']);

    const edge = (at: string) => one([{ at, by: [] }], { entry });
    expect(unseen(whole([plain, edge('2026-02-01')]), 'force')).toEqual(['from']);
    expect(unseen(whole([plain, edge('2025-12-31T23:59')]), 'force')).toEqual(['until']);
    const barred = one([{ at: '2026-01-10', by: [], instead: { relation: { except: ['triage'] } } }], { entry });
    expect(unseen(whole([plain, barred]), 'purposes')).toEqual(['SAFEGUARDING triage']);
    const shut = one([{ at: '2026-01-10', by: [], instead: { from: ['council.minds', 'school.nurse'] } }], { entry });
    expect(unseen(whole([plain, shut]), 'parties')).toEqual(['council.adoption open']);
  });

  it('are not looked at where they are too many', () => {
    const many = Array.from({ length: 200 }, (_, index) => `type-${index}`);
    const expected = Array.from({ length: 21 }, () => ({
      at: '2026-01-10',
      notBy: ['words'],
      instead: { type: many },
    }));
    const clauses = Array.from({ length: 10 }, (_, index) => ({ ...words, id: index === 0 ? 'words' : `w${index}` }));
    const whole = document({ forbids: clauses }, [one(expected)]);
    const compiled = compileAgreement(whole);
    const agreement = 'agreement' in compiled ? compiled.agreement : null!;
    expect(unwitnessedChanges(whole as AgreementDocument, agreement)).toEqual({
      unseen: [],
      refused: [{ place: '$.cases', reason: 'are more than can be checked' }],
    });
  });
});
