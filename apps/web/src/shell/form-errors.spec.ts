import { formErrors, formErrorsOf } from './form-errors.js';

const FALLBACK = { field: 'reason', text: 'It could not be kept' };

describe('formErrors', () => {
  it('are nothing when nothing is wrong', () => {
    expect(formErrors([])).toBeUndefined();
  });

  it('link to their fields, each of which has its first sentence', () => {
    expect(
      formErrors([
        { field: 'a', text: 'First' },
        { field: 'a', text: 'Second' },
        { field: 'b', text: 'Third' },
      ]),
    ).toEqual({
      list: [
        { text: 'First', href: '#a' },
        { text: 'Second', href: '#a' },
        { text: 'Third', href: '#b' },
      ],
      of: { a: { text: 'First' }, b: { text: 'Third' } },
    });
  });
});

describe('formErrorsOf', () => {
  const sentences = { reason: 'Enter a reason', until: { 'in-the-past': 'Later', '*': 'Enter a date' } };
  const of = (...errors: { field: string; reason: string }[]) =>
    formErrorsOf({ errors }, sentences, FALLBACK, { until: 'until-day' });

  it('says what the API refused in the words of the page', () => {
    expect(of({ field: 'reason', reason: 'missing' })).toEqual([{ field: 'reason', text: 'Enter a reason' }]);
    expect(of({ field: 'until', reason: 'in-the-past' })).toEqual([{ field: 'until-day', text: 'Later' }]);
    expect(of({ field: 'until', reason: 'x' })).toEqual([{ field: 'until-day', text: 'Enter a date' }]);
  });

  it('says something of whatever else it refused', () => {
    expect(of()).toEqual([FALLBACK]);
    expect(of({ field: 'constructor', reason: 'x' })).toEqual([FALLBACK]);
  });
});
