import { createHash } from 'node:crypto';
import type { BusMessage } from '#bus';
import { eventId, streamOf } from '#contracts';
import type { StreamCommand, StreamWriter } from '#event-sourcing';
import { fileContribution, readContribution, type Contribution, type TimelineState } from '#timeline';

const tryRead = (message: BusMessage): Contribution | undefined => {
  try {
    return readContribution(message.value);
  } catch {
    return undefined;
  }
};

const traceOf = ({ headers }: BusMessage): string => headers['trace'] ?? '';

/** A message that is no contribution is kept as it came, on a stream of its own, once. */
const keeping = (message: BusMessage): StreamCommand<number> => {
  const digest = createHash('sha256').update(message.value).digest('hex');
  return {
    stream: `unreadable-${digest.slice(0, 32)}`,
    trace: traceOf(message),
    decide: (events) =>
      events > 0 ? [] : [{ id: eventId(digest, 0), type: 'message-unreadable', data: message.value }],
  };
};

export interface FilingWriters {
  readonly timelines: StreamWriter<TimelineState>;
  /** Counts the events of a stream. */
  readonly unreadable: StreamWriter<number>;
}

/** Files a batch: each contribution once on its subject's stream, at exactly the folded revision, many streams a call. */
export const fileContributions = async (writers: FilingWriters, messages: readonly BusMessage[]): Promise<void> => {
  const read = messages.map((message) => ({ message, contribution: tryRead(message) }));
  const filings = read.flatMap(({ message, contribution }) =>
    contribution
      ? [
          {
            stream: streamOf(contribution.envelope.subject),
            trace: traceOf(message),
            decide: fileContribution(contribution),
          },
        ]
      : [],
  );
  const keepings = read.flatMap(({ message, contribution }) => (contribution ? [] : [keeping(message)]));
  if (keepings.length > 0) await writers.unreadable.writeMany(keepings);
  await writers.timelines.writeMany(filings);
};
