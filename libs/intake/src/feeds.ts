import type { FeedDefinition } from './feed.js';
import type { Connector, FeedRegistration, Organisation, Registry } from './registry.js';

/** What a connector may do on a feed that this process serves. */
export interface OpenFeed {
  readonly connector: Connector;
  readonly organisation: Organisation;
  readonly registration: FeedRegistration;
  readonly definition: FeedDefinition;
}

/** The feeds that this process serves, each connector's own alone. */
export class Feeds {
  private readonly definitions: ReadonlyMap<string, FeedDefinition>;

  constructor(
    definitions: readonly FeedDefinition[],
    private readonly registry: Registry,
  ) {
    this.definitions = new Map(definitions.map((definition) => [definition.name, definition]));
    if (this.definitions.size !== definitions.length) throw new Error('two adapters serve a feed of the same name');
  }

  /** Organisations whose connectors send to this process: the relay's share of the inbox. */
  get organisations(): readonly string[] {
    const served = this.registry.connectors.filter((c) => c.feeds.some((f) => this.definitions.has(f.feed)));
    return [...new Set(served.map((c) => c.organisation))];
  }

  findConnector(clientId: string): Connector | undefined {
    return this.registry.connectors.find((connector) => connector.clientId === clientId);
  }

  findFeed(clientId: string, feed: string): OpenFeed | undefined {
    const connector = this.findConnector(clientId);
    const registration = connector?.feeds.find((candidate) => candidate.feed === feed);
    const definition = this.definitions.get(feed);
    const organisation = this.registry.organisations.find((candidate) => candidate.id === connector?.organisation);
    return connector && registration && definition && organisation
      ? { connector, organisation, registration, definition }
      : undefined;
  }

  /** A feed of an organisation, once for each of its connectors that sends it. */
  feedsOf(organisation: string, feed?: string): readonly OpenFeed[] {
    return this.registry.connectors
      .filter((connector) => connector.organisation === organisation)
      .flatMap((connector) =>
        connector.feeds.flatMap(({ feed: name }) =>
          feed === undefined || name === feed ? (this.findFeed(connector.clientId, name) ?? []) : [],
        ),
      );
  }
}
