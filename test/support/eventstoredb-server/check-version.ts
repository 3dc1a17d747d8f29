import type { ProposedEvent, RecordedEvent } from './event-log.js';

/** A revision, or what the protocol has instead of one. */
export type Expected = number | 'any' | 'no_stream' | 'stream_exists';

export type Verdict =
  | { readonly verdict: 'write' }
  /** Written before: the last event of it, if it had any. */
  | { readonly verdict: 'repeated'; readonly last: RecordedEvent | undefined }
  | { readonly verdict: 'wrong-version'; readonly current: number | undefined };

/** What the store does with an append, by the stream's events so far. */
export const checkVersion = (
  stream: readonly RecordedEvent[],
  expected: Expected,
  events: readonly ProposedEvent[],
): Verdict => {
  const current = stream.length - 1;
  const wrong: Verdict = { verdict: 'wrong-version', current: current < 0 ? undefined : current };
  if (events.length === 0) return current < 0 ? { verdict: 'repeated', last: undefined } : wrong;
  if (expected === 'stream_exists' && current < 0) return wrong;
  if (expected === 'any' || expected === 'stream_exists') return checkIds(stream, events, wrong);
  const revision = expected === 'no_stream' ? -1 : expected;
  if (revision === current) return { verdict: 'write' };
  if (revision > current) return wrong;
  const isThere = events.every(({ id }, i) => stream[revision + 1 + i]?.id === id);
  return isThere ? { verdict: 'repeated', last: stream[revision + events.length] } : wrong;
};

const checkIds = (stream: readonly RecordedEvent[], events: readonly ProposedEvent[], wrong: Verdict): Verdict => {
  const places = events.map(({ id }) => stream.findLastIndex((event) => event.id === id));
  if (places.every((place) => place < 0)) return { verdict: 'write' };
  return places.every((place) => place >= 0) ? { verdict: 'repeated', last: stream[places.at(-1) ?? 0] } : wrong;
};
