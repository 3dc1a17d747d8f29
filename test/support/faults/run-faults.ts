import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { keepErrorsLocal, openDatabase, openEventStore } from '#engines';
import { COMMANDS_FEED } from '#intake';
import { keyFolderOf, openFileKeyService, recordedNow } from '#platform';
import { SeededRandom } from '../decision-oracle/seeded-random.js';
import { checkFiling, readStored, type FilingFindings } from './check-filing.js';
import { checkReads, type ReadFindings } from './check-reads.js';
import { compareRebuild, type RebuildFindings } from './compare-rebuild.js';
import { createCaller } from './hub-caller.js';
import { environmentOf, freePort, HubProcess, type HubProcessOptions } from './hub-process.js';
import { killInTurn, type Kill, type KillKind } from './kill-in-turn.js';
import { readChildren, type Reading } from './read-children.js';
import { newSending, replayAll, sendParcels } from './send-parcels.js';
import { settleReceipts } from './settle-receipts.js';
import { createWorkload } from './workload.js';

export interface FaultOptions {
  /** Folder of the compiled product. */
  readonly product: string;
  readonly kills: readonly KillKind[];
  readonly contributions: number;
  readonly seed: number;
  /** Bugs to plant: file names beside this one. */
  readonly plants?: readonly string[];
  readonly senders?: number;
  /** How long to wait at most for what was accepted to be filed, in ms. */
  readonly settleMs?: number;
}

export interface FaultReport {
  readonly seed: number;
  readonly kills: readonly Kill[];
  readonly recovery: { readonly p50: number; readonly max: number };
  readonly submissions: number;
  readonly filing: FilingFindings;
  readonly reads: ReadFindings;
  readonly rebuild: RebuildFindings;
  readonly verification: { readonly passed: boolean; readonly said: string };
  readonly refused: readonly string[];
  readonly otherReceipts: readonly string[];
  /** Times that the hub ended without having been killed. */
  readonly endedByItself: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly lastWords: string;
}

const SENDERS = 12;

/** The middle value and the largest, rounded; 0 for none. */
const spread = (values: readonly number[]): { p50: number; max: number } => {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
};

/** Runs the product's own `verify` beside the running hub. */
const verify = (options: HubProcessOptions): Promise<FaultReport['verification']> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/apps/hub/src/commands/verify-main.js'],
      { cwd: options.product, env: environmentOf(options) },
      (error, stdout, stderr) => resolve({ passed: error === null, said: `${stdout}${stderr}`.trim() }),
    );
  });

/**
 * Runs the hub under load while it and its PostgreSQL are killed, lets it heal, and holds what was acknowledged against
 * what it kept. Everything it starts is ended, whatever happens.
 */
export const runFaults = async (options: FaultOptions): Promise<FaultReport> => {
  const started = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-faults-'));
  const processOptions: HubProcessOptions = {
    product: options.product,
    dataDir,
    port: await freePort(),
    plants: options.plants ?? [],
  };
  const hub = new HubProcess(processOptions);
  const over = new AbortController();
  try {
    hub.start();
    await hub.ready();
    const caller = createCaller(hub.url, dataDir);
    const workload = createWorkload(options.seed, options.contributions);
    const senders = options.senders ?? SENDERS;
    const sending = newSending();
    const reading: Reading = { received: [], refused: [] };
    const kills: Kill[] = [];

    await sendParcels(caller, sending, workload.first, senders);
    await settleReceipts(caller, sending.acknowledged, 30_000);

    const readers = workload.readers.map((reader, i) =>
      readChildren(caller, reading, reader, new SeededRandom(options.seed + i), over.signal),
    );
    sending.onAcknowledged = (began) => {
      for (const kill of kills) if (began >= kill.at) kill.recoveredMs ??= Date.now() - kill.at;
    };
    const killing = killInTurn(
      hub,
      { kinds: options.kills, submissions: workload.rest.length },
      new SeededRandom(options.seed),
      kills,
      () => sending.acknowledged.length - workload.first.length,
      over.signal,
    );
    await sendParcels(caller, sending, workload.rest, senders);
    over.abort();
    await Promise.all([killing, ...readers]);

    await hub.ready();
    const receipts = await settleReceipts(caller, sending.acknowledged, options.settleMs ?? 60_000);
    await replayAll(caller, sending, senders);
    const found = await inspect(dataDir, async (inspection) => {
      const filing = checkFiling(receipts, await readStored(inspection.pool), COMMANDS_FEED);
      const reads = await checkReads(inspection.pool, inspection.keys, reading.received);
      const rebuild = await compareRebuild(inspection.pool, inspection.store, inspection.keys);
      return { filing, reads, rebuild };
    });
    return {
      seed: options.seed,
      kills,
      recovery: spread(kills.flatMap(({ recoveredMs }) => recoveredMs ?? [])),
      submissions: sending.acknowledged.length,
      ...found,
      verification: await verify(processOptions),
      refused: [...sending.refused, ...reading.refused],
      otherReceipts: sending.otherReceipts,
      endedByItself: hub.endedByItself,
      answers: Object.fromEntries([...caller.answers].sort()),
      seconds: (Date.now() - started) / 1000,
      lastWords: hub.lastWords,
    };
  } finally {
    over.abort();
    await hub.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

type Inspection =
  Parameters<typeof compareRebuild> extends [infer P, infer S, infer K]
    ? { readonly pool: P; readonly store: S; readonly keys: K }
    : never;

/** Looks into the running hub's database, as the owner of its schema. */
const inspect = async <T>(dataDir: string, look: (inspection: Inspection) => Promise<T>): Promise<T> => {
  const database = await openDatabase(`embedded:${join(dataDir, 'postgres')}`, { attach: true, log: () => undefined });
  const pool = keepErrorsLocal(new pg.Pool({ connectionString: database.ownerUrl, max: 3 }));
  try {
    const store = await openEventStore({
      eventStoreUrl: 'embedded:',
      databaseUrl: database.ownerUrl,
      applicationName: 'faults',
      hub: 'hub',
      now: () => recordedNow(pool),
    });
    try {
      const keys = openFileKeyService(join(dataDir, 'keys', keyFolderOf('sharing')));
      return await look({ pool, store, keys });
    } finally {
      await store.close();
    }
  } finally {
    await pool.end();
    await database.stop();
  }
};
