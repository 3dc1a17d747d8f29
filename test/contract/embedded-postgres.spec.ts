import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import {
  attachOrOpenEmbedded,
  EventStoreTables1763900000001,
  migrate,
  openDataSource,
  openEmbeddedPostgres,
  openPostgresEventStore,
  pgPool,
  PlatformClock1763900000000,
  type EmbeddedOptions,
  type EmbeddedPostgres,
} from '#engines';

const silent = (): void => undefined;
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Server processes of a cluster, by the folder they work in. */
const serversOf = (directory: string): number[] => {
  const pidFile = join(directory, 'cluster', 'postmaster.pid');
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    return isRunning(pid) ? [pid] : [];
  } catch {
    return [];
  }
};
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie is over.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
const until = async (answer: () => boolean | Promise<boolean>, milliseconds = 15_000): Promise<boolean> => {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    if (await answer()) return true;
    await pause(25);
  }
  return false;
};

/** Whether people other than its owner may enter a folder and all that it lies in. */
const othersMayEnter = (folder: string): boolean =>
  (statSync(folder).mode & 0o001) !== 0 && (folder === dirname(folder) || othersMayEnter(dirname(folder)));

const isRoot = process.getuid?.() === 0;
const itAsOthers = isRoot && othersMayEnter(process.cwd()) ? it : it.skip;
if (isRoot && itAsOthers === it.skip)
  console.warn('SKIPPED: PostgreSQL as somebody else. Others may not enter the folder in which this project lies.');

