import type { ApiProblem } from '../api/api-client.js';
import type { Form } from '../session/form.js';
import { formErrorsOf, type FormError } from '../shell/form-errors.js';
import { purposeText } from '../text/labels.js';

/** What somebody typed of a child he looks for: an identifier, or a name and a birth date. */
export interface FindValues {
  readonly identifier: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string;
  readonly purpose: string;
}

export const EMPTY_FIND: FindValues = { identifier: '', givenName: '', familyName: '', birthDate: '', purpose: '' };

export const findValuesOf = (form: Form): FindValues => ({
  identifier: form.text('identifier'),
  givenName: form.text('givenName'),
  familyName: form.text('familyName'),
  birthDate: form.text('birthDate'),
  purpose: form.text('purpose'),
});

const pad = (number: string): string => number.padStart(2, '0');

/** `12 6 2015`, `12/6/2015`, `12.06.2015` or `2015-06-12` as `YYYY-MM-DD`; anything else as it was typed. */
export const birthDateOf = (text: string): string => {
  const [, day, month, year] = /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(text) ?? [];
  return day && month && year ? `${year}-${pad(month)}-${pad(day)}` : text;
};

const UPN = /^[A-Za-z]\d{11}[\dA-Za-z]$/;

/** The search as the API takes it. An identifier counts before a name. */
export const searchOf = ({ identifier, givenName, familyName, birthDate, purpose }: FindValues): object => {
  const packed = identifier.replaceAll(/[\s-]/g, '');
  const given = (name: string, value: string) => (value === '' ? {} : { [name]: value });
  if (packed !== '') return { purpose, [UPN.test(packed) ? 'upn' : 'nhsNumber']: packed };
  return {
    purpose,
    ...given('givenName', givenName),
    ...given('familyName', familyName),
    ...given('birthDate', birthDateOf(birthDate)),
  };
};

const NUMBER = 'Enter a number that is right: an NHS number has 10 digits, a pupil number 13 characters';

/** A purpose that was not offered. */
export const PURPOSE_NOT_ALLOWED: FormError = { field: 'purpose', text: 'Choose why you ask' };

/** The API's refusal in the words of this page. */
export const findErrorsOf = (problem: ApiProblem): readonly FormError[] =>
  formErrorsOf(
    problem,
    {
      nhsNumber: { missing: 'Enter a number, or a name and a date of birth', '*': NUMBER },
      upn: NUMBER,
      givenName: 'Enter a first name',
      familyName: 'Enter a last name',
      birthDate: 'Enter a date of birth, like 12 6 2015',
      purpose: 'Choose why you ask',
    },
    { field: 'identifier', text: 'Enter a number, or a name and a date of birth' },
    { nhsNumber: 'identifier', upn: 'identifier' },
  );

/** Purposes that a relation of this person allows, the first chosen already. */
export const purposeItems = (purposes: readonly string[], chosen: string) =>
  purposes.map((value, i) => ({
    value,
    text: purposeText(value),
    checked: chosen === '' ? i === 0 : value === chosen,
  }));
