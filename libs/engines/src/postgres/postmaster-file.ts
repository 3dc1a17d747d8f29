import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endStrays, isRunning, isServerOf, signal, waitUntil } from './processes.js';

/** What a postmaster says of itself in `postmaster.pid`: line 1 its id, 4 its port, 8 its state. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const pathOf = (cluster: string): string => join(cluster, 'postmaster.pid');

export const readPostmasterFile = async (cluster: string): Promise<PostmasterFile | undefined> => {
  try {
    const lines = (await readFile(pathOf(cluster), 'utf8')).split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: (lines[7] ?? '').trim() === 'ready' };
  } catch {
    return undefined;
  }
};

/** Interrupts a server process (fast shutdown), then insists. Resolves when `ended` says so. */
export const stopPostmaster = async (pid: number, ended: () => Promise<boolean>): Promise<void> => {
  signal(pid, 'SIGINT');
  if (await waitUntil(ended, 15_000)) return;
  signal(pid, 'SIGQUIT');
  if (await waitUntil(ended, 5_000)) return;
  signal(pid, 'SIGKILL');
  await waitUntil(ended, 5_000);
};

/**
 * Makes a cluster (real path) free for a new postmaster: stops one that a dead starter left, ends what outlived its
 * postmaster, and removes a file that names a process which is no server of this cluster (ids come round again,
 * quickly so in containers).
 */
export const clearLeftovers = async (cluster: string): Promise<void> => {
  const left = await readPostmasterFile(cluster);
  if (left !== undefined && (await isServerOf(left.pid, cluster))) {
    await stopPostmaster(left.pid, async () => !(await isRunning(left.pid)));
  }
  await endStrays(cluster);
  if (left !== undefined) await rm(pathOf(cluster), { force: true });
};
