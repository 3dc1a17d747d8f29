import type { Viewer } from '#sharing';
import { currentRecords, type FiledContribution } from '#timeline';
import { suspensionsOf } from './suspensions.js';

interface PostTerms {
  readonly login: string;
  readonly organisationKind: string;
  readonly service: string;
  readonly role: string;
  readonly team?: string | null;
  readonly from: string;
  readonly until?: string | null;
}

/** `from` inclusive, `until` exclusive; a missing end is unbounded. */
export const holdsAt = (span: { readonly from: string; readonly until?: string | null }, at: number): boolean =>
  Date.parse(span.from) <= at && (span.until == null || at < Date.parse(span.until));

/**
 * The posts that a sign-in holds at an instant, each a viewer of its own: current posts that name this very login. A
 * post that cannot be read is none; of versions that contradict each other only what all of them say counts.
 */
export const postsOf = (staff: readonly FiledContribution[], at: number, login: string): readonly Viewer[] => {
  const isSuspended = suspensionsOf(staff);
  const standing = currentRecords(staff)
    .filter(({ contribution: { envelope } }) => envelope.type === 'staff-post' && !isSuspended(envelope))
    .map(({ contribution: { envelope }, bodyOf }) => ({ envelope, terms: bodyTerms(staff, bodyOf) }));
  const byRecord = Map.groupBy(standing, ({ envelope }) =>
    JSON.stringify([envelope.subject.key, envelope.rank.feed, envelope.record.key]),
  );
  return [...byRecord.values()].flatMap((versions): Viewer[] => {
    const viewers = versions.map(({ envelope, terms }) =>
      terms && terms.login === login && holdsAt(terms, at) ? viewerOf(envelope, terms) : null,
    );
    const [first] = viewers;
    return first && viewers.every((viewer) => JSON.stringify(viewer) === JSON.stringify(first)) ? [first] : [];
  });
};

/** The posts that stand whatever of what is accepted and not yet filed counts: those of every prefix of it. */
export const standingPosts = (
  staff: readonly FiledContribution[],
  pending: readonly FiledContribution[],
  at: number,
  login: string,
): readonly Viewer[] => {
  const own = pending.filter(({ envelope }) => envelope.subject.kind === 'staff');
  return own.reduce<readonly Viewer[]>(
    (standing, _, i) => {
      const then = postsOf([...staff, ...own.slice(0, i + 1)], at, login).map((post) => JSON.stringify(post));
      return standing.filter((post) => then.includes(JSON.stringify(post)));
    },
    postsOf(staff, at, login),
  );
};

const viewerOf = (envelope: FiledContribution['envelope'], terms: PostTerms): Viewer => ({
  staffKey: envelope.subject.key,
  organisation: envelope.owner.organisation,
  organisationKind: terms.organisationKind,
  service: terms.service,
  role: terms.role,
  team: terms.team ?? null,
});

const bodyTerms = (all: readonly FiledContribution[], id: string): PostTerms | undefined =>
  all.find((one) => one.envelope.contributionId === id && one.confirms === undefined)?.terms as PostTerms | undefined;
