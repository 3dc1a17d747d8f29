import { createHash, createHmac } from 'node:crypto';
import { createInProcessBus, type Bus } from '#bus';
import type { EventStore, StoredEvent } from '#event-sourcing';
import { encodeMetadata, linkOf, metadataWithoutLink, toHex } from '#ledger';
import { createKafkaBus, type KafkaBusOptions } from './kafka/kafka-bus.js';
import { openEventStoreDb } from './eventstoredb/eventstoredb-event-store.js';
import { attachOrOpenEmbedded, openEmbeddedPostgres } from './postgres/embedded-server.js';
import { raisingRecordedTime } from './raise-recorded.js';
import { openPostgresEventStore } from './postgres/postgres-event-store.js';
import { ensureOwnedDatabase } from './postgres/roles.js';

const EMBEDDED = 'embedded:';
const DATABASE = 'sightline';
const OWNER = 'sightline_owner';

/** A PostgreSQL database, by role. */
export interface Database {
  /** Address as the role that owns the schema. */
  readonly ownerUrl: string;
  urlOf(role: string): string;
  passwordOf(role: string): string;
  stop(): Promise<void>;
}

export interface OpenDatabaseOptions {
  readonly log: (line: string) => void;
  /** For a command beside a hub: use the hub's server when it runs. */
  readonly attach?: boolean;
  /** Passwords of roles of a database elsewhere; those that are not named follow from the owner's. */
  readonly rolePasswords?: Readonly<Record<string, string>>;
}

const external = (ownerUrl: string, given: Readonly<Record<string, string>> = {}): Database => {
  const passwordOf = (role: string): string =>
    given[role] ?? createHmac('sha256', new URL(ownerUrl).password).update(`role ${role}`).digest('base64url');
  return {
    ownerUrl,
    passwordOf,
    urlOf: (role) => {
      const url = new URL(ownerUrl);
      url.username = role;
      url.password = passwordOf(role);
      return url.toString();
    },
    stop: async () => undefined,
  };
};

/** `embedded:FOLDER` starts the PostgreSQL that comes with the hub; `postgres://` is one elsewhere, as its owner. */
export const openDatabase = async (databaseUrl: string, options: OpenDatabaseOptions): Promise<Database> => {
  if (!databaseUrl.startsWith(EMBEDDED)) return external(databaseUrl, options.rolePasswords);
  const open = options.attach ? attachOrOpenEmbedded : openEmbeddedPostgres;
  const server = await open({ directory: databaseUrl.slice(EMBEDDED.length), log: options.log });
  try {
    await ensureOwnedDatabase(server.url('postgres', 'postgres'), {
      database: DATABASE,
      owner: OWNER,
      ownerPassword: server.password(OWNER),
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ownerUrl: server.url(OWNER, DATABASE),
    urlOf: (role) => server.url(role, DATABASE),
    passwordOf: (role) => server.password(role),
    stop: () => server.stop(),
  };
};

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export interface OpenStoreOptions {
  /** The setting: `embedded:`, `postgres://` or `esdb://`. */
  readonly eventStoreUrl: string;
  /** Address of the hub's database as this app's role: where `embedded:` keeps its tables. */
  readonly databaseUrl: string;
  readonly applicationName: string;
  readonly hub: string;
  /** The clock of recorded time: read for the first event of a new store, raised where the store is elsewhere. */
  readonly clock: Queryable;
}

/** What can run a statement with values: a pool or a client of `pg`. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

/** The store of events that the address names. */
export const openEventStore = async (options: OpenStoreOptions): Promise<EventStore> => {
  const { eventStoreUrl, databaseUrl, applicationName, hub, clock } = options;
  const { rows } = await clock.query('select platform.recorded_now() as now');
  const hubAt = (rows[0] as { now: Date }).now.toISOString();
  const raise = (at: Date) => clock.query('select platform.raise_recorded($1)', [at.toISOString()]);
  const birthMetadata = ({ stream, revision, type, id, data }: Omit<StoredEvent, 'metadata' | 'position'>) => {
    const unlinked = { v: 1, hub, hubAt, trace: '' } as const;
    const link = linkOf(
      {
        previous: null,
        stream,
        revision,
        type,
        eventId: id,
        metadataWithoutLink: metadataWithoutLink(unlinked),
        dataDigest: sha256(data),
      },
      sha256,
    );
    return encodeMetadata({ ...unlinked, link: toHex(link) });
  };
  if (eventStoreUrl.startsWith('esdb')) {
    return raisingRecordedTime(await openEventStoreDb({ url: eventStoreUrl, applicationName, birthMetadata }), raise);
  }
  const url = eventStoreUrl.startsWith(EMBEDDED) ? databaseUrl : eventStoreUrl;
  const store = await openPostgresEventStore({ url, applicationName, birthMetadata });
  // In the clock's own database the append raises it itself.
  return url === databaseUrl ? store : raisingRecordedTime(store, raise);
};

export interface OpenBusOptions extends Omit<KafkaBusOptions, 'publishWithin' | 'firstBackOff' | 'mostBackOff'> {
  /** The setting: `embedded:` or `kafka://`. */
  readonly busUrl: string;
}

/** The bus that the address names. */
export const openBus = (options: string | OpenBusOptions): Bus => {
  const asked = typeof options === 'string' ? { busUrl: options, clientId: 'sightline' } : options;
  return asked.busUrl.startsWith(EMBEDDED) ? createInProcessBus() : createKafkaBus(asked);
};
