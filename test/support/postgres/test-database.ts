import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ensureLoginRoles, ensureOwnedDatabase, migrate, type MigrationClass } from '#engines';

export interface TestDatabase {
  readonly name: string;
  /** As the owner, who made the schemas. */
  readonly url: string;
  readonly superuserUrl: string;
  /** Makes a login role with these capabilities and returns its address. */
  login(...capabilities: readonly string[]): Promise<string>;
  /** Ends every connection to the database and drops it, its roles too. */
  drop(): Promise<void>;
}

/** One owner for all: capabilities belong to the cluster, and only who made them can grant them. */
const owner = 'sightline_test_owner';
const ownerPassword = 'test-only';

/** A database of its own for a spec file, in the PostgreSQL of the run (`global-setup.mjs`). */
export const createTestDatabase = async (options: {
  readonly migrations: readonly MigrationClass[];
}): Promise<TestDatabase> => {
  const superuserUrl = process.env['SIGHTLINE_TEST_PG'];
  if (superuserUrl === undefined) throw new Error('SIGHTLINE_TEST_PG is not set: run Jest with its global setup');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await ensureOwnedDatabase(superuserUrl, { database: name, owner, ownerPassword });
  const address = (role: string, password: string): string => {
    const url = new URL(superuserUrl);
    url.username = role;
    url.password = password;
    url.pathname = `/${name}`;
    return url.href;
  };
  const url = address(owner, ownerPassword);
  await migrate({ url, migrations: options.migrations });

  const logins: string[] = [];
  return {
    name,
    url,
    superuserUrl: Object.assign(new URL(superuserUrl), { pathname: `/${name}` }).href,
    login: async (...capabilities) => {
      const role = `${name}_${logins.length}`;
      logins.push(role);
      await ensureLoginRoles(url, [{ name: role, password: ownerPassword, capabilities }]);
      return address(role, ownerPassword);
    },
    drop: async () => {
      const client = new pg.Client({ connectionString: superuserUrl });
      await client.connect();
      try {
        await client.query(`drop database if exists ${name} with (force)`);
        for (const role of logins) await client.query(`drop role if exists ${role}`);
      } finally {
        await client.end();
      }
    },
  };
};
