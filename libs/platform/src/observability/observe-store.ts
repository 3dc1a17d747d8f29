import { countAppend } from './metrics.js';

/** As much of a store of events as is measured. */
export interface AppendingStore<W, R extends { readonly outcome: 'appended' | 'conflict' | 'unknown' }> {
  append(writes: readonly W[]): Promise<readonly R[]>;
}

const observed = new WeakSet<object>();

const outcomeOf = (error: unknown): 'refused' | 'failed' =>
  (error as { type?: unknown } | null)?.type === 'invalid-append' ? 'refused' : 'failed';

/** Counts what a store answers to appends, stream by stream, from now on; the same store, and counted once. */
export const observeAppends = <
  W,
  R extends { readonly outcome: 'appended' | 'conflict' | 'unknown' },
  S extends AppendingStore<W, R>,
>(
  store: S & AppendingStore<W, R>,
): S => {
  if (observed.has(store)) return store;
  observed.add(store);
  const append = store.append.bind(store);
  return Object.assign(store, {
    append: async (writes: readonly W[]): Promise<readonly R[]> => {
      try {
        const results = await append(writes);
        for (const { outcome } of results) countAppend({ outcome });
        return results;
      } catch (error) {
        countAppend({ outcome: outcomeOf(error) }, writes.length);
        throw error;
      }
    },
  });
};
