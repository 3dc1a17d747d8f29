import { setTimeout as delay } from 'node:timers/promises';
import { createInProcessBus, type BusMessage } from '#bus';
import { busSuite } from '#bus/testing';

busSuite('the in-process bus', (limits) => createInProcessBus({ ...limits, firstBackOff: 5, mostBackOff: 20 }));

describe('the in-process bus alone', () => {
  const message = (key: string): BusMessage => ({ key, value: new Uint8Array(), headers: {} });
  const bus = createInProcessBus({ firstBackOff: 1, mostBackOff: 4 });
  const onBatch = (batches: number[], failures = 0) => {
    let left = failures;
    return async (messages: readonly BusMessage[]): Promise<void> => {
      batches.push(messages.length);
      left -= 1;
      if (left >= 0) throw new Error('planned');
      await delay(1);
    };
  };

  const sum = (batches: readonly number[]): number => batches.reduce((a, b) => a + b, 0);
  const handled = async (batches: readonly number[], count: number): Promise<void> => {
    for (let i = 0; sum(batches) < count && i < 5000; i += 1) await delay(1);
  };

  afterAll(() => bus.close());

  it('delivers a rejected batch as it was, and goes on as before', async () => {
    const batches: number[] = [];
    await bus.publish('same', [message('a'), message('a')]);
    await bus.consume({ topic: 'same', group: 'g', batchSize: 10, onBatch: onBatch(batches, 3) });
    await delay(0);
    await bus.publish('same', Array(9).fill(message('a')));
    await handled(batches, 17);
    expect(batches).toEqual([2, 2, 2, 2, 9]);
  });

  it('shows a group that joins later what is published from then on', async () => {
    const [first, later]: [number[], number[]] = [[], []];
    await bus.publish('later', [message('a'), message('a')]);
    await bus.consume({ topic: 'later', group: 'first', batchSize: 10, onBatch: onBatch(first) });
    await bus.consume({ topic: 'later', group: 'later', batchSize: 10, onBatch: onBatch(later) });
    await bus.publish('later', [message('a')]);
    await Promise.all([handled(first, 3), handled(later, 1)]);
    expect([first, later]).toEqual([[2, 1], [1]]);
  });
});
