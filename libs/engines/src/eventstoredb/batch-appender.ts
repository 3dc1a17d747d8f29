import { randomUUID } from 'node:crypto';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StreamWrite } from '#event-sourcing';
import type { Connection, Line } from './connection.js';
import { isConnectionsFault } from './failure.js';
import { appendAnswerOf, batchAppendRequest, type AppendAnswer } from './messages.js';

/** One append on its way. A rejection says nothing of what became of it. */
export interface Sent {
  readonly answer: Promise<AppendAnswer>;
  /** Nobody waits any more: what comes later is heard by nobody, and the next append takes another connection. */
  abandon(): void;
}

interface Waiting {
  readonly settle: (answer: AppendAnswer) => void;
  readonly fail: (error: unknown) => void;
}

/** Sends appends through one batch call, and another one when that has failed or hangs. */
export class BatchAppender {
  private readonly connection: Connection;
  private current: Promise<BatchCall> | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  send(write: StreamWrite): Sent {
    let abandoned = false;
    const correlation = randomUUID();
    const call = this.call();
    const answer = call.then((open) => {
      if (abandoned) throw new Error('abandoned before it was sent');
      return open.send(correlation, write);
    });
    return {
      answer,
      abandon: () => {
        abandoned = true;
        if (this.current === call) this.current = undefined;
        call.then((open) => open.abandon(correlation), ignore);
      },
    };
  }

  /** Ends the call, once it owes no answer. */
  close(): void {
    const call = this.current;
    this.current = undefined;
    call?.then((open) => open.end(), ignore);
  }

  private call(): Promise<BatchCall> {
    if (this.current) return this.current;
    const call: Promise<BatchCall> = this.connection.line().then(
      (line) =>
        new BatchCall(line, (error) => {
          if (this.current === call) this.current = undefined;
          if (isConnectionsFault(error)) this.connection.giveUp(line, error);
        }),
    );
    this.current = call;
    call.catch(() => {
      if (this.current === call) this.current = undefined;
    });
    return call;
  }
}

const ignore = (): void => undefined;

class BatchCall {
  private readonly call: ReturnType<Line['streams']['batchAppend']>;
  private readonly waiting = new Map<string, Waiting>();
  private readonly onOver: (error: unknown) => void;
  private over = false;
  private retired = false;

  constructor(line: Line, onOver: (error: unknown) => void) {
    this.onOver = onOver;
    this.call = line.streams.batchAppend(...line.call());
    this.call.on('data', (response: BatchAppendResp) => this.hear(response));
    this.call.on('error', (error) => this.end(error));
    this.call.on('end', () => this.end());
  }

  send(correlation: string, write: StreamWrite): Promise<AppendAnswer> {
    return new Promise((settle, fail) => {
      if (this.over) return fail(new Error('the call has ended'));
      this.waiting.set(correlation, { settle, fail });
      this.call.write(batchAppendRequest(correlation, write));
    });
  }

  /** Others that wait on this call may still be answered. */
  abandon(correlation: string): void {
    this.waiting.delete(correlation);
    if (!this.retired) {
      this.retired = true;
      this.onOver(undefined);
    }
    if (this.waiting.size === 0) this.call.cancel();
  }

  end(error?: unknown): void {
    if (this.over) return;
    this.over = true;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of waiting) one.fail(error ?? new Error('the call has ended'));
    if (!this.retired) this.onOver(error);
    this.call.cancel();
  }

  /** An answer that nobody waits for is none of ours: the server may answer twice. */
  private hear(response: BatchAppendResp): void {
    const correlation = response.getCorrelationId()?.getString() ?? '';
    const waiting = this.waiting.get(correlation);
    this.waiting.delete(correlation);
    try {
      waiting?.settle(appendAnswerOf(response));
    } catch (error) {
      waiting?.fail(error);
    }
    if (this.retired && this.waiting.size === 0) this.call.cancel();
  }
}
