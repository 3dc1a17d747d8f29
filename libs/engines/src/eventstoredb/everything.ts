import { StoreError, type Checkpoint, type StoredEvent } from '#event-sourcing';
import type { Connection } from './connection.js';
import { describeFailure, isRefusal } from './failure.js';
import { allPageRequest, streamPageRequest, toStored, type AllPage, type ReadEvent } from './messages.js';
import { readPage } from './read-pages.js';

export const birthStream = 'hub-store';

export interface EverythingOptions {
  readonly connection: Connection;
  /** The store's id, and the position of its first event: what lies before is not of this store. */
  readonly store: string;
  readonly birth: number;
  readonly timeoutMs: number;
}

/** Most events of a page that is read on for want of events of the product. */
const mostOfPage = 2_048;

/** The log of the server without what is the server's own: its system events, and links. */
export class Everything {
  private readonly options: EverythingOptions;
  /** The newest event that was looked at, and the head as of then. */
  private seen: { readonly upTo: number; readonly head: Checkpoint } | undefined;

  constructor(options: EverythingOptions) {
    this.options = options;
  }

  /** At most `limit` events after the checkpoint, which is checked; from the first event of the store for null. */
  async readAfter(after: Checkpoint | null, limit: number): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    let place = after?.position ?? this.options.birth;
    // Reads begin at a position, not after it.
    let isFirst = true;
    for (let count = limit + 1; ; count = Math.min(2 * count, Math.max(mostOfPage, limit + 1))) {
      const page = isFirst && after ? await this.pageAt(after, count) : await this.page(forwards(place, count));
      const news = isFirst && !after ? page : page.filter(({ position }) => position > place);
      isFirst = false;
      for (const event of news) {
        place = event.position;
        if (!event.isServers) events.push(toStored(event));
        if (events.length === limit) return events;
      }
      if (page.length < count && (events.length > 0 || (await this.isEnd(place)))) return events;
    }
  }

  /** Whether there is nothing after this place. Rejects when there is, but the server does not give it. */
  private async isEnd(place: number): Promise<boolean> {
    const head = await this.head();
    if (head.position <= place) return true;
    // It may have come since the page was read.
    const [, next] = await this.page(forwards(place, 2));
    if (next === undefined) throw new StoreError('unavailable', 'the event store did not give all that it holds');
    return false;
  }

  /** Rejects with `wrong-store` or `beyond-head` when the checkpoint is none of this store. */
  async check(checkpoint: Checkpoint | null): Promise<void> {
    if (checkpoint === null) await this.checkBirth();
    else await this.pageAt(checkpoint, 1);
  }

  /** The last event of the product. */
  async head(): Promise<Checkpoint> {
    const { seen } = this;
    let upTo: number | undefined;
    let from: number | 'end' = 'end';
    for (let count = 1; ; count = Math.min(16 * count, mostOfPage)) {
      const page: readonly ReadEvent[] = await this.page({ from, backwards: true, count });
      for (const event of page) {
        if (from !== 'end' && event.position >= from) continue;
        upTo ??= event.position;
        // The log ends before what was seen of it: it is no longer the same one.
        const isShorter = seen !== undefined && upTo < seen.upTo;
        if (seen && !isShorter && event.position <= seen.upTo) return this.remember(upTo, seen.head);
        if (event.isServers) continue;
        return this.remember(upTo, { store: this.options.store, position: event.position, eventId: event.id });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < count) throw new StoreError('wrong-store', 'the store holds no event');
      from = last.position;
    }
  }

  private remember(upTo: number, head: Checkpoint): Checkpoint {
    if (this.seen === undefined || upTo !== this.seen.upTo) this.seen = { upTo, head };
    return head;
  }

  /** The page that begins with the checkpoint's event. */
  private async pageAt(checkpoint: Checkpoint, count: number): Promise<readonly ReadEvent[]> {
    const { store } = this.options;
    if (checkpoint.store !== store) throw new StoreError('wrong-store', 'the checkpoint belongs to another store');
    // A position at which there is no event is refused. Asked twice: one refusal may have another cause.
    for (let refusals = 0; refusals < 2; refusals += 1) {
      const page = await this.pageOrRefusal(forwards(checkpoint.position, count));
      const [first] = page ?? [];
      const isThere = first?.position === checkpoint.position && first.id === checkpoint.eventId.toLowerCase();
      if (page && isThere) return page;
      const head = await this.head();
      if (checkpoint.position > head.position) {
        throw new StoreError('beyond-head', 'the checkpoint lies past the end');
      }
      if (page) break;
    }
    throw new StoreError('wrong-store', 'the store holds another event at the place of the checkpoint');
  }

  private async checkBirth(): Promise<void> {
    const { connection, birth, timeoutMs } = this.options;
    const request = streamPageRequest({ stream: birthStream, from: 'start', backwards: false, count: 1 });
    const [first] = (await answered(readPage(connection, request, timeoutMs))) ?? [];
    if (first?.position !== birth) throw new StoreError('wrong-store', 'the store has been replaced by another');
  }

  private async page(page: AllPage): Promise<readonly ReadEvent[]> {
    const { connection, timeoutMs } = this.options;
    return (await answered(readPage(connection, allPageRequest(page), timeoutMs))) ?? [];
  }

  private async pageOrRefusal(page: AllPage): Promise<readonly ReadEvent[] | undefined> {
    const { connection, timeoutMs } = this.options;
    return answered(
      readPage(connection, allPageRequest(page), timeoutMs).catch((error: unknown) => {
        if (isRefusal(error)) return undefined;
        throw error;
      }),
    );
  }
}

const forwards = (from: number, count: number): AllPage => ({ from, backwards: false, count });

/** Whatever the server says when it cannot answer is one error to the hub. */
export const answered = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('unavailable', `the event store did not answer (${describeFailure(error)})`);
  }
};
