import type { Occurred } from '#contracts';
import { compareOccurred, startOf } from './occurred.js';

/** What lateness is judged by. */
export interface Arrival {
  readonly occurred: Occurred;
  /** When the hub received it: RFC 3339. */
  readonly received: string;
}

/**
 * Marks the entries that arrived after something that happened later: an entry is late when another of the list
 * occurred later (`compareOccurred`) and was received earlier. Give it only what the reader sees: an entry that is
 * not in the list has no effect. What occurred at an unknown time is not late and makes nothing late. In the order given.
 */
export const markLate = <E extends Arrival>(entries: readonly E[]): (E & { readonly late: boolean })[] => {
  const late = new Set<E>();
  const latestFirst = entries
    .filter(({ occurred }) => startOf(occurred) !== null)
    .sort((a, b) => compareOccurred(b.occurred, a.occurred));
  let earliestReceived = Infinity;
  for (const together of runs(latestFirst)) {
    const received = together.map((entry) => Date.parse(entry.received));
    together.forEach((entry, i) => (received[i] as number) > earliestReceived && late.add(entry));
    earliestReceived = received.reduce((a, b) => Math.min(a, b), earliestReceived);
  }
  return entries.map((entry) => ({ ...entry, late: late.has(entry) }));
};

/** Entries that occurred at the same time, together. */
const runs = <E extends Arrival>(sorted: readonly E[]): E[][] => {
  const groups: E[][] = [];
  for (const entry of sorted) {
    const last = groups.at(-1);
    if (last && compareOccurred((last[0] as E).occurred, entry.occurred) === 0) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
};
