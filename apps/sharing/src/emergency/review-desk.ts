import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { EmergencyOutcome, EmergencyReason, ReviewLevel } from '#contracts';
import {
  accessesOf,
  childForReviewer,
  EMERGENCY_REVIEWED,
  reviewsOf,
  standingOf,
  standingPosts,
  type AccessReview,
  type EmergencyAccess,
  type KnownChild,
  type ReviewStanding,
} from '#chronology';
import { inTransaction } from '#engines';
import { NotFirst, type Commands, type Organisation } from '#intake';
import { countEmergencyAccess, Problem } from '#platform';
import type { Viewer } from '#sharing';
import { nameOf } from '../people/profiles.js';
import { childrenClosedTo } from '../reading/children-closed-to.js';
import { fillPage } from '../reading/fill-page.js';
import { loadPersonIn, type LoadedPerson } from '../reading/load-person.js';
import type { ScopeLoader } from '../reading/load-read-scope.js';
import type { RecordRead } from '../reading/read-chronology.js';
import { recordLook } from '../reading/record-look.js';
import {
  accessRows,
  loadSubjects,
  loadTexts,
  reviewRows,
  reviewRowsOf,
  type LoadedSubjects,
  type ReviewPlace,
  type ReviewRow,
  type ReviewsFor,
} from './load-accesses.js';
import { personReference } from './person-reference.js';

/** Event type of a look at what was opened in emergencies. */
const EMERGENCY_REVIEWS_OPENED = 'emergency-reviews-opened';

/** Who reviews: of an owner of records its reviewer and deputy, for the partnership its own people. */
const ROLES: Readonly<Record<ReviewLevel, string>> = {
  reviewer: 'override-reviewer',
  deputy: 'override-deputy',
  partnership: 'override-partnership',
};
/** Who is told of every access, whomever it concerns. */
const GUARDIAN = 'hub-guardian';
/** Only an organisation of this kind speaks for all: no owner's own feed makes somebody its guardian. */
const PARTNERSHIP = 'PARTNERSHIP';
/** Accesses of one page. */
const PAGE = 25;

interface Who {
  readonly organisation: string;
  readonly organisationName: string;
  readonly service: string;
  readonly role: string;
  readonly name: string | null;
}

interface ListedAccess {
  readonly accessId: string;
  readonly by: Who;
  readonly reason: EmergencyReason;
  /** RFC 3339, UTC. */
  readonly openedAt: string;
  readonly until: string;
  readonly endedAt: string | null;
}

export interface ListedReview extends ListedAccess, ReviewStanding {
  /** The owner of records for which the review is. */
  readonly organisation: string;
  readonly organisationName: string;
  readonly text: string | null;
  /** As the organisation's own records know it; null for whoever reviews for the partnership. */
  readonly child: KnownChild | null;
  /** Whether the caller may decide now. */
  readonly mayReview: boolean;
  readonly reviewBy: string;
  readonly deputyBy: string;
  readonly calendar: string;
  readonly reviews: readonly (Pick<AccessReview, 'level' | 'outcome' | 'at'> & { readonly note: string | null })[];
}

export interface WatchedAccess extends ListedAccess {
  /** Some owner of records has not decided. */
  readonly open: boolean;
  readonly late: boolean;
}

export interface Decision {
  readonly outcome: EmergencyOutcome;
  readonly note: string;
  readonly organisation: string | null;
}

interface Reviewer extends LoadedPerson {
  readonly posts: readonly Viewer[];
}

/** A review with what decides who may take it, as one snapshot has it. */
interface Item {
  readonly subjects: LoadedSubjects;
  readonly row: ReviewRow;
  readonly access: EmergencyAccess;
  readonly reviews: readonly AccessReview[];
  readonly standing: ReviewStanding;
  readonly child: KnownChild | null;
  /** The caller's post under which he may decide now. */
  readonly post: Viewer | undefined;
}

