import type { AppendResult, EventStore, StreamWrite } from '#event-sourcing';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** The latest `hubAt` in the metadata of what is to be written. */
const latestOf = (writes: readonly StreamWrite[]): Date | undefined => {
  const times = writes.flatMap(({ events }) =>
    events.flatMap(({ metadata }) => {
      try {
        const { hubAt } = JSON.parse(textOf(metadata)) as { hubAt?: unknown };
        const time = typeof hubAt === 'string' ? Date.parse(hubAt) : Number.NaN;
        return Number.isNaN(time) ? [] : [time];
      } catch {
        return [];
      }
    }),
  );
  return times.length === 0 ? undefined : new Date(Math.max(...times));
};

/**
 * A store elsewhere than the clock of recorded time: before it is asked to write, the clock is told of the latest time
 * in what it will write, so that recorded time never lies before what was recorded. Told without the write: no harm.
 */
export const raisingRecordedTime = (store: EventStore, raise: (at: Date) => Promise<unknown>): EventStore => ({
  id: store.id,
  ...(store.densePositions === undefined ? {} : { densePositions: store.densePositions }),
  append: async (writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> => {
    const latest = latestOf(writes);
    if (latest) await raise(latest);
    return store.append(writes);
  },
  readStream: (stream, options) => store.readStream(stream, options),
  readAll: (after, limit) => store.readAll(after, limit),
  head: () => store.head(),
  subscribe: (options) => store.subscribe(options),
  close: () => store.close(),
});
