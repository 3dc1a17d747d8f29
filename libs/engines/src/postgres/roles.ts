import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';

/**
 * Rights come in two steps. A **capability** is a role that nobody can log in as; the migration that makes an object
 * makes it and grants it what it needs. A **login role** is an app's own and is a member of the capabilities it needs.
 */
export interface LoginRole {
  readonly name: string;
  readonly password: string;
  /** All the capabilities the role has; ones it had before and that are not named are taken away. */
  readonly capabilities: readonly string[];
}

const quoted = (name: string): string => pg.escapeIdentifier(name);

/** SQL for a migration: makes a capability, which other databases of the same cluster may have made already. */
export const capabilitySql = (name: string): string => `
do $$ begin
  create role ${quoted(name)} nologin;
exception when duplicate_object or unique_violation then null;
end $$;`;

/**
 * What PostgreSQL keeps instead of a password (RFC 5803), so that no password is in a statement, which a server might
 * log. Exported for its spec.
 */
export const scramVerifier = (password: string, salt: Buffer = randomBytes(16), iterations = 4096): string => {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
};

/**
 * Makes login roles, or brings those that exist to what is said here. `url` is the database's owner, who made the
 * capabilities. Run it after the migrations; again does no harm.
 */
export const ensureLoginRoles = async (url: string, roles: readonly LoginRole[]): Promise<void> => {
  const client = await connected(url);
  try {
    for (const role of roles) await whileOthersAlter(client, () => ensureLoginRole(client, role));
  } finally {
    await client.end();
  }
};

/** Roles belong to the whole cluster: another database's owner may be altering the same ones. */
const whileOthersAlter = async (client: pg.Client, work: () => Promise<void>): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      await client.query('rollback');
      const isConcurrent = ['XX000', '23505', '42710'].includes((error as { code?: string }).code ?? '');
      if (!isConcurrent || attempt >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 40));
    }
  }
};

const ensureLoginRole = async (client: pg.Client, role: LoginRole): Promise<void> => {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [role.name]);
  await createOrAlter(client, role.name, `login password ${pg.escapeLiteral(scramVerifier(role.password))}`);
  const { rows } = await client.query<{ name: string; database: string }>(
    `select c.rolname as name, current_database() as database
       from pg_auth_members m join pg_roles c on c.oid = m.roleid join pg_roles r on r.oid = m.member
       where r.rolname = $1`,
    [role.name],
  );
  const held = new Set(rows.map(({ name }) => name));
  for (const name of held) {
    if (!role.capabilities.includes(name)) await client.query(`revoke ${quoted(name)} from ${quoted(role.name)}`);
  }
  for (const name of role.capabilities) {
    if (!held.has(name)) await client.query(`grant ${quoted(name)} to ${quoted(role.name)}`);
  }
  const database = (await client.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
  await client.query(`grant connect on database ${quoted(database)} to ${quoted(role.name)}`);
  await client.query('commit');
};

/** Attributes of a role are never taken as they come: an app's role makes no roles and no databases. */
const createOrAlter = async (client: pg.Client, name: string, attributes: string): Promise<void> => {
  const exists = await client.query('select from pg_roles where rolname = $1', [name]);
  await client.query(`${exists.rowCount === 0 ? 'create' : 'alter'} role ${quoted(name)} ${attributes}`);
};

export interface OwnedDatabase {
  readonly database: string;
  readonly owner: string;
  readonly ownerPassword: string;
}

/**
 * As the superuser of an embedded server: makes the owner role (no superuser; it may make roles) and its database, or
 * leaves them as they are. Only the owner and those it lets in can connect.
 */
export const ensureOwnedDatabase = async (superuserUrl: string, wanted: OwnedDatabase): Promise<void> => {
  const client = await connected(superuserUrl);
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`database of ${wanted.owner}`]);
    await createOrAlter(
      client,
      wanted.owner,
      `login createrole nosuperuser nocreatedb password ${pg.escapeLiteral(scramVerifier(wanted.ownerPassword))}`,
    );
    const exists = await client.query('select from pg_database where datname = $1', [wanted.database]);
    if (exists.rowCount === 0) {
      await client.query(`create database ${quoted(wanted.database)} owner ${quoted(wanted.owner)}`);
    }
    await client.query(`revoke all on database ${quoted(wanted.database)} from public`);
  } finally {
    await client.end();
  }
};

const connected = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, application_name: 'roles' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};
