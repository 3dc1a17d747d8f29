import type { ApiProblem } from '../api/api-client.js';
import { Form } from '../session/form.js';
import {
  attemptRows,
  EMPTY_EXCLUSION,
  exclusionBody,
  exclusionErrorsOf,
  exclusionRows,
  exclusionValuesOf,
  missingInExclusion,
  withholdItems,
} from './child-exclusions-page.js';
import { ALLEGATION, OUTCOME } from './allegation-forms.js';
import { CONSENT_FORMS } from './consent-forms.js';
import { consentPage } from './consent-page.js';
import { bodyOf, errorsOf, missingIn, valuesOf } from './decision-form.js';
import { EMPTY_MARK, markBody, markErrorsOf, markRows, markValuesOf, missingInMark } from './marks-page.js';

const AT = '2026-03-02T09:00:00Z';
const SINCE = '2 March 2026 at 9:00am';
const formOf = (fields: Record<string, string>) => new Form(new URLSearchParams(fields));
const problem = (...errors: [string, string][]): ApiProblem => ({
  type: 'x',
  title: 'x',
  errors: errors.map(([field, reason]) => ({ field, reason })),
});
const fieldsOf = (errors: readonly { readonly field: string }[]) => errors.map(({ field }) => field);

describe('a form of a decision', () => {
  const { processing, 'significant-harm': harm } = CONSENT_FORMS as Record<string, typeof ALLEGATION>;

  it('says all that is missing, in the order of the form', () => {
    expect(fieldsOf(missingIn(processing!, valuesOf(processing!)))).toEqual(['decision', 'by', 'person', 'standing', 'scope', 'told']); // prettier-ignore
    for (const form of [...Object.values(CONSENT_FORMS), ALLEGATION, OUTCOME]) {
      const required = form.fields.filter(({ missing }) => missing !== undefined).map(({ name }) => name);
      expect(fieldsOf(missingIn(form, valuesOf(form)))).toEqual(required);
    }
  });

  it('sends what was chosen and written, and null for what was not', () => {
    const sent = { decision: 'given', by: 'young-person', person: ' Ada ', told: 'no', until: '2026-03-31' };
    expect(bodyOf(processing!, valuesOf(processing!, formOf(sent)), 'SAFEGUARDING')).toEqual({
      purpose: 'SAFEGUARDING',
      decision: 'given',
      by: 'young-person',
      person: 'Ada',
      standing: null,
      courtLimits: null,
      scope: null,
      told: false,
      toldReason: null,
      childView: null,
      until: '2026-03-31T23:00:00.000Z',
    });
    expect(bodyOf(harm!, { stands: 'yes', reason: 'Why' }, 'X')).toEqual({ purpose: 'X', stands: true, reason: 'Why' });
    expect(bodyOf(harm!, { stands: 'perhaps' }, 'X')).toMatchObject({ stands: null });
  });

  it('says in words what the API refused, at the field that it names', () => {
    expect(errorsOf(processing!, problem(['until', 'not-an-instant'], ['person', 'too-long']))).toEqual([
      { field: 'until', text: 'Enter the last day as year, month and day, like 2026-03-31' },
      { field: 'person', text: 'Shorten this to 4,000 characters: Which person' },
    ]);
    expect(errorsOf(processing!, problem(['until', 'past']))).toEqual([
      { field: 'until', text: 'The last day must be today or later' },
    ]);
    expect(errorsOf(harm!, problem(['stands', 'not-true-or-false']))).toMatchObject([{ field: 'stands' }]);
    expect(errorsOf(harm!, problem(['purpose', 'missing']))).toMatchObject([{ field: 'stands' }]);
  });
});

describe('what is recorded of consent', () => {
  it('is said with who, by which right, who recorded it and when', () => {
    const { consents, decisions, harm } = consentPage({
      consents: [
        {
          decision: 'withdrawn',
          by: 'parental-responsibility',
          until: null,
          person: 'Mother',
          standing: 'By birth',
          courtLimits: null,
          scope: 'Visits',
          told: true,
          toldReason: null,
          childView: null,
          authorRole: 'school-nurse',
          at: AT,
        },
      ],
      youngPersonDecisions: [{ agreed: false, competent: true, assessment: 'Understands', at: AT }],
      significantHarm: [{ stands: true, reason: 'Told of an injury', authorRole: 'dsl', at: AT }],
    });
    const textOf = (card: (typeof consents)[number], key: string) =>
      card.rows.find((row) => row.key.text === key)?.value.text;
    expect(consents.map(({ title }) => title)).toEqual(['Withdrawn by somebody with parental responsibility']);
    expect(['Person', 'What a court has limited', 'Was told', 'Recorded'].map((key) => textOf(consents[0]!, key))).toEqual(['Mother', 'Not said', 'Yes', `${SINCE}, by a school nurse`]); // prettier-ignore
    expect(decisions[0]!.title).toBe('They do not agree that your service shares');
    expect(textOf(decisions[0]!, 'Recorded')).toBe(`${SINCE}, by somebody of your service`);
    expect([harm[0]!.title, textOf(harm[0]!, 'Why')]).toEqual(['Your service suspects significant harm', 'Told of an injury']); // prettier-ignore
  });

  it.each([
    ['given', AT, [SINCE]],
    ['given', null, ['No last day']],
    ['withdrawn', AT, []],
    ['withdrawn', null, []],
  ])('shows a last day of consent that was %s until %s: %j', (decision, until, shown) => {
    const [card] = consentPage({ consents: [{ decision, until, at: AT }], youngPersonDecisions: [], significantHarm: [] }).consents; // prettier-ignore
    expect(card!.rows.filter(({ key }) => key.text === 'Until').map(({ value }) => value.text)).toEqual(shown);
  });

  it('says of what cannot be opened that it cannot be read', () => {
    const { consents, decisions } = consentPage({
      consents: [{ at: AT }],
      youngPersonDecisions: [{ at: AT }],
      significantHarm: [],
    });
    for (const { title, rows } of [...consents, ...decisions]) {
      expect(title).toBe('Cannot be read');
      expect(rows.slice(0, -1).map(({ value }) => value.text)).toEqual(rows.slice(1).map(() => 'Cannot be read'));
    }
  });
});