const noReviewer = (): Problem =>
  new Problem(403, 'not-a-reviewer', 'Only people who review accesses in an emergency may do this');
const noSuchReview = (): Problem => new Problem(404, 'no-such-review', 'This is no review of yours');
const decidedAlready = (): Problem => new Problem(409, 'decided', 'This review is decided');

export interface ReviewDeskOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly commands: Commands;
  readonly record: RecordRead;
  readonly organisations: ReadonlyMap<string, Organisation>;
}

/**
 * Accesses in an emergency for those who review them. An owner learns of those that concern children of whom it holds
 * records, and of no other owner; the partnership of what owners let pass; a guardian that something was opened, without
 * the child. Every look is recorded before anything is given back.
 */
export class ReviewDesk {
  constructor(private readonly options: ReviewDeskOptions) {}

  /** Throws `ReadNotRecorded`. */
  async list(login: string, decided: boolean, after: ReviewPlace | null) {
    const { person, listed, references, next } = await this.inSnapshot(login, async (client, reviewer) => {
      const page = await fillPage({
        size: PAGE,
        after,
        rowsAfter: (from: ReviewPlace | null, limit) =>
          reviewRows(client, reviewer.coordinates, this.reviewsFor(reviewer), decided, from, limit),
        itemsOf: (rows) => this.itemsOf(client, reviewer, rows),
        placeOf: ({ position, organisation }) => [position, organisation] as const,
      });
      return {
        person: reviewer,
        listed: await this.described(client, page.items),
        references: page.items.flatMap(({ row }) => row.references),
        next: page.next,
      };
    });
    const readId = await this.recordLook(person, references, listed);
    return { readId, reviews: listed, next };
  }

  /** Everything that was opened, for a guardian. Throws `ReadNotRecorded`. */
  async watch(login: string, before: number | null) {
    const { person, listed, next } = await this.inSnapshot(login, async (client, reviewer) => {
      if (!this.isGuardian(reviewer)) throw noReviewer();
      const rows = await accessRows(client, reviewer.coordinates, before, PAGE + 1);
      const page = rows.slice(0, PAGE);
      const subjects = await this.subjectsOf(client, reviewer, page);
      return {
        person: reviewer,
        listed: page.flatMap(({ access: id, staffKey, open }): WatchedAccess[] => {
          const access = accessIn(subjects, staffKey, id);
          return access
            ? [
                {
                  ...this.listedAccess(subjects, access),
                  open,
                  late: open && reviewer.at >= Date.parse(access.reviewBy),
                },
              ]
            : [];
        }),
        next: rows.length > PAGE ? page.at(-1)!.position : null,
      };
    });
    const readId = await this.recordLook(person, [], listed);
    return { readId, accesses: listed, next };
  }

  /** What an owner, or the partnership for it, says. Whoever's time it is decides; `more-needed` leaves it open. */
  async review(login: string, accessId: string, decision: Decision, trace: string): Promise<string> {
    const { row, access, standing, post } = await this.inSnapshot(login, async (client, reviewer) => {
      const rows = await reviewRowsOf(client, reviewer.coordinates, this.reviewsFor(reviewer), accessId);
      const items = await this.itemsOf(client, reviewer, rows);
      const meant = items.filter(
        (item) => decision.organisation === null || item.row.organisation === decision.organisation,
      );
      const open = meant.filter(({ standing: { state } }) => state === 'open');
      const item = open[0] ?? meant[0];
      if (!item) throw noSuchReview();
      if (open.length > 1) {
        throw new Problem(409, 'which-organisation', 'Say for which owner of records', {
          errors: [{ field: 'organisation', reason: 'missing' }],
        });
      }
      return item;
    });
    if (standing.state !== 'open') throw decidedAlready();
    if (!post) throw new Problem(409, 'with-somebody-else', 'It is for somebody else to decide this now');
    const subject = await personReference(this.options.pool, access);
    const once =
      decision.outcome === 'more-needed'
        ? {}
        : { once: { by: 'emergency-review', name: `${access.id}/${row.organisation}` } };
    const receipt = await this.options.commands
      .accept({
        ...once,
        actor: post.staffKey,
        organisation: post.organisation,
        service: post.service,
        trace,
        drafts: (receivedAt) => [
          {
            subject,
            type: EMERGENCY_REVIEWED,
            recordType: EMERGENCY_REVIEWED,
            recordKey: `emergency/${access.id}/review/${randomUUID()}`,
            ancestors: [],
            rank: { by: 'sequence', value: receivedAt },
            about: 'child',
            occurred: { from: receivedAt, precision: 'exact' },
            body: {
              access: access.id,
              organisation: row.organisation,
              outcome: decision.outcome,
              level: standing.level,
              reviewer: post.staffKey,
              note: decision.note,
            },
          },
        ],
      })
      .catch((error: unknown) => {
        throw error instanceof NotFirst ? decidedAlready() : error;
      });
    countEmergencyAccess({ what: 'reviewed' });
    return receipt;
  }

