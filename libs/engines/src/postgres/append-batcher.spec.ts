import { randomUUID } from 'node:crypto';
import type { AppendResult, StreamWrite } from '#event-sourcing';
import { AppendBatcher } from './append-batcher.js';

const write = (stream: string, bytes = 10): StreamWrite => ({
  stream,
  expectedRevision: 'none',
  events: [{ id: randomUUID(), type: 'noted', data: new Uint8Array(bytes), metadata: new Uint8Array() }],
});
const appended = ({ stream }: StreamWrite, position: number): AppendResult => ({
  outcome: 'appended',
  stream,
  revision: 0,
  position,
});
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** A batcher whose batches are answered by hand. */
const byHand = (options: { timeoutMs?: number; maxBatchBytes?: number; maxBatchEvents?: number } = {}) => {
  const batches: (readonly StreamWrite[])[] = [];
  const answers: PromiseWithResolvers<readonly AppendResult[]>[] = [];
  const batcher = new AppendBatcher({
    timeoutMs: 5_000,
    ...options,
    send: (batch) => {
      batches.push(batch);
      const answer = Promise.withResolvers<readonly AppendResult[]>();
      answers.push(answer);
      return answer.promise;
    },
  });
  const streams = (): string[][] => batches.map((batch) => batch.map(({ stream }) => stream));
  const answer = async (i: number): Promise<void> => {
    answers[i]?.resolve(batches[i]?.map(appended) ?? []);
    await pause(5);
  };
  return { batcher, streams, answer, fail: (i: number, error: Error) => answers[i]?.reject(error) };
};

describe('AppendBatcher', () => {
  it('sends together what comes together, and what comes meanwhile in the next batch', async () => {
    const { batcher, streams, answer } = byHand();
    const first = Promise.all([batcher.append([write('a'), write('b')]), batcher.append([write('c')])]);
    await pause(5);
    const second = batcher.append([write('d')]);
    const third = batcher.append([write('e')]);
    await pause(5);
    expect(streams()).toEqual([['a', 'b', 'c']]);
    await answer(0);
    expect(streams()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    await answer(1);
    expect((await first).flat().map(({ stream }) => stream)).toEqual(['a', 'b', 'c']);
    expect([...(await second), ...(await third)].map(({ outcome }) => outcome)).toEqual(['appended', 'appended']);
  });

  it('has a stream once in a batch and keeps the order of its writes', async () => {
    const { batcher, streams, answer } = byHand();
    const all = [batcher.append([write('a'), write('b')]), batcher.append([write('a'), write('c')])];
    all.push(batcher.append([write('a')]));
    await pause(5);
    for (const i of [0, 1, 2]) await answer(i);
    expect(streams()).toEqual([['a', 'b', 'c'], ['a'], ['a']]);
    expect((await Promise.all(all)).map((results) => results.length)).toEqual([2, 2, 1]);
  });

  it('bounds a batch by bytes and by events, but sends one write of any size', async () => {
    const { batcher, streams, answer } = byHand({ maxBatchBytes: 100, maxBatchEvents: 3 });
    void batcher.append([write('large', 500), write('a'), write('b'), write('c'), write('d'), write('e', 95)]);
    await pause(5);
    for (const i of [0, 1, 2, 3]) await answer(i);
    expect(streams()).toEqual([['large'], ['a', 'b', 'c'], ['d'], ['e']]);
  });

  it('answers unknown to a whole batch that fails, with a code where there is one, and sends nothing again', async () => {
    const { batcher, streams, fail } = byHand();
    const answer = batcher.append([write('a'), write('b')]);
    await pause(5);
    fail(0, Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }));
    expect(await answer).toEqual([
      { outcome: 'unknown', stream: 'a', cause: 'ECONNREFUSED' },
      { outcome: 'unknown', stream: 'b', cause: 'ECONNREFUSED' },
    ]);
    await batcher.drained();
    expect(streams()).toHaveLength(1);
  });

  it('answers unknown in time, and never sends what was given up while it waited', async () => {
    const { batcher, streams, answer } = byHand({ timeoutMs: 40 });
    const sent = batcher.append([write('a')]);
    await pause(5);
    const waiting = batcher.append([write('b')]);
    expect((await sent)[0]).toMatchObject({ outcome: 'unknown' });
    expect((await waiting)[0]).toMatchObject({ outcome: 'unknown' });
    await answer(0);
    await batcher.drained();
    expect(streams()).toEqual([['a']]);
  });
});
