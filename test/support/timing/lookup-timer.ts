import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { HubApi } from '../journeys/hub-api.js';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';

/**
 * A way of looking that must not tell an unknown child from a hidden one. `child`: an NHS number; `handle`: its handle
 * for whoever asks.
 */
export interface Lookup {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: (handle: string) => string;
  readonly body?: (child: string) => object;
}

export interface LookupChild {
  readonly isHidden: boolean;
  readonly nhsNumber: string;
  /** By login of whoever asks. */
  readonly handles: Readonly<Record<string, string>>;
}

/** Milliseconds from the question to the last byte of its answer, by class. */
export interface LookupTimes {
  readonly unknown: number[];
  readonly hidden: number[];
}

export interface LookupTimerOptions {
  readonly url: string;
  readonly api: HubApi;
  readonly login: string;
  readonly random: SeededRandom;
  /** Questions on their way at once, each on a connection of its own. */
  readonly lanes: number;
}

/** Asks about unknown and hidden children, woven at random, each question on a warm connection. */
export const timeLookup = async (
  { url, api, login, random, lanes }: LookupTimerOptions,
  lookup: Lookup,
  children: readonly LookupChild[],
  samples: number,
): Promise<LookupTimes> => {
  const authorization = `Bearer ${await api.tokenOf(login)}`;
  const ask = (agent: Agent, child: LookupChild): Promise<number> =>
    new Promise((resolve, reject) => {
      const body = lookup.body && JSON.stringify(lookup.body(child.nhsNumber));
      const since = performance.now();
      const sent = request(`${url}${lookup.path(child.handles[login]!)}`, {
        method: lookup.method,
        agent,
        headers: {
          authorization,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        response.resume();
        response.on('end', () => resolve(performance.now() - since));
        response.on('error', reject);
      });
      sent.end(body);
    });
  const classes = [children.filter(({ isHidden }) => !isHidden), children.filter(({ isHidden }) => isHidden)] as const;
  const plan = classes.flatMap((ofClass) => Array.from({ length: samples }, (_, i) => ofClass[i % ofClass.length]!));
  const woven = plan
    .map((child) => ({ child, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ child }) => child);
  const times: LookupTimes = { unknown: [], hidden: [] };
  const lane = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      for (let child = woven.pop(); child; child = woven.pop()) {
        const ms = await ask(agent, child);
        times[child.isHidden ? 'hidden' : 'unknown'].push(ms);
      }
    } finally {
      agent.destroy();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return times;
};
