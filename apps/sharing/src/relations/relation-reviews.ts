import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { RelationOutcome } from '#contracts';
import {
  bodied,
  childForReviewer,
  closedChildren,
  ownOfChild,
  RELATION_REVIEWED,
  relationOutcome,
  relationReviewsOf,
  standingPosts,
  type KnownChild,
  type RelationReview,
  type ScopeReference,
} from '#chronology';
import { inTransaction } from '#engines';
import { NotFirst, type Commands, type Organisation } from '#intake';
import { Problem } from '#platform';
import { inTime, type RelationRecord, type Viewer } from '#sharing';
import { loadSubjects, loadTexts, type LoadedSubjects } from '../emergency/load-accesses.js';
import { nameOf } from '../people/profiles.js';
import { childReference } from '../reading/child-reference.js';
import { fillPage } from '../reading/fill-page.js';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import { loadChildren, type ScopeLoader } from '../reading/load-read-scope.js';
import type { RecordRead } from '../reading/read-chronology.js';
import { recordLook } from '../reading/record-look.js';
import { relationReviewRows, type ReadBy, type ReviewRow } from './load-relation-reviews.js';

/** Event type of a look at relations that fell to be reviewed. */
const RELATION_REVIEWS_OPENED = 'relation-reviews-opened';

/** Who reviews what people of an organisation open: its reviewer and deputy. */
const REVIEWERS: readonly string[] = ['override-reviewer', 'override-deputy'];
/** Relations of one page, and people named of one relation. */
const PAGE = 25;
const PEOPLE = 20;

export interface ListedRelation {
  readonly reviewId: string;
  readonly organisation: string;
  readonly organisationName: string;
  readonly relation: string;
  readonly service: string;
  readonly team: string | null;
  readonly role: string | null;
  /** RFC 3339 instants: inclusive, and exclusive; null: no end. */
  readonly from: string;
  readonly until: string | null;
  /** What its holder gave as reason; null: none is kept, or it cannot be opened. */
  readonly reason: string | null;
  /** As the organisation's own records know it. */
  readonly child: KnownChild;
  /** Who opened the child's chronology by it, and how often; the most often first. */
  readonly readers: readonly { readonly name: string | null; readonly role: string; readonly reads: number }[];
  /** How many more did, beside those. */
  readonly otherReaders: number;
  readonly state: 'open' | 'genuine' | 'not-genuine';
  readonly reviews: readonly {
    readonly outcome: RelationOutcome;
    readonly at: string;
    readonly note: string | null;
  }[];
}

interface Reviewer extends LoadedPerson {
  /** All his posts, and those by which he reviews. */
  readonly posts: readonly Viewer[];
  readonly reviewing: readonly Viewer[];
}

interface Item {
  readonly subjects: LoadedSubjects;
  readonly row: ReviewRow;
  readonly record: Omit<RelationRecord, 'owner'>;
  /** The contribution that holds the relation as it stands. */
  readonly body: string;
  readonly child: KnownChild;
  readonly readers: readonly ReadBy[];
  readonly reviews: readonly RelationReview[];
  readonly outcome: RelationOutcome | null;
}

const noReviewer = (): Problem =>
  new Problem(403, 'not-a-reviewer', 'Only people who review what an organisation’s people open may do this');
const noSuchReview = (): Problem => new Problem(404, 'no-such-review', 'This is no review of yours');
const decidedAlready = (): Problem => new Problem(409, 'decided', 'This review is decided');

export interface RelationReviewsOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly commands: Commands;
  readonly record: RecordRead;
  readonly organisations: ReadonlyMap<string, Organisation>;
}

/**
 * Relations that count without a word from outside, or on one's own word alone, and that were used: some of them, by
 * lot, are for the reviewers of the organisation whose people gained by them. A review ends nothing by itself.
 */
export class RelationReviews {
  constructor(private readonly options: RelationReviewsOptions) {}

