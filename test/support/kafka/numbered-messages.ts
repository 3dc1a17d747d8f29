import { setTimeout as delay } from 'node:timers/promises';
import type { BusMessage } from '#bus';

export const counted = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export const numbered = (key: string, n: number, size = 4): BusMessage => {
  const value = new Uint8Array(Math.max(size, 4));
  new DataView(value.buffer).setUint32(0, n);
  return { key, value, headers: { format: 'test' } };
};

export const numberOf = ({ value }: BusMessage): number =>
  new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(0);

export const until = async (isTrue: () => boolean | Promise<boolean>, withinMs = 45_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('what the test waits for did not happen');
    await delay(5);
  }
};

export interface Collected {
  readonly all: readonly BusMessage[];
  readonly onBatch: (messages: readonly BusMessage[]) => Promise<void>;
  /** Numbers of the messages of a key, in the order in which they were handled. */
  readonly of: (key: string) => number[];
  readonly until: (count: number) => Promise<void>;
}

export const collect = (): Collected => {
  const all: BusMessage[] = [];
  return {
    all,
    onBatch: (messages) => {
      all.push(...messages);
      return Promise.resolve();
    },
    of: (key) => all.filter((message) => message.key === key).map(numberOf),
    until: (count) => until(() => all.length >= count),
  };
};
