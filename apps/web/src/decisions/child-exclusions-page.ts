import type { ApiProblem } from '../api/api-client.js';
import { endOf } from '../practitioner/directive-form.js';
import { chronologyPath } from '../practitioner/home-page.js';
import type { Form } from '../session/form.js';
import { dateTimeText } from '../shell/dates.js';
import { formErrorsOf, type FormError } from '../shell/form-errors.js';
import { aboutText, purposeText, serviceText, words } from '../text/labels.js';
import type { Attempts, ChildExclusions } from './answers.js';
import { DAY_WRONG, orNull } from './decision-form.js';

/** To whom a child is closed, and what is left to them. */
export interface ExclusionValues {
  readonly organisation: string;
  readonly service: string;
  readonly team: string;
  readonly workerId: string;
  readonly view: string;
  /** About whom nothing is left to them. */
  readonly withhold: readonly string[];
  readonly until: string;
  readonly reason: string;
}

const WITHHELD = ['carer', 'sibling', 'household-adult', 'alleged-perpetrator', 'informant'];

export const EMPTY_EXCLUSION: ExclusionValues = {
  organisation: '',
  service: '',
  team: '',
  workerId: '',
  view: '',
  withhold: WITHHELD,
  until: '',
  reason: '',
};

export const exclusionValuesOf = (form: Pick<Form, 'text' | 'all'>): ExclusionValues => ({
  organisation: form.text('organisation'),
  service: form.text('service'),
  team: form.text('team'),
  workerId: form.text('workerId'),
  view: form.text('view'),
  withhold: form.all('withhold'),
  until: form.text('until'),
  reason: form.text('reason'),
});

export const exclusionBody = (values: ExclusionValues, purpose: string): object => {
  const { organisation, service, team, workerId, view, withhold, until, reason } = values;
  return {
    purpose,
    deny: [{ organisation, service: orNull(service), team: orNull(team), workerId: orNull(workerId) }],
    view,
    withhold,
    until: endOf(until),
    reason,
  };
};

const SENTENCES = {
  organisation: 'Enter the organisation',
  view: 'Choose what is left to them',
  reason: 'Say why',
} as const;

export const missingInExclusion = (values: ExclusionValues): readonly FormError[] =>
  (['organisation', 'view', 'reason'] as const).flatMap((field) =>
    values[field] === '' ? [{ field, text: SENTENCES[field] }] : [],
  );

export const exclusionErrorsOf = ({ errors }: ApiProblem): readonly FormError[] =>
  formErrorsOf(
    {
      errors: errors.map(({ field, reason }) => ({
        field: field.replace(/^deny\[0\]\./, '').replace(/^withhold\[\d+\]$/, 'withhold'),
        reason,
      })),
    },
    {
      organisation: { missing: SENTENCES.organisation, '*': 'Enter an organisation that takes part, by its code' },
      service: 'Enter a shorter name of the service',
      team: 'Enter a shorter name of the team',
      workerId: 'Enter a shorter number',
      view: SENTENCES.view,
      withhold: 'Choose from the list about whom nothing is left to them',
      until: DAY_WRONG,
      reason: { 'too-long': 'Shorten the reason to 4,000 characters', '*': SENTENCES.reason },
    },
    { field: 'reason', text: 'This could not be decided. Look at the child again' },
  );

export const withholdItems = (chosen: readonly string[]) =>
  WITHHELD.map((value) => ({ value, text: words(aboutText(value)), checked: chosen.includes(value) }));

const VIEWS: Readonly<Record<string, string>> = {
  cover: 'What their own service recorded before',
  frozen: 'What they had opened before',
};

/** What stands, in words. The number of one person is not kept, so that no page can repeat it. */
export const exclusionRows = ({ exclusions }: ChildExclusions) =>
  exclusions.map(({ id, who, view, withhold, until, reason, at }) => ({
    id,
    who: who.map(({ organisation, service, team, person }) =>
      [person ? 'One person' : null, organisation, service && serviceText(service), team].filter(Boolean).join(', '),
    ),
    left: VIEWS[view] ?? words(view),
    withheld: withhold.length === 0 ? 'Nothing' : withhold.map(aboutText).join(', '),
    until: until === null ? 'Until it is lifted' : `Until ${dateTimeText(until)}`,
    reason: reason ?? 'Cannot be read',
    at: dateTimeText(at),
  }));

/** Who tried. */
export const attemptRows = ({ attempts }: Attempts, purpose: string) =>
  attempts.map((attempt) => ({
    at: dateTimeText(attempt.at),
    who: attempt.reader.map(({ organisation, service, role }) =>
      [words(role), serviceText(service), organisation].join(', '),
    ),
    why: purposeText(attempt.purpose),
    child: chronologyPath(attempt.handle, purpose),
    closed: `/children/${encodeURIComponent(attempt.handle)}/child-exclusions`,
  }));
