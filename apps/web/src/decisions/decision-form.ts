import type { ApiProblem } from '../api/api-client.js';
import { endOf } from '../practitioner/directive-form.js';
import type { Form } from '../session/form.js';
import { formErrorsOf, LAST_DAY, type FormError } from '../shell/form-errors.js';

interface Choice {
  readonly value: string;
  readonly text: string;
  readonly hint?: { readonly text: string };
}

interface Field {
  /** As the API calls it. */
  readonly name: string;
  readonly as: 'yes-or-no' | 'choice' | 'line' | 'text' | 'day';
  readonly label: string;
  readonly hint?: string;
  /** Of what is chosen. */
  readonly items?: readonly Choice[];
  /** What to say where nothing is given; absent where it may be left out. */
  readonly missing?: string;
}

/** A form whose fields are those of one route of the API. */
export interface DecisionForm {
  /** Last part of the route. */
  readonly route: string;
  readonly title: string;
  readonly lead: readonly string[];
  readonly button: string;
  readonly fields: readonly Field[];
}

export type Values = Readonly<Record<string, string>>;

export const orNull = (text: string | undefined): string | null => text || null;

export const valuesOf = ({ fields }: DecisionForm, sent?: Pick<Form, 'text'>): Values =>
  Object.fromEntries(fields.map(({ name }) => [name, sent?.text(name) ?? '']));

/** All that is missing, in the order of the form. */
export const missingIn = ({ fields }: DecisionForm, values: Values): readonly FormError[] =>
  fields.flatMap(({ name, missing }) =>
    missing === undefined || values[name] ? [] : [{ field: name, text: missing }],
  );

const valueOf = ({ as }: Field, text: string): string | boolean | null => {
  switch (as) {
    case 'yes-or-no':
      return text === 'yes' ? true : text === 'no' ? false : null;
    case 'day':
      return endOf(text);
    case 'choice':
    case 'line':
    case 'text':
      return orNull(text);
  }
};

/** What the API is sent. */
export const bodyOf = ({ fields }: DecisionForm, values: Values, purpose: string): object => ({
  purpose,
  ...Object.fromEntries(fields.map((field) => [field.name, valueOf(field, values[field.name] ?? '')])),
});

const sentencesFor = ({ as, label, missing }: Field): Readonly<Record<string, string>> => {
  if (as === 'day') return LAST_DAY;
  const tooLong = `Shorten this to 4,000 characters: ${label}`;
  return { 'too-long': tooLong, '*': missing ?? tooLong };
};

/** The API's refusal at the field that it names. */
export const errorsOf = ({ fields }: DecisionForm, problem: ApiProblem): readonly FormError[] =>
  formErrorsOf(problem, Object.fromEntries(fields.map((field) => [field.name, sentencesFor(field)])), {
    field: fields[0]!.name,
    text: 'This could not be recorded. Look at the child again',
  });
