import type { Viewer } from '#sharing';
import { currentRecords, type FiledContribution } from '#timeline';
import { suspensionsOf } from './suspensions.js';

interface PostTerms {
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

/** The posts that a member of staff holds at an instant, each a viewer of its own. A post that cannot be read is none. */
export const postsOf = (staff: readonly FiledContribution[], at: number): readonly Viewer[] => {
  const isSuspended = suspensionsOf(staff);
  return currentRecords(staff)
    .filter(({ contribution: { envelope } }) => envelope.type === 'staff-post' && !isSuspended(envelope))
    .map(({ contribution, bodyOf }) => ({ envelope: contribution.envelope, terms: bodyTerms(staff, bodyOf) }))
    .filter((post): post is { envelope: FiledContribution['envelope']; terms: PostTerms } => post.terms !== undefined)
    .filter(({ terms }) => holdsAt(terms, at))
    .map(({ envelope, terms }) => ({
      staffKey: envelope.subject.key,
      organisation: envelope.owner.organisation,
      organisationKind: terms.organisationKind,
      service: terms.service,
      role: terms.role,
      team: terms.team ?? null,
    }));
};

const bodyTerms = (all: readonly FiledContribution[], id: string): PostTerms | undefined =>
  all.find((one) => one.envelope.contributionId === id && one.confirms === undefined)?.terms as PostTerms | undefined;
