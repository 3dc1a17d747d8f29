import { dateTimeText } from '../shell/dates.js';
import { words } from '../text/labels.js';
import type { ProcessingConsent, RecordedConsent, SignificantHarm, YoungPersonDecision } from './answers.js';

export interface Card {
  readonly title: string;
  readonly rows: readonly { readonly key: { readonly text: string }; readonly value: { readonly text: string } }[];
}

const NOT_READABLE = 'Cannot be read';

/** What is missing could not be opened; null was not said. */
const said = (value: string | boolean | null | undefined): string => {
  if (value === undefined) return NOT_READABLE;
  if (value === null) return 'Not said';
  return typeof value === 'boolean' ? (value ? 'Yes' : 'No') : value;
};

const chosen = (value: boolean | undefined, yes: string, no: string): string =>
  value === undefined ? NOT_READABLE : value ? yes : no;

const card = (
  title: string,
  said: Readonly<Record<string, string>>,
  { authorRole, at }: { readonly authorRole?: string; readonly at: string },
): Card => ({
  title,
  rows: Object.entries({
    ...said,
    Recorded: `${dateTimeText(at)}, by ${authorRole === undefined ? 'somebody of your service' : `a ${words(authorRole).toLowerCase()}`}`,
  }).map(([key, text]) => ({ key: { text: key }, value: { text } })),
});

const DECISIONS: Readonly<Record<string, string>> = { given: 'Given', withdrawn: 'Withdrawn' };
const GIVERS: Readonly<Record<string, string>> = {
  'young-person': 'the young person',
  'parental-responsibility': 'somebody with parental responsibility',
};

const untilText = (until: string | null | undefined): string =>
  until === null ? 'No last day' : until === undefined ? NOT_READABLE : dateTimeText(until);

const consentCard = (consent: ProcessingConsent): Card => {
  const { decision, by, until } = consent;
  const who = by === undefined ? '' : ` by ${GIVERS[by] ?? words(by).toLowerCase()}`;
  return card(
    decision === undefined ? NOT_READABLE : `${DECISIONS[decision] ?? words(decision)}${who}`,
    {
      Person: said(consent.person),
      'Why this person may decide': said(consent.standing),
      'What a court has limited': said(consent.courtLimits),
      'What it covers': said(consent.scope),
      'Was told': said(consent.told),
      'If not, why': said(consent.toldReason),
      'What the child thinks': said(consent.childView),
      // What was withdrawn stays withdrawn: no day ends it.
      ...(decision === 'withdrawn' ? {} : { Until: untilText(until) }),
    },
    consent,
  );
};

const decisionCard = (decision: YoungPersonDecision): Card =>
  card(
    chosen(decision.agreed, 'They agree that your service shares', 'They do not agree that your service shares'),
    {
      'Competent to decide this': said(decision.competent),
      'How that was assessed': said(decision.assessment),
      'Who assessed it': said(decision.assessedBy),
      'What they said': said(decision.youngPersonsWords),
    },
    decision,
  );

const harmCard = (harm: SignificantHarm): Card =>
  card(
    chosen(harm.stands, 'Your service suspects significant harm', 'Your service does not suspect it any longer'),
    { Why: said(harm.reason) },
    harm,
  );

/** What stands of what one's own services recorded of consent. */
export const consentPage = ({ consents, youngPersonDecisions, significantHarm }: RecordedConsent) => ({
  consents: consents.map(consentCard),
  decisions: youngPersonDecisions.map(decisionCard),
  harm: significantHarm.map(harmCard),
});
