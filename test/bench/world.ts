import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { attachOrOpenEmbedded, keepErrorsLocal, openDatabase } from '#engines';
import { readIssuerKeys, signDevelopmentToken } from '#platform';
import { buildProduct, HUB_PROGRAM } from '../support/faults/build-product.js';
import { createCaller, type Caller } from '../support/faults/hub-caller.js';
import { environmentOf } from '../support/faults/hub-process.js';
import { freePort } from '../../tools/fleet/free-port.js';
import { AppProcess } from './app-process.js';
import { buildPrograms } from './build-programs.js';
import { findPgbench } from './pgbench.js';

/** The hub, its PostgreSQL and the references on the same database. */
export interface World {
  /** Folder of the compiled product, with the programs beside it. */
  readonly product: string;
  readonly dataDir: string;
  readonly hub: AppProcess;
  readonly hubUrl: string;
  readonly baseline: AppProcess;
  readonly baselineUrl: string;
  /** As PostgreSQL's superuser, in the hub's database. */
  readonly pool: pg.Pool;
  /** Address of the database as the references use it. */
  readonly referenceUrl: string;
  /** Process id of PostgreSQL. */
  readonly postmaster: number;
  /** Version of pgbench; undefined: it is absent. */
  readonly pgbench: string | undefined;
  readonly caller: Caller;
  /** What has to be undone at the end, whatever happens. */
  readonly undoing: Undoing;
  /** Header of a connector or a person. */
  authorization(name: string): Promise<string>;
}

/** Steps that undo what was done, newest first; the next is taken whatever becomes of one. */
export class Undoing {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0)) await step().catch(() => undefined);
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** PostgreSQL ends with the hub; where it does not, it is ended. */
const ensureGone = async (postmaster: number): Promise<void> => {
  for (let tries = 0; isAlive(postmaster) && tries < 100; tries += 1) {
    if (tries === 80) process.kill(postmaster, 'SIGKILL');
    await delay(100);
  }
};

/** Starts everything in temporary folders. `undoing` ends and removes it, also when this rejects half-way. */
export const openWorld = async (undoing: Undoing, say: (line: string) => void): Promise<World> => {
  say('building the hub and the reference application');
  const product = await buildProduct();
  undoing.add(() => product.remove());
  // Templates and public files of the pages stay in the sources.
  await symlink(join(process.cwd(), 'apps'), join(product.folder, 'apps')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await buildPrograms(product.folder, 'baseline');
  await buildPrograms(product.folder, 'programs');
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-bench-'));
  undoing.add(() => rm(dataDir, { recursive: true, force: true }));

  say('starting the hub');
  const port = await freePort();
  const hubUrl = `http://127.0.0.1:${port}`;
  const hub = new AppProcess({
    name: 'the hub',
    folder: product.folder,
    program: HUB_PROGRAM,
    env: environmentOf({ product: product.folder, dataDir, port, plants: [] }),
    readyUrl: `${hubUrl}/health/ready`,
  });
  undoing.add(() => hub.stop());
  await hub.ready();
  const postmaster = Number((await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
  undoing.add(async () => {
    await hub.stop();
    await ensureGone(postmaster);
  });

  const log = (): void => undefined;
  const database = await openDatabase(`embedded:${join(dataDir, 'postgres')}`, { attach: true, log });
  const server = await attachOrOpenEmbedded({ directory: join(dataDir, 'postgres'), log });
  const referenceUrl = database.ownerUrl;
  const { username, pathname } = new URL(referenceUrl);
  const pool = keepErrorsLocal(
    new pg.Pool({ connectionString: server.url('postgres', pathname.slice(1)), max: 2, application_name: 'bench' }),
  );
  undoing.add(() => pool.end());
  await pool.query(`create schema bench authorization ${pg.escapeIdentifier(decodeURIComponent(username))}`);

  const baselinePort = await freePort();
  const baselineUrl = `http://127.0.0.1:${baselinePort}`;
  const baseline = new AppProcess({
    name: 'the reference application',
    folder: product.folder,
    program: 'baseline/baseline-main.js',
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: referenceUrl,
      PORT: String(baselinePort),
    },
    readyUrl: `${baselineUrl}/health/ready`,
  });
  undoing.add(() => baseline.stop());
  await baseline.ready();

  const authorization = async (name: string): Promise<string> => {
    const isConnector = name.endsWith('-connector');
    const token = await signDevelopmentToken({
      subject: name,
      ...(isConnector ? { clientId: name } : {}),
      scope: isConnector ? 'submit' : 'read',
      issuer: `${hubUrl}/issuer`,
      audience: 'sightline',
      jwks: await readIssuerKeys(join(dataDir, 'keys')),
      environment: 'test',
    });
    return `Bearer ${token}`;
  };
  return {
    product: product.folder,
    dataDir,
    hub,
    hubUrl,
    baseline,
    baselineUrl,
    pool,
    referenceUrl,
    postmaster,
    pgbench: await findPgbench(),
    caller: createCaller(hubUrl, dataDir),
    undoing,
    authorization,
  };
};

/** What makes a figure of a durable write mean something; every one of them has to be on. */
export type Durability = Readonly<Record<string, string>>;

export const readDurability = async (pool: pg.Pool): Promise<Durability> => {
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'];
  const shown: Record<string, string> = {};
  for (const name of names) {
    const { rows } = await pool.query(`show ${name}`);
    shown[name] = String((rows[0] as Record<string, unknown>)[name]);
  }
  return shown;
};

export const isDurable = (durability: Durability): boolean =>
  ['fsync', 'synchronous_commit', 'full_page_writes'].every((name) => durability[name] === 'on');

/** Highest number of an accepted submission. */
export const lastAccepted = async (pool: pg.Pool): Promise<string> => {
  const { rows } = await pool.query('select accepted_no::text as no from inbox.head');
  return (rows[0] as { no: string }).no;
};

/** Position of the last event of the store. */
export const lastPosition = async (pool: pg.Pool): Promise<string> => {
  const { rows } = await pool.query('select coalesce(max(position), 0)::text as position from store.event');
  return (rows[0] as { position: string }).position;
};

/** Resolves when everything accepted after this number is filed and projected. Throws after ten minutes. */
export const waitUntilFiled = async (pool: pg.Pool, after: string): Promise<void> => {
  const end = Date.now() + 600_000;
  for (;;) {
    const { rows } = await pool.query(
      `select 1 from inbox.attempt a join inbox.item i using (attempt_id)
        where a.accepted_no > $1 and not exists (select 1 from projection.filed f
          where f.generation = projection.live() and f.contribution_id = i.contribution_id) limit 1`,
      [after],
    );
    if (rows.length === 0) return;
    if (Date.now() > end) throw new Error('what was accepted is not filed after ten minutes');
    await delay(50);
  }
};
