import { once } from 'node:events';
import { Metadata, status, type ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { EventLog, RecordedEvent } from './event-log.js';
import { caughtUp, checkpoint, confirmation, eventOf, nameOf, streamNotFound } from './messages.js';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** How many events a filtered subscription looks at, times the multiplier asked for, before it says where it is. */
const searchWindow = 32;

/** Tells those who wait that there are events. */
export class Bell {
  private waiting = new Set<() => void>();

  ring(): void {
    const woken = this.waiting;
    this.waiting = new Set();
    for (const go of woken) go();
  }

  async wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((done) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        this.waiting.delete(go);
        done();
      };
      signal.addEventListener('abort', go);
      this.waiting.add(go);
    });
  }
}

/** Answers one Read, and ends it unless it is a subscription that runs. */
export const answerRead = async (call: ReadCall, log: EventLog, bell: Bell): Promise<void> => {
  const over = new AbortController();
  const end = (): void => over.abort();
  call.on('cancelled', end).on('close', end).on('error', end);
  const options = call.request.getOptions();
  if (options === undefined) return fail(call, status.INVALID_ARGUMENT, 'options are missing');
  try {
    if (options.hasSubscription()) await subscribe(call, options, log, bell, over.signal);
    else await read(call, options, log, over.signal);
    if (!over.signal.aborted) call.end();
  } catch (error) {
    fail(call, status.UNKNOWN, (error as Error).message);
  }
};

const fail = (call: ReadCall, code: status, details: string): void => {
  call.emit('error', { code, details, metadata: new Metadata() });
};

const send = async (call: ReadCall, response: ReadResp, signal: AbortSignal): Promise<void> => {
  if (signal.aborted || call.write(response)) return;
  await once(call, 'drain', { signal }).catch(() => undefined);
};

const read = async (call: ReadCall, options: ReadReq.Options, log: EventLog, signal: AbortSignal): Promise<void> => {
  const backwards = options.getReadDirection() === 1;
  const count = Number(options.getCount());
  const events = options.hasAll()
    ? pageOfAll(log, options.getAll() as ReadReq.Options.AllOptions, backwards, count)
    : pageOfStream(log, options.getStream() as ReadReq.Options.StreamOptions, backwards, count);
  if (events === undefined) {
    await send(call, streamNotFound(nameOf(options.getStream()?.getStreamIdentifier())), signal);
    return;
  }
  for (const event of events) {
    if (signal.aborted) return;
    await send(call, eventOf(event, options.hasAll()), signal);
  }
};

const pageOfAll = (
  log: EventLog,
  from: ReadReq.Options.AllOptions,
  backwards: boolean,
  count: number,
): readonly RecordedEvent[] => {
  if (backwards) {
    const end = from.hasEnd() ? log.all.length : from.hasStart() ? 0 : placeIn(log, from);
    return log.all.slice(Math.max(0, end - count), end).reverse();
  }
  const start = from.hasStart() ? 0 : from.hasEnd() ? log.all.length : placeIn(log, from);
  return log.all.slice(start, start + count);
};

/** Throws for a position at which there is no event. */
const placeIn = (log: EventLog, from: ReadReq.Options.AllOptions): number => {
  const place = log.find(Number(from.getPosition()?.getCommitPosition()));
  if (place < 0) throw new Error('Unexpected ReadAllResult: Error');
  return place;
};

const pageOfStream = (
  log: EventLog,
  from: ReadReq.Options.StreamOptions,
  backwards: boolean,
  count: number,
): readonly RecordedEvent[] | undefined => {
  const name = nameOf(from.getStreamIdentifier());
  const stream = log.stream(name);
  if (stream.length === 0) return undefined;
  const first = Math.max(0, stream.length - maxCountOf(log, name));
  if (backwards) {
    const last = from.hasRevision() ? Math.min(Number(from.getRevision()), stream.length - 1) : stream.length - 1;
    return stream.slice(Math.max(first, last + 1 - count), from.hasStart() ? 1 : last + 1).reverse();
  }
  const start = from.hasRevision() ? Number(from.getRevision()) : from.hasEnd() ? stream.length : 0;
  return stream.slice(Math.max(first, start), Math.max(first, start) + count);
};

const maxCountOf = (log: EventLog, stream: string): number => {
  const last = log.stream(`$$${stream}`).at(-1);
  if (last === undefined) return Infinity;
  try {
    const { $maxCount } = JSON.parse(Buffer.from(last.data).toString()) as { $maxCount?: unknown };
    return typeof $maxCount === 'number' ? $maxCount : Infinity;
  } catch {
    return Infinity;
  }
};

const subscribe = async (
  call: ReadCall,
  options: ReadReq.Options,
  log: EventLog,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> => {
  const ofAll = options.hasAll();
  let next = ofAll ? startInAll(log, options) : startInStream(log, options);
  const source = (): readonly RecordedEvent[] =>
    ofAll ? log.all : log.stream(nameOf(options.getStream()?.getStreamIdentifier()));
  const filter = options.getFilter();
  const matches = filter ? matcherOf(filter) : (): boolean => true;
  const interval = Math.max(1, filter?.getCheckpointintervalmultiplier() ?? 1) * searchWindow;
  let looked = 0;
  let isLive = false;
  await send(call, confirmation(crypto.randomUUID()), signal);
  for (let toldAt = -1; !signal.aborted;) {
    const event = source()[next];
    if (event === undefined) {
      if (toldAt !== next) {
        const last = source()[next - 1];
        if (filter && last && looked > 0) await send(call, checkpoint(last.position), signal);
        if (!isLive) await send(call, caughtUp(), signal);
        isLive = true;
        looked = 0;
        toldAt = next;
        continue;
      }
      await bell.wait(signal);
      continue;
    }
    if (matches(event)) await send(call, eventOf(event, ofAll), signal);
    next += 1;
    looked += 1;
    if (filter && looked % interval === 0) await send(call, checkpoint(event.position), signal);
  }
};

/** Places after what is named: subscriptions begin after it. */
const startInAll = (log: EventLog, options: ReadReq.Options): number => {
  const from = options.getAll() as ReadReq.Options.AllOptions;
  if (from.hasEnd()) return log.all.length;
  return from.hasStart() ? 0 : placeIn(log, from) + 1;
};

const startInStream = (log: EventLog, options: ReadReq.Options): number => {
  const from = options.getStream() as ReadReq.Options.StreamOptions;
  if (from.hasEnd()) return log.stream(nameOf(from.getStreamIdentifier())).length;
  return from.hasRevision() ? Number(from.getRevision()) + 1 : 0;
};

const matcherOf = (filter: ReadReq.Options.FilterOptions): ((event: RecordedEvent) => boolean) => {
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = expression?.getRegex() ?? '';
  const pattern = regex === '' ? undefined : new RegExp(regex, 'u');
  return ({ stream, type }) => {
    const value = filter.hasStreamIdentifier() ? stream : type;
    return pattern ? pattern.test(value) : prefixes.some((prefix) => value.startsWith(prefix));
  };
};
