import { setTimeout as delay } from 'node:timers/promises';
import { waitForFiling, type History } from './check-history.js';
import type { FaultKind, Injected } from './fault-kinds.js';
import type { FleetScene } from './fleet-scene.js';
import { Questions } from './read-children.js';
import { sendOne, sendParcels } from './send-parcels.js';
import type { OpenWorkload } from './workload.js';

export interface FaultRecord {
  readonly kind: string;
  readonly hurt: FaultKind['hurt'];
  readonly target: string;
  /** From the fault (a pause or a cut line: from its end) until what it hurt did its work again, in ms. */
  readonly recoveredMs: number;
  /** Whether another fault was under way meanwhile. */
  readonly overlapped: boolean;
  /** How long an engine was away, and how long it then took until all that had waited was filed, in ms. */
  readonly outageMs?: number;
  readonly drainedMs?: number;
}

const LIMIT_MS = 120_000;
/** What is accepted in this time after a fault is waited for too. */
const AFTER_MS = 300;

export class NotRecovered extends Error {}

const ORGANISATION_OF: Readonly<Record<string, string>> = {
  'police-adapter': 'POLICE-01',
  'health-adapter': 'HEALTH-01',
  'education-adapter': 'EDUCATION-01',
  'social-care-adapter': 'LOCAL-AUTHORITY-01',
};

export interface Measuring {
  readonly scene: FleetScene;
  readonly workload: OpenWorkload;
  readonly history: History;
}

const lastAccepted = async ({ pool }: FleetScene): Promise<string> => {
  for (;;) {
    try {
      const { rows } = await pool.query('select coalesce(max(accepted_no), 0) as no from inbox.attempt');
      return (rows[0] as { no: string }).no;
    } catch {
      await delay(50);
    }
  }
};

/** Up to where everything was found filed: it need not be looked for again, at the cost of what is measured. */
const settled = new WeakMap<FleetScene, string>();

/** Until everything that had been accepted by now is filed and projected. */
const untilFiled = async (scene: FleetScene): Promise<void> => {
  const upTo = await lastAccepted(scene);
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    const range = { after: settled.get(scene) ?? '0', upTo };
    const filed = await waitForFiling(scene.pool, LIMIT_MS, range).catch(() => undefined);
    if (filed) {
      if (BigInt(upTo) > BigInt(range.after)) settled.set(scene, upTo);
      return;
    }
    await delay(50);
  }
  throw new NotRecovered(`what was accepted up to ${upTo} is not filed`);
};

/** Until a submission that begins now is acknowledged by the adapter of an organisation, and filed. */
const untilTaken = async ({ scene, workload, history }: Measuring, organisation: string): Promise<void> => {
  await sendOne(scene.caller, history.sending, workload.recordOf(organisation));
  await untilFiled(scene);
};

/** As many children as make it certain that whoever files has some of them, whatever share of the work he has. */
const SOME = 12;

/** Until submissions that begin now, about many children, are filed. */
const untilAllFiled = async ({ scene, workload, history }: Measuring): Promise<void> => {
  const parcels = Array.from({ length: SOME }, (_, i) =>
    workload.recordOf(Object.values(ORGANISATION_OF)[i % Object.keys(ORGANISATION_OF).length]!),
  );
  await sendParcels(scene.caller, history.sending, parcels, SOME);
  await untilFiled(scene);
};

/** Until a reader gets a page. */
const untilRead = async ({ scene, workload, history }: Measuring): Promise<void> => {
  const { login, children } = workload.readers[0]!;
  const questions = new Questions(scene.caller, history.reading, login);
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await delay(50)) {
    const handle = await questions.handleOf(children[0]!);
    if (handle !== undefined && typeof (await questions.page(handle)) === 'object') return;
  }
  throw new NotRecovered('nobody could read');
};

const untilPage = async ({ fleet }: FleetScene): Promise<void> => {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await delay(50)) {
    const answer = await fetch(`${fleet.url}/`, { redirect: 'manual', signal: AbortSignal.timeout(3000) }).catch(
      () => undefined,
    );
    await answer?.arrayBuffer().catch(() => undefined);
    if (answer && answer.status < 500) return;
  }
  throw new NotRecovered('no page came');
};

/** Waits until what was hurt does its work again. */
export const untilRecovered = async (measuring: Measuring, { process }: Injected): Promise<void> => {
  const { scene } = measuring;
  const organisation = ORGANISATION_OF[process?.app ?? ''];
  await delay(AFTER_MS);
  if (organisation !== undefined) return untilTaken(measuring, organisation);
  switch (process?.app) {
    case 'timeline':
      return untilAllFiled(measuring);
    case 'sharing':
      await untilFiled(scene);
      return untilRead(measuring);
    case 'audit':
      while (process.pid() === undefined) await delay(20);
      return process.untilReady();
    case 'web':
      return untilPage(scene);
    default:
      await untilAllFiled(measuring);
      return untilRead(measuring);
  }
};

/** Waits until all that had waited for an engine is filed; how long that took, in ms. */
export const untilDrained = async (scene: FleetScene): Promise<number> => {
  const since = Date.now();
  await untilFiled(scene);
  return Date.now() - since;
};
