import { setTimeout as delay } from 'node:timers/promises';
import type { History } from './check-history.js';
import type { Caller } from './hub-caller.js';
import { Questions, type Chronology } from './read-children.js';
import { sendOne, sendParcels } from './send-parcels.js';
import type { Lane } from './workload.js';

/** Reads that follow each revocation. */
const READS_AFTER = 4;

const shows = (page: Chronology | number | undefined): boolean =>
  typeof page === 'object' && page.entries.length + page.notices.length > 0;

export interface Revocations {
  done: number;
  /** Reads begun after a revocation was acknowledged. */
  reads: number;
}

/**
 * Closes and opens again what one reader sees, until told to stop: no read that begins after a closing was acknowledged
 * may show anything.
 */
export const revokeUnderLoad = async (
  caller: Caller,
  history: History,
  lane: Lane,
  revocations: Revocations,
  signal: AbortSignal,
): Promise<void> => {
  await sendParcels(caller, history.sending, lane.first, 1);
  const questions = new Questions(caller, history.reading, lane.reader.login, true);
  const [child] = lane.reader.children;
  const ask = async (): Promise<Chronology | number | undefined> => {
    const handle = await questions.handleOf(child!);
    return handle === undefined ? undefined : questions.page(handle);
  };
  for (let n = 2; !signal.aborted; n += 2) {
    while (!signal.aborted && !shows(await ask())) await delay(200);
    if (signal.aborted || (await sendOne(caller, history.sending, lane.close(n))) === undefined) return;
    revocations.done += 1;
    for (let i = 0; i < READS_AFTER; i += 1) {
      const page = await ask();
      if (typeof page === 'object') revocations.reads += 1;
      if (shows(page)) history.leaks.push(`after ${lane.name} was closed for the ${n / 2}. time it was shown`);
      await delay(100);
    }
    await sendOne(caller, history.sending, lane.open(n + 1));
  }
};
