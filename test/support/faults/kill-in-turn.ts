import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import type { HubProcess } from './hub-process.js';

export type KillKind = 'hub' | 'postgres';

export interface Kill {
  readonly kind: KillKind;
  /** Machine's time (ms). */
  readonly at: number;
  /** Submissions acknowledged before it. */
  readonly afterAcknowledged: number;
  /** From the kill to the first acknowledgement of a request that began after it, in ms. */
  recoveredMs: number | null;
}

export interface KillPlan {
  readonly kinds: readonly KillKind[];
  /** Submissions that will be sent in all: the kills are spread over them. */
  readonly submissions: number;
}

const killOne = async (hub: HubProcess, kind: KillKind): Promise<void> => {
  if (kind === 'hub') {
    hub.kill();
    return;
  }
  for (;;) {
    const postmaster = await hub.findPostmaster();
    if (postmaster !== undefined) {
      process.kill(postmaster, 'SIGKILL');
      return;
    }
    await delay(5);
  }
};

/**
 * Kills while the senders send. Most kills wait until the one before is recovered from; a quarter come in the middle
 * of its recovery.
 */
export const killInTurn = async (
  hub: HubProcess,
  { kinds, submissions }: KillPlan,
  random: SeededRandom,
  kills: Kill[],
  acknowledged: () => number,
  signal: AbortSignal,
): Promise<void> => {
  const waitFor = async (answer: () => boolean): Promise<void> => {
    while (!answer() && !signal.aborted) await delay(2);
  };
  for (const [i, kind] of kinds.entries()) {
    const last = kills.at(-1);
    if (last && random.chance(0.25)) await delay(random.between(50, 1500));
    else {
      await waitFor(() => last === undefined || last.recoveredMs !== null);
      const turn = Math.floor((submissions * (i + 0.5)) / (kinds.length + 0.5));
      await waitFor(() => acknowledged() >= turn);
      await delay(random.between(0, 50));
    }
    if (signal.aborted) return;
    const afterAcknowledged = acknowledged();
    await killOne(hub, kind);
    kills.push({ kind, at: Date.now(), afterAcknowledged, recoveredMs: null });
  }
  await waitFor(() => kills.every(({ recoveredMs }) => recoveredMs !== null));
};
