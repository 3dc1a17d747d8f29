import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { getEventType } from '#contracts';
import {
  bodied,
  confirmationsAmong,
  linksOf,
  readChild,
  standingPosts,
  type ReadScope,
  type ScopeReference,
  type StandingConfirmation,
} from '#chronology';
import { inTransaction } from '#engines';
import type { Commands, ContributionDraft, Reference } from '#intake';
import { Problem, recordedNow } from '#platform';
import { isOwn, type RelationConfirmation, type Viewer } from '#sharing';
import type { Description } from '../reading/handles.js';
import { loadReadScope, type ScopeLoader } from '../reading/load-read-scope.js';
import { findCoordinates } from '../reading/load-scope.js';

/** Whoever works with a child may say so under this purpose, and so may whoever asserts a reason of his own. */
const PURPOSE = 'SAFEGUARDING';
const ONE_DAY = 86_400_000;

export interface Asked {
  readonly login: string;
  readonly description: Description;
  readonly trace: string;
}

/** A relation of another organisation's, as the person who confirms it names it. */
export interface Confirmed extends Pick<RelationConfirmation, 'organisation' | 'service' | 'relation'> {
  readonly reason: string;
}

/** Somebody who is to take part, by his organisation's own number for him. */
export interface Invited {
  readonly organisation: string;
  readonly workerId: string;
  /** RFC 3339 instants: inclusive, and exclusive. */
  readonly from: string;
  readonly until: string;
  readonly meeting: string;
}

const noSuchChild = (): Problem => new Problem(404, 'no-such-child', 'You do not work with this child');
const noSuchConfirmation = (): Problem =>
  new Problem(404, 'no-such-confirmation', 'Your organisation gave no such confirmation');

/** A post of somebody who works with the child, and the reference of his organisation on which he says something of it. */
interface Place {
  readonly post: Viewer;
  readonly key: string;
}

interface Working {
  readonly places: readonly Place[];
  readonly references: readonly ScopeReference[];
}

type Draft = Omit<ContributionDraft, 'subject' | 'about' | 'ancestors'>;

export interface RelationDeskOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly commands: Commands;
}

/**
 * What people say themselves about who has to do with a child: that another organisation's relation is as it says, that
 * somebody is invited, or that they have a reason of their own. Each comes in by the door that everything comes in by.
 */
export class RelationDesk {
  constructor(private readonly options: RelationDeskOptions) {}

  /** The same answer whether or not that organisation ever said that it has this relation. */
  async confirm(asked: Asked, { reason, ...confirmed }: Confirmed) {
    const { places } = await this.workingWith(asked);
    const place = places.find(({ post }) => post.organisation !== confirmed.organisation);
    if (!place) throw places.length > 0 ? ownWord() : noSuchChild();
    const confirmation = randomUUID();
    return this.accept(asked, place, confirmation, (receivedAt) => ({
      type: 'relation-confirmed',
      recordType: 'relation-confirmed',
      recordKey: confirmationPath(confirmation),
      rank: { by: 'sequence', value: receivedAt },
      occurred: { from: receivedAt, precision: 'exact' },
      body: { ...confirmed, confirmation, confirmer: place.post.staffKey, at: receivedAt, reason },
    }));
  }

  /** Takes a confirmation of one's own organisation back: from its acknowledgement on it counts no longer. */
  async lift(asked: Asked, id: string) {
    const { places, references } = await this.workingWith(asked);
    const found = confirmationsIn(references).find((one) => one.id === id);
    const place = places.find(({ post }) => post.organisation === found?.by);
    if (!found || !place) throw noSuchConfirmation();
    return this.accept(asked, { ...place, key: found.contribution.envelope.subject.key }, id, (receivedAt) => ({
      type: 'entry-retracted',
      recordType: 'relation-confirmed',
      recordKey: confirmationPath(id),
      rank: { by: 'sequence', value: receivedAt },
      occurred: { from: receivedAt, precision: 'exact' },
      body: {},
    }));
  }

  /** Names a person of any organisation for a strategy discussion or core group: for that time he has a relation. */
  async invite(asked: Asked, { organisation, workerId, from, until, meeting }: Invited) {
    const [place] = (await this.workingWith(asked)).places;
    if (!place) throw noSuchChild();
    const id = randomUUID();
    return this.accept(asked, place, id, (receivedAt) => ({
      type: 'relation',
      recordType: 'relation',
      recordKey: `invitation/${id}`,
      rank: { by: 'sequence', value: receivedAt },
      occurred: { from, precision: 'exact' },
      ended: until,
      body: {
        identifiers: [],
        relation: 'invited',
        organisation,
        service: place.post.service,
        staffKey: null,
        from,
        until,
        reason: meeting,
      },
      resolve: { field: 'staffKey', reference: { kind: 'staff', system: 'staff', localId: workerId, organisation } },
    }));
  }

