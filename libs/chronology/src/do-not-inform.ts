import type { OwnerService } from '#sharing';
import type { FiledContribution } from '#timeline';
import { concernsRecord, standingDirectives } from './directives.js';

export const DO_NOT_INFORM = 'do-not-inform-marked';

interface MarkTerms {
  readonly directive: string;
  readonly feed: string | null;
  readonly record: string | null;
  readonly allCarers: boolean;
  readonly adult: string | null;
  readonly agency: string | null;
}

/** An owner's mark on what it recorded: who must not be told of it. */
export interface DoNotInformMark {
  /** Names it for good. */
  readonly id: string;
  readonly owner: OwnerService;
  /** One record, by feed and HMAC; null: all of that service's records of this child. */
  readonly record: { readonly feed: string; readonly key: string } | null;
  /** `do-not-inform:all-carers`, or an adult or an agency by name. */
  readonly handling: readonly string[];
  readonly contribution: FiledContribution;
}

/** Of whom a mark that cannot be read speaks: it may have meant anybody. */
const ANYBODY = ['anybody'];

const namesIn = ({ allCarers, adult, agency }: MarkTerms): string[] => [
  ...(allCarers ? ['all-carers'] : []),
  ...[adult, agency].filter((name) => name !== null),
];

/** Every mark among these contributions that was not lifted. */
export const doNotInformIn = (contributions: readonly FiledContribution[]): DoNotInformMark[] =>
  standingDirectives(contributions, [DO_NOT_INFORM]).map(({ contribution, terms }) => {
    const said = terms as unknown as MarkTerms | undefined;
    return {
      id: said?.directive ?? contribution.envelope.contributionId,
      owner: contribution.envelope.owner,
      record: said?.feed && said.record ? { feed: said.feed, key: said.record } : null,
      handling: (said ? namesIn(said) : ANYBODY).map((name) => `do-not-inform:${name}`),
      contribution,
    };
  });

/** What the marks among these contributions tell the readers of a record. */
export const doNotInformOn = (
  contributions: readonly FiledContribution[],
): ((record: FiledContribution) => readonly string[]) => {
  const marks = doNotInformIn(contributions);
  return (record) => marks.filter((mark) => concernsRecord(mark, record)).flatMap(({ handling }) => handling);
};
