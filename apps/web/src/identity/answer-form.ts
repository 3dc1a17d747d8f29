import type { Form } from '../session/form.js';
import type { FormError } from '../shell/form-errors.js';

/** What a form about a pair says. `leaves` counts where a link is taken away. */
export interface AnswerValues {
  readonly answer: string;
  readonly leaves: string;
  readonly reason: string;
}

export const EMPTY_ANSWER: AnswerValues = { answer: '', leaves: '', reason: '' };
const MAX_REASON = 4000;

export const answerValuesOf = (form: Pick<Form, 'text'>): AnswerValues => ({
  answer: form.text('answer'),
  leaves: form.text('leaves'),
  reason: form.text('reason'),
});

/** What is missing, in the order of the form. */
export const answerErrors = ({ answer, reason }: AnswerValues): FormError[] => [
  ...(answer === 'same' || answer === 'different'
    ? []
    : [{ field: 'answer', text: 'Choose whether they are the same child' }]),
  ...(reason === '' ? [{ field: 'reason', text: 'Say how you know' }] : []),
  ...(reason.length > MAX_REASON ? [{ field: 'reason', text: 'Shorten the reason to 4,000 characters' }] : []),
];

/** The API's body. Which of the two leaves is said of two children alone. */
export const answerBody = ({ answer, leaves, reason }: AnswerValues) => ({
  answer,
  reason,
  ...(answer === 'different' && (leaves === 'first' || leaves === 'second') ? { leaves } : {}),
});

/** What is about to happen, in a sentence each. */
export const consequences = ({ answer, leaves }: AnswerValues, first: string, second: string): string[] =>
  answer === 'same'
    ? ['The two records are shown as one child to whoever may see them, unless another organisation says otherwise.']
    : [
        'From now on the two records are not shown as one child. Whoever read them together stays on the record, and you see a list of those reads.',
        ...(leaves === 'first' || leaves === 'second'
          ? [`This record leaves the child, and all others stay together: ${leaves === 'first' ? first : second}.`]
          : ['Where other records hang together with both, people are asked about each of them.']),
      ];
