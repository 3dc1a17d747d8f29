import type { ApiProblem } from '../api/api-client.js';
import type { Form } from '../session/form.js';
import { formErrorsOf, type FormError } from '../shell/form-errors.js';
import { purposeText } from '../text/labels.js';
import { instantTyped } from '../text/london-time.js';

/** What somebody typed of a child: an NHS number, or one agency's own id; or the handle of a recorded read. */
export interface ChildValues {
  readonly nhsNumber: string;
  readonly organisation: string;
  readonly system: string;
  readonly localId: string;
  readonly handle: string;
}

const CHILD_FIELDS = ['nhsNumber', 'organisation', 'system', 'localId', 'handle'] as const;
const REPLAY_FIELDS = [...CHILD_FIELDS, 'login', 'purpose', 'at', 'other'] as const;
const SEARCH_FIELDS = [...CHILD_FIELDS, 'login', 'employer', 'workerId', 'from', 'to', 'cursor'] as const;

export type ReplayValues = Readonly<Record<(typeof REPLAY_FIELDS)[number], string>>;
export type SearchValues = Readonly<Record<(typeof SEARCH_FIELDS)[number], string>>;

const valuesOf = <N extends string>(names: readonly N[], of: (name: N) => string): Readonly<Record<N, string>> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<N, string>;

export const EMPTY_REPLAY: ReplayValues = { ...valuesOf(REPLAY_FIELDS, () => ''), purpose: 'SAFEGUARDING' };
export const EMPTY_SEARCH: SearchValues = valuesOf(SEARCH_FIELDS, () => '');
export const replayValuesOf = (form: Form): ReplayValues => valuesOf(REPLAY_FIELDS, (name) => form.text(name));
export const searchValuesOf = (form: Form): SearchValues => valuesOf(SEARCH_FIELDS, (name) => form.text(name));

/** A question as the API takes it, or what is wrong with what was typed. */
export type Question<T> =
  { readonly ok: true; readonly body: T } | { readonly ok: false; readonly errors: readonly FormError[] };

const packed = (text: string): string => text.replaceAll(/[\s-]/g, '');
const hasReference = ({ organisation, system, localId }: ChildValues): boolean =>
  organisation !== '' || system !== '' || localId !== '';

const referenceErrors = ({ organisation, system, localId }: ChildValues): FormError[] => [
  ...(organisation === '' ? [{ field: 'organisation', text: 'Enter the organisation whose id it is' }] : []),
  ...(system === '' ? [{ field: 'system', text: 'Enter the system that gave the id' }] : []),
  ...(localId === '' ? [{ field: 'localId', text: 'Enter the id' }] : []),
];

const NO_CHILD = 'Enter an NHS number, or the id that an organisation gave the child';

const childErrors = (values: ChildValues): FormError[] => {
  if (values.nhsNumber !== '' || values.handle !== '') return [];
  return hasReference(values) ? referenceErrors(values) : [{ field: 'nhsNumber', text: NO_CHILD }];
};

const TIME = 'Enter a date and time, like 2 3 2026 14:05';

const instantErrors = (field: string, text: string): FormError[] =>
  instantTyped(text) === undefined ? [{ field, text: TIME }] : [];

/** What was typed last counts: a number before an id, and either before the handle that a page brought along. */
const replayedChild = ({ nhsNumber, organisation, system, localId, handle }: ChildValues): object => {
  if (nhsNumber !== '') return { nhsNumber: packed(nhsNumber) };
  if (organisation !== '' || localId !== '') return { reference: { organisation, system, localId } };
  return { handle };
};

/** The questions of a replay, one for each time that was asked for. */
export const replayQuestions = (
  values: ReplayValues,
  times: readonly ('at' | 'other')[],
): Question<readonly object[]> => {
  const errors = [
    ...childErrors(values),
    ...(values.login === '' ? [{ field: 'login', text: 'Enter the sign-in of whose view it is' }] : []),
    ...times.flatMap((name) => instantErrors(name, values[name])),
  ];
  if (errors.length > 0) return { ok: false, errors };
  const child = replayedChild(values);
  return {
    ok: true,
    body: times.map((name) => ({
      ...child,
      at: instantTyped(values[name]),
      viewer: { login: values.login },
      purpose: values.purpose,
    })),
  };
};

/** A search for reads: of a child, or by a person. */
export const searchQuestion = (values: SearchValues): Question<object> => {
  const { nhsNumber, organisation, system, localId, login, employer, workerId, from, to, cursor } = values;
  const isChild = nhsNumber !== '' || hasReference(values);
  const isPerson = login !== '' || employer !== '' || workerId !== '';
  const nobody: FormError[] =
    isChild === isPerson
      ? [
          {
            field: 'nhsNumber',
            text: isChild ? 'Ask about a child or about a person, not both' : 'Enter a child or a person',
          },
        ]
      : [];
  const person =
    isPerson && login === ''
      ? [
          ...(employer === '' ? [{ field: 'employer', text: 'Enter the organisation that employs the person' }] : []),
          ...(workerId === '' ? [{ field: 'workerId', text: 'Enter the worker’s id' }] : []),
        ]
      : [];
  const errors = [
    ...nobody,
    ...(isChild && nhsNumber === '' ? referenceErrors(values) : []),
    ...person,
    ...(from === '' ? [] : instantErrors('from', from)),
    ...(to === '' ? [] : instantErrors('to', to)),
  ];
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    body: {
      ...(isChild
        ? { child: nhsNumber === '' ? { organisation, system, localId } : { nhsNumber: packed(nhsNumber) } }
        : { person: login === '' ? { organisation: employer, workerId } : { login } }),
      ...(from === '' ? {} : { from: instantTyped(from) }),
      ...(to === '' ? {} : { to: instantTyped(to) }),
      ...(cursor === '' ? {} : { cursor }),
    },
  };
};

const NUMBER = 'Enter a number that is right: an NHS number has 10 digits';
const ORGANISATION = 'Enter an organisation of this hub';

/** The API's refusal in the words of these pages. */
export const questionErrorsOf = (problem: ApiProblem, timeField: 'at' | 'other' = 'at'): readonly FormError[] =>
  formErrorsOf(
    problem,
    {
      nhsNumber: NUMBER,
      'child.nhsNumber': NUMBER,
      organisation: ORGANISATION,
      'person.organisation': ORGANISATION,
      at: { 'in-the-future': 'Enter a time that has passed', '*': TIME },
      purpose: 'Choose a purpose',
      'viewer.login': 'Enter the sign-in of whose view it is',
      from: TIME,
      to: TIME,
    },
    { field: 'nhsNumber', text: 'The question was not understood' },
    { 'child.nhsNumber': 'nhsNumber', at: timeField, 'viewer.login': 'login', 'person.organisation': 'employer' },
  );

const PURPOSES = ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'EMERGENCY'];

/** Purposes to choose from; one that a recorded read had is among them. */
export const purposeChoices = (chosen: string) =>
  [...new Set([...PURPOSES, ...(chosen === '' ? [] : [chosen])])].map((value) => ({
    value,
    text: purposeText(value),
    selected: value === chosen,
  }));
