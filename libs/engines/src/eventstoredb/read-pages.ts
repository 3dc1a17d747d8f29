import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Connection, Line } from './connection.js';
import { isConnectionsFault, isNotLeader, NoAnswer } from './failure.js';
import { readEventOf, type ReadEvent } from './messages.js';

/**
 * All events that a request asks for; undefined for a stream that does not exist. Rejects with what the protocol says,
 * or with `NoAnswer` after `timeoutMs` without a sign of the server. A server that names its leader sends us on, once.
 */
export const readPage = async (
  connection: Connection,
  request: ReadReq,
  timeoutMs: number,
): Promise<readonly ReadEvent[] | undefined> => {
  try {
    return await readOnce(connection, request, timeoutMs);
  } catch (error) {
    if (!isNotLeader(error)) throw error;
    return readOnce(connection, request, timeoutMs);
  }
};

const readOnce = async (
  connection: Connection,
  request: ReadReq,
  timeoutMs: number,
): Promise<readonly ReadEvent[] | undefined> => {
  const late = new Lateness(timeoutMs);
  try {
    const line = await late.race(connection.line());
    return await read(connection, line, request, late);
  } finally {
    late.end();
  }
};

const read = (
  connection: Connection,
  line: Line,
  request: ReadReq,
  late: Lateness,
): Promise<readonly ReadEvent[] | undefined> =>
  new Promise((done, failed) => {
    const events: ReadEvent[] = [];
    let found = true;
    let over = false;
    const call = line.streams.read(request, ...line.call());
    const fail = (error: Error): void => {
      if (over) return;
      over = true;
      if (isConnectionsFault(error)) connection.giveUp(line, error);
      failed(error);
      call.cancel();
    };
    late.onLate = fail;
    call.on('error', fail);
    call.on('end', () => done(found ? events : undefined));
    call.on('data', (response: Parameters<typeof readEventOf>[0]) => {
      late.heard();
      if (response.hasStreamNotFound()) found = false;
      try {
        const event = readEventOf(response);
        if (event) events.push(event);
      } catch (error) {
        fail(error as Error);
      }
    });
  });

class Lateness {
  onLate: (error: Error) => void = () => undefined;
  private timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    this.timer = setTimeout(() => this.onLate(new NoAnswer()), milliseconds);
  }

  heard(): void {
    this.timer.refresh();
  }

  race<T>(answer: Promise<T>): Promise<T> {
    return new Promise((done, failed) => {
      this.onLate = failed;
      answer.then(done, failed);
    });
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
