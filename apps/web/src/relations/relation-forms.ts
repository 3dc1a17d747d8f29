import type { ApiProblem } from '../api/api-client.js';
import type { Form } from '../session/form.js';
import { formErrorsOf, LAST_DAY, type FormError } from '../shell/form-errors.js';
import { endOfDay, startOfDay } from '../text/london-time.js';

type Values = Readonly<Record<string, string>>;

/** Something that a person says of who works with a child. */
export interface RelationForm {
  /** The API's fields, which are the inputs of the page, in its order. */
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  readonly sentences: Parameters<typeof formErrorsOf>[1];
  /** Where only some services may say it: what others are told, whatever is held of the child. */
  readonly forbidden?: string;
  /** Of what this must be of: what is said where the API finds none, for whatever cause. */
  readonly gone?: string;
  /** Where something must come first: what is said while it has not. */
  readonly early?: string;
  /** The API's body; the values as they are where there is none. */
  readonly bodyOf?: (values: Values) => object;
}

/** A form of its own page: `/children/{handle}/relations/{name}`. */
interface NamedForm extends RelationForm {
  /** Below the child's path in the API. */
  readonly route: string;
  /** Where the person goes on, below the page that leads to all of these. */
  readonly next: (id: string) => string;
}

const LONG = { 'too-long': 'Shorten this to 4,000 characters' };

const OTHER_ORGANISATION = {
  missing: 'Enter the organisation',
  '*': 'Enter an organisation that takes part, and not your own, by its code',
};

const FORMS: Readonly<Record<string, NamedForm>> = {
  confirm: {
    route: 'relation-confirmations',
    next: (id) => `/confirmations/${encodeURIComponent(id)}`,
    required: ['organisation', 'relation', 'reason'],
    optional: ['service'],
    sentences: {
      organisation: OTHER_ORGANISATION,
      service: 'Enter a shorter code of the service',
      relation: 'Choose what you confirm',
      reason: { ...LONG, '*': 'Say how you know' },
    },
    bodyOf: ({ service, ...values }) => ({ ...values, service: service || null }),
  },
  invite: {
    route: 'invitations',
    next: () => '?done=invite',
    required: ['organisation', 'workerId', 'meeting', 'from', 'until'],
    sentences: {
      organisation: { missing: 'Enter the organisation', '*': 'Enter an organisation that takes part, by its code' },
      workerId: { 'too-long': 'Enter a shorter number', '*': 'Enter that organisation’s number for the person' },
      meeting: 'Choose what the person is invited to',
      from: { missing: 'Enter the first day', '*': 'Enter the first day as year, month and day, like 2026-03-31' },
      until: {
        ...LAST_DAY,
        missing: 'Enter the last day',
        'ends-before-it-starts': 'The last day must be the first day or a later one',
      },
    },
    bodyOf: ({ from = '', until = '', ...values }) => ({ ...values, from: startOfDay(from), until: endOfDay(until) }),
  },
  move: {
    route: 'moves',
    next: () => '?done=move',
    required: ['organisation', 'reason'],
    optional: ['from'],
    sentences: {
      organisation: {
        missing: 'Enter the authority',
        '*': 'Enter another authority that takes part and has a front door, by its code',
      },
      from: 'Enter the day as year, month and day, like 2026-03-31, or leave it empty',
      reason: { ...LONG, '*': 'Say what is known of the move' },
    },
    bodyOf: ({ from = '', ...values }) => ({ ...values, from: from === '' ? null : startOfDay(from) }),
  },
  reason: {
    route: 'assertions',
    next: () => '?done=reason',
    required: ['reason'],
    sentences: { reason: { ...LONG, '*': 'Say why you need to look' } },
  },
  contact: {
    route: 'triage',
    next: (id) => `/contacts/${encodeURIComponent(id)}`,
    required: ['reason'],
    sentences: { reason: { ...LONG, '*': 'Say what the contact is about' } },
    forbidden: 'Only a service at the front door can open a contact',
  },
  encounter: {
    route: 'encounters',
    next: () => '?done=encounter',
    required: ['reason'],
    sentences: { reason: { ...LONG, '*': 'Say why the child is with you' } },
    forbidden: 'Only a service of unscheduled care can record this',
  },
};

export const findForm = (name: string): NamedForm | undefined => (Object.hasOwn(FORMS, name) ? FORMS[name] : undefined);

/** What came of a contact. */
export const OUTCOME: RelationForm = {
  required: ['outcome'],
  sentences: { outcome: { ...LONG, '*': 'Say what came of the contact' } },
  gone: 'Nothing was recorded: the hub has no open contact of your service here. Write this in your own system',
};

/** That the second authority accepts a move. */
export const ACCEPTANCE: RelationForm = {
  required: ['statement'],
  sentences: { statement: { ...LONG, '*': 'Write how your authority accepts' } },
  gone: 'Nothing was recorded: no move waits here for your service',
  early: 'Nothing was recorded: your authority has no record of its own of this child in the hub yet',
};

export const valuesOf = ({ required, optional = [] }: RelationForm, form?: Form): Values =>
  Object.fromEntries([...required, ...optional].map((name) => [name, form?.text(name) ?? '']));

export const bodyOf = ({ bodyOf: made }: RelationForm, values: Values): object => made?.(values) ?? values;

/** All that was left empty, at once: the API names the first. */
export const emptyErrors = (form: RelationForm, values: Values): readonly FormError[] => {
  const errors = form.required.filter((field) => !values[field]).map((field) => ({ field, reason: 'missing' }));
  return errors.length === 0 ? [] : sentencesOf(form, errors);
};

/** What the API refused, in words for the page; undefined where the refusal is not one of this form. */
export const refusedErrors = (
  form: RelationForm,
  status: number,
  { errors }: Pick<ApiProblem, 'errors'>,
): readonly FormError[] | undefined => {
  if (status === 400) return sentencesOf(form, errors);
  const text = { 403: form.forbidden, 404: form.gone, 409: form.early }[status];
  return text === undefined ? undefined : [{ field: form.required[0]!, text }];
};

const sentencesOf = ({ required, sentences }: RelationForm, errors: ApiProblem['errors']): readonly FormError[] =>
  formErrorsOf({ errors }, sentences, { field: required[0]!, text: 'This could not be recorded. Look at the child again' }); // prettier-ignore

const OF_OTHERS = 'Of any other child the hub keeps nothing: write it in your own system too.';

const DONE: Readonly<Record<string, string>> = {
  invite: 'The invitation is recorded. It counts on the days that you gave.',
  reason: `If your organisation holds this child, your reason is recorded under your name, and for 24 hours you see summaries where agreements show them. There may be nothing to see. ${OF_OTHERS}`,
  encounter: `If your organisation holds this child, it is recorded under your name that the child is with you, and it counts for 24 hours. ${OF_OTHERS}`,
  move: 'The move is recorded. Your service and the front door of the other authority both see this child until that accepts.',
  accepted:
    'Your authority has accepted. It alone is responsible now, and its own system says who works with the child.',
  stays: 'The move is taken back. The other authority’s front door sees this child no longer by it.',
  lifted: 'Your confirmation is taken back. It counts no longer.',
  outcome: 'The outcome is recorded. The contact is over.',
};

/** What was recorded a moment ago: the same words whatever is held of the child. */
export const doneText = (done: unknown): string | null =>
  typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done]! : null;
