import { createHash } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import { createStreamWriter, type EventStore } from '#event-sourcing';
import { createLogger, observeAppends, type Logger } from '#platform';
import { evolve, initialState } from '#timeline';
import type { FilingWriters } from './file-contributions.js';
import { FILING_LOGGER, FILING_WRITERS, TimelineConsumer } from './timeline.consumer.js';

export interface TimelineOptions {
  readonly store: EventStore;
  readonly hub: string;
  /** Recorded time. */
  readonly now: () => Promise<Date>;
  /** Writes errors to standard error when absent. */
  readonly logger?: Logger;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export const createFilingWriters = ({ store, hub, now }: TimelineOptions): FilingWriters => ({
  timelines: createStreamWriter({ store, hub, now, sha256, fold: { initial: initialState, evolve } }),
  unreadable: createStreamWriter({ store, hub, now, sha256, fold: { initial: 0, evolve: (n: number) => n + 1 } }),
});

/** Filing: the child timeline aggregate behind the bus. */
@Module({})
export class TimelineModule {
  static register(options: TimelineOptions): DynamicModule {
    return {
      module: TimelineModule,
      controllers: [TimelineConsumer],
      providers: [
        {
          provide: FILING_WRITERS,
          useValue: createFilingWriters({ ...options, store: observeAppends(options.store) }),
        },
        {
          provide: FILING_LOGGER,
          useValue: options.logger ?? createLogger({ app: 'timeline', instance: options.hub, level: 'error' }),
        },
      ],
    };
  }
}
