import type { ApiProblem } from '../api/api-client.js';
import type { Form } from '../session/form.js';
import { formErrorsOf, LAST_DAY, type FormError } from '../shell/form-errors.js';
import { endOf } from './directive-form.js';

type Values = Readonly<Record<string, string>>;

const RELEASE_FIELDS = ['organisation', 'workerId', 'sanitisedText', 'until', 'reason'];
const DECISION_FIELDS = ['agreed', 'competent', 'assessment', 'assessedBy', 'youngPersonsWords'];

const valuesOf = (names: readonly string[], form?: Form): Values =>
  Object.fromEntries(names.map((name) => [name, form?.text(name) ?? '']));

export const releaseValuesOf = (form?: Form): Values => valuesOf(RELEASE_FIELDS, form);
export const decisionValuesOf = (form?: Form): Values => valuesOf(DECISION_FIELDS, form);

const orNull = (text: string | undefined): string | null => text || null;

/** What the API is asked to release: a text for one person, to the end of a day. */
export const releaseOf = (values: Values, entryId: string, purpose: string): object => ({
  purpose,
  entryId,
  to: { organisation: values['organisation'], workerId: values['workerId'] },
  sanitisedText: orNull(values['sanitisedText']),
  until: endOf(values['until'] ?? ''),
  reason: values['reason'],
});

export const releaseErrorsOf = (status: number, problem: ApiProblem): readonly FormError[] =>
  status === 403
    ? [{ field: 'organisation', text: 'No agreement of your organisation lets your role release' }]
    : formErrorsOf(
        problem,
        {
          'to.organisation': {
            missing: 'Enter the organisation',
            '*': 'Enter an organisation that takes part, by its code',
          },
          'to.workerId': {
            'too-long': 'Enter a shorter number',
            '*': 'Enter that organisation’s number for the person',
          },
          fields: 'Write the text that the person may read',
          sanitisedText: 'Shorten the text to 20,000 characters',
          until: LAST_DAY,
          reason: { 'too-long': 'Shorten the reason to 4,000 characters', '*': 'Say why it is released' },
        },
        { field: 'reason', text: 'This could not be released. Look at the child again' },
        { 'to.organisation': 'organisation', 'to.workerId': 'workerId', fields: 'sanitisedText' },
      );

const yesOrNo = (text: string | undefined): boolean | null => (text === 'yes' ? true : text === 'no' ? false : null);

/** The young person's decision as the API takes it; what was not chosen is missing there. */
export const youngPersonDecisionOf = (values: Values, purpose: string): object => ({
  purpose,
  agreed: yesOrNo(values['agreed']),
  competent: yesOrNo(values['competent']),
  assessment: values['assessment'],
  assessedBy: values['assessedBy'],
  youngPersonsWords: orNull(values['youngPersonsWords']),
});

export const decisionErrorsOf = (problem: ApiProblem): readonly FormError[] =>
  formErrorsOf(
    problem,
    {
      agreed: 'Choose what the young person decided',
      competent: 'Choose whether the young person is competent to decide this',
      assessment: { 'too-long': 'Shorten the assessment to 4,000 characters', '*': 'Say how competence was assessed' },
      assessedBy: { 'too-long': 'Enter a shorter name or role', '*': 'Enter who assessed it' },
      youngPersonsWords: 'Shorten what they said to 4,000 characters',
    },
    { field: 'assessment', text: 'This could not be recorded. Look at the child again' },
  );
