import { setTimeout as delay } from 'node:timers/promises';
import { decodeMetadata, encodeMetadata, fromHex, linkOf, metadataWithoutLink, toHex, type Sha256 } from '#ledger';
import { maxAppendBytes } from './check-append.js';
import { StoreError, type AppendResult, type EventStore, type NewEvent, type StreamWrite } from './event-store.js';

/** An event as it is decided: the writer stamps its metadata. `id` is a UUID in lower case. */
export interface NewFact {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** How the state of a stream is made of its events, in order. `evolve` leaves the state given as it was. */
export interface Fold<S> {
  readonly initial: S;
  readonly evolve: (state: S, event: NewFact) => S;
}

/**
 * A decision over the state of one stream. It may be asked more than once, and must find in the state what it has
 * already brought about: then it decides for no facts, and nothing is written. Facts beyond 1,000,000 bytes go in
 * several appends, so a decision for that much must also go on from the first of them.
 */
export interface StreamCommand<S> {
  readonly stream: string;
  readonly decide: (state: S) => readonly NewFact[];
  readonly trace?: string;
}

export interface WriteResult {
  readonly stream: string;
  /** What this call is known to have appended for the command. Empty: nothing was to be done, or it was done before. */
  readonly facts: readonly NewFact[];
  /** Last revision of the stream; null when it has no event. */
  readonly revision: number | null;
}

export interface StreamWriterOptions<S> {
  readonly store: EventStore;
  readonly sha256: Sha256;
  /** The hub named in the metadata of every event. */
  readonly hub: string;
  /** Recorded time. */
  readonly now: () => Promise<Date>;
  readonly fold: Fold<S>;
  /** Folds kept: at most so many streams (10,000) with so many events together (200,000). */
  readonly keep?: { readonly streams: number; readonly events: number };
  /** Failures of a stream before a call gives up (8); back-off in ms, doubled each time (20, at most 1,000). */
  readonly retry?: { readonly failures: number; readonly firstBackOff: number; readonly mostBackOff: number };
}

export interface StreamWriter<S> {
  write(stream: string, decide: StreamCommand<S>['decide'], trace?: string): Promise<WriteResult>;
  /**
   * Commands of one stream are decided in the order given, each over what those before it decided; streams are
   * independent. Answers in the order given. Rejects after every stream has ended, with the first that failed; a
   * call with the same commands is then safe.
   */
  writeMany(commands: readonly StreamCommand<S>[]): Promise<readonly WriteResult[]>;
}

/**
 * `unavailable`: the store did not answer, or left the outcome open, time and again. `contention`: others were faster
 * time and again. `unreadable`: an event of the stream is none that a stream writer wrote, so nothing can be linked to it.
 */
export class StreamWriteError extends Error {
  constructor(
    readonly type: 'unavailable' | 'contention' | 'unreadable',
    readonly stream: string,
    cause?: unknown,
  ) {
    super(`the stream could not be written: ${type}`, { cause });
    this.name = 'StreamWriteError';
  }
}

/** What an event counts towards the size of an append beyond its data, metadata and type. */
const EVENT_OVERHEAD = 200;
const PAGE = 200;
const READS_AT_ONCE = 16;

/**
 * The one way in which streams are written. It folds a stream, decides, stamps and links the facts, and appends at
 * exactly the folded revision; many streams go in one append.
 *
 * A fold is kept for the next write, and used only after its last event was read back with the link that it has here:
 * a store may answer a repeated id with an older success of somebody else. After any rejection or unknown outcome, and
 * after the first success that follows one, the fold is dropped, the stream read and the command decided again;
 * nothing is sent again blindly.
 */
export const createStreamWriter = <S>(options: StreamWriterOptions<S>): StreamWriter<S> => new Writer(options);

/** A stream as folded; revision -1 and no link for one without events. */
interface Folded<S> {
  readonly state: S;
  readonly revision: number;
  readonly link: string | null;
}

/** What one call still has to do for a stream. */
interface Work<S> {
  readonly stream: string;
  readonly commands: readonly StreamCommand<S>[];
  /** Facts known to be appended, by command. */
  readonly appended: NewFact[][];
  failures: number;
  revision: number;
  error?: unknown;
}

interface Decided<S> {
  readonly work: Work<S>;
  readonly from: Folded<S>;
  readonly facts: readonly { readonly fact: NewFact; readonly command: number }[];
  readonly state: S;
}

/** Events ready to append, in parts that fit an append each; `after` is the fold once all are in. */
interface Planned<S> {
  readonly work: Work<S>;
  readonly decided: Decided<S>;
  readonly parts: readonly (readonly NewEvent[])[];
  readonly after: Folded<S>;
}

class Writer<S> implements StreamWriter<S> {
  private readonly folds: Folds<S>;
  private readonly doubted = new Set<string>();
  private readonly turns = new Map<string, Promise<void>>();
  private readonly retry: NonNullable<StreamWriterOptions<S>['retry']>;

