import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { hold } from '../journeys/brake.js';
import { checkHistory, newHistory, problemsOfHistory, type History } from './check-history.js';
import { CRASH_POINTS, type CrashPoint } from './points.js';
import { Questions } from './read-children.js';
import type { Scene } from './scene.js';
import { newSending, sendOne, sendParcels } from './send-parcels.js';
import { settleReceipts } from './settle-receipts.js';
import type { OpenWorkload } from './workload.js';

const PARCELS = 4;

/** A scene with its clients, ready to be hurt. */
export interface Stage {
  readonly scene: Scene;
  readonly workload: OpenWorkload;
  readonly history: History;
}

/** Sends what comes first: staff, relations and a record of each child that is read. */
export const setStage = async (scene: Scene, workload: OpenWorkload, setAsideEvery?: number): Promise<Stage> => {
  const { signal } = new AbortController();
  const history = newHistory(newSending(signal, setAsideEvery));
  await sendParcels(scene.caller, history.sending, workload.first, 4);
  await settleReceipts(scene.caller, history.sending.acknowledged, 30_000, signal, 50);
  return { scene, workload, history };
};

/** A relay that began anew looks for shards every second. */
const RELAY_MS = 2500;

/** What was filed is not projected before the relay had every chance to publish it again. */
const withoutProjection = async (pool: Pool, work: () => Promise<void>): Promise<void> => {
  const release = await hold(pool, 'projection');
  try {
    await work();
    await delay(RELAY_MS);
  } finally {
    await release();
  }
};

const crashUnderSubmissions = async ({ scene, workload, history }: Stage, point: CrashPoint): Promise<void> => {
  if (point === 'timeline-mid-batch') {
    const poison = Buffer.from(`{"nobody": "can read this ${history.poison.length}"`);
    history.poison.push(poison);
    scene.points.arm('poison', poison);
  }
  scene.points.arm(point);
  const parcels = Array.from({ length: PARCELS }, () => workload.recordOf('POLICE-01'));
  const sent = sendParcels(scene.caller, history.sending, parcels, PARCELS);
  await scene.points.reached(point);
  await scene.well();
  await scene.forgetLeases();
  await sent;
};

const crashUnderRead = async ({ scene, workload, history }: Stage, point: CrashPoint): Promise<void> => {
  const { login, children } = workload.readers[0]!;
  const questions = new Questions(scene.caller, history.reading, login);
  const handle = await questions.handleOf(children[0]!);
  if (handle === undefined) throw new Error('a search got no answer');
  scene.points.arm(point);
  await questions.page(handle);
  await scene.points.reached(point);
  await scene.well();
  for (let page = await questions.page(handle); typeof page !== 'object'; page = await questions.page(handle)) {
    await delay(100);
  }
};

const crashUnderRebuild = async ({ scene, workload, history }: Stage, point: CrashPoint): Promise<void> => {
  scene.points.arm(point);
  const sent = sendOne(scene.caller, history.sending, workload.recordOf('HEALTH-01'));
  await scene.rebuild();
  await scene.points.reached(point);
  await sent;
  await sendOne(scene.caller, history.sending, workload.recordOf('HEALTH-01'));
  await scene.rebuild();
};

/**
 * Brings the product to a point, where a process of it ends, lets it heal, and holds everything that was ever sent and
 * read in this scene against what it holds. Returns what is wrong. Throws where the point is not reached.
 */
export const crashAt = async (stage: Stage, point: CrashPoint, settleMs: number): Promise<string[]> => {
  switch (CRASH_POINTS[point].drive) {
    case 'submission':
      if (point === 'timeline-after-append') {
        await withoutProjection(stage.scene.pool, () => crashUnderSubmissions(stage, point));
      } else await crashUnderSubmissions(stage, point);
      break;
    case 'read':
      await crashUnderRead(stage, point);
      break;
    case 'rebuild':
      await crashUnderRebuild(stage, point);
      break;
  }
  return problemsOfHistory(await checkHistory(stage.scene, stage.history, { settleMs, replays: 40 }));
};
