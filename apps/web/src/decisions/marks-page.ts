import type { ApiProblem } from '../api/api-client.js';
import type { Form } from '../session/form.js';
import { dateTimeText } from '../shell/dates.js';
import { formErrorsOf, type FormError } from '../shell/form-errors.js';
import { handlingText } from '../text/labels.js';
import type { Marks } from './answers.js';
import { orNull } from './decision-form.js';

/** Who must not be told, and why. */
export interface MarkValues {
  /** `yes` for every carer. */
  readonly allCarers: string;
  readonly adult: string;
  readonly agency: string;
  readonly reason: string;
  /** The one entry that it is about; empty: everything that the service recorded. */
  readonly entryId: string;
}

export const EMPTY_MARK: MarkValues = { allCarers: '', adult: '', agency: '', reason: '', entryId: '' };

export const markValuesOf = (form: Pick<Form, 'text'>): MarkValues => ({
  allCarers: form.text('allCarers'),
  adult: form.text('adult'),
  agency: form.text('agency'),
  reason: form.text('reason'),
  entryId: form.text('entryId'),
});

export const markBody = ({ allCarers, adult, agency, reason, entryId }: MarkValues, purpose: string): object => ({
  purpose,
  entryId: orNull(entryId),
  allCarers: allCarers === 'yes',
  adult: orNull(adult),
  agency: orNull(agency),
  reason,
});

const NOBODY: FormError = { field: 'allCarers', text: 'Say who must not be told: carers, an adult or an agency' };
const NO_REASON: FormError = { field: 'reason', text: 'Say why' };

export const missingInMark = ({ allCarers, adult, agency, reason }: MarkValues): readonly FormError[] => [
  ...(allCarers === '' && adult === '' && agency === '' ? [NOBODY] : []),
  ...(reason === '' ? [NO_REASON] : []),
];

export const markErrorsOf = (problem: ApiProblem): readonly FormError[] =>
  formErrorsOf(
    problem,
    {
      allCarers: NOBODY.text,
      adult: 'Shorten this to 256 characters',
      agency: { 'too-long': 'Enter a shorter code', '*': 'Enter an agency that takes part, by its code' },
      reason: { 'too-long': 'Shorten the reason to 4,000 characters', '*': NO_REASON.text },
      entryId: 'Choose an entry that your own service recorded',
    },
    { field: 'reason', text: 'This could not be recorded. Look at the child again' },
    { entryId: 'reason' },
  );

/** What stands, in words. */
export const markRows = ({ marks }: Marks) =>
  marks.map(({ id, ofOneRecord, handling, reason, at }) => ({
    id,
    what: ofOneRecord ? 'One entry' : 'Everything your service recorded',
    whom: handling.map(handlingText),
    reason: reason ?? 'Cannot be read',
    at: dateTimeText(at),
  }));
