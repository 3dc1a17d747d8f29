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
import type { Commands, ContributionDraft, Organisation } from '#intake';
import { Problem, problemOf, recordedNow } from '#platform';
import { endOfTriage, isOwn, type RelationConfirmation, type Viewer } from '#sharing';
import { isClosedTo } from '../directives/child-decisions.js';
import { refusePast } from '../http/decision-body.js';
import type { Description } from '../reading/handles.js';
import { childReference } from '../reading/child-reference.js';
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

const noSuchContact = (): Problem => new Problem(404, 'no-such-contact', 'Your service opened no such contact');

/** What was opened; the same answer where nothing was. */
export interface Opened {
  readonly id: string;
  /** RFC 3339 instant, exclusive: when it is over at the latest. */
  readonly until: string;
}

const untilOf = (relation: 'asserted' | 'triage' | 'presenting', from: string): string => {
  const start = Date.parse(from);
  return new Date(relation === 'triage' ? endOfTriage(start) : start + ONE_DAY).toISOString();
};

type Doors = Pick<Organisation, 'frontDoor' | 'unscheduled'>;
/** An organisation of which the registry knows nothing opens nothing. */
const NOWHERE: Doors = { frontDoor: [], unscheduled: [] };

const contactPath = (id: string): string => `contact/${id}`;

const relationDraft = (recordKey: string, receivedAt: string, from: string, until: string) => ({
  type: 'relation',
  recordType: 'relation',
  recordKey,
  rank: { by: 'sequence', value: receivedAt } as const,
  occurred: { from, precision: 'exact' } as const,
  ended: until,
});

/** A post of somebody who works with the child, and the reference of his organisation on which he says something of it. */
interface Place {
  readonly post: Viewer;
  readonly key: string;
}

interface Working {
  /** Recorded time, milliseconds since 1970. */
  readonly at: number;
  readonly places: readonly Place[];
  readonly references: readonly ScopeReference[];
}

type Draft = Omit<ContributionDraft, 'subject' | 'about' | 'ancestors'>;

export interface RelationDeskOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly commands: Commands;
  readonly organisations: ReadonlyMap<string, Organisation>;
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
    const { at, places } = await this.workingWith(asked);
    const [place] = places;
    if (!place) throw noSuchChild();
    refusePast(until, at);
    const id = randomUUID();
    return this.accept(asked, place, id, (receivedAt) => ({
      ...relationDraft(`invitation/${id}`, receivedAt, from, until),
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
  assert(asked: Asked, reason: string): Promise<Opened> {
    return this.open(asked, 'asserted', reason, null);
  }

  /** A contact comes in at a front door: open to its whole service until it has an outcome, or for 3 working days. */
  openContact(asked: Asked, reason: string): Promise<Opened> {
    return this.open(asked, 'triage', reason, ({ frontDoor }) => frontDoor);
  }

  /** A child is there: open to whoever attends to him, for 24 hours. */
  openEncounter(asked: Asked, reason: string): Promise<Opened> {
    return this.open(asked, 'presenting', reason, ({ unscheduled }) => unscheduled);
  }

  /** What came of a contact: with it, the contact is over. */
  async closeContact(asked: Asked, id: string, outcome: string) {
    const { references } = await this.workingWith(asked);
    const found = references
      .flatMap(({ contributions }) => bodied(contributions))
      .find(({ body: { envelope, terms } }) => envelope.type === 'relation' && terms?.['contact'] === id);
    const post = found && (await this.postsOf(asked)).find((one) => isOwn(one, found.body.envelope.owner));
    if (!found || !post) throw noSuchContact();
    const { from, service } = found.body.terms as { readonly from: string; readonly service: string };
    const place = { post, key: found.body.envelope.subject.key };
    return this.accept(asked, place, id, (receivedAt) => ({
      ...relationDraft(contactPath(id), receivedAt, from, receivedAt),
      body: { identifiers: [], relation: 'triage', service, from, until: receivedAt, contact: id, reason: outcome },
    }));
  }

  /** The services that may; null: everybody's. */
  private async open(
    asked: Asked,
    relation: 'asserted' | 'triage' | 'presenting',
    reason: string,
    servicesOf: ((organisation: Doors) => readonly string[]) | null,
  ): Promise<Opened> {
    const { organisations, pool, commands } = this.options;
    const may = ({ organisation, service }: Viewer): boolean =>
      servicesOf === null || servicesOf(organisations.get(organisation) ?? NOWHERE).includes(service);
    if (servicesOf !== null && !(await this.postsOf(asked)).some(may)) throw problemOf(403);
    const id = randomUUID();
    const places = (await this.placesOf(asked)).filter(({ post }) => may(post));
    const [first] = places;
    if (!first) return { id, until: untilOf(relation, (await recordedNow(pool)).toISOString()) };
    const subject = await childReference(this.options.pool, first.key);
    let since = '';
    await commands.accept({
      actor: first.post.staffKey,
      organisation: first.post.organisation,
      service: first.post.service,
      trace: asked.trace,
      drafts: (receivedAt) => {
        since = receivedAt;
        const until = untilOf(relation, receivedAt);
        // One contact is one service's; one's own word goes for each of one's posts.
        return (relation === 'asserted' ? places : [first]).map(({ post }) => ({
          subject,
          about: 'child',
          ancestors: [],
          ...relationDraft(
            relation === 'asserted' ? `assertion/${id}/${post.service}` : contactPath(id),
            receivedAt,
            receivedAt,
            until,
          ),
          body: {
            identifiers: [],
            relation,
            service: post.service,
            ...(relation === 'triage' ? {} : { staffKey: post.staffKey }),
            from: receivedAt,
            until,
            ...(relation === 'asserted' ? {} : { contact: id }),
            reason,
          },
        }));
      },
    });
    return { id, until: untilOf(relation, since) };
  }

  private async postsOf(asked: Asked): Promise<readonly Viewer[]> {
    return (
      (await this.scopeOf(asked, ({ staff, pending, at, login }) => standingPosts(staff, pending, at, login))) ?? []
    );
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
      const working = isClosedTo(view, references, scope.at) ? [] : view.working;
      const places = working.flatMap((post): Place[] => {
        const own = references.filter(({ organisation }) => organisation === post.organisation);
        const held = own.find((reference) => holdsOf(post, reference)) ?? own[0];
        return held ? [{ post, key: held.key }] : [];
      });
      return { at: scope.at, places, references };
    });
    if (!found || found.places.length === 0) throw noSuchChild();
    return found;
  }

  /** The viewer's posts where the child that he described is known, each with one reference of it; one child or none. */
  private async placesOf(asked: Asked): Promise<readonly Place[]> {
    const found = await this.scopeOf(asked, (scope): Place[] => {
      const posts = standingPosts(scope.staff, scope.pending, scope.at, asked.login);
      const own = scope.references.filter(({ organisation }) =>
        posts.some((post) => post.organisation === organisation),
      );
      // What another organisation names to him is none of his own children.
      const children = linksOf(scope.references).components.filter(
        (keys) => keys.some((key) => scope.start.includes(key)) && own.some(({ key }) => keys.includes(key)),
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
    const subject = await childReference(this.options.pool, key);
    const receipt = await this.options.commands.accept({
      actor: post.staffKey,
      organisation: post.organisation,
      service: post.service,
      trace: asked.trace,
      drafts: (receivedAt) => [{ subject, about: 'child', ancestors: [], ...draft(receivedAt) }],
    });
    return { id, receipt };
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