  /** Throws `ReadNotRecorded`. */
  async list(login: string, decided: boolean, after: number | null) {
    const { reviewer, listed, references, next } = await this.inSnapshot(login, async (client, person) => {
      const page = await fillPage({
        size: PAGE,
        after,
        rowsAfter: (from: number | null, limit) =>
          relationReviewRows(client, person.coordinates, this.reviewsFor(person), { decided, after: from }, limit),
        itemsOf: async (rows) => {
          const items = await this.itemsOf(client, person, rows);
          return items.filter(({ outcome }) => (outcome !== null) === decided);
        },
        placeOf: ({ position }) => position,
      });
      return {
        reviewer: person,
        listed: await this.described(client, page.items),
        references: page.items.map(({ row }) => row.subjectKey),
        next: page.next,
      };
    });
    const readId = await recordLook(this.options.record, {
      type: RELATION_REVIEWS_OPENED,
      person: reviewer,
      posts: reviewer.posts,
      references,
      shown: { reviews: listed.map(({ reviewId }) => reviewId) },
      answer: listed,
    });
    return { readId, reviews: listed, next };
  }

  /** What a reviewer says of one; `more-needed` leaves it open. Resolves with its receipt. */
  async review(
    login: string,
    id: string,
    { outcome, note }: { readonly outcome: RelationOutcome; readonly note: string },
    trace: string,
  ): Promise<string> {
    const { item, post } = await this.inSnapshot(login, async (client, person) => {
      const which = { decided: null, after: null, id };
      const rows = await relationReviewRows(client, person.coordinates, this.reviewsFor(person), which, 1);
      const items = await this.itemsOf(client, person, rows);
      const [found] = items.filter(({ row }) => row.id === id);
      if (!found) throw noSuchReview();
      return {
        item: found,
        post: person.reviewing.find(({ organisation }) => organisation === found.row.organisation)!,
      };
    });
    if (item.outcome !== null) throw decidedAlready();
    const subject = await childReference(this.options.pool, item.row.subjectKey);
    return this.options.commands
      .accept({
        ...(outcome === 'more-needed' ? {} : { once: { by: 'relation-review', name: id } }),
        actor: post.staffKey,
        organisation: post.organisation,
        service: post.service,
        trace,
        drafts: (receivedAt) => [
          {
            subject,
            type: RELATION_REVIEWED,
            recordType: RELATION_REVIEWED,
            recordKey: `relation-review/${id}/${randomUUID()}`,
            ancestors: [],
            rank: { by: 'sequence', value: receivedAt },
            about: 'child',
            occurred: { from: receivedAt, precision: 'exact' },
            body: { review: id, outcome, reviewer: post.staffKey, note },
          },
        ],
      })
      .catch((error: unknown) => {
        throw error instanceof NotFirst ? decidedAlready() : error;
      });
  }

  private inSnapshot<T>(login: string, work: (client: PoolClient, reviewer: Reviewer) => Promise<T>): Promise<T> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.options, login);
      const posts = standingPosts(person.staff, person.pending, person.at, login);
      const reviewing = posts.filter(({ role }) => REVIEWERS.includes(role));
      if (reviewing.length === 0) throw noReviewer();
      return work(client, { ...person, posts, reviewing });
    });
  }

  private reviewsFor({ reviewing, staffKeys }: Reviewer) {
    const ids = [...new Set(reviewing.map(({ organisation }) => organisation))];
    return { organisations: ids.flatMap((id) => this.options.organisations.get(id) ?? []), staffKeys };
  }

  private async itemsOf(client: PoolClient, reviewer: Reviewer, rows: readonly ReviewRow[]): Promise<Item[]> {
    if (rows.length === 0) return [];
    const people = rows.flatMap(({ reads }) => reads.flatMap(({ staff }) => staff));
    const keys = [...new Set(rows.map(({ subjectKey }) => subjectKey))];
    const { coordinates, at } = reviewer;
    const subjects = await loadSubjects(client, this.options.opener, coordinates, [...new Set([...keys, ...people])]);
    const { references, pending } = await loadChildren(client, this.options, coordinates, keys);
    const closed = closedChildren(references, pending, reviewer, at);
    return rows
      .filter(({ subjectKey }) => !closed.has(subjectKey))
      .flatMap((row) => itemOf(subjects, references, reviewer, row));
  }

  private async described(client: PoolClient, items: readonly Item[]): Promise<ListedRelation[]> {
    const wanted = items.map(({ subjects, body, reviews }) => ({
      subjects,
      ids: [body, ...reviews.map(({ id }) => id)],
    }));
    const textOf = await loadTexts(client, this.options.opener, wanted);
    return items.map(({ subjects, row, record, body, child, readers, reviews, outcome }) => ({
      reviewId: row.id,
      organisation: row.organisation,
      organisationName: this.options.organisations.get(row.organisation)?.name ?? row.organisation,
      relation: row.relation,
      service: row.service,
      team: record.team ?? null,
      role: record.role ?? null,
      from: record.from,
      until: record.until ?? null,
      reason: textOf(body, 'reason'),
      child,
      readers: [...readers]
        .sort((a, b) => b.times.length - a.times.length)
        .slice(0, PEOPLE)
        .map(({ staff, posts, times }) => ({
          name: nameOf(
            staff.flatMap((key) => subjects.filed(key)).filter(({ envelope }) => envelope.type === 'staff-post'),
          ),
          role: posts.find(({ organisation, service }) => organisation === row.organisation && service === row.service)?.role ?? posts[0]?.role ?? '', // prettier-ignore
          reads: times.length,
        })),
      otherReaders: Math.max(0, readers.length - PEOPLE),
      state: outcome === 'genuine' || outcome === 'not-genuine' ? outcome : 'open',
      reviews: reviews.map(({ id, outcome: said, at }) => ({ outcome: said, at, note: textOf(id, 'note') })),
    }));
  }
}

