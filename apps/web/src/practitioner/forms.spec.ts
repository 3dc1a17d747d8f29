import { Form } from '../session/form.js';
import { decisionOf, directiveErrorsOf, directiveRows, directiveValuesOf, EMPTY_DIRECTIVE } from './directive-form.js';
import { birthDateOf, EMPTY_FIND, findErrorsOf, findValuesOf, purposeItems, searchOf } from './find-form.js';
import { homePage } from './home-page.js';
import {
  decisionErrorsOf,
  decisionValuesOf,
  releaseErrorsOf,
  releaseOf,
  releaseValuesOf,
  youngPersonDecisionOf,
} from './own-service-forms.js';

const formOf = (fields: Record<string, string>) => new Form(new URLSearchParams(fields));
const problem = (...errors: [string, string][]) => ({
  type: 't',
  title: 't',
  errors: errors.map(([field, reason]) => ({ field, reason })),
});

describe('finding a child', () => {
  const search = (fields: Record<string, string>) =>
    searchOf(findValuesOf(formOf({ purpose: 'SAFEGUARDING', ...fields })));

  it.each<[Record<string, string>, object]>([
    [{ identifier: ' 999 000 0018 ' }, { nhsNumber: '9990000018' }],
    [{ identifier: 'H801200001001' }, { upn: 'H801200001001' }],
    [{ identifier: '9990000018', givenName: 'Ada' }, { nhsNumber: '9990000018' }],
    [
      { givenName: 'Ada', familyName: 'Example', birthDate: '12 6 2015' },
      { givenName: 'Ada', familyName: 'Example', birthDate: '2015-06-12' },
    ],
    [{}, {}],
  ])('%j asks for %j', (fields, expected) => expect(search(fields)).toEqual({ purpose: 'SAFEGUARDING', ...expected }));

  it.each([
    ['12/6/2015', '2015-06-12'],
    ['1.12.2015', '2015-12-01'],
    ['2015-06-12', '2015-06-12'],
    ['June', 'June'],
  ])('takes a birth date as %s', (typed, date) => expect(birthDateOf(typed)).toBe(date));

  it('says in words what is wrong, at the field that is', () => {
    expect(findErrorsOf(problem(['nhsNumber', 'wrong-check-digit']))).toMatchObject([{ field: 'identifier' }]);
    expect(findErrorsOf(problem(['birthDate', 'not-a-date']))).toMatchObject([{ field: 'birthDate' }]);
    expect(findErrorsOf(problem(['system', 'missing']))).toMatchObject([{ field: 'identifier' }]);
  });

  it('offers the purposes that a relation allows, the first chosen', () => {
    expect(purposeItems(['SAFEGUARDING', 'DIRECT_CARE'], '').map(({ text, checked }) => [text, checked])).toEqual([
      ['Safeguarding', true],
      ['Direct care', false],
    ]);
    expect(purposeItems(['SAFEGUARDING', 'DIRECT_CARE'], 'DIRECT_CARE')[1]).toMatchObject({ checked: true });
    expect(EMPTY_FIND.purpose).toBe('');
  });
});

describe('one’s own children', () => {
  const child = {
    handle: 'h',
    child: { name: 'Ada Example', birthDate: '2015-06-12' },
    relation: ['allocated'],
    purposes: ['SAFEGUARDING'],
    lastRead: '2026-03-02T09:00:00Z',
    new: 2,
  };
  const rowOf = (changes: object) =>
    homePage({ children: [{ ...child, ...changes }], cursor: null }, 'SAFEGUARDING').children[0]!;

  it('says what is new since one’s own last read', () => {
    expect(rowOf({})).toMatchObject({
      href: '/children/h?purpose=SAFEGUARDING',
      name: 'Ada Example',
      birthDate: '12 June 2015',
      relation: 'allocated to you',
      news: '2 new entries since you read it on 2 March 2026 at 9:00am',
      isNew: true,
    });
    expect(rowOf({ new: 1 }).news).toMatch(/^1 new entry since/);
    expect(rowOf({ new: 0 })).toMatchObject({ news: expect.stringMatching(/^Nothing new since/), isNew: false });
    expect(rowOf({ lastRead: null, new: null })).toMatchObject({ news: 'You have not opened it yet', isNew: true });
    expect(rowOf({ purposes: ['DIRECT_CARE'] }).href).toBeNull();
    expect(rowOf({ child: { name: null, birthDate: null } })).toMatchObject({ birthDate: 'Not recorded' });
  });
});

