import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './typescript-imports.mjs';

const prefix = 'sightline-test-postgres-';

/**
 * One PostgreSQL for the whole run, in SIGHTLINE_TEST_PG (the superuser's address): the one that is named there
 * already, else an embedded one in a folder of its own. It ends with this process, even one that is killed; the folder
 * that such a run leaves is removed by the next.
 */
export default async function globalSetup() {
  if (process.env.SIGHTLINE_TEST_PG) return;
  removeOldFolders();
  const { openEmbeddedPostgres } = await import('../../../libs/engines/src/postgres/embedded-server.ts');
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const server = await openEmbeddedPostgres({ directory, log: () => undefined });
  process.env.SIGHTLINE_TEST_PG = server.url('postgres', 'postgres');
  globalThis.sightlineTestPostgres = { server, directory };
}

const removeOldFolders = () => {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const directory = join(tmpdir(), name);
    if (!isOwned(directory)) rmSync(directory, { recursive: true, force: true });
  }
};

/** A young folder without a claim may belong to a run that begins just now. */
const isOwned = (directory) => {
  const file = join(directory, 'owner.json');
  if (!existsSync(file)) return Date.now() - statSync(directory).mtimeMs < 3_600_000;
  try {
    process.kill(JSON.parse(readFileSync(file, 'utf8')).pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