/** Whether the relation is of a reader by this post too, where it names a team or a role. */
const isOfReader = ({ team, role }: Omit<RelationRecord, 'owner'>, row: ReviewRow, { posts }: ReadBy): boolean =>
  row.staffKey !== null ||
  posts.some(
    (post) =>
      post.organisation === row.organisation &&
      post.service === row.service &&
      (!team || team === post.team) &&
      (!role || role === post.role),
  );

/** What of somebody's reads was while the relation held. */
const whileItHeld = (record: Omit<RelationRecord, 'owner'>, row: ReviewRow, read: ReadBy): ReadBy => ({
  ...read,
  times: read.times.filter((time) =>
    inTime({ ...record, relation: row.relation, service: row.service }, Date.parse(time)),
  ),
});

/**
 * Nothing where the reviewer recorded it himself, may not know of the child, or nobody read by the relation as it is: it
 * is for somebody else.
 */
const itemOf = (
  subjects: LoadedSubjects,
  near: readonly ScopeReference[],
  { reviewing, staffKeys, at }: Reviewer,
  row: ReviewRow,
): Item[] => {
  const contributions = subjects.filed(row.subjectKey);
  const pending = subjects.pending.filter(({ envelope }) => envelope.subject.key === row.subjectKey);
  const all = [...contributions, ...pending];
  const first = all.find(({ envelope }) => envelope.contributionId === row.id);
  if (!first || staffKeys.includes(first.envelope.sender)) return [];
  const standing = bodied(all).find(
    ({ body: { envelope } }) =>
      envelope.type === first.envelope.type &&
      envelope.record.key === first.envelope.record.key &&
      envelope.rank.feed === first.envelope.rank.feed,
  );
  // Of what is taken away since, what it said first.
  const body = standing?.body.terms ? standing.body : first;
  const record = body.terms as Omit<RelationRecord, 'owner'> | undefined;
  if (!record) return [];
  const own = reviewing.filter(({ organisation }) => organisation === row.organisation);
  const held = ownOfChild(near, row.subjectKey, row.organisation);
  const known = own.map((post) => childForReviewer(post, held, pending, at));
  const readers = row.reads
    .filter((read) => isOfReader(record, row, read))
    .map((read) => whileItHeld(record, row, read))
    .filter(({ times }) => times.length > 0);
  const [child] = known;
  if (!child || known.includes(undefined) || readers.length === 0) return [];
  const reviews = relationReviewsOf(all, row.id);
  const outcome = relationOutcome(reviews);
  return [{ subjects, row, record, body: body.envelope.contributionId, child, readers, reviews, outcome }];
};