describe('embedded PostgreSQL', () => {
  const folders: string[] = [];
  const servers: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    for (const folder of folders.splice(0)) {
      await until(() => serversOf(folder).length === 0);
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'sightline-embedded-'));
    folders.push(folder);
    return folder;
  };
  const open = async (directory: string, more: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> => {
    const server = await openEmbeddedPostgres({ directory, log: silent, ...more });
    servers.push(server);
    return server;
  };
  const openInChild = async (directory: string, more: object = {}): Promise<{ child: ChildProcess; said: any }> => {
    const script = join(process.cwd(), 'test/support/postgres/open-server-child.mjs');
    const child = spawn(process.execPath, [script, directory, JSON.stringify(more)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout! })) return { child, said: JSON.parse(line) };
    throw new Error('the child said nothing');
  };
  const query = async (url: string, sql: string): Promise<any[]> => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', silent);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('is durable, listens on 127.0.0.1 alone, asks for the password, and keeps its secret to itself', async () => {
    const directory = newFolder();
    const server = await open(directory);
    const url = server.url('postgres', 'postgres');
    const settings = await query(
      url,
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes',
        'listen_addresses', 'unix_socket_directories', 'max_connections', 'data_checksums') order by name`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      max_connections: '100',
      synchronous_commit: 'on',
      unix_socket_directories: '',
    });
    expect(statSync(join(directory, 'superuser-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'cluster')).mode & 0o077).toBe(0);
    await expect(query(url.replace(server.superuserPassword, 'wrong'), 'select 1')).rejects.toMatchObject({
      code: '28P01',
    });
    await server.stop();
    expect(serversOf(directory)).toEqual([]);
    expect(readdirSync(directory).sort()).toEqual(['cluster', 'postgres.log', 'superuser-password']);
  });

  itAsOthers.each([['namespace'], ['capabilities']] as const)(
    'works as root by %s, and after a change of the way',
    async (way) => {
      const directory = newFolder();
      for (const ways of [[way], ['namespace'], ['capabilities']] as const) {
        const server = await open(directory, { ways });
        await query(server.url('postgres', 'postgres'), 'create table if not exists kept (n integer)');
        await query(server.url('postgres', 'postgres'), 'insert into kept values (1)');
        await server.stop();
      }
      const server = await open(directory);
      expect(await query(server.url('postgres', 'postgres'), 'select n from kept')).toHaveLength(3);
    },
  );

  it('refuses a second owner of its folder with a sentence, and lets a command attach', async () => {
    const directory = newFolder();
    const server = await open(directory);
    await expect(openEmbeddedPostgres({ directory, log: silent })).rejects.toMatchObject({
      type: 'data-folder-in-use',
      message: expect.stringMatching(/^The data folder .* is in use by process \d+, since .*\. Stop that one first/),
    });
    expect((await openInChild(directory)).said).toMatchObject({ type: 'data-folder-in-use' });

    const attached = await attachOrOpenEmbedded({ directory, log: silent });
    expect([attached.attached, attached.port, attached.url('app', 'db')]).toEqual([
      true,
      server.port,
      server.url('app', 'db'),
    ]);
    await attached.stop();
    expect(await query(server.url('postgres', 'postgres'), 'select 1 as n')).toEqual([{ n: 1 }]);

    await server.stop();
    const own = await attachOrOpenEmbedded({ directory, log: silent });
    expect(own.attached).toBe(false);
    await own.stop();
    expect(serversOf(directory)).toEqual([]);
  });

  it('lets only one of several that start at once have the folder, also after a killed owner', async () => {
    const directory = newFolder();
    const { child } = await openInChild(directory);
    child.kill('SIGKILL');
    const all = await Promise.all(Array.from({ length: 4 }, () => openInChild(directory)));
    expect(all.filter(({ said }) => said.url !== undefined)).toHaveLength(1);
    expect(all.filter(({ said }) => said.type === 'data-folder-in-use')).toHaveLength(3);
  });

  it.each([
    ['the kernel', {}],
    ['a watchdog', { withoutDeathSignal: true }],
  ])('leaves no server when its parent is killed (by %s), and the next start has everything', async (_, more) => {
    const directory = newFolder();
    const { child, said } = await openInChild(directory, more);
    await query(said.url, 'create table kept (n integer)');
    await query(said.url, 'insert into kept values (7)');
    const [pid] = serversOf(directory);
    expect(pid).toBeDefined();
    child.kill('SIGKILL');
    expect(await until(() => !isRunning(pid!))).toBe(true);
    const server = await open(directory);
    expect(await query(server.url('postgres', 'postgres'), 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('starts although everything was killed at once and its process id now belongs to another', async () => {
    const directory = newFolder();
    const { child, said } = await openInChild(directory);
    await query(said.url, 'create table kept as select 1 as n');
    const [pid] = serversOf(directory);
    process.kill(pid!, 'SIGSTOP');
    child.kill('SIGKILL');
    process.kill(pid!, 'SIGKILL');
    await until(() => !isRunning(pid!));
    const pidFile = join(directory, 'cluster', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.ppid)));
    const server = await open(directory);
    expect(await query(server.url('postgres', 'postgres'), 'select n from kept')).toEqual([{ n: 1 }]);
    expect(isRunning(process.ppid)).toBe(true);
  });

  it('begins again where an earlier first start was killed', async () => {
    const directory = newFolder();
    mkdirSync(join(directory, 'cluster.new'));
    writeFileSync(join(directory, 'cluster.new', 'PG_VERSION'), '18');
    writeFileSync(join(directory, 'cluster.password'), 'x');
    const server = await open(directory);
    expect(await query(server.url('postgres', 'postgres'), 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('starts a server that was killed again, on its port; what was acknowledged is kept and callers go on', async () => {
    const lines: string[] = [];
    const directory = newFolder();
    const server = await open(directory, { log: (line) => lines.push(line) });
    const url = server.url('postgres', 'postgres');
    await migrate({ url, migrations: [PlatformClock1763900000000, EventStoreTables1763900000001] });
    const store = await openPostgresEventStore({ url, applicationName: 'kill' });
    const dataSource = await openDataSource({
      url,
      poolSize: 3,
      applicationName: 'kill',
      entities: [],
      migrations: [],
    });
    const pool = pgPool(dataSource);
    let restarts = 0;
    server.onRestart(() => {
      restarts += 1;
    });

    const acknowledged: string[] = [];
    const unknown: string[] = [];
    const seen: string[] = [];
    const subscription = store.subscribe({
      after: await store.head(),
      batchSize: 50,
      onBatch: (events) => {
        seen.push(...events.map(({ id }) => id));
        return Promise.resolve();
      },
    });
    let running = true;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; running; n += 1) {
        const event = { id: randomUUID(), type: 'noted', data: new Uint8Array(100), metadata: new Uint8Array() };
        const [result] = await store.append([
          { stream: `kill-${writer}-${n}`, expectedRevision: 'none', events: [event] },
        ]);
        (result?.outcome === 'appended' ? acknowledged : unknown).push(event.id);
        if (result?.outcome !== 'appended') await pause(20);
      }
    });
    for (let round = 0; round < 2; round += 1) {
      // Connections in every state: idle in the pool, checked out, in a query.
      const held = await pool.connect();
      const asleep = pool.query('select pg_sleep(60)');
      asleep.catch(silent);
      await pause(300);
      const [pid] = serversOf(directory);
      process.kill(pid!, 'SIGKILL');
      await expect(asleep).rejects.toThrow();
      expect(await until(() => restarts === round + 1)).toBe(true);
      await expect(held.query('select 1')).rejects.toThrow();
      held.release(true);
      expect(await pool.query('select 1 as n')).toMatchObject({ rows: [{ n: 1 }] });
      expect(await dataSource.query('select 1 as n')).toEqual([{ n: 1 }]);
      const before = acknowledged.length;
      expect(await until(() => acknowledged.length > before + 50)).toBe(true);
    }
    running = false;
    await Promise.all(writers);

    const stored = new Set<string>();
    for (const row of await query(url, 'select id from store.event')) stored.add(row.id);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect(unknown.length).toBeGreaterThan(0);
    expect(await until(() => seen.length >= stored.size - 1)).toBe(true);
    expect(seen).toHaveLength(stored.size - 1);
    expect(new Set(seen).size).toBe(seen.length);
    expect(lines.filter((line) => line.startsWith('PostgreSQL is ready again'))).toHaveLength(2);
    await subscription.stop();
    await store.close();
    await dataSource.destroy();
  });

  itAsOthers('works for an ordinary user', async () => {
    const home = newFolder();
    chmodSync(home, 0o711);
    const directory = join(home, 'data');
    mkdirSync(directory);
    const script = join(process.cwd(), 'test/support/postgres/open-server-child.mjs');
    const chown = spawn('chown', ['65534:65534', directory]);
    await new Promise((done) => chown.once('exit', done));
    const child = spawn(process.execPath, [script, directory], {
      stdio: ['pipe', 'pipe', 'ignore'],
      uid: 65534,
      gid: 65534,
      cwd: '/',
    });
    children.push(child);
    let said: any;
    for await (const line of createInterface({ input: child.stdout })) {
      said = JSON.parse(line);
      break;
    }
    expect(await query(said.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    child.stdin.end();
    expect(await until(() => serversOf(directory).length === 0)).toBe(true);
  });
});
