import { createHash } from 'node:crypto';
import type { BusMessage } from '#bus';
import { eventId, streamOf, SUBJECT_KINDS } from '#contracts';
import { StreamWriteError, type StreamCommand, type StreamWriter } from '#event-sourcing';
import { countContributions, inBatchSpan, readFinal } from '#platform';
import { decideFiling, fileContribution, initialState, type Contribution, type TimelineState } from '#timeline';

/** The contribution of a message: canonical final bytes, of a subject that may have a stream, under that subject's key. */
const tryRead = ({ key, value }: BusMessage): Contribution | undefined => {
  try {
    const { envelope } = readFinal(value).form;
    const { subject } = envelope;
    if (subject.key !== key || !SUBJECT_KINDS.includes(subject.kind)) return undefined;
    const contribution = { envelope, bytes: value };
    // What cannot be filed first on its stream can be filed nowhere on it: it would hold up what comes with it.
    decideFiling(initialState, contribution);
    return contribution;
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

/** Whether the same call may succeed later. Any other error comes back however often the call is made. */
const mayPass = (error: unknown): boolean =>
  error instanceof StreamWriteError && (error.type === 'unavailable' || error.type === 'contention');

/** Told of a stream that was left out: its kind, never its key. */
export type OnLeftOut = (kind: string, error: unknown) => void;

/** Writes all; where a stream cannot be written, each command by itself, so that nothing else waits for that stream. */
const writeAll = async <S>(
  writer: StreamWriter<S>,
  commands: readonly StreamCommand<S>[],
  stage: 'filed' | 'unreadable',
  onLeftOut: OnLeftOut,
): Promise<void> => {
  const write = async (some: readonly StreamCommand<S>[]): Promise<void> => {
    const written = await writer.writeMany(some);
    countContributions({ stage }, written.filter(({ facts }) => facts.length > 0).length);
  };
  try {
    await write(commands);
    return;
  } catch (error) {
    if (mayPass(error)) throw error;
  }
  let later: unknown;
  for (const command of commands) {
    try {
      await write([command]);
    } catch (error) {
      if (mayPass(error)) later ??= error;
      else {
        countContributions({ stage: 'left-out' });
        onLeftOut(command.stream.slice(0, command.stream.indexOf('-')), error);
      }
    }
  }
  // It is the writer's own error, as it came.
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  if (later !== undefined) throw later;
};

export interface FilingWriters {
  readonly timelines: StreamWriter<TimelineState>;
  /** Counts the events of a stream. */
  readonly unreadable: StreamWriter<number>;
}

/**
 * Files a batch: each contribution once on its subject's stream, at exactly the folded revision, many streams a call.
 * What can never be written to its stream is left out and told to `onLeftOut`: the inbox holds it still. Rejects only
 * with a StreamWriteError `unavailable` or `contention`; a call with the same messages is then safe.
 */
export const fileContributions = (
  writers: FilingWriters,
  messages: readonly BusMessage[],
  onLeftOut: OnLeftOut = () => undefined,
): Promise<void> => inBatchSpan(messages, traceOf, 'file', () => fileAll(writers, messages, onLeftOut));

const fileAll = async (
  writers: FilingWriters,
  messages: readonly BusMessage[],
  onLeftOut: OnLeftOut,
): Promise<void> => {
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
  if (keepings.length > 0) await writeAll(writers.unreadable, keepings, 'unreadable', onLeftOut);
  await writeAll(writers.timelines, filings, 'filed', onLeftOut);
};
