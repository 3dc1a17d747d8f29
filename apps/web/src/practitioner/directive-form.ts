import type { ApiProblem } from '../api/api-client.js';
import type { Form } from '../session/form.js';
import { dateTimeText } from '../shell/dates.js';
import { formErrorsOf, LAST_DAY, type FormError } from '../shell/form-errors.js';
import { partyText, words } from '../text/labels.js';
import { endOfDay } from '../text/london-time.js';
import type { Directives } from './answers.js';

/** Whom a decision names, and why. */
export interface DirectiveValues {
  /** `restriction` or `exclusion`. */
  readonly kind: string;
  readonly organisation: string;
  readonly service: string;
  readonly workerId: string;
  readonly until: string;
  readonly reason: string;
  readonly entryId: string;
}

export const EMPTY_DIRECTIVE: DirectiveValues = {
  kind: '',
  organisation: '',
  service: '',
  workerId: '',
  until: '',
  reason: '',
  entryId: '',
};

export const directiveValuesOf = (form: Form): DirectiveValues => ({
  kind: form.text('kind'),
  organisation: form.text('organisation'),
  service: form.text('service'),
  workerId: form.text('workerId'),
  until: form.text('until'),
  reason: form.text('reason'),
  entryId: form.text('entryId'),
});

const orNull = (text: string): string | null => (text === '' ? null : text);

/** Where a day that was typed is over; null where none was. */
export const endOf = (day: string): string | null => (day === '' ? null : endOfDay(day));

/** The route and body for what was decided; undefined where no kind was chosen. */
export const decisionOf = (
  values: DirectiveValues,
  purpose: string,
): { readonly route: 'restrictions' | 'exclusions'; readonly body: object } | undefined => {
  const { kind, organisation, service, workerId, until, reason, entryId } = values;
  if (kind !== 'restriction' && kind !== 'exclusion') return undefined;
  const who = [{ organisation, service: orNull(service), workerId: orNull(workerId) }];
  return {
    route: kind === 'restriction' ? 'restrictions' : 'exclusions',
    body: {
      purpose,
      reason,
      until: endOf(until),
      entryId: orNull(entryId),
      [kind === 'restriction' ? 'allow' : 'deny']: who,
    },
  };
};

export const KIND_MISSING: FormError = { field: 'kind', text: 'Choose what you want to do' };

export const directiveErrorsOf = (problem: ApiProblem): readonly FormError[] =>
  formErrorsOf(
    {
      errors: problem.errors.map(({ field, reason }) => ({ field: field.replace(/^(allow|deny)\[0\]\./, ''), reason })),
    },
    {
      organisation: { missing: 'Enter the organisation', '*': 'Enter an organisation that takes part, by its code' },
      service: 'Enter a shorter code of the service',
      workerId: 'Enter a shorter number',
      until: LAST_DAY,
      reason: { 'too-long': 'Shorten the reason to 4,000 characters', '*': 'Say why' },
      entryId: 'Choose an entry that your own service recorded',
    },
    { field: 'reason', text: 'This could not be decided. Look at the child again' },
  );

const KINDS: Readonly<Record<string, string>> = {
  restriction: 'For these alone',
  exclusion: 'Closed to',
  withdrawal: 'Withdrawn',
};

/** What stands, in words. */
export const directiveRows = ({ restrictions }: Directives) =>
  restrictions.map(({ id, kind, ofOneRecord, who, until, reason, at }) => ({
    id,
    what: ofOneRecord ? 'One entry' : 'Everything your service recorded',
    kind: KINDS[kind] ?? words(kind),
    who: who.map(partyText),
    until: until === null ? 'Until it is lifted' : `Until ${dateTimeText(until)}`,
    reason: reason ?? 'Cannot be read',
    at: dateTimeText(at),
  }));
