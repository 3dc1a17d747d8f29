import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What tells a process from a later one with the same id: boot and start time. Undefined when it does not run (a
 * zombie does not).
 */
export const processIdentity = async (pid: number): Promise<string | undefined> =>
  process.platform === 'linux' ? linuxIdentity(pid) : psIdentity(pid);

const linuxIdentity = async (pid: number): Promise<string | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in brackets and may hold anything; the state is the first field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
};

const psIdentity = async (pid: number): Promise<string | undefined> => {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const text = stdout.trim();
    return text === '' || text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
};

export const isRunning = async (pid: number): Promise<boolean> => (await processIdentity(pid)) !== undefined;

/** Whether the process is a PostgreSQL server process of this cluster folder (real path). */
export const isServerOf = async (pid: number, cluster: string): Promise<boolean> => {
  if (!(await isRunning(pid))) return false;
  if (process.platform === 'linux') {
    try {
      return (await readlink(`/proc/${pid}/cwd`)) === cluster;
    } catch {
      return false;
    }
  }
  try {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes(cluster);
  } catch {
    return false;
  }
};

/** Server processes that outlived their postmaster: they hold the shared memory and would stop a new start. */
export const endStrays = async (cluster: string): Promise<void> => {
  if (process.platform !== 'linux') return;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    if ((await isServerOf(pid, cluster)) && (await commandName(pid)) === 'postgres') {
      signal(pid, 'SIGKILL');
      await waitUntil(async () => !(await isRunning(pid)), 5_000);
    }
  }
};

const commandName = async (pid: number): Promise<string> =>
  (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();

/** Sends a signal; a process that is gone is no error. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Asks each 20 ms until the answer is yes; false when it was not within `milliseconds`. */
export const waitUntil = async (answer: () => Promise<boolean>, milliseconds: number): Promise<boolean> => {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await answer()) return true;
    if (Date.now() > end) return false;
    await pause(20);
  }
};
