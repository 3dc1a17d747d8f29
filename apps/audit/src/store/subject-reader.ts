import type { Pool } from 'pg';
import type { EventStore, StoredEvent } from '#event-sourcing';
import type { PartOpener } from '#platform';
import { Histories } from '../history.js';
import type { StoreIndex } from './store-index.js';

const PAGE = 1000;

/** Histories of the subjects that one answer needs, each stream read once, with the bytes of its events. */
export class SubjectReader {
  readonly histories: Histories;
  private readonly loaded = new Set<string>();
  private readonly events = new Map<number, StoredEvent>();

  constructor(
    private readonly store: EventStore,
    private readonly index: StoreIndex,
    pool: Pool,
    opener: PartOpener,
  ) {
    this.histories = new Histories(pool, opener);
  }

  async load(keys: Iterable<string>): Promise<void> {
    await this.loadStreams([...keys].flatMap((key) => this.index.streamOf(key) ?? []));
  }

  async loadStreams(streams: readonly string[]): Promise<void> {
    const missing = [...new Set(streams)].filter((stream) => !this.loaded.has(stream));
    for (const stream of missing) this.loaded.add(stream);
    for (const stream of missing) {
      const events = await this.all(stream);
      for (const event of events) this.events.set(event.position, event);
      await this.histories.add(events);
    }
  }

  /** The event of a loaded stream. */
  at(position: number): StoredEvent {
    const event = this.events.get(position);
    if (!event) throw new Error('the event was not loaded');
    return event;
  }

  private async all(stream: string): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    for (;;) {
      const page = await this.store.readStream(stream, { from: events.length, limit: PAGE });
      events.push(...page);
      if (page.length < PAGE) return events;
    }
  }
}
