import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const HOME = '/usr/lib/postgresql';
const PASSWORD = 'test-only';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** As root PostgreSQL does not run: it runs as nobody then. */
const identity = () => (process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {});

/**
 * A server of the oldest PostgreSQL that Debian's packages have put on this machine (15 or later), on data of its own.
 * Undefined where there is none.
 */
export const startOldestPostgres = async () => {
  const versions = existsSync(HOME) ? readdirSync(HOME).filter((name) => Number(name) >= 15) : [];
  const version = versions
    .sort((a, b) => Number(a) - Number(b))
    .find((name) => existsSync(join(HOME, name, 'bin/initdb')));
  if (version === undefined) return undefined;
  const bin = join(HOME, version, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'sightline-oldest-postgres-'));
  const as = identity();
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  const data = join(folder, 'data');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C.UTF-8'],
    { ...as, encoding: 'utf8', cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'max_connections=100'];
  const command = [join(bin, 'postgres'), '-D', data, ...settings.flatMap((one) => ['-c', one])];
  const setpriv = existsSync('/usr/bin/setpriv');
  const [file, ...args] = setpriv ? ['/usr/bin/setpriv', '--pdeathsig', 'INT', ...command] : command;
  const server = spawn(file, args, { ...as, stdio: 'ignore', cwd: folder });
  const end = Date.now() + 30_000;
  const ready = () => spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)], as).status === 0;
  while (!ready()) {
    if (Date.now() > end || server.exitCode !== null) throw new Error('the oldest PostgreSQL did not start');
    await delay(100);
  }
  return {
    version,
    url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      server.kill('SIGINT');
      if (server.exitCode === null) await new Promise((resolve) => server.once('exit', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
