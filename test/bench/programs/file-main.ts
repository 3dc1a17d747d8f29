import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { TimelineModule } from '#apps/timeline';
import { BusTransport } from '#bus';
import { keepErrorsLocal, openBus, openEventStore } from '#engines';
import type { AppendResult, EventStore, StreamWrite } from '#event-sourcing';
import { Relay } from '#intake';
import { createLogger, NestLogger, recordedNow } from '#platform';
import { answering } from './answering.js';

/** What carries accepted contributions from the inbox over a bus into the store: the relay of the adapters and the timeline app. */
const [inboxUrl, storeUrl] = [process.env['INBOX_URL']!, process.env['STORE_URL']!];
const logger = createLogger({ app: 'timeline', instance: 'bench', level: 'error' });
const poolOf = (connectionString: string, max: number): pg.Pool =>
  keepErrorsLocal(new pg.Pool({ connectionString, max, application_name: 'bench_file' }));
const [inbox, clock] = [poolOf(inboxUrl, 1), poolOf(storeUrl, 1)];
const store = await openEventStore({
  eventStoreUrl: 'embedded:',
  databaseUrl: storeUrl,
  applicationName: 'bench_file_store',
  hub: 'hub',
  clock,
});

/** The store as it is, but for counting the events that it took. */
const counted = (onAppended: (events: number) => void): EventStore =>
  Object.create(store, {
    append: {
      writable: true,
      value: async (writes: readonly StreamWrite[]): Promise<readonly AppendResult[]> => {
        const results = await store.append(writes);
        const taken = writes.filter((_, i) => results[i]?.outcome === 'appended');
        onAppended(taken.reduce((sum, { events }) => sum + events.length, 0));
        return results;
      },
    },
  }) as EventStore;

const LIMIT_MS = 120_000;

/** Opens bus and timeline; resolves once the consumer serves. */
const open = async (busUrl: string) => {
  let filed = 0;
  let check: () => void = () => undefined;
  const onAppended = (events: number): void => {
    filed += events;
    check();
  };
  const bus = openBus({ busUrl, clientId: 'bench' });
  const module = TimelineModule.register({
    store: counted(onAppended),
    hub: 'hub',
    now: () => recordedNow(clock),
    logger,
  });
  const strategy = new BusTransport({ bus, group: 'timeline', batchSize: 500 });
  const app = await NestFactory.createMicroservice(module as never, { strategy, logger: new NestLogger(logger) });
  await app.listen();
  const relay = new Relay({ pool: inbox, bus, logger, carries: 'everything' });
  return {
    /** Seconds until so many events were filed. */
    run: async (events: number): Promise<number> => {
      const all = Promise.withResolvers<void>();
      check = () => filed >= events && all.resolve();
      const began = performance.now();
      relay.start();
      const limit = setTimeout(() => all.reject(new Error(`${filed} of ${events} events were filed`)), LIMIT_MS);
      await all.promise.finally(() => clearTimeout(limit));
      return (performance.now() - began) / 1000;
    },
    close: async (): Promise<void> => {
      await relay.stop();
      await bus.close();
      await app.close();
    },
  };
};

let opened: Awaited<ReturnType<typeof open>> | undefined;

answering<{ open?: string; run?: number; close?: true }>(async (question) => {
  if (question.open !== undefined) opened = await open(question.open);
  else if (question.run !== undefined) return { seconds: await opened!.run(question.run) };
  else {
    await opened?.close();
    opened = undefined;
  }
  return {};
});