describe('a mark of whom not to inform', () => {
  it('needs somebody and a reason', () => {
    expect(fieldsOf(missingInMark(EMPTY_MARK))).toEqual(['allCarers', 'reason']);
    const values = markValuesOf(formOf({ allCarers: 'yes', reason: 'Why', agency: 'HEALTH-01' }));
    expect(missingInMark(values)).toEqual([]);
    expect(markBody(values, 'X')).toEqual({
      purpose: 'X',
      entryId: null,
      allCarers: true,
      adult: null,
      agency: 'HEALTH-01',
      reason: 'Why',
    });
  });

  it('says in words what was refused, and what holds', () => {
    expect(markErrorsOf(problem(['agency', 'not-allowed']))).toMatchObject([{ field: 'agency' }]);
    expect(markErrorsOf(problem(['entryId', 'not-allowed']))).toMatchObject([{ field: 'reason' }]);
    const mark = { id: 'm', ofOneRecord: true, handling: ['do-not-inform:all-carers', 'do-not-inform:Uncle'], reason: null, at: AT }; // prettier-ignore
    expect(markRows({ marks: [mark] })).toEqual([
      {
        id: 'm',
        what: 'One entry',
        whom: ['Do not inform any carer', 'Do not inform Uncle'],
        reason: 'Cannot be read',
        at: SINCE,
      },
    ]);
  });
});

describe('a whole child closed to somebody', () => {
  it('names whom, what is left, and about whom nothing is', () => {
    expect(fieldsOf(missingInExclusion(EMPTY_EXCLUSION))).toEqual(['organisation', 'view', 'reason']);
    const fields = new URLSearchParams({ organisation: 'POLICE-01', workerId: 'W-1', view: 'cover', reason: 'Why' });
    fields.append('withhold', 'carer');
    fields.append('withhold', 'sibling');
    expect(exclusionBody(exclusionValuesOf(new Form(fields)), 'X')).toEqual({
      purpose: 'X',
      deny: [{ organisation: 'POLICE-01', service: null, team: null, workerId: 'W-1' }],
      view: 'cover',
      withhold: ['carer', 'sibling'],
      until: null,
      reason: 'Why',
    });
    expect(withholdItems(EMPTY_EXCLUSION.withhold).every(({ checked }) => checked)).toBe(true);
    expect(withholdItems(['carer']).filter(({ checked }) => checked)).toHaveLength(1);
  });

  it('says in words what was refused, at the field that is', () => {
    const refused = exclusionErrorsOf(
      problem(['deny[0].organisation', 'not-allowed'], ['withhold[1]', 'not-allowed'], ['view', 'not-allowed']),
    );
    expect(fieldsOf(refused)).toEqual(['organisation', 'withhold', 'view']);
    expect(exclusionErrorsOf(problem(['until', 'past']))[0]!.text).toBe('The last day must be today or later');
    expect(exclusionErrorsOf(problem(['deny', 'missing']))).toMatchObject([{ field: 'reason' }]);
  });

  it.each([
    [
      'cover',
      false,
      ['carer'],
      ['What their own service recorded before', 'Nothing about: a carer, an alleged perpetrator, whoever reported it'],
    ],
    [
      'cover',
      true,
      ['informant'],
      ['What their own service recorded before', 'Nothing about: whoever reported it, an alleged perpetrator'],
    ],
    ['frozen', false, ['carer'], ['Nothing']],
  ])('says what is left: %s, of a person: %s, without %j', (view, person, withhold, left) => {
    const who = [{ organisation: 'POLICE-01', service: null, team: 'roads', person }];
    const exclusion = { id: 'e', who, view, withhold, until: null, reason: null, at: AT };
    expect(exclusionRows({ exclusions: [exclusion] })[0]!.left).toEqual(left);
  });

  it('is listed without the number of a person, and so are attempts', () => {
    const [row] = exclusionRows({
      exclusions: [
        {
          id: 'e',
          who: [
            { organisation: 'POLICE-01', service: 'ppu', team: null, person: true },
            { organisation: 'POLICE-01', service: null, team: 'roads', person: false },
          ],
          view: 'frozen',
          withhold: [],
          until: AT,
          reason: null,
          at: AT,
        },
      ],
    });
    expect(row).toEqual({
      id: 'e',
      who: ['One person, POLICE-01, public protection unit (ppu)', 'POLICE-01, team roads'],
      left: ['What the person named had opened before', 'Nothing about: an alleged perpetrator, whoever reported it'],
      until: `Until ${SINCE}`,
      reason: 'Cannot be read',
      at: SINCE,
    });
    const reader = [{ organisation: 'POLICE-01', service: 'ppu', role: 'ppu-officer' }];
    expect(attemptRows({ attempts: [{ handle: 'h', at: AT, purpose: 'EMERGENCY', reader }] }, 'X')).toEqual([
      {
        at: SINCE,
        who: ['Ppu officer, public protection unit (ppu), POLICE-01'],
        why: 'Emergency',
        child: '/children/h?purpose=X',
        closed: '/children/h/child-exclusions',
      },
    ]);
  });
});