describe('what one’s own service releases and records', () => {
  it('is asked for as the API takes it', () => {
    const release = {
      organisation: 'HEALTH-01',
      workerId: 'W-1',
      sanitisedText: ' ',
      until: '2026-03-31',
      reason: 'Why',
    };
    expect(releaseOf(releaseValuesOf(formOf(release)), 'e', 'SAFEGUARDING')).toEqual({
      purpose: 'SAFEGUARDING',
      entryId: 'e',
      to: { organisation: 'HEALTH-01', workerId: 'W-1' },
      sanitisedText: null,
      until: '2026-03-31T23:00:00.000Z',
      reason: 'Why',
    });
    const decision = { agreed: 'no', competent: 'yes', assessment: 'Understands', assessedBy: 'Nurse' };
    expect(youngPersonDecisionOf(decisionValuesOf(formOf(decision)), 'SAFEGUARDING')).toEqual({
      purpose: 'SAFEGUARDING',
      agreed: false,
      competent: true,
      assessment: 'Understands',
      assessedBy: 'Nurse',
      youngPersonsWords: null,
    });
    expect(youngPersonDecisionOf(decisionValuesOf(), 'SAFEGUARDING')).toMatchObject({ agreed: null, competent: null });
  });

  it('says in words what is wrong, at the field that is', () => {
    const release = (...errors: [string, string][]) => releaseErrorsOf(400, problem(...errors));
    expect(release(['to.organisation', 'not-allowed'])).toMatchObject([{ field: 'organisation' }]);
    expect(release(['until', 'past'])).toEqual([{ field: 'until', text: 'The last day must be today or later' }]);
    expect(release(['until', 'missing'])[0]!.text).toContain('like 2026-03-31');
    expect(release(['fields', 'missing'])).toMatchObject([{ field: 'sanitisedText' }]);
    expect(release(['entryId', 'not-allowed'])).toMatchObject([{ field: 'reason' }]);
    expect(releaseErrorsOf(403, problem())).toMatchObject([{ field: 'organisation' }]);
    expect(decisionErrorsOf(problem(['agreed', 'missing'], ['assessment', 'missing']))).toMatchObject([
      { field: 'agreed' },
      { field: 'assessment' },
    ]);
  });
});

describe('what one’s own service decides', () => {
  const decision = (fields: Record<string, string>) =>
    decisionOf(directiveValuesOf(formOf({ organisation: 'HEALTH-01', reason: 'Why', ...fields })), 'SAFEGUARDING');

  it('names whom it leaves or closes it to, until the end of a day', () => {
    expect(decision({ kind: 'restriction' })).toEqual({
      route: 'restrictions',
      body: {
        purpose: 'SAFEGUARDING',
        reason: 'Why',
        until: null,
        entryId: null,
        allow: [{ organisation: 'HEALTH-01', service: null, workerId: null }],
      },
    });
    expect(decision({ kind: 'exclusion', workerId: 'W-1', entryId: 'e', until: '2026-03-31' })).toMatchObject({
      route: 'exclusions',
      body: { until: '2026-03-31T23:00:00.000Z', entryId: 'e', deny: [{ workerId: 'W-1' }] },
    });
    expect(decision({ kind: 'exclusion', until: '2026-01-31' })).toMatchObject({ body: { until: '2026-02-01T00:00:00.000Z' } }); // prettier-ignore
    // The clocks change on the next day, after its midnight.
    expect(decision({ kind: 'exclusion', until: '2026-03-28' })).toMatchObject({ body: { until: '2026-03-29T00:00:00.000Z' } }); // prettier-ignore
    expect(decision({ kind: 'exclusion', until: '2026-10-24' })).toMatchObject({ body: { until: '2026-10-24T23:00:00.000Z' } }); // prettier-ignore
    expect(decision({ kind: 'exclusion', until: 'soon' })).toMatchObject({ body: { until: 'soon' } });
    expect(decision({ kind: 'x' })).toBeUndefined();
    expect(EMPTY_DIRECTIVE.kind).toBe('');
  });

  it('says in words what is wrong, at the field that is', () => {
    expect(directiveErrorsOf(problem(['allow[0].organisation', 'not-allowed']))).toMatchObject([
      { field: 'organisation' },
    ]);
    expect(directiveErrorsOf(problem(['reason', 'missing']))).toEqual([{ field: 'reason', text: 'Say why' }]);
    expect(directiveErrorsOf(problem(['until', 'past']))).toEqual([
      { field: 'until', text: 'The last day must be today or later' },
    ]);
    expect(directiveErrorsOf(problem(['until', 'not-an-instant']))[0]!.text).toContain('like 2026-03-31');
    expect(directiveErrorsOf(problem(['purpose', 'missing']))).toMatchObject([{ field: 'reason' }]);
  });

  it('lists what holds in words', () => {
    const [row] = directiveRows({
      restrictions: [
        {
          id: 'd',
          kind: 'exclusion',
          entryId: null,
          ofOneRecord: true,
          who: [{ organisation: 'HEALTH-01', service: 'hv-sn', team: null }],
          until: null,
          reason: null,
          at: '2026-03-02T09:00:00Z',
        },
      ],
    });
    expect(row).toEqual({
      id: 'd',
      what: 'One entry',
      kind: 'Closed to',
      who: ['HEALTH-01, health visiting and school nursing (hv-sn)'],
      until: 'Until it is lifted',
      reason: 'Cannot be read',
      at: '2 March 2026 at 9:00am',
    });
  });
});
