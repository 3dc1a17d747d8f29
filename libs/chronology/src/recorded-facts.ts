import { CONSENT_GIVEN, foldCode, YOUNG_PERSON_CONSENTED, type OwnerService } from '#sharing';
import { isReadable, type BodiedRecord } from './standing-records.js';

/** What a service recorded of consent, of the young person's decision and of significant harm, as a decision asks. */
export interface RecordedFacts {
  readonly given: readonly string[];
  /** Recorded, and not given: whatever an entry's sender says of it. */
  readonly refused: readonly string[];
}

interface Question {
  readonly fact: string;
  readonly type: string;
  /** Whether a record of that type has a say in this fact. */
  readonly concerns: (terms: Terms) => boolean;
  readonly says: (terms: Terms, at: number) => boolean;
}
type Terms = Readonly<Record<string, unknown>>;

const CONSENT = 'processing-consent-recorded';

const consentStands = ({ decision, until }: Terms, at: number): boolean =>
  decision === 'given' && (until === null || (typeof until === 'string' && at < Date.parse(until)));

const QUESTIONS: readonly Question[] = [
  { fact: CONSENT_GIVEN, type: CONSENT, concerns: () => true, says: consentStands },
  {
    fact: YOUNG_PERSON_CONSENTED,
    type: CONSENT,
    concerns: ({ by }) => by !== 'parental-responsibility',
    says: consentStands,
  },
  {
    fact: 'young-person-agreed',
    type: 'young-person-decision-recorded',
    concerns: () => true,
    says: ({ agreed, competent }) => agreed === true && competent === true,
  },
  {
    fact: 'owner-recorded-significant-harm',
    type: 'significant-harm-recorded',
    concerns: () => true,
    says: ({ stands }) => stands === true,
  },
];

const nameOf = ({ organisation, service }: OwnerService): string => JSON.stringify([foldCode(organisation), service]);

const NONE: RecordedFacts = { given: [], refused: [] };

/**
 * For each service, the facts that its own records give or refuse. A fact is given where everything that stands about
 * it says so, and something on the child's own references does; what cannot be read, or lies in doubt, refuses.
 * `records`: of all that may be this child. `of`: the references that are.
 */
export const recordedFacts = (
  records: readonly BodiedRecord[],
  of: readonly string[],
  at: number,
): ((owner: OwnerService) => RecordedFacts) => {
  const types = new Set(QUESTIONS.map(({ type }) => type));
  const byService = Map.groupBy(
    records.filter(({ body }) => types.has(body.envelope.type)),
    ({ body }) => nameOf(body.envelope.owner),
  );
  const facts = new Map(
    [...byService].map(([service, own]) => {
      const answers = QUESTIONS.flatMap(({ fact, type, concerns, says }) => {
        const standing = own.filter(({ body }) => body.envelope.type === type && concerns(body.terms ?? {}));
        if (standing.length === 0) return [];
        const isGiven =
          standing.every((one) => !one.suspended && isReadable(one) && says(one.body.terms ?? {}, at)) &&
          standing.some(({ body }) => of.includes(body.envelope.subject.key));
        return [{ fact, isGiven }];
      });
      const factsThat = (given: boolean) => answers.flatMap(({ fact, isGiven }) => (isGiven === given ? [fact] : []));
      return [service, { given: factsThat(true), refused: factsThat(false) }] as const;
    }),
  );
  return (owner) => facts.get(nameOf(owner)) ?? NONE;
};