  constructor(private readonly options: StreamWriterOptions<S>) {
    this.folds = new Folds(options.keep ?? { streams: 10_000, events: 200_000 });
    this.retry = options.retry ?? { failures: 8, firstBackOff: 20, mostBackOff: 1000 };
  }

  async write(stream: string, decide: StreamCommand<S>['decide'], trace = ''): Promise<WriteResult> {
    const [result] = await this.writeMany([{ stream, decide, trace }]);
    return result as WriteResult;
  }

  async writeMany(commands: readonly StreamCommand<S>[]): Promise<readonly WriteResult[]> {
    const results: NewFact[][] = commands.map(() => []);
    const byStream = Map.groupBy(commands.keys(), (i) => (commands[i] as StreamCommand<S>).stream);
    const works = new Map(
      [...byStream].map(([stream, places]): [string, Work<S>] => [
        stream,
        {
          stream,
          commands: places.map((i) => commands[i] as StreamCommand<S>),
          appended: places.map((i) => results[i] as NewFact[]),
          failures: 0,
          revision: -1,
        },
      ]),
    );
    const leave = await this.enter([...works.keys()].sort());
    try {
      await this.work([...works.values()]);
    } finally {
      leave();
    }
    // What a decision threw goes on as it is.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    for (const { error } of works.values()) if (error !== undefined) throw error;
    return commands.map(({ stream }, i) => {
      const revision = works.get(stream)?.revision ?? -1;
      return { stream, facts: results[i] ?? [], revision: revision < 0 ? null : revision };
    });
  }

  /** Waits for the turn of each stream; always in one order, so that no two calls wait for each other. */
  private async enter(streams: readonly string[]): Promise<() => void> {
    const leaves: (() => void)[] = [];
    for (const stream of streams) {
      const before = this.turns.get(stream);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.turns.set(stream, promise);
      leaves.push(() => {
        if (this.turns.get(stream) === promise) this.turns.delete(stream);
        resolve();
      });
      await before;
    }
    return () => leaves.forEach((leave) => leave());
  }

  /** Reads, decides and appends until every stream has ended or given up. */
  private async work(works: readonly Work<S>[]): Promise<void> {
    let open = works;
    while (open.length > 0) {
      const failuresBefore = open.map((work) => work.failures);
      const decided = await eachAtMost(READS_AT_ONCE, open, (work) => this.loadAndDecide(work));
      const toWrite = decided.filter((one): one is Decided<S> => one !== undefined && one.facts.length > 0);
      const again = new Set(await this.append(toWrite));
      const failed = open.filter((work, i) => work.failures > (failuresBefore[i] as number));
      for (const work of failed) again.add(work);
      open = open.filter((work) => again.has(work) && work.error === undefined);
      const failures = Math.max(0, ...failed.map((work) => work.failures));
      if (open.length > 0 && failures > 0) await this.backOff(failures);
    }
  }

  private async backOff(failures: number): Promise<void> {
    const most = Math.min(this.retry.firstBackOff * 2 ** (failures - 1), this.retry.mostBackOff);
    await delay(most * (0.5 + Math.random() / 2));
  }

  /** Undefined when the stream could not be read or decided: the work says why. */
  private async loadAndDecide(work: Work<S>): Promise<Decided<S> | undefined> {
    try {
      const from = await this.load(work.stream);
      work.revision = from.revision;
      const facts: { fact: NewFact; command: number }[] = [];
      let state = from.state;
      for (const [command, { decide }] of work.commands.entries()) {
        for (const fact of decide(state)) {
          facts.push({ fact, command });
          state = this.options.fold.evolve(state, fact);
        }
      }
      if (facts.length === 0) this.keep(work.stream, from);
      return { work, from, facts, state };
    } catch (error) {
      if (error instanceof StoreError && error.type === 'unavailable') this.fail(work, 'unavailable', error);
      else this.giveUp(work, error);
      return undefined;
    }
  }

  private async load(stream: string): Promise<Folded<S>> {
    const kept = this.folds.take(stream);
    if (kept) {
      const [last, ...newer] = await this.read(stream, kept.revision);
      const isOurs = last?.revision === kept.revision && linkIn(stream, last.metadata) === kept.link;
      if (isOurs) return this.readOn(stream, kept, newer, newer.length + 1 < PAGE);
    }
    return this.readOn(stream, { state: this.options.fold.initial, revision: -1, link: null }, [], false);
  }

