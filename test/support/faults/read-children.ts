import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import type { Caller } from './hub-caller.js';
import type { Child, Reader } from './workload.js';

/** One answer that a reader received whole. */
export interface ReceivedRead {
  readonly readId: string;
  readonly entries: readonly (readonly [id: string, version: string])[];
  readonly notices: number;
}

export interface Reading {
  readonly received: ReceivedRead[];
  /** Questions that were refused, which none of these should be. */
  readonly refused: string[];
}

interface Chronology {
  readonly readId: string;
  readonly entries: readonly { readonly entryId: string; readonly version: string }[];
  readonly notices: readonly unknown[];
  readonly cursor: string | null;
}

const PURPOSE = 'SAFEGUARDING';

/** Reads chronologies, page by page, until told to stop. Handles are kept over everything that happens to the hub. */
export const readChildren = async (
  caller: Caller,
  reading: Reading,
  { login, children }: Reader,
  random: SeededRandom,
  signal: AbortSignal,
): Promise<void> => {
  const handles = new Map<Child, string>();
  const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
    const answer = await caller.call(login, method, path, body === undefined ? {} : { body });
    if (answer && answer.status < 400) return answer.body;
    if (answer && answer.status < 500) reading.refused.push(`${login} ${method}: ${JSON.stringify(answer.body)}`);
    await delay(50);
    return undefined;
  };
  const handleOf = async (child: Child): Promise<string | undefined> => {
    const known = handles.get(child);
    if (known !== undefined) return known;
    const search = JSON.stringify({ nhsNumber: child.nhsNumber, purpose: PURPOSE });
    const found = (await ask('POST', '/v1/child-searches', search)) as { handle: string } | undefined;
    if (found) handles.set(child, found.handle);
    return found?.handle;
  };
  while (!signal.aborted) {
    const handle = await handleOf(random.pick(children));
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ purpose: PURPOSE, limit: '10', ...(cursor === null ? {} : { cursor }) });
      const page: Chronology | undefined =
        handle === undefined
          ? undefined
          : ((await ask('GET', `/v1/children/${handle}/chronology?${query.toString()}`)) as Chronology | undefined);
      if (page) {
        reading.received.push({
          readId: page.readId,
          entries: page.entries.map(({ entryId, version }) => [entryId, version]),
          notices: page.notices.length,
        });
      }
      cursor = page?.cursor ?? null;
    } while (cursor !== null && !signal.aborted);
    await delay(20);
  }
};
