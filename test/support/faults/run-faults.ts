import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { keepErrorsLocal, openDatabase, openEventStore } from '#engines';
import type { EventStore } from '#event-sourcing';
import { COMMANDS_FEED } from '#intake';
import { keyFolderOf, openFileKeyService, type KeyService } from '#platform';
import { SeededRandom } from '../decision-oracle/seeded-random.js';
import { adoptAgreements } from './adopt-agreements.js';
import { VERIFY_PROGRAM } from './build-product.js';
import { checkFiling, readEverything, storedOf, type FilingFindings } from './check-filing.js';
import { checkReads, readRecordsOf, type ReadFindings } from './check-reads.js';
import { compareRebuild, type RebuildFindings } from './compare-rebuild.js';
import { createCaller } from './hub-caller.js';
import { environmentOf, HubProcess, type HubProcessOptions } from './hub-process.js';
import { freePort } from '../../../tools/fleet/free-port.js';
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
  /** How long all of it may take, in ms; it is then ended, and this throws. */
  readonly limitMs?: number;
}

export interface FaultReport {
  readonly seed: number;
  readonly kills: readonly Kill[];
  /** From a kill to the first acknowledgement of a request that began after it, in ms. */
  readonly recovery: Readonly<Record<KillKind, { readonly p50: number; readonly max: number }>>;
  readonly submissions: number;
  readonly filing: FilingFindings;
  readonly reads: ReadFindings;
  readonly rebuild: RebuildFindings;
  readonly verification: { readonly passed: boolean; readonly said: string };
  readonly refused: readonly string[];
  readonly otherReceipts: readonly string[];
  /** Submissions that a replay under a known key made the hub accept once more. */
  readonly acceptedAgain: number;
  /** Times that the hub, once it answered, ended without having been killed. */
  readonly endedByItself: number;
  /** Times that the hub gave up starting and was started once more. */
  readonly startsFailed: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly lastWords: string;
}

const SENDERS = 12;
/** How long to wait at most for what was accepted to be filed, once nothing is killed any more. */
const SETTLE_MS = 30_000;

/** The middle value and the largest; 0 for none. */
const recoveryFrom = (kind: KillKind, kills: readonly Kill[]): { p50: number; max: number } => {
  const sorted = kills
    .filter((kill) => kill.kind === kind)
    .flatMap(({ recoveredMs }) => recoveredMs ?? [])
    .sort((a, b) => a - b);
  return { p50: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
};

/** Runs the product's own `verify` beside the running hub. */
const verify = (options: HubProcessOptions): Promise<FaultReport['verification']> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [VERIFY_PROGRAM],
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
  const tooLate = AbortSignal.timeout(options.limitMs ?? 2 ** 31 - 1);
  try {
    hub.start();
    await hub.ready();
    const caller = createCaller(hub.url, dataDir);
    const workload = createWorkload(options.seed, options.contributions);
    const senders = options.senders ?? SENDERS;
    const sending = newSending(tooLate);
    const reading: Reading = { received: [], refused: [] };
    const kills: Kill[] = [];

    await sendParcels(caller, sending, workload.first, senders);
    await settleReceipts(caller, sending.acknowledged, SETTLE_MS, tooLate);

    const commands = await adoptAgreements(caller, workload.governance, tooLate);

    const stopReading = AbortSignal.any([over.signal, tooLate]);
    const readers = workload.readers.map((reader, i) =>
      readChildren(caller, reading, reader, new SeededRandom(options.seed + i), stopReading),
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
      stopReading,
    );
    await sendParcels(caller, sending, workload.rest, senders);
    over.abort();
    await Promise.all([killing, ...readers]);

    await hub.ready();
    const receipts = await settleReceipts(caller, sending.acknowledged, SETTLE_MS, tooLate);
    const found = await inspect(dataDir, async ({ pool, store, keys }) => {
      await waitForFiling(pool, SETTLE_MS);
      const events = await readEverything(store);
      const filing = checkFiling(receipts, storedOf(events), { feed: COMMANDS_FEED, accepted: commands });
      const accepted = await countAccepted(pool);
      await replayAll(caller, sending, senders);
      const acceptedAgain = (await countAccepted(pool)) - accepted;
      const reads = await checkReads(readRecordsOf(await readEverything(store)), keys, reading.received);
      const rebuild = await compareRebuild(pool, store, keys);
      return { filing, acceptedAgain, reads, rebuild };
    });
    tooLate.throwIfAborted();
    return {
      seed: options.seed,
      kills,
      recovery: { hub: recoveryFrom('hub', kills), postgres: recoveryFrom('postgres', kills) },
      submissions: sending.acknowledged.length,
      ...found,
      verification: await verify(processOptions),
      refused: [...sending.refused, ...reading.refused],
      otherReceipts: sending.otherReceipts,
      endedByItself: hub.endedByItself,
      startsFailed: hub.startsFailed,
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

/** Receipts call an item quarantined as soon as it is accepted: this waits until it is in its stream too. */
const waitForFiling = async (pool: pg.Pool, limitMs: number): Promise<void> => {
  const end = Date.now() + limitMs;
  for (;;) {
    const { rows } = await pool.query(
      `select 1 from inbox.attempt a join inbox.item i using (attempt_id)
        where a.accepted_no is not null and not exists (select 1 from projection.filed f
          where f.generation = projection.live() and f.contribution_id = i.contribution_id) limit 1`,
    );
    if (rows.length === 0 || Date.now() > end) return;
    await delay(50);
  }
};

const countAccepted = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query('select count(*)::int as n from inbox.attempt where accepted_no is not null');
  return (rows[0] as { n: number }).n;
};

interface Inspection {
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly keys: KeyService;
}

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
      clock: pool,
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
