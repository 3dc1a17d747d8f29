import { Form } from '../session/form.js';
import { bodyOf, doneText, emptyErrors, findForm, OUTCOME, refusedErrors, valuesOf } from './relation-forms.js';

const formOf = (fields: Record<string, string>) => new Form(new URLSearchParams(fields));
const problem = (...errors: [string, string][]) => ({ errors: errors.map(([field, reason]) => ({ field, reason })) });
const form = (name: string) => findForm(name)!;
const bodyFrom = (name: string, fields: Record<string, string>) =>
  bodyOf(form(name), valuesOf(form(name), formOf(fields)));

describe('what a person says of who works with a child', () => {
  it('has a form of each name, and none of another', () => {
    for (const name of ['confirm', 'invite', 'reason', 'contact', 'encounter']) expect(findForm(name)).toBeDefined();
    for (const name of ['toString', '__proto__', 'confirmations', '']) expect(findForm(name)).toBeUndefined();
  });

  it('goes to the API as it was typed, no field besides; a service that was left out is every service', () => {
    const typed = { organisation: 'EDUCATION-01', relation: 'on-roll', reason: ' Rang <b> ', csrf: 'x', id: 'y' };
    const body = { organisation: 'EDUCATION-01', service: null, relation: 'on-roll', reason: 'Rang <b>' };
    expect(bodyFrom('confirm', typed)).toEqual(body);
    expect(bodyFrom('confirm', { ...typed, service: 'dsl' })).toEqual({ ...body, service: 'dsl' });
    for (const name of ['reason', 'contact', 'encounter'])
      expect(bodyFrom(name, typed)).toEqual({ reason: 'Rang <b>' });
    expect(bodyOf(OUTCOME, { outcome: 'None' })).toEqual({ outcome: 'None' });
  });

  it.each([
    ['2026-03-02', '2026-03-02', '2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'],
    ['2026-03-28', '2026-03-29', '2026-03-28T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
    ['2026-07-31', '2026-12-31', '2026-07-30T23:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-10-24', '2026-10-24', '2026-10-23T23:00:00.000Z', '2026-10-24T23:00:00.000Z'],
    ['2026-10-25', '2026-10-25', '2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'],
    ['soon', '2026-13-01', 'soon', '2026-13-01'],
    ['2026-02-30', '2026-03-02T10:00:00Z', '2026-02-30', '2026-03-02T10:00:00Z'],
  ])('invites from the start of %s to the end of %s, by clocks in the United Kingdom', (first, last, from, until) => {
    expect(bodyFrom('invite', { from: first, until: last })).toMatchObject({ from, until });
  });

  it('names all that is empty at once, in the order of the page', () => {
    const fields = (name: string, sent: Record<string, string> = {}) =>
      emptyErrors(form(name), valuesOf(form(name), formOf(sent))).map(({ field }) => field);
    expect(fields('confirm')).toEqual(['organisation', 'relation', 'reason']);
    expect(fields('invite', { workerId: 'W-1' })).toEqual(['organisation', 'meeting', 'from', 'until']);
    expect(fields('reason', { reason: '  ' })).toEqual(['reason']);
    expect(fields('reason', { reason: 'A call' })).toEqual([]);
  });

  it('says what the API refused at its field, and leaves every other refusal to its page', () => {
    const refused = (name: string, field: string, reason: string) =>
      refusedErrors(form(name), 400, problem([field, reason]))![0]!;
    expect(refused('confirm', 'organisation', 'not-allowed')).toMatchObject({ field: 'organisation' });
    expect(refused('invite', 'until', 'ends-before-it-starts').text).toContain('a later one');
    expect(refused('invite', 'until', 'past').text).toBe('The last day must be today or later');
    expect(refused('invite', 'until', 'not-an-instant').text).toContain('like 2026-03-31');
    expect(refused('invite', 'from', 'not-an-instant').text).toContain('like 2026-03-31');
    expect(refused('reason', 'reason', 'too-long').text).toContain('4,000');
    expect(refused('encounter', 'unheard-of', 'unknown-field')).toMatchObject({ field: 'reason' });
    expect(refusedErrors(form('contact'), 403, problem())![0]!.text).toContain('front door');
    expect(refusedErrors(form('encounter'), 403, problem())![0]!.text).toContain('unscheduled care');
    expect(refusedErrors(form('confirm'), 403, problem())).toBeUndefined();
    expect(refusedErrors(OUTCOME, 404, problem())).toMatchObject([{ field: 'outcome' }]);
    for (const name of ['confirm', 'contact']) expect(refusedErrors(form(name), 404, problem())).toBeUndefined();
  });

  it('says what was recorded in words of its own, and nothing of what is held', () => {
    for (const name of ['reason', 'encounter']) expect(doneText(name)).toMatch(/^If your .* keeps nothing:/);
    expect(doneText('reason')).toContain('24 hours');
    for (const done of ['toString', '<b>', undefined, ['reason']]) expect(doneText(done)).toBeNull();
  });
});
