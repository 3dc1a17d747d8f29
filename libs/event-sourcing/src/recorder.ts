import type { Sha256 } from '#ledger';
import type { EventStore } from './event-store.js';
import { createStreamWriter, type NewFact } from './stream-writer.js';

export interface RecorderOptions {
  readonly store: EventStore;
  readonly sha256: Sha256;
  readonly hub: string;
  /** Recorded time. */
  readonly now: () => Promise<Date>;
  /** A stream that this process alone writes. */
  readonly stream: string;
}

/** Appends one record and resolves when it is durable; rejects on any other outcome, and is then not tried again. */
export type Recorder = (id: string, data: Uint8Array, type: string) => Promise<void>;

interface Waiting {
  readonly fact: NewFact;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Records that go in one append at most. */
const MOST = 200;

/**
 * Records of what a process did, each appended once and linked to the one before. Those that come while an append runs
 * go together in the next.
 */
export const createRecorder = ({ stream, ...options }: RecorderOptions): Recorder => {
  const writer = createStreamWriter<string>({
    ...options,
    fold: { initial: '', evolve: (_, event) => event.id },
    retry: { failures: 1, firstBackOff: 1, mostBackOff: 1 },
  });
  let queue: Waiting[] = [];
  let running = false;

  const append = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const results = await writer.writeMany(
        batch.map(({ fact }) => ({ stream, decide: (last) => (last === fact.id ? [] : [fact]) })),
      );
      for (const [i, { resolve, reject }] of batch.entries()) {
        if (results[i]?.facts.length === 1) resolve();
        else reject(new Error('the record was not certainly appended'));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    running = true;
    while (queue.length > 0) {
      const batch = queue.slice(0, MOST);
      queue = queue.slice(MOST);
      await append(batch);
    }
    running = false;
  };

  return (id, data, type) =>
    new Promise((resolve, reject) => {
      queue.push({ fact: { id, type, data }, resolve, reject });
      if (!running) void drain();
    });
};
