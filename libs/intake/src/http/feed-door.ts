import { Inject, Injectable, Optional } from '@nestjs/common';
import { callerOf, Problem } from '#platform';
import type { FeedDefinition } from '../feed.js';
import { Feeds, type OpenFeed } from '../feeds.js';
import { PEOPLE_DIRECTORY, type PeopleDirectory } from '../people-directory.js';
import type { ReceiptOf } from '../receipts.js';
import type { Connector } from '../registry.js';

/** Role of the people of an organisation who keep its feeds. */
export const DATA_MANAGER = 'data-manager';

/** Scopes of whoever may ask about a feed: its connectors, and people. */
export const FEED_SCOPES = ['submit', 'read'] as const;

/** Who comes to a feed: a connector, for what it sends itself; or a person, for all that his organisations send. */
export type Visitor =
  | { readonly kind: 'connector'; readonly clientId: string; readonly connector: Connector | undefined }
  | { readonly kind: 'person'; readonly login: string; readonly organisations: readonly string[] };

/** A feed that is open to a visitor. */
export interface VisitedFeed {
  readonly visitor: Visitor;
  readonly definition: FeedDefinition;
  /** One for each connector that sends it for an organisation of the visitor's; at least one. */
  readonly opens: readonly OpenFeed[];
  readonly organisations: readonly string[];
  /** Whose submissions are meant; null: everybody's. */
  readonly client: string | null;
  /** Whose receipts may be named. */
  readonly receipts: ReceiptOf;
}

interface Visit {
  readonly headers: { readonly authorization?: string | undefined };
}

const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];

/** One answer for a feed that is not there and for one that is not the visitor's. */
export const noSuchFeed = (): Problem =>
  new Problem(404, 'no-such-feed', 'This connector is registered for no such feed');

/** Lets connectors and data managers to their own feeds. */
@Injectable()
export class FeedDoor {
  constructor(
    @Inject(Feeds) private readonly feeds: Feeds,
    @Optional() @Inject(PEOPLE_DIRECTORY) private readonly people: PeopleDirectory | undefined,
  ) {}

  /** Who comes. A person is asked about anew with every request; rejects with a Problem 503 where nobody can say. */
  async visitorOf(request: Visit): Promise<Visitor> {
    const { clientId, subject, scope } = callerOf(request);
    if (scope.includes('submit')) {
      return { kind: 'connector', clientId, connector: this.feeds.findConnector(clientId) };
    }
    const token = request.headers.authorization?.replace(/^bearer /i, '') ?? '';
    const posts = this.people ? await this.people.postsOf(token) : [];
    const kept = posts.filter(({ role }) => role === DATA_MANAGER).map(({ organisation }) => organisation);
    return { kind: 'person', login: subject, organisations: unique(kept).sort() };
  }

  /** The feeds that are open to a visitor, by organisation and name. */
  feedsOf(visitor: Visitor): readonly OpenFeed[] {
    if (visitor.kind === 'person') {
      const open = visitor.organisations.flatMap((organisation) => this.feeds.feedsOf(organisation));
      return [...new Map(open.map((one) => [`${one.organisation.id}\n${one.definition.name}`, one])).values()];
    }
    const { connector } = visitor;
    return (connector?.feeds ?? []).flatMap(({ feed }) => this.feeds.findFeed(connector!.clientId, feed) ?? []);
  }

  /** Whether a feed of an organisation is open to a visitor. */
  keeps(visitor: Visitor): (organisation: string, feed: string) => boolean {
    const open = this.feedsOf(visitor);
    return (organisation, feed) =>
      open.some((one) => one.organisation.id === organisation && one.definition.name === feed);
  }

  /** A feed, for a visitor to whom it is open. Throws the 404 of a feed that is not there. */
  open(visitor: Visitor, feed: string): VisitedFeed {
    const opens =
      visitor.kind === 'person'
        ? visitor.organisations.flatMap((organisation) => this.feeds.feedsOf(organisation, feed))
        : [this.feeds.findFeed(visitor.clientId, feed)].filter((one) => one !== undefined);
    const [first] = opens;
    if (!first) throw noSuchFeed();
    const organisations = unique(opens.map(({ organisation }) => organisation.id));
    const client = visitor.kind === 'connector' ? visitor.clientId : null;
    return {
      visitor,
      definition: first.definition,
      opens,
      organisations,
      client,
      receipts: client ?? {
        isOwn: (organisation, name) => organisations.includes(organisation) && name === first.definition.name,
      },
    };
  }

  async openFor(request: Visit, feed: string): Promise<VisitedFeed> {
    return this.open(await this.visitorOf(request), feed);
  }
}