  private read(stream: string, from: number) {
    return this.options.store.readStream(stream, { from, limit: PAGE });
  }

  private async readOn(
    stream: string,
    start: Folded<S>,
    first: Awaited<ReturnType<EventStore['readStream']>>,
    isAll: boolean,
  ): Promise<Folded<S>> {
    let folded = start;
    let page = first;
    let ended = isAll;
    for (;;) {
      for (const event of page) {
        const link = linkIn(stream, event.metadata);
        if (event.revision !== folded.revision + 1) throw new StreamWriteError('unreadable', stream);
        folded = { state: this.options.fold.evolve(folded.state, event), revision: event.revision, link };
      }
      if (ended) return folded;
      page = await this.read(stream, folded.revision + 1);
      ended = page.length < PAGE;
    }
  }

  /** Appends what was decided; answers with the works that must be decided again. */
  private async append(decided: readonly Decided<S>[]): Promise<readonly Work<S>[]> {
    if (decided.length === 0) return [];
    let hubAt: string;
    try {
      hubAt = (await this.options.now()).toISOString();
    } catch (error) {
      for (const { work } of decided) this.fail(work, 'unavailable', error);
      return [];
    }
    const again: Work<S>[] = [];
    let planned = decided.flatMap((one) => this.plan(one, hubAt));
    for (let part = 0; planned.length > 0; part += 1) {
      if (part > 0) planned = await this.stillOurs(planned, part);
      const outcomes = await this.appendPart(planned, part);
      const appended = planned.filter((one) => this.settle(one, part, outcomes.get(one.work.stream)));
      for (const one of appended.filter(({ parts }) => part === parts.length - 1)) {
        if (this.complete(one)) again.push(one.work);
      }
      planned = appended.filter(({ parts }) => part < parts.length - 1);
    }
    return again;
  }

  /** Stamps and links the facts. Empty when they cannot be linked. */
  private plan(decided: Decided<S>, hubAt: string): Planned<S>[] {
    const { work, from, facts, state } = decided;
    const { hub, sha256 } = this.options;
    try {
      let { revision, link } = from;
      const events = facts.map(({ fact: { id, type, data }, command }): NewEvent => {
        const unlinked = { v: 1, hub, hubAt, trace: work.commands[command]?.trace ?? '' } as const;
        revision += 1;
        const linked = linkOf(
          {
            previous: link === null ? null : fromHex(link),
            stream: work.stream,
            revision,
            type,
            eventId: id,
            metadataWithoutLink: metadataWithoutLink(unlinked),
            dataDigest: sha256(data),
          },
          sha256,
        );
        link = toHex(linked);
        return { id, type, data, metadata: encodeMetadata({ ...unlinked, link }) };
      });
      return [{ work, decided, parts: partsOf(events), after: { state, revision, link } }];
    } catch (error) {
      this.giveUp(work, error);
      return [];
    }
  }

  /** The given part of every stream, in as few appends as their size allows. */
  private async appendPart(planned: readonly Planned<S>[], part: number): Promise<ReadonlyMap<string, Outcome>> {
    const writes = planned.map(({ work, decided, parts }): StreamWrite => {
      const before = decided.from.revision + countOf(parts.slice(0, part));
      return { stream: work.stream, expectedRevision: before < 0 ? 'none' : before, events: parts[part] ?? [] };
    });
    const outcomes = await Promise.all(packed(writes).map((together) => this.send(together)));
    return new Map(outcomes.flat());
  }

  /** Those of which the part before was appended by us: only then may more be linked to it. */
  private async stillOurs(planned: readonly Planned<S>[], part: number): Promise<Planned<S>[]> {
    const checked = await eachAtMost(READS_AT_ONCE, planned, async (one): Promise<Planned<S>[]> => {
      const { work, decided, parts } = one;
      try {
        const from = decided.from.revision + countOf(parts.slice(0, part));
        const [last] = await this.options.store.readStream(work.stream, { from, limit: 1 });
        const ours = parts[part - 1]?.at(-1);
        if (last && ours && linkIn(work.stream, last.metadata) === linkIn(work.stream, ours.metadata)) return [one];
        this.fail(work, 'contention', undefined);
      } catch (error) {
        this.fail(work, 'unavailable', error);
      }
      this.doubt(work.stream);
      return [];
    });
    return checked.flat();
  }

