import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { BlindIndex, ensureLiveGeneration, ProjectionRunner, Projector } from '#apps/sharing';
import { keepErrorsLocal, openEventStore } from '#engines';
import type { EventStore, StoredEvent } from '#event-sourcing';
import { BLIND_SECRET, createLogger, createPartOpener, openFileKeyService, type PartOpener } from '#platform';
import { answering, sharedMs } from './answering.js';

/**
 * Projects a store of events, as the sharing app does: follows it, or looks every so many ms. Says after each batch up
 * to which position rows are visible, and when they were.
 */
const url = process.env['PROJECT_URL']!;
const keys = openFileKeyService(join(process.env['KEYS']!, ''));
const blind = new BlindIndex(await keys.secret(BLIND_SECRET));
const logger = createLogger({ app: 'sharing', instance: 'bench', level: 'warn' });
/** Most events of a batch, as the sharing app has it. */
const BATCH = 500;

/** Where the time of a projection goes, in ms. */
class Times {
  batches = 0;
  projecting = 0;
  unsealing = 0;
  readonly statements = new Map<string, { calls: number; ms: number }>();
  private opening = 0;
  private since = 0;

  began(): void {
    if (this.opening === 0) this.since = sharedMs();
    this.opening += 1;
  }

  ended(): void {
    this.opening -= 1;
    if (this.opening === 0) this.unsealing += sharedMs() - this.since;
  }

  asked(text: string, ms: number): void {
    const one = this.statements.get(text) ?? { calls: 0, ms: 0 };
    one.calls += 1;
    one.ms += ms;
    this.statements.set(text, one);
  }
}

let times = new Times();

const nameOf = (asked: unknown): string => {
  const { name, text } = (typeof asked === 'string' ? { text: asked } : asked) as { name?: string; text: string };
  return name ?? text.replace(/\s+/g, ' ').trim().slice(0, 60);
};

/** Counts the time that each statement is waited for. */
class TimedClient extends pg.Client {
  override query(...args: any[]): any {
    const asked = super.query(...(args as [any])) as unknown;
    if (!(asked instanceof Promise)) return asked;
    const [began, counting] = [sharedMs(), times];
    const count = (): void => counting.asked(nameOf(args[0]), sharedMs() - began);
    asked.then(count, count);
    return asked;
  }
}

const pool = keepErrorsLocal(
  new pg.Pool({ connectionString: url, max: 6, application_name: 'bench_project', Client: TimedClient }),
);
const store = await openEventStore({
  eventStoreUrl: 'embedded:',
  databaseUrl: url,
  applicationName: 'bench_project_store',
  hub: 'hub',
  clock: pool,
});

/** A fresh one each time: what is projected again was sealed anew, as far as it knows. */
const timedOpener = (): PartOpener => {
  const opener = createPartOpener(keys);
  return {
    read: opener.read,
    open: async (request) => {
      const counting = times;
      counting.began();
      try {
        return await opener.open(request);
      } finally {
        counting.ended();
      }
    },
  };
};

const said = (events: readonly StoredEvent[], began: number): void => {
  const at = sharedMs();
  times.batches += 1;
  times.projecting += at - began;
  process.send?.({ visible: events.at(-1)!.position, at });
};

/** The store as it is, but for telling when a batch has been handled. */
const told = (onSubscribe: () => void): EventStore =>
  Object.create(store, {
    subscribe: {
      value: (options: Parameters<EventStore['subscribe']>[0]) => {
        const subscription = store.subscribe({
          ...options,
          onBatch: async (events, head) => {
            const began = sharedMs();
            await options.onBatch(events, head);
            said(events, began);
          },
        });
        onSubscribe();
        return subscription;
      },
    },
  }) as EventStore;

const follow = async (): Promise<() => Promise<void>> => {
  const begun = Promise.withResolvers<void>();
  const runner = new ProjectionRunner({
    pool,
    store: told(begun.resolve),
    opener: timedOpener(),
    blind,
    logger,
    batchSize: BATCH,
  });
  runner.start();
  await begun.promise;
  return () => runner.stop();
};

const poll = async (everyMs: number): Promise<() => Promise<void>> => {
  const generation = await ensureLiveGeneration(pool, store);
  const projector = new Projector({ pool, generation, opener: timedOpener(), blind });
  let checkpoint = await projector.checkpoint();
  let stopping = false;
  const polling = (async () => {
    while (!stopping) {
      const events = await store.readAll(checkpoint, BATCH);
      if (events.length > 0) {
        const began = sharedMs();
        checkpoint = await projector.project(events, checkpoint);
        said(events, began);
      }
      if (events.length < BATCH) await delay(everyMs);
    }
  })();
  polling.catch(() => undefined);
  return async () => {
    stopping = true;
    await polling;
  };
};

let stop: (() => Promise<void>) | undefined;

answering<{ start?: 'follow' | 'poll'; everyMs?: number; stop?: true }>(async ({ start, everyMs = 50 }) => {
  if (start === undefined) {
    await stop?.();
    stop = undefined;
    const { batches, projecting, unsealing, statements } = times;
    return { batches, projecting, unsealing, statements: [...statements].map(([name, one]) => ({ name, ...one })) };
  }
  times = new Times();
  stop = await (start === 'follow' ? follow() : poll(everyMs));
  return {};
});
