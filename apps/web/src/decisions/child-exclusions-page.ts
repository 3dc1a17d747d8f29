import type { ApiProblem } from '../api/api-client.js';
import { endOf } from '../practitioner/directive-form.js';
import { chronologyPath } from '../practitioner/home-page.js';
import type { Form } from '../session/form.js';
import { dateTimeText } from '../shell/dates.js';
import { formErrorsOf, LAST_DAY, type FormError } from '../shell/form-errors.js';
import { aboutText, partyText, purposeText, serviceAndCode, words } from '../text/labels.js';
import type { Attempts, ChildExclusions } from './answers.js';
import { orNull } from './decision-form.js';

/** To whom a child is closed, and what is left to them. */
export interface ExclusionValues {
  readonly organisation: string;
  readonly service: string;
  readonly team: string;
  readonly workerId: string;
  readonly view: string;
  /** About whom nothing is left to them, besides `NEVER_LEFT`. */
  readonly withhold: readonly string[];
  readonly until: string;
  readonly reason: string;
}

const WITHHELD = ['carer', 'sibling', 'household-adult'];
/** About these nothing is left to anybody, whatever is chosen. */
const NEVER_LEFT = ['alleged-perpetrator', 'informant'];

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
      service: 'Enter a shorter code of the service',
      team: 'Enter a shorter code of the team',
      workerId: 'Enter a shorter number',
      view: SENTENCES.view,
      withhold: 'Choose from the list about whom nothing is left to them',
      until: LAST_DAY,
      reason: { 'too-long': 'Shorten the reason to 4,000 characters', '*': SENTENCES.reason },
    },
    { field: 'reason', text: 'This could not be decided. Look at the child again' },
  );

export const withholdItems = (chosen: readonly string[]) =>
  WITHHELD.map((value) => ({ value, text: words(aboutText(value)), checked: chosen.includes(value) }));

const VIEWS: Readonly<Record<string, string>> = {
  cover: 'What their own service recorded before',
  frozen: 'What the person named had opened before',
};

type Exclusion = ChildExclusions['exclusions'][number];

/** Line by line. What somebody had opened is known of persons alone. */
const leftIn = ({ who, view, withhold }: Exclusion): readonly string[] => {
  if (view === 'frozen' && !who.some(({ person }) => person)) return ['Nothing'];
  const about = [...new Set([...withhold, ...NEVER_LEFT])];
  return [VIEWS[view] ?? words(view), `Nothing about: ${about.map(aboutText).join(', ')}`];
};

/** What stands, in words. The number of one person is not kept, so that no page can repeat it. */
export const exclusionRows = ({ exclusions }: ChildExclusions) =>
  exclusions.map((exclusion) => ({
    id: exclusion.id,
    who: exclusion.who.map((party) => `${party.person ? 'One person, ' : ''}${partyText(party)}`),
    left: leftIn(exclusion),
    until: exclusion.until === null ? 'Until it is lifted' : `Until ${dateTimeText(exclusion.until)}`,
    reason: exclusion.reason ?? 'Cannot be read',
    at: dateTimeText(exclusion.at),
  }));

/** Who tried. */
export const attemptRows = ({ attempts }: Attempts, purpose: string) =>
  attempts.map((attempt) => ({
    at: dateTimeText(attempt.at),
    who: attempt.reader.map(({ organisation, service, role }) =>
      [words(role), serviceAndCode(service), organisation].join(', '),
    ),
    why: purposeText(attempt.purpose),
    child: chronologyPath(attempt.handle, purpose),
    closed: `/children/${encodeURIComponent(attempt.handle)}/child-exclusions`,
  }));
