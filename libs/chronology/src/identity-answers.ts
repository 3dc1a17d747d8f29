import type { StandingAnswer } from '#identity';
import { currentRecords, type FiledContribution } from '#timeline';
import { suspensionsOf } from './suspensions.js';

/** Event type of a person's answer whether two references are one child. */
export const IDENTITY_ANSWERED = 'identity-answered';

/** An answer that stands. */
export interface RecordedAnswer extends StandingAnswer {
  /** Recorded time. */
  readonly at: string;
  /** Id of the contribution that holds the sealed body. */
  readonly bodyOf: string;
}

export interface IdentityAnswers {
  readonly standing: readonly RecordedAnswer[];
  /** Pairs of which it cannot be said what was answered; without `b`: any pair with `a`. */
  readonly unclear: readonly { readonly a: string; readonly b?: string }[];
}

interface AnswerTerms {
  readonly other: string;
  readonly answer: 'same' | 'different';
  readonly sides?: StandingAnswer['sides'];
}

/**
 * What people answer about these references: of each organisation what it said last about a pair. An answer that
 * cannot be read, or that is suspended, is unclear; about which pair it is another version of it may still tell.
 */
export const answersAmong = (
  references: readonly { readonly contributions: readonly FiledContribution[] }[],
): IdentityAnswers => {
  const each = references.map(({ contributions }) => answersOn(contributions));
  return {
    standing: each.flatMap(({ standing }) => standing),
    unclear: each.flatMap(({ unclear }) => unclear),
  };
};

const answersOn = (contributions: readonly FiledContribution[]): IdentityAnswers => {
  const given = contributions.filter(
    ({ envelope: { type } }) => type === IDENTITY_ANSWERED || type === 'entry-retracted',
  );
  if (!given.some(({ envelope }) => envelope.type === IDENTITY_ANSWERED)) return { standing: [], unclear: [] };
  const isSuspended = suspensionsOf(contributions);
  const bodies = new Map(
    given.filter(({ confirms }) => confirms === undefined).map((one) => [one.envelope.contributionId, one]),
  );
  const otherOf = new Map(
    [...bodies.values()].flatMap(({ envelope, terms }) =>
      typeof terms?.['other'] === 'string' ? [[envelope.record.key, terms['other']] as const] : [],
    ),
  );
  const current = currentRecords(given).map(({ contribution: { envelope }, bodyOf }) => ({
    envelope,
    bodyOf,
    body: bodies.get(bodyOf),
  }));
  const isClear = ({ envelope, body }: (typeof current)[number]): boolean =>
    body?.terms !== undefined && !body.unreadable.includes('terms') && !isSuspended(envelope);
  return {
    standing: current.filter(isClear).map(({ envelope, bodyOf, body }) => {
      const { other, answer, sides } = body!.terms as unknown as AnswerTerms;
      return {
        a: envelope.subject.key,
        b: other,
        answer: answer === 'same' ? 'confirmed' : 'refused',
        organisation: envelope.owner.organisation,
        sides: sides ?? null,
        at: envelope.hubReceived,
        bodyOf,
      };
    }),
    unclear: current
      .filter((one) => !isClear(one))
      .map(({ envelope: { subject, record } }) => {
        const other = otherOf.get(record.key);
        return { a: subject.key, ...(other === undefined ? {} : { b: other }) };
      }),
  };
};