  private inSnapshot<T>(login: string, work: (client: PoolClient, reviewer: Reviewer) => Promise<T>): Promise<T> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const person = await loadPersonIn(client, this.options, login);
      const posts = standingPosts(person.staff, person.pending, person.at, login);
      const reviewer = { ...person, posts };
      const isReviewer = this.isGuardian(reviewer) || Object.values(ROLES).some((role) => this.has(reviewer, role));
      if (!isReviewer) throw noReviewer();
      return work(client, reviewer);
    });
  }

  private isPartnership({ organisation }: Viewer): boolean {
    return this.options.organisations.get(organisation)?.kind === PARTNERSHIP;
  }

  private has({ posts }: Reviewer, wanted: string): boolean {
    const speaksForAll = wanted === ROLES.partnership || wanted === GUARDIAN;
    return posts.some((post) => post.role === wanted && (!speaksForAll || this.isPartnership(post)));
  }

  private isGuardian(reviewer: Reviewer): boolean {
    return this.has(reviewer, GUARDIAN);
  }

  private reviewsFor(reviewer: Reviewer): ReviewsFor {
    const own = reviewer.posts.filter(({ role }) => role === ROLES.reviewer || role === ROLES.deputy);
    return {
      organisations: [...new Set(own.map(({ organisation }) => organisation))],
      partnership: this.has(reviewer, ROLES.partnership),
      staffKeys: reviewer.staffKeys,
    };
  }

  /** The caller's post by which he decides for this owner at a level. */
  private postFor({ posts }: Reviewer, organisation: string, level: ReviewLevel): Viewer | undefined {
    return posts.find(
      (post) =>
        post.role === ROLES[level] &&
        (level === 'partnership' ? this.isPartnership(post) : post.organisation === organisation),
    );
  }

  private subjectsOf(
    client: PoolClient,
    { coordinates }: Reviewer,
    rows: readonly { readonly staffKey: string }[],
  ): Promise<LoadedSubjects> {
    const keys = [...new Set(rows.map(({ staffKey }) => staffKey))];
    return loadSubjects(client, this.options.opener, coordinates, keys);
  }

  private async itemsOf(client: PoolClient, reviewer: Reviewer, rows: readonly ReviewRow[]): Promise<Item[]> {
    if (rows.length === 0) return [];
    const subjects = await this.subjectsOf(client, reviewer, rows);
    const isOwn = ({ organisation }: ReviewRow) =>
      reviewer.posts.some(
        (post) => post.organisation === organisation && [ROLES.reviewer, ROLES.deputy].includes(post.role),
      );
    const own = rows.filter(isOwn).flatMap(({ references }) => references);
    const children = await loadSubjects(client, this.options.opener, reviewer.coordinates, [...new Set(own)]);
    const closed = await childrenClosedTo(client, this.options, reviewer.coordinates, [...new Set(own)], reviewer);
    return rows.flatMap((row): Item[] => {
      const access = accessIn(subjects, row.staffKey, row.access);
      if (!access) return [];
      const isClosed = isOwn(row) && row.references.some((key) => closed.has(key));
      const child = isClosed ? undefined : isOwn(row) ? childOf(children, reviewer, row) : null;
      if (child === undefined) return [];
      const reviews = reviewsOf(allOf(subjects, row.staffKey), access.id);
      const standing = standingOf(access, reviews, row.organisation, reviewer.at);
      const post = this.postFor(reviewer, row.organisation, standing.level);
      return [{ subjects, row, access, reviews, standing, child, post }];
    });
  }

  private async described(client: PoolClient, items: readonly Item[]): Promise<ListedReview[]> {
    const wanted = items.map(({ subjects, access, reviews, row }) => ({
      subjects,
      ids: [
        access.contribution.envelope.contributionId,
        ...reviews.filter(({ organisation }) => organisation === row.organisation).map(({ id }) => id),
      ],
    }));
    const textOf = await loadTexts(client, this.options.opener, wanted);
    return items.map(({ subjects, row, access, reviews, standing, child, post }) => ({
      ...this.listedAccess(subjects, access),
      ...standing,
      organisation: row.organisation,
      organisationName: this.titleOf(row.organisation),
      text: textOf(access.contribution.envelope.contributionId, 'text'),
      child,
      mayReview: standing.state === 'open' && post !== undefined,
      reviewBy: access.reviewBy,
      deputyBy: access.deputyBy,
      calendar: access.calendar,
      reviews: reviews
        .filter(({ organisation }) => organisation === row.organisation)
        .map(({ id, level, outcome, at }) => ({ level, outcome, at, note: textOf(id, 'note') })),
    }));
  }

  private listedAccess(subjects: LoadedSubjects, access: EmergencyAccess): ListedAccess {
    const { id, organisation, service, role, reason, from, until, endedAt } = access;
    const instant = (ms: number): string => new Date(ms).toISOString();
    return {
      accessId: id,
      by: {
        organisation,
        organisationName: this.titleOf(organisation),
        service,
        role,
        name: nameOf(subjects.filed(access.staffKey).filter(({ envelope }) => envelope.type === 'staff-post')),
      },
      reason,
      openedAt: instant(from),
      until: instant(until),
      endedAt: endedAt === null ? null : instant(endedAt),
    };
  }

  private titleOf(organisation: string): string {
    return this.options.organisations.get(organisation)?.name ?? organisation;
  }

  private recordLook(person: Reviewer, references: readonly string[], shown: readonly ListedAccess[]): Promise<string> {
    return recordLook(this.options.record, {
      type: EMERGENCY_REVIEWS_OPENED,
      person,
      posts: person.posts,
      references,
      shown: { accesses: shown.map(({ accessId }) => accessId) },
      answer: shown,
    });
  }
}

/** What is pending counts too: an end, or what a colleague has just decided. */
const allOf = ({ filed, pending }: LoadedSubjects, key: string) => [
  ...filed(key),
  ...pending.filter(({ envelope }) => envelope.subject.key === key),
];

const accessIn = (subjects: LoadedSubjects, staffKey: string, id: string): EmergencyAccess | undefined =>
  accessesOf(allOf(subjects, staffKey)).find((access) => access.id === id);

/** Undefined where an exclusion closes these records to whoever would review: the review is for somebody else. */
const childOf = (
  children: LoadedSubjects,
  { posts, at }: Reviewer,
  { organisation, references }: ReviewRow,
): KnownChild | undefined => {
  const held = references.map((key) => ({ key, organisation, contributions: children.filed(key) }));
  const pending = children.pending.filter(({ envelope }) => references.includes(envelope.subject.key));
  const reviewers = posts.filter(
    (post) => post.organisation === organisation && [ROLES.reviewer, ROLES.deputy].includes(post.role),
  );
  const each = reviewers.map((post) => childForReviewer(post, held, pending, at));
  return each.every((child) => child !== undefined) ? each[0] : undefined;
};
