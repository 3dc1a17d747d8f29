import { execFile } from 'node:child_process';
import { chown, lchown, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineError } from './engine-error.js';

const run = promisify(execFile);

/**
 * How a program of PostgreSQL is started, which refuses to run as root, and to initialise for a user without a name.
 * `user`: as we are. `namespace`: as we are, seen as nobody inside a user namespace. `capabilities`: for root, as the
 * folder's owner (nobody for a new folder), who keeps the right to pass root's folders; for machines that forbid
 * namespaces, or a copy that another user owns.
 */
export type Way = 'user' | 'namespace' | 'capabilities';

export interface Launcher {
  readonly way: Way;
  /** Who must own the cluster folder; undefined: whoever creates it. */
  readonly owner: number | undefined;
  /** The command line around a program. */
  wrap(command: readonly string[]): readonly string[];
}

const nobody = 65_534;

const asUser: Launcher = { way: 'user', owner: undefined, wrap: (command) => command };

const inNamespace = (owner: number): Launcher => ({
  way: 'namespace',
  owner,
  wrap: (command) => ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`, ...command],
});

const withCapabilities = (owner: number): Launcher => ({
  way: 'capabilities',
  owner,
  wrap: (command) => [
    'setpriv',
    `--reuid=${owner}`,
    `--regid=${owner}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    ...command,
  ],
});

/** Chooses the first way that a probe on this machine and folder shows to work. Throws `cannot-run-as-root`. */
export const chooseLauncher = async (
  postgres: string,
  cluster: string,
  ways: readonly Way[] = ['namespace', 'capabilities'],
): Promise<Launcher> => {
  const uid = process.getuid?.();
  if (uid === undefined || (uid !== 0 && hasName())) return asUser;
  if (uid !== 0) return forNameless(uid, postgres, cluster);
  const owner = (await stat(cluster)).uid;
  const foreign = owner !== 0 && owner !== nobody;
  const candidates = foreign
    ? [withCapabilities(owner)]
    : ways.map((way) => (way === 'namespace' ? inNamespace(0) : withCapabilities(nobody)));
  for (const launcher of candidates) {
    await giveTree(cluster, launcher.owner ?? 0);
    if (await works(launcher, postgres, cluster)) return launcher;
  }
  await giveTree(cluster, owner);
  throw new EngineError(
    'cannot-run-as-root',
    'PostgreSQL refuses to run as root, and this machine allows neither user namespaces (unshare) nor a change of user ' +
      '(setpriv). Start as an ordinary user, or set DATABASE_URL to the address of a PostgreSQL server.',
  );
};

const hasName = (): boolean => {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
};

const forNameless = async (uid: number, postgres: string, cluster: string): Promise<Launcher> => {
  const launcher = inNamespace(uid);
  // A cluster that exists needs no name.
  return (await works(launcher, postgres, cluster)) ? launcher : asUser;
};

const works = async (launcher: Launcher, postgres: string, cluster: string): Promise<boolean> => {
  const [program, ...args] = launcher.wrap([
    'sh',
    '-c',
    '"$1" --version && test -O "$2" && test -w "$2"',
    'sh',
    postgres,
    cluster,
  ]);
  return succeeds(program ?? '', args);
};

const succeeds = async (program: string, args: readonly string[]): Promise<boolean> => {
  try {
    await run(program, [...args], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
};

/** Whether `setpriv` can have the kernel end a program with its parent. */
export const hasParentDeathSignal = (): Promise<boolean> =>
  process.platform === 'linux' ? succeeds('setpriv', ['--pdeathsig', 'INT', 'true']) : Promise.resolve(false);

/** `command`, ended by an interrupt when this process dies, however it dies. */
export const endingWithParent = (command: readonly string[]): readonly string[] => [
  'setpriv',
  '--pdeathsig',
  'INT',
  'sh',
  '-c',
  // The parent may have died before the kernel was told.
  'test "$PPID" = "$1" || exit 1; shift; exec "$@"',
  'sh',
  String(process.pid),
  ...command,
];

const giveTree = async (path: string, owner: number): Promise<void> => {
  const found = await stat(path);
  if (found.uid === owner) return;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), owner, owner);
  }
  // The folder itself last: an interrupted change is begun again.
  await chown(path, owner, owner);
};
