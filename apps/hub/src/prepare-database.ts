import pg from 'pg';
import {
  appendStoreCapability,
  ensureLoginRoles,
  EventStoreTables1763900000001,
  migrate,
  PlatformClock1763900000000,
  raiseClockCapability,
  type Database,
  type MigrationClass,
} from '#engines';
import { Inbox1764000000000, type Registry } from '#intake';
import { AuditGrants1764000003000 } from '#apps/audit';
import { Projection1764000001000, Provisioning1764000004000 } from '#apps/sharing';
import { WebSessions1764000002000 } from '#apps/web';
import { loginRoles, roleNameOf, type AppRole } from './hub-roles.js';

export const MIGRATIONS: readonly MigrationClass[] = [
  PlatformClock1763900000000,
  EventStoreTables1763900000001,
  Inbox1764000000000,
  Projection1764000001000,
  WebSessions1764000002000,
  AuditGrants1764000003000,
  Provisioning1764000004000,
];

const STORE_CAPABILITIES: readonly string[] = [appendStoreCapability, raiseClockCapability];

/** Which adapter serves the feeds of an organisation, by the kind of agency. */
export const adapterOf = (kind: string): AppRole => {
  switch (kind) {
    case 'POLICE':
      return 'police-adapter';
    case 'HEALTH':
      return 'health-adapter';
    case 'EDUCATION':
      return 'education-adapter';
    default:
      return 'social-care-adapter';
  }
};

/** Tables of a store of events in a database of its own, with the clock that its append raises. */
export const prepareStore = async (store: Database): Promise<void> => {
  await migrate({ url: store.ownerUrl, migrations: [PlatformClock1763900000000, EventStoreTables1763900000001] });
  await ensureLoginRoles(
    store.ownerUrl,
    loginRoles(store.passwordOf).map((role) => ({
      ...role,
      capabilities: role.capabilities.filter((name) => STORE_CAPABILITIES.includes(name)),
    })),
  );
};

/** Brings schema, roles and rights up to date. Again does no harm. */
export const prepareDatabase = async (database: Database, registry: Registry): Promise<void> => {
  await migrate({ url: database.ownerUrl, migrations: MIGRATIONS });
  await ensureLoginRoles(database.ownerUrl, loginRoles(database.passwordOf));
  const rights = [
    ...(['intake', 'sharing'] as const).map((app) => [roleNameOf(app), '*']),
    ...registry.organisations.map(({ id, kind }) => [roleNameOf(adapterOf(kind)), id]),
  ];
  const client = new pg.Client({ connectionString: database.ownerUrl, application_name: 'prepare' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('delete from inbox.role_organisation');
    await client.query(
      'insert into inbox.role_organisation (role, organisation) select * from unnest($1::text[], $2::text[])',
      [rights.map(([role]) => role), rights.map(([, organisation]) => organisation)],
    );
    await client.query('commit');
  } finally {
    await client.end();
  }
};
