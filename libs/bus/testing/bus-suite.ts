import { setTimeout as delay } from 'node:timers/promises';
import { BusError, type Bus, type BusMessage, type BusSubscription } from '#bus';

/** What the suite asks of an engine that holds messages in the memory of this process. */
export interface BusLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

export interface BusTraits {
  /** `memory`: a full topic makes publishers wait. `broker`: messages are held elsewhere, and publishers go on. */
  readonly holds: 'memory' | 'broker';
}

const ROOMY: BusLimits = { maxMessages: 100_000, maxBytes: 64 * 1024 * 1024 };

/**
 * What every bus promises. `open` gives a bus of its own for each test; topics are made as they are named, with more
 * than one partition, and a group that is new to a topic begins with what the topic holds.
 */
export const busSuite = (
  name: string,
  open: (limits: BusLimits) => Bus | Promise<Bus>,
  { holds }: BusTraits = { holds: 'memory' },
): void => {
  describe(`${name} as a bus`, () => {
    let bus: Bus;
    let topic: string;
    const buses: Bus[] = [];

    const opened = async (limits: BusLimits = ROOMY): Promise<Bus> => {
      const one = await open(limits);
      buses.push(one);
      return one;
    };

    const consume = (
      onBatch: (messages: readonly BusMessage[]) => Promise<void>,
      { group = 'group-1', batchSize = 10, on = topic } = {},
    ): Promise<BusSubscription> => bus.consume({ topic: on, group, batchSize, onBatch });

    beforeEach(async () => {
      topic = `topic-${crypto.randomUUID()}`;
      bus = await opened();
    });

    afterEach(async () => {
      await Promise.all(buses.splice(0).map((one) => one.close()));
    });

    describe('carries', () => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

      it.each<[string, Uint8Array]>([
        ['every byte', everyByte],
        ['no bytes', new Uint8Array()],
        ['a part of a larger buffer', new Uint8Array(everyByte.buffer, 7, 100)],
        ['a Buffer', Buffer.from('{"v":1}')],
        ['900 KiB', new Uint8Array(900 * 1024).map((_, i) => i * 31)],
      ])('%s unchanged', async (_, value) => {
        const got = collect();
        await consume(got.onBatch);
        await bus.publish(topic, [{ key: 'k', value, headers: {} }]);
        await got.until(1);
        expect(got.all[0]?.value).toBeInstanceOf(Uint8Array);
        expect(hex(got.all[0] as BusMessage)).toBe(Buffer.from(value).toString('hex'));
      });

      it('keys and headers unchanged', async () => {
        const got = collect();
        await consume(got.onBatch);
        const messages = [
          { key: 'é 😀\n', value: everyByte, headers: { format: 'final/1', trace: 'é😀', empty: '' } },
          { key: 'plain', value: everyByte, headers: {} },
        ];
        await bus.publish(topic, messages);
        await got.until(2);
        for (const { key, headers } of messages) {
          expect(got.all.find((message) => message.key === key)?.headers).toEqual(headers);
        }
      });

      it('what a message was when it was published, whatever publisher and handlers do to it', async () => {
        const seen: string[] = [];
        await consume(async (messages) => {
          for (const message of messages) {
            seen.push(hex(message));
            message.value.fill(0);
          }
          if (seen.length < 2) throw new Error('again');
        });
        const second = collect();
        await consume(second.onBatch, { group: 'group-2' });
        const value = new Uint8Array([1, 2, 3]);
        await bus.publish(topic, [{ key: 'k', value, headers: {} }]);
        value.fill(9);
        await until(() => seen.length === 2 && second.all.length === 1);
        expect([...seen, ...second.all.map(hex)]).toEqual(['010203', '010203', '010203']);
      });

      it('nothing when nothing is published', async () => {
        const got = collect();
        await consume(got.onBatch);
        await bus.publish(topic, []);
        await bus.publish(topic, [numbered('k', 0)]);
        await got.until(1);
        expect(got.batches).toEqual([1]);
      });

      it('each topic to its own consumers', async () => {
        const other = `${topic}-other`;
        const [here, there] = [collect(), collect()];
        await consume(here.onBatch);
        await consume(there.onBatch, { on: other });
        await bus.publish(topic, [numbered('here', 0)]);
        await bus.publish(other, [numbered('there', 0)]);
        await Promise.all([here.until(1), there.until(1)]);
        expect([...here.all, ...there.all].map(({ key }) => key)).toEqual(['here', 'there']);
      });

      it('what was published before the first consumer came', async () => {
        await bus.publish(topic, [numbered('a', 0), numbered('a', 1)]);
        const got = collect();
        await consume(got.onBatch);
        await got.until(2);
        expect(got.of('a')).toEqual([0, 1]);
      });
    });

    it('keeps the order of each key, and never handles a key twice at once', async () => {
      const got = collect();
      const inHand = new Set<string>();
      const together: string[] = [];
      await consume(async (messages) => {
        const keys = new Set(messages.map(({ key }) => key));
        for (const key of keys) {
          if (inHand.has(key)) together.push(key);
          inHand.add(key);
        }
        await delay(Math.random() * 4);
        await got.onBatch(messages);
        for (const key of keys) inHand.delete(key);
      });
      const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`);
      const publishAll = async (key: string): Promise<void> => {
        for (let n = 0; n < 30; n += 3) {
          await bus.publish(topic, [numbered(key, n), numbered(key, n + 1), numbered(key, n + 2)]);
        }
      };
      await Promise.all(keys.map(publishAll));
      await got.until(1200);
      for (const key of keys) expect(got.of(key)).toEqual(counted(30));
      expect(together).toEqual([]);
    });

    it('hands over no more at a time than was asked, and more than one where it can', async () => {
      const got = collect();
      await bus.publish(
        topic,
        counted(200).map((n) => numbered(`key-${n % 3}`, n)),
      );
      await consume(got.onBatch, { batchSize: 7 });
      await got.until(200);
      expect(Math.max(...got.batches)).toBeLessThanOrEqual(7);
      expect(Math.max(...got.batches)).toBeGreaterThan(1);
      expect(Math.min(...got.batches)).toBeGreaterThan(0);
    });

    it.each([0, -1, 1.5, NaN])('refuses a batch size of %p', async (batchSize) => {
      await expect(consume(() => Promise.resolve(), { batchSize })).rejects.toMatchObject({
        name: 'BusError',
        type: 'invalid',
      });
    });

    it('refuses a topic and a group without a name', async () => {
      await expect(consume(() => Promise.resolve(), { on: '' })).rejects.toMatchObject({ type: 'invalid' });
      await expect(consume(() => Promise.resolve(), { group: '' })).rejects.toMatchObject({ type: 'invalid' });
      await expect(bus.publish('', [numbered('k', 0)])).rejects.toMatchObject({ type: 'invalid' });
    });

    it('shows every group everything, and shares it among the members of a group without doubling', async () => {
      const members = [collect(), collect()];
      const alone = collect();
      for (const member of members) await consume(member.onBatch, { group: 'shared' });
      await consume(alone.onBatch, { group: 'alone' });
      const keys = counted(100).map((n) => `key-${n}`);
      for (const n of counted(5)) {
        await bus.publish(
          topic,
          keys.map((key) => numbered(key, n)),
        );
      }
      await until(() => members.reduce((sum, { all }) => sum + all.length, 0) >= 500 && alone.all.length >= 500);
      await delay(50);
      for (const member of members) expect(member.all.length).toBeGreaterThan(0);
      for (const key of keys) {
        expect(alone.of(key)).toEqual(counted(5));
        const served = members.map((member) => member.of(key)).filter((numbers) => numbers.length > 0);
        expect(served).toEqual([counted(5)]);
      }
    });

    describe('after a rejection', () => {
      it('delivers again what was rejected before anything after it, and skips nothing', async () => {
        const handled: number[] = [];
        const attempts: number[][] = [];
        const failures = [0, 0, 3, 4, 4, 11];
        await consume(
          async (messages) => {
            const numbers = messages.map(numberOf);
            attempts.push(numbers);
            const failing = failures.findIndex((n) => numbers.includes(n));
            if (failing >= 0) {
              failures.splice(failing, 1);
              throw new Error('planned');
            }
            handled.push(...numbers);
          },
          { batchSize: 4 },
        );
        await bus.publish(
          topic,
          counted(20).map((n) => numbered('one-key', n)),
        );
        await until(() => handled.length >= 20);
        expect(handled).toEqual(counted(20));
        expect(failures).toEqual([]);
        let next = 0;
        for (const numbers of attempts) {
          expect(numbers).toEqual(counted(numbers.length).map((n) => n + (numbers[0] as number)));
          expect(numbers[0]).toBeLessThanOrEqual(next);
          next = Math.max(next, (numbers.at(-1) as number) + 1);
        }
      });

      it('takes a handler that throws before it promises for a rejection', async () => {
        let calls = 0;
        const got = collect();
        await consume((messages) => {
          calls += 1;
          if (calls === 1) throw new Error('at once');
          return got.onBatch(messages);
        });
        await bus.publish(topic, [numbered('k', 0)]);
        await got.until(1);
        expect(calls).toBe(2);
      });

      it('lets the keys of other partitions flow past a poisonous one', async () => {
        let poisonous = true;
        let rejected = 0;
        const got = collect();
        await consume(async (messages) => {
          if (poisonous && messages.some(({ key }) => key === 'poison')) {
            rejected += 1;
            throw new Error('poison');
          }
          await got.onBatch(messages);
        });
        await bus.publish(topic, [numbered('poison', 0), numbered('poison', 1)]);
        await until(() => rejected > 0);
        const keys = counted(200).map((n) => `key-${n}`);
        const before = rejected;
        await bus.publish(
          topic,
          keys.map((key) => numbered(key, 0)),
        );
        await until(() => got.all.length >= 50 && rejected > before);
        expect(got.of('poison')).toEqual([]);
        poisonous = false;
        await got.until(202);
        expect(got.of('poison')).toEqual([0, 1]);
        expect(new Set(got.all.map(({ key }) => key)).size).toBe(201);
      });

      it('goes on for one group while another rejects', async () => {
        let broken = true;
        const [well, ill] = [collect(), collect()];
        await consume(well.onBatch, { group: 'well' });
        await consume((messages) => (broken ? Promise.reject(new Error('ill')) : ill.onBatch(messages)), {
          group: 'ill',
        });
        await bus.publish(
          topic,
          counted(30).map((n) => numbered('k', n)),
        );
        await well.until(30);
        expect(ill.all).toEqual([]);
        broken = false;
        await ill.until(30);
        expect([well.of('k'), ill.of('k')]).toEqual([counted(30), counted(30)]);
      });
    });

    describe('with a slow consumer', () => {
      const slow = async (): Promise<{ got: Collected; release: () => void }> => {
        const gate = Promise.withResolvers<void>();
        const got = collect();
        await consume(async (messages) => {
          await gate.promise;
          await got.onBatch(messages);
        });
        return { got, release: () => gate.resolve() };
      };

      const publishOneByOne = (count: number, size: number) => {
        const progress = { published: 0, ended: Promise.resolve() };
        progress.ended = (async () => {
          for (const n of counted(count)) {
            await bus.publish(topic, [numbered(`key-${n % 20}`, n, size)]);
            progress.published += 1;
          }
        })();
        return progress;
      };

      if (holds === 'broker') {
        it('takes everything and hands over all of it in the end', async () => {
          const { got, release } = await slow();
          await publishOneByOne(300, 10).ended;
          release();
          await got.until(300);
        });
        return;
      }

      it.each<[string, BusLimits, number, number]>([
        ['messages', { maxMessages: 50, maxBytes: ROOMY.maxBytes }, 10, 50],
        ['bytes', { maxMessages: ROOMY.maxMessages, maxBytes: 1024 * 1024 }, 100 * 1024, 10],
      ])('makes publishers wait at its bound of %s', async (_, limits, size, most) => {
        bus = await opened(limits);
        const { got, release } = await slow();
        const progress = publishOneByOne(300, size);
        await until(() => progress.published >= most);
        await delay(30);
        expect(progress.published).toBe(most);
        release();
        await progress.ended;
        await got.until(300);
        for (const k of counted(20)) expect(got.of(`key-${k}`)).toEqual(counted(15).map((n) => n * 20 + k));
      });

      it('goes at the pace of the slowest group', async () => {
        bus = await opened({ ...ROOMY, maxMessages: 5 });
        const { got, release } = await slow();
        const fast = collect();
        await consume(fast.onBatch, { group: 'fast' });
        const progress = publishOneByOne(20, 1);
        await fast.until(5);
        await delay(30);
        expect(progress.published).toBe(5);
        release();
        await progress.ended;
        await Promise.all([got.until(20), fast.until(20)]);
      });

      it('makes one large publication wait too, and takes it in parts', async () => {
        bus = await opened({ ...ROOMY, maxMessages: 5 });
        const { got, release } = await slow();
        let done = false;
        const publishing = bus
          .publish(
            topic,
            counted(40).map((n) => numbered('k', n)),
          )
          .then(() => (done = true));
        await delay(30);
        expect(done).toBe(false);
        release();
        await publishing;
        await got.until(40);
        expect(got.of('k')).toEqual(counted(40));
      });

      it('makes publishers wait while nobody consumes', async () => {
        bus = await opened({ ...ROOMY, maxMessages: 5 });
        const progress = publishOneByOne(10, 1);
        await until(() => progress.published >= 5);
        await delay(30);
        expect(progress.published).toBe(5);
        const got = collect();
        await consume(got.onBatch);
        await got.until(10);
      });

      it('lets one message pass that is larger than its bound', async () => {
        bus = await opened({ ...ROOMY, maxBytes: 100 });
        const got = collect();
        await consume(got.onBatch);
        await bus.publish(topic, [numbered('k', 0, 500), numbered('k', 1, 500)]);
        await got.until(2);
      });

      it('lets other topics flow', async () => {
        bus = await opened({ ...ROOMY, maxMessages: 5 });
        const { release } = await slow();
        const progress = publishOneByOne(10, 1);
        await until(() => progress.published >= 5);
        const got = collect();
        await consume(got.onBatch, { on: `${topic}-other` });
        await bus.publish(`${topic}-other`, [numbered('k', 0)]);
        await got.until(1);
        release();
        await progress.ended;
      });

      it('rejects waiting publishers when it closes', async () => {
        bus = await opened({ ...ROOMY, maxMessages: 5 });
        const waiting = [0, 1, 2].map((i) =>
          bus.publish(
            topic,
            counted(6).map((n) => numbered(`k-${i}`, n)),
          ),
        );
        const outcomes = Promise.allSettled(waiting);
        await delay(10);
        await bus.close();
        for (const outcome of await outcomes) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'BusError', type: 'closed' } });
        }
      });
    });

    describe('stopping', () => {
      it('ends after the batch in hand, and a new member goes on from there', async () => {
        const gate = Promise.withResolvers<void>();
        const first = collect();
        const subscription = await consume(
          async (messages) => {
            await first.onBatch(messages);
            await gate.promise;
          },
          { batchSize: 3 },
        );
        await bus.publish(
          topic,
          counted(20).map((n) => numbered('k', n)),
        );
        await first.until(1);
        let stopped = false;
        const stopping = subscription.stop().then(() => (stopped = true));
        await delay(20);
        expect(stopped).toBe(false);
        gate.resolve();
        await stopping;
        const inHand = first.of('k');
        await delay(30);
        expect(first.of('k')).toEqual(inHand);
        expect(inHand.length).toBeLessThanOrEqual(3);
        const second = collect();
        await consume(second.onBatch);
        await second.until(20 - inHand.length);
        expect([...inHand, ...second.of('k')]).toEqual(counted(20));
      });

      it('leaves what was rejected to the next member', async () => {
        const attempts: number[] = [];
        const subscription = await consume(async (messages) => {
          attempts.push(...messages.map(numberOf));
          throw new Error('never');
        });
        await bus.publish(topic, [numbered('k', 0), numbered('k', 1)]);
        await until(() => attempts.length > 0);
        await subscription.stop();
        const attempted = attempts.length;
        const second = collect();
        await consume(second.onBatch);
        await second.until(2);
        expect(second.of('k')).toEqual([0, 1]);
        expect(attempts.length).toBe(attempted);
      });

      it('leaves the work to the members that stay', async () => {
        const [stays, leaves] = [collect(), collect()];
        await consume(stays.onBatch);
        const subscription = await consume(leaves.onBatch);
        await subscription.stop();
        await bus.publish(
          topic,
          counted(60).map((n) => numbered(`key-${n}`, n)),
        );
        await stays.until(60);
        expect(leaves.all).toEqual([]);
      });

      it('keeps for a group without members what is published meanwhile', async () => {
        const first = collect();
        const subscription = await consume(first.onBatch);
        await bus.publish(topic, [numbered('k', 0)]);
        await first.until(1);
        await subscription.stop();
        await bus.publish(topic, [numbered('k', 1)]);
        const second = collect();
        await consume(second.onBatch);
        await second.until(1);
        expect(second.of('k')).toEqual([1]);
      });

      it('may be asked twice', async () => {
        const subscription = await consume(() => Promise.resolve());
        await Promise.all([subscription.stop(), subscription.stop()]);
      });
    });

    describe('closed', () => {
      it('takes nothing more', async () => {
        await bus.close();
        await bus.close();
        const closed = { name: 'BusError', type: 'closed' };
        await expect(bus.publish(topic, [numbered('k', 0)])).rejects.toMatchObject(closed);
        await expect(bus.publish(topic, [])).rejects.toBeInstanceOf(BusError);
        await expect(consume(() => Promise.resolve())).rejects.toMatchObject(closed);
      });

      it('has ended the batch in hand, and begins no other', async () => {
        const got = collect();
        let handled = 0;
        await consume(
          async (messages) => {
            await got.onBatch(messages);
            await delay(30);
            handled += messages.length;
          },
          { batchSize: 2 },
        );
        await bus.publish(
          topic,
          counted(20).map((n) => numbered('k', n)),
        );
        await got.until(1);
        await bus.close();
        const begun = got.all.length;
        expect(handled).toBe(begun);
        await delay(50);
        expect(got.all.length).toBe(begun);
      });
    });
  });
};

interface Collected {
  readonly all: readonly BusMessage[];
  readonly batches: readonly number[];
  readonly onBatch: (messages: readonly BusMessage[]) => Promise<void>;
  /** Numbers of the messages of a key, in the order in which they were handled. */
  readonly of: (key: string) => number[];
  /** Waits until this many messages, or more, were handled. */
  readonly until: (count: number) => Promise<void>;
}

const collect = (): Collected => {
  const all: BusMessage[] = [];
  const batches: number[] = [];
  return {
    all,
    batches,
    onBatch: (messages) => {
      batches.push(messages.length);
      all.push(...messages);
      return Promise.resolve();
    },
    of: (key) => all.filter((message) => message.key === key).map(numberOf),
    until: async (count) => {
      await until(() => all.length >= count);
    },
  };
};

const until = async (isTrue: () => boolean, within = 30_000): Promise<void> => {
  const deadline = Date.now() + within;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error('what the test waits for did not happen');
    await delay(2);
  }
};

const counted = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

const numbered = (key: string, n: number, size = 4): BusMessage => {
  const value = new Uint8Array(Math.max(size, 4));
  new DataView(value.buffer).setUint32(0, n);
  return { key, value, headers: {} };
};

const numberOf = ({ value }: BusMessage): number =>
  new DataView(value.buffer, value.byteOffset, value.byteLength).getUint32(0);

const hex = ({ value }: BusMessage): string => Buffer.from(value).toString('hex');