  /**
   * A reason of one's own: for 24 hours the summary of what agreements show under it. Where one's own organisation knows
   * no such child, or several, the answer is the same, and nothing opens.
   */
  async assert(asked: Asked, reason: string): Promise<{ readonly id: string; readonly until: string }> {
    const id = randomUUID();
    const places = await this.placesOf(asked);
    const until = (from: string) => new Date(Date.parse(from) + ONE_DAY).toISOString();
    const [first] = places;
    if (!first) return { id, until: until((await recordedNow(this.options.pool)).toISOString()) };
    const subject = await this.referenceOf(first.key);
    let since = '';
    await this.options.commands.accept({
      actor: first.post.staffKey,
      organisation: first.post.organisation,
      service: first.post.service,
      trace: asked.trace,
      drafts: (receivedAt) => {
        since = receivedAt;
        return places.map(({ post }) => ({
          subject,
          about: 'child',
          ancestors: [],
          type: 'relation',
          recordType: 'relation',
          recordKey: `assertion/${id}/${post.service}`,
          rank: { by: 'sequence', value: receivedAt },
          occurred: { from: receivedAt, precision: 'exact' },
          ended: until(receivedAt),
          body: {
            identifiers: [],
            relation: 'asserted',
            service: post.service,
            staffKey: post.staffKey,
            from: receivedAt,
            until: until(receivedAt),
            reason,
          },
        }));
      },
    });
    return { id, until: until(since) };
  }

  private scopeOf<T>({ login, description }: Asked, decide: (scope: ReadScope) => T): Promise<T | undefined> {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const coordinates = await findCoordinates(client);
      if (!coordinates) return undefined;
      return decide((await loadReadScope(client, this.options, coordinates, login, PURPOSE, description)).scope);
    });
  }

  private async workingWith(asked: Asked): Promise<Working> {
    const found = await this.scopeOf(asked, (scope): Working => {
      const view = readChild(scope);
      const references = scope.references
        .filter(({ key }) => view.references.includes(key))
        .map((one) => withPending(one, scope));
      const places = view.working.flatMap((post): Place[] => {
        const own = references.filter(({ organisation }) => organisation === post.organisation);
        const held = own.find((reference) => holdsOf(post, reference)) ?? own[0];
        return held ? [{ post, key: held.key }] : [];
      });
      return { places, references };
    });
    if (!found || found.places.length === 0) throw noSuchChild();
    return found;
  }

  /** The viewer's posts where the child that he described is known, each with one reference of it; one child or none. */
  private async placesOf(asked: Asked): Promise<readonly Place[]> {
    const found = await this.scopeOf(asked, (scope): Place[] => {
      const posts = standingPosts(scope.staff, scope.pending, scope.at, asked.login);
      const own = scope.references.filter(({ organisation }) => posts.some((post) => post.organisation === organisation));
      const children = linksOf(scope.references).components.filter((keys) =>
        keys.some((key) => scope.start.includes(key)),
      );
      const [child] = children;
      const reference = children.length === 1 ? own.find(({ key }) => child!.includes(key)) : undefined;
      return reference
        ? posts
            .filter(({ organisation }) => organisation === reference.organisation)
            .map((post) => ({ post, key: reference.key }))
        : [];
    });
    return found ?? [];
  }

  private async accept(asked: Asked, { post, key }: Place, id: string, draft: (receivedAt: string) => Draft) {
    const subject = await this.referenceOf(key);
    const receipt = await this.options.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace: asked.trace,
      drafts: (receivedAt) => [{ subject, about: 'child', ancestors: [], ...draft(receivedAt) }],
    });
    return { id, receipt };
  }

  private async referenceOf(subjectKey: string): Promise<Reference> {
    const { rows } = await this.options.pool.query(
      `select encode(triple, 'hex') as triple from refs.reference where subject_key = $1`,
      [subjectKey],
    );
    const { triple } = rows[0] as { triple: string };
    return { kind: 'child', system: '', localId: '', triple };
  }
}

const ownWord = (): Problem =>
  new Problem(400, 'bad-request', 'The relation was not confirmed', {
    errors: [{ field: 'organisation', reason: 'not-allowed' }],
  });

const confirmationPath = (id: string): string => `relation-confirmation/${id}`;

const withPending = (reference: ScopeReference, { pending }: ReadScope): ScopeReference => ({
  ...reference,
  contributions: [
    ...reference.contributions,
    ...pending.filter(({ envelope }) => envelope.subject.key === reference.key),
  ],
});

const holdsOf = (post: Viewer, { contributions }: ScopeReference): boolean =>
  contributions.some(({ envelope }) => isOwn(post, envelope.owner) && getEventType(envelope.type).kind === 'content');

const confirmationsIn = (references: readonly ScopeReference[]): StandingConfirmation[] =>
  references.flatMap(({ contributions }) => confirmationsAmong(bodied(contributions)));
