import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus } from '#engines';
import { SeededRandom } from '../decision-oracle/seeded-random.js';
import { adoptAgreements } from './adopt-agreements.js';
import { checkHistory, type History, type HistoryFindings } from './check-history.js';
import { dealFaults, faultKindsOf, putPoison, type FaultContext, type FaultKind } from './fault-kinds.js';
import type { FleetScene } from './fleet-scene.js';
import { untilDrained, untilRecovered, type FaultRecord } from './measure-recovery.js';
import { readChildren } from './read-children.js';
import { revokeUnderLoad, type Revocations } from './revoke-under-load.js';
import { sendOne } from './send-parcels.js';
import type { OpenWorkload } from './workload.js';

export interface RandomFaultsOptions {
  readonly faults: number;
  readonly seed: number;
  /** How long what was accepted may take to be filed once all is quiet, in ms (90,000). */
  readonly settleMs?: number;
  /** How often a fault comes while the one before is not over, or not recovered from: 0 to 1 (0.25). */
  readonly overlap?: number;
  readonly onFault?: (done: number, fault: FaultRecord) => void;
  /** Told of each step once the faults are over. */
  readonly onCheck?: (what: string) => void;
}

export interface RandomFaultsReport {
  readonly seed: number;
  readonly store: FleetScene['storeKind'];
  readonly seconds: number;
  readonly faults: readonly FaultRecord[];
  readonly submissions: number;
  readonly findings: HistoryFindings;
  readonly revocations: Revocations;
  /** Answers that came before their record was in the store. */
  readonly early: number;
  readonly endedByItself: readonly string[];
  readonly answers: Readonly<Record<string, number>>;
}

const SENDERS = 4;
const SENDER_RESTS_MS = 750;
const READER_RESTS_MS = 1000;
/** Of a hundred contributions that are sent, one more comes that nobody can read. */
const POISON_EVERY = 100;
/** What one fault at a time may have hold of. */
const resourceOf = ({ hurt, name }: FaultKind): string =>
  (hurt === 'ours' || hurt === 'line' ? 'processes' : hurt) + (hurt === 'nothing' ? name : '');

/** Whether the store has the record of an answer that has just come. Undefined where nobody can tell now. */
const isRecorded = async ({ pool, storeKind }: FleetScene, readId: string): Promise<boolean | undefined> => {
  if (storeKind !== 'postgres') return undefined;
  try {
    const { rows } = await pool.query(
      'select 1 from store.event where id = $1 and position > (select position - 2000 from store.head)',
      [readId],
    );
    return rows.length === 1;
  } catch {
    return undefined;
  }
};

/**
 * Submissions, reads, revocations and messages that nobody can read go on while one fault comes after another; then all
 * heals, and everything that clients did and got is held against what the hub holds.
 */
export const runRandomFaults = async (
  scene: FleetScene,
  workload: OpenWorkload,
  history: History,
  options: RandomFaultsOptions,
): Promise<RandomFaultsReport> => {
  const began = Date.now();
  const {
    seed,
    faults: total,
    settleMs = 90_000,
    overlap = 0.25,
    onFault = () => undefined,
    onCheck = () => undefined,
  } = options;
  const { caller } = scene;
  const { sending, reading } = history;
  const random = new SeededRandom(seed);
  const bus = createKafkaBus({ busUrl: scene.busUrl, clientId: 'faults' });
  const context: FaultContext = { scene, history, random, bus };
  const over = new AbortController();
  const { signal } = over;

  if (history.commands === 0) history.commands = await adoptAgreements(caller, workload.governance, signal);

  let early = 0;
  const looks = new Set<Promise<void>>();
  reading.onReceived = (readId) => {
    const look = isRecorded(scene, readId).then((recorded) => {
      if (recorded === false) early += 1;
    });
    looks.add(look);
    void look.finally(() => looks.delete(look));
  };
  const revocations: Revocations = { done: 0, reads: 0 };
  let contributions = 0;
  let poisoned = 0;
  const sender = async (): Promise<void> => {
    while (!signal.aborted) {
      const parcel = workload.next();
      await sendOne(caller, sending, parcel, { maySetAside: true });
      contributions += parcel.expects.length;
      await delay(SENDER_RESTS_MS);
    }
  };
  const poisoner = async (): Promise<void> => {
    while (!signal.aborted) {
      if (contributions < (poisoned + 1) * POISON_EVERY) await delay(200);
      else {
        poisoned += 1;
        await putPoison(context, 1).catch(() => undefined);
      }
    }
  };
  const load = [
    ...Array.from({ length: SENDERS }, sender),
    poisoner(),
    ...workload.readers.map((reader, i) =>
      readChildren(caller, reading, reader, new SeededRandom(seed + i), signal, READER_RESTS_MS),
    ),
    ...workload.lanes.map((lane) => revokeUnderLoad(caller, history, lane, revocations, signal)),
  ];

  const records: FaultRecord[] = [];
  let active = 0;
  let starts = 0;
  const busy = new Map<string, Promise<void>>();
  const oneFault = async (kind: FaultKind): Promise<void> => {
    active += 1;
    const startedAs = (starts += 1);
    let overlapped = active > 1;
    try {
      const injected = await kind.inject(context);
      const drained = injected.outageMs === undefined ? undefined : untilDrained(scene);
      await untilRecovered({ scene, workload, history }, injected);
      const recoveredMs = Date.now() - injected.since;
      overlapped ||= active > 1 || starts > startedAs;
      const drainedMs = await drained;
      const record: FaultRecord = {
        kind: kind.name,
        hurt: kind.hurt,
        target: injected.target,
        recoveredMs,
        overlapped,
        ...(injected.outageMs === undefined ? {} : { outageMs: injected.outageMs }),
        ...(drainedMs === undefined ? {} : { drainedMs }),
      };
      records.push(record);
      onFault(records.length, record);
    } finally {
      active -= 1;
    }
  };
  const kinds = dealFaults(faultKindsOf(scene), random);
  const running = new Set<Promise<void>>();
  let failure: unknown;
  for (let i = 0; i < total && failure === undefined; i += 1) {
    const kind = kinds.next().value as FaultKind;
    const resource = resourceOf(kind);
    await busy.get(resource);
    scene.restartAfterMs = random.pick([0, 100, 500]);
    const fault = oneFault(kind)
      .catch((error: unknown) => {
        failure ??= new Error(`${kind.name}: ${(error as Error).message}`, { cause: error });
      })
      .finally(() => running.delete(fault));
    running.add(fault);
    busy.set(resource, fault);
    if (random.chance(overlap)) await delay(random.between(50, 1500));
    else await Promise.all(running);
  }
  await Promise.all(running);
  over.abort();
  await Promise.all(load);
  await Promise.all(looks);
  delete reading.onReceived;
  await bus.close();
  if (failure !== undefined) throw failure as Error;

  await scene.well();
  const findings = await checkHistory(scene, history, {
    settleMs,
    replays: 300,
    onStep: onCheck,
  });
  return {
    seed,
    store: scene.storeKind,
    seconds: (Date.now() - began) / 1000,
    faults: records,
    submissions: sending.acknowledged.length,
    findings,
    revocations,
    early,
    endedByItself: scene.endedByItself,
    answers: Object.fromEntries([...caller.answers].sort()),
  };
};
