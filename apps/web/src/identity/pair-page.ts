import { dateTimeText } from '../shell/dates.js';
import { dateText } from '../text/dates.js';
import { purposeText, serviceText, words } from '../text/labels.js';
import type { Disclosures, Evidence } from './answers.js';
import { pairPath, stateText, whyText } from './pair-list.js';

export interface EvidenceRow {
  readonly label: string;
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly verdict: string;
  /** The row speaks against one child. */
  readonly against: boolean;
}

export interface DisclosureRow {
  readonly at: string;
  readonly readers: readonly string[];
  readonly purpose: string;
  readonly entries: string;
}

export interface PairPage {
  readonly pair: string;
  readonly here: string;
  readonly heading: string;
  readonly state: string;
  /** Why it is a question; null where it is none. */
  readonly why: string | null;
  readonly first: string;
  readonly second: string;
  readonly rows: readonly EvidenceRow[];
  readonly answers: readonly {
    readonly what: string;
    readonly by: string;
    readonly at: string;
    readonly reason: string | null;
  }[];
  readonly canAnswer: boolean;
  readonly isLinked: boolean;
  /** Null while the two are one child. */
  readonly disclosures: readonly DisclosureRow[] | null;
  readonly moreDisclosures: string | null;
  readonly done: string | null;
}

const FIELDS: Readonly<Record<string, string>> = {
  'nhs-number': 'NHS number',
  upn: 'Unique pupil number',
  givenName: 'First name',
  familyName: 'Last name',
  birthDate: 'Date of birth',
  sex: 'Sex',
};
const VERDICTS: Readonly<Record<string, string>> = {
  same: 'The same',
  similar: 'The same as far as both go',
  different: 'Different',
  missing: 'One of them does not say',
};
const STATUSES: Readonly<Record<string, string>> = {
  traced: 'verified',
  asserted: 'not verified',
  'wrong-check-digit': 'cannot be right',
};
const DONE: Readonly<Record<string, string>> = {
  same: 'Your answer is recorded. The two are linked once it is filed, unless another organisation says otherwise',
  different: 'Your answer is recorded. From now on the two are not shown as one child',
};

export const fieldText = (field: string): string => FIELDS[field] ?? words(field);

const valuesOf = ({ fields, identifiers }: Evidence['references'][number], field: string): string[] => {
  const numbers = identifiers
    .filter(({ kind }) => kind === field)
    .map(({ value, status }) => `${value ?? 'A number that is not shown'} (${STATUSES[status] ?? words(status)})`);
  const said = fields[field] ?? [];
  return [...numbers, ...(field === 'birthDate' ? said.map(dateText) : said)];
};

/** Two records side by side, with a verdict in words on each line, what was answered and what had been shown. */
export const pairPage = (evidence: Evidence, disclosures: Disclosures | null, answered: string | null): PairPage => {
  const [one, other] = evidence.references as [Evidence['references'][number], Evidence['references'][number]];
  const nameOf = ({ own, organisationName }: typeof one): string =>
    own ? `Your record, ${organisationName}` : organisationName;
  const here = pairPath(evidence.pair);
  return {
    pair: evidence.pair,
    here,
    heading: evidence.state === 'question' ? 'Are these the same child?' : 'Two records side by side',
    state: stateText(evidence.state),
    why: evidence.state === 'question' ? whyText(evidence.why) : null,
    first: nameOf(one),
    second: one.own && other.own ? `${nameOf(other)} (the second)` : nameOf(other),
    rows: evidence.comparison.map(({ field, verdict }) => ({
      label: fieldText(field),
      first: valuesOf(one, field),
      second: valuesOf(other, field),
      verdict: VERDICTS[verdict] ?? words(verdict),
      against: verdict === 'different',
    })),
    answers: evidence.answers.map(({ answer, by, at, reason }) => ({
      what: answer === 'same' ? 'The same child' : 'Two children',
      by: evidence.references.find(({ organisation }) => organisation === by.organisation)?.organisationName ?? '',
      at: dateTimeText(at),
      reason,
    })),
    canAnswer: evidence.state !== 'apart',
    isLinked: evidence.state === 'linked',
    disclosures: disclosures && disclosures.disclosures.map(disclosureRow),
    moreDisclosures:
      disclosures?.cursor == null ? null : `${here}?${new URLSearchParams({ cursor: disclosures.cursor }).toString()}`,
    done: answered !== null && Object.hasOwn(DONE, answered) ? DONE[answered]! : null,
  };
};

const disclosureRow = ({ at, reader, purpose, entries }: Disclosures['disclosures'][number]): DisclosureRow => ({
  at: dateTimeText(at),
  readers: reader.map(({ organisation, service, role }) => `${words(role)}, ${serviceText(service)}, ${organisation}`),
  purpose: purposeText(purpose),
  entries: entries === 1 ? '1 entry' : `${entries} entries`,
});