  private async send(writes: readonly StreamWrite[]): Promise<readonly (readonly [string, Outcome])[]> {
    try {
      const results = await this.options.store.append(writes);
      return results.map((result) => [result.stream, result] as const);
    } catch (error) {
      const isRefused = error instanceof StoreError && error.type === 'invalid-append';
      if (!isRefused) return writes.map(({ stream }) => [stream, { outcome: 'unknown', cause: error }] as const);
      if (writes.length === 1)
        return writes.map(({ stream }) => [stream, { outcome: 'refused', cause: error }] as const);
      // Refused before any engine saw it: each stream alone finds the one that is at fault.
      return (await Promise.all(writes.map((write) => this.send([write])))).flat();
    }
  }

  /** True when the part was appended where it was decided. */
  private settle({ work, decided, parts }: Planned<S>, part: number, outcome: Outcome | undefined): boolean {
    const before = countOf(parts.slice(0, part));
    const events = parts[part] ?? [];
    const last = decided.from.revision + before + events.length;
    if (outcome?.outcome === 'appended' && outcome.revision === last) {
      for (const { fact, command } of decided.facts.slice(before, before + events.length)) {
        work.appended[command]?.push(fact);
      }
      return true;
    }
    if (outcome?.outcome === 'refused') this.giveUp(work, outcome.cause);
    else {
      this.doubt(work.stream);
      const cause = outcome && 'cause' in outcome ? outcome.cause : undefined;
      this.fail(work, outcome?.outcome === 'conflict' ? 'contention' : 'unavailable', cause);
    }
    return false;
  }

  /** Every part is in. True when the stream was in doubt before: then it is read and decided again. */
  private complete({ work, after }: Planned<S>): boolean {
    work.revision = after.revision;
    if (this.doubted.delete(work.stream)) return true;
    this.keep(work.stream, after);
    return false;
  }

  private keep(stream: string, folded: Folded<S>): void {
    if (!this.doubted.has(stream)) this.folds.put(stream, folded);
  }

  private doubt(stream: string): void {
    this.doubted.add(stream);
    // A doubt that is forgotten costs nothing but the second look: a fold is never used unread.
    for (const oldest of this.doubted) {
      if (this.doubted.size <= 100_000) break;
      this.doubted.delete(oldest);
    }
  }

  private fail(work: Work<S>, type: 'unavailable' | 'contention', cause: unknown): void {
    work.failures += 1;
    if (work.failures >= this.retry.failures) this.giveUp(work, new StreamWriteError(type, work.stream, cause));
  }

  private giveUp(work: Work<S>, error: unknown): void {
    work.error = error ?? new StreamWriteError('unavailable', work.stream);
  }
}

type Outcome = AppendResult | { readonly outcome: 'unknown' | 'refused'; readonly cause: unknown };

/** Folds by stream, least recently used first; a fold that is taken is put back by whoever used it. */
class Folds<S> {
  private readonly kept = new Map<string, Folded<S>>();
  private events = 0;

  constructor(private readonly most: { readonly streams: number; readonly events: number }) {}

  take(stream: string): Folded<S> | undefined {
    const folded = this.kept.get(stream);
    if (folded && this.kept.delete(stream)) this.events -= folded.revision + 1;
    return folded;
  }

  put(stream: string, folded: Folded<S>): void {
    this.take(stream);
    if (folded.revision < 0) return;
    this.kept.set(stream, folded);
    this.events += folded.revision + 1;
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.most.streams && this.events <= this.most.events) break;
      this.take(oldest);
    }
  }
}

const linkIn = (stream: string, metadata: Uint8Array): string => {
  try {
    return decodeMetadata(metadata).link;
  } catch (error) {
    throw new StreamWriteError('unreadable', stream, error);
  }
};

const sizeOf = ({ type, data, metadata }: NewEvent): number =>
  data.length + metadata.length + 3 * type.length + EVENT_OVERHEAD;

const sizeOfAll = (events: readonly NewEvent[]): number => events.reduce((size, event) => size + sizeOf(event), 0);

const countOf = (parts: readonly (readonly NewEvent[])[]): number => parts.flat().length;

/** Cuts the events, in order, into parts that fit an append each. */
const partsOf = (events: readonly NewEvent[]): NewEvent[][] => cut(events, sizeOf);

/** Puts writes together while they fit one append. */
const packed = (writes: readonly StreamWrite[]): StreamWrite[][] => cut(writes, ({ events }) => sizeOfAll(events));

const cut = <T>(items: readonly T[], sizeOfItem: (item: T) => number): T[][] => {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOfItem(item);
    if (size > room || parts.length === 0) {
      parts.push([]);
      room = maxAppendBytes;
    }
    parts.at(-1)?.push(item);
    room -= size;
  }
  return parts;
};

/** As `Promise.all` over a function, with so many running at a time. */
const eachAtMost = async <T, R>(most: number, items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const left = items.entries();
  const runner = async (): Promise<void> => {
    for (const [i, item] of left) results[i] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, runner));
  return results;
};
