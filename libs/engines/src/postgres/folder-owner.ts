import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './engine-error.js';
import { processIdentity } from './processes.js';

export interface FolderOwner {
  readonly pid: number;
  readonly identity: string;
  readonly since: string;
  readonly claim: string;
}

const ownerFile = (directory: string): string => join(directory, 'owner.json');

const readOwner = async (directory: string): Promise<FolderOwner | undefined> => {
  try {
    return JSON.parse(await readFile(ownerFile(directory), 'utf8')) as FolderOwner;
  } catch {
    return undefined;
  }
};

const isAlive = async (owner: FolderOwner): Promise<boolean> => (await processIdentity(owner.pid)) === owner.identity;

/** The running process that has claimed the folder. */
export const findOwner = async (directory: string): Promise<FolderOwner | undefined> => {
  const owner = await readOwner(directory);
  return owner !== undefined && (await isAlive(owner)) ? owner : undefined;
};

/**
 * Claims the folder for this process; the claim of a dead process is taken over. Returns what gives it back. Throws
 * `data-folder-in-use`. PostgreSQL's own lock stands behind it, so two servers never share a cluster.
 */
export const claimFolder = async (directory: string): Promise<() => Promise<void>> => {
  const mine: FolderOwner = {
    pid: process.pid,
    identity: (await processIdentity(process.pid)) ?? '',
    since: new Date().toISOString(),
    claim: randomUUID(),
  };
  const draft = join(directory, `owner.${mine.claim}`);
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      // A hard link appears whole or not at all, and never over another.
      if (await linked(draft, ownerFile(directory))) return () => giveBack(directory, mine);
      const other = await readOwner(directory);
      if (other !== undefined && (await isAlive(other))) throw inUse(directory, other);
      if (other !== undefined) await moveAside(directory, other);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new EngineError('data-folder-in-use', `The data folder ${directory} is being claimed by other processes.`);
};

const inUse = (directory: string, owner: FolderOwner): EngineError =>
  new EngineError(
    'data-folder-in-use',
    `The data folder ${directory} is in use by process ${owner.pid}, since ${owner.since}. ` +
      'Stop that one first, or choose another data folder.',
  );

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Moves a dead claim away; one that was not the dead one (another took over meanwhile) is put back. */
const moveAside = async (directory: string, dead: FolderOwner): Promise<void> => {
  const aside = join(directory, `owner.${randomUUID()}`);
  try {
    await rename(ownerFile(directory), aside);
  } catch {
    return;
  }
  const moved = JSON.parse(await readFile(aside, 'utf8')) as FolderOwner;
  if (moved.claim !== dead.claim) await linked(aside, ownerFile(directory));
  await rm(aside, { force: true });
};

const giveBack = async (directory: string, mine: FolderOwner): Promise<void> => {
  if ((await readOwner(directory))?.claim === mine.claim) await rm(ownerFile(directory), { force: true });
};
