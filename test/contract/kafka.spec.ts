import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { Bus } from '#bus';
import { busSuite } from '#bus/testing';
import { checkTopics, createKafkaBus, provisionTopics } from '#engines';
import { collect, counted, numbered, numberOf, until } from '../support/kafka/numbered-messages.js';
import { describeOnKafka, openTestBroker, type TestBroker } from '../support/kafka/test-broker.js';

describeOnKafka('Kafka', () => {
  let kafka: TestBroker;
  const buses: Bus[] = [];
  const opened = (...options: Parameters<TestBroker['bus']>): Bus => {
    const bus = kafka.bus(...options);
    buses.push(bus);
    return bus;
  };
  const newTopic = async (partitions: number): Promise<string> => {
    const topic = `topic-${crypto.randomUUID()}`;
    await kafka.makeTopic(topic, partitions);
    return topic;
  };
  /** Sum of the committed offsets of a group over all partitions. */
  const committed = async (group: string, topic: string): Promise<number> => {
    const [offsets] = await kafka.admin.fetchOffsets({ groupId: `${group}.${topic}`, topics: [topic] });
    return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(Number(offset), 0), 0);
  };

  beforeAll(async () => {
    kafka = await openTestBroker();
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  afterAll(() => kafka?.stop());

  busSuite('Kafka', () => kafka.bus(), { holds: 'broker' });

  it('hands over once a batch that outlasts the session', async () => {
    const topic = await newTopic(2);
    const bus = opened();
    const got = collect();
    let first = true;
    const subscription = await bus.consume({
      topic,
      group: 'g',
      batchSize: 10,
      onBatch: async (messages) => {
        if (first) {
          first = false;
          await delay(8000);
        }
        await got.onBatch(messages);
      },
    });
    await bus.publish(topic, [numbered('k', 0)]);
    await delay(500);
    await bus.publish(topic, [numbered('k', 1)]);
    await got.until(2);
    await delay(300);
    expect(got.of('k')).toEqual([0, 1]);
    await subscription.stop();
    const next = collect();
    await bus.consume({ topic, group: 'g', batchSize: 10, onBatch: next.onBatch });
    await bus.publish(topic, [numbered('k', 2)]);
    await next.until(1);
    expect(next.of('k')).toEqual([2]);
  });

  it('loses and doubles nothing when a member joins while batches are in hand', async () => {
    const topic = await newTopic(8);
    const keys = counted(40).map((n) => `key-${n}`);
    const [bus, other] = [opened(), opened({ joinWithin: 100 })];
    const [first, second] = [collect(), collect()];
    const gate = Promise.withResolvers<void>();
    let inHand = 0;
    await bus.consume({
      topic,
      group: 'g',
      batchSize: 2,
      onBatch: async (messages) => {
        inHand += 1;
        await gate.promise;
        await first.onBatch(messages);
      },
    });
    const publishAll = (n: number): Promise<void> =>
      bus.publish(
        topic,
        keys.map((key) => numbered(key, n)),
      );
    for (const n of counted(5)) await publishAll(n);
    await until(() => inHand >= 4);
    await other.consume({ topic, group: 'g', batchSize: 2, onBatch: second.onBatch });
    await delay(3000);
    expect(second.all).toEqual([]);
    gate.resolve();
    for (const n of [5, 6, 7, 8, 9]) await publishAll(n);
    await until(() => first.all.length + second.all.length >= 400);
    await delay(300);
    expect(second.all.length).toBeGreaterThan(0);
    for (const key of keys) {
      const [before, after] = [first.of(key), second.of(key)];
      expect([...before, ...after]).toEqual(counted(10));
    }
    expect(await committed('g', topic)).toBe(400);
  });

  it('hands nothing to a member that was stopped while it joined', async () => {
    const topic = await newTopic(4);
    const [bus, other] = [opened(), opened({ joinWithin: 1500 })];
    const [stays, leaves] = [collect(), collect()];
    const gate = Promise.withResolvers<void>();
    const keys = counted(40).map((n) => `key-${n}`);
    await bus.consume({
      topic,
      group: 'g',
      batchSize: 5,
      onBatch: async (messages) => {
        await gate.promise;
        await stays.onBatch(messages);
      },
    });
    await bus.publish(
      topic,
      keys.map((key) => numbered(key, 0)),
    );
    const subscription = await other.consume({ topic, group: 'g', batchSize: 5, onBatch: leaves.onBatch });
    await subscription.stop();
    gate.resolve();
    await bus.publish(
      topic,
      keys.map((key) => numbered(key, 1)),
    );
    await stays.until(80);
    expect(leaves.all).toEqual([]);
    for (const key of keys) expect(stays.of(key)).toEqual([0, 1]);
  });

  it('commits a batch once it is handled, and not before', async () => {
    const topic = await newTopic(1);
    const bus = opened();
    const gate = Promise.withResolvers<void>();
    const got = collect();
    await bus.consume({
      topic,
      group: 'g',
      batchSize: 2,
      onBatch: async (messages) => {
        if (numberOf(messages[0]!) === 2) await gate.promise;
        await got.onBatch(messages);
      },
    });
    await bus.publish(
      topic,
      counted(6).map((n) => numbered('k', n)),
    );
    await got.until(2);
    await delay(1500);
    const before = await committed('g', topic);
    gate.resolve();
    expect(before).toBe(2);
    await got.until(6);
    await until(async () => (await committed('g', topic)) === 6);
  });

  it('delivers a rejected batch as it was', async () => {
    const topic = await newTopic(1);
    const bus = opened();
    const batches: number[][] = [];
    let left = 3;
    await bus.publish(topic, [numbered('k', 0), numbered('k', 1)]);
    await bus.consume({
      topic,
      group: 'g',
      batchSize: 10,
      onBatch: async (messages) => {
        batches.push(messages.map(numberOf));
        left -= 1;
        if (left === 2) await bus.publish(topic, [numbered('k', 2), numbered('k', 3)]);
        if (left > 0) throw new Error('planned');
      },
    });
    await until(() => batches.flat().includes(3));
    expect(batches).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [2, 3],
    ]);
  });

  it('goes on by itself when a topic is deleted and made again', async () => {
    const topic = await newTopic(4);
    const bus = opened();
    const got = collect();
    await bus.consume({ topic, group: 'g', batchSize: 10, onBatch: got.onBatch });
    const publish = async (from: number): Promise<void> => {
      const keys = counted(20).map((n) => `key-${n}`);
      await bus.publish(
        topic,
        keys.map((key, n) => numbered(key, from + n)),
      );
    };
    await publish(0);
    await publish(100);
    await got.until(40);
    await kafka.admin.deleteTopics({ topics: [topic] });
    await delay(2000);
    await kafka.admin.createTopics({ topics: [{ topic, numPartitions: 4, replicationFactor: 1 }] });
    await publish(200);
    await got.until(60);
    expect(got.all.slice(40).map(numberOf).sort()).toEqual(counted(20).map((n) => 200 + n));
  });

  it.each(['stopped', 'running'])('goes on with what is left when retention overtakes a %s member', async (state) => {
    const topic = await newTopic(1);
    const bus = opened();
    const got = collect();
    let broken = false;
    const consume = () =>
      bus.consume({
        topic,
        group: 'g',
        batchSize: 10,
        onBatch: (messages) => (broken ? Promise.reject(new Error('planned')) : got.onBatch(messages)),
      });
    const publish = (...numbers: number[]): Promise<void> =>
      bus.publish(
        topic,
        numbers.map((n) => numbered('k', n)),
      );
    const subscription = await consume();
    await publish(0, 1);
    await got.until(2);
    await until(async () => (await committed('g', topic)) === 2);
    if (state === 'stopped') await subscription.stop();
    broken = true;
    await publish(2, 3, 4, 5);
    await kafka.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] });
    broken = false;
    if (state === 'stopped') await consume();
    await publish(6);
    await until(() => got.of('k').includes(6));
    expect(got.of('k').slice(-2)).toEqual([5, 6]);
  });

  it('makes no topic, refuses what is published to none, and begins once there is one', async () => {
    const topic = `topic-${crypto.randomUUID()}`;
    const bus = createKafkaBus({ busUrl: kafka.url, clientId: 'tests', publishWithin: 1500, joinWithin: 300 });
    buses.push(bus);
    const got = collect();
    await bus.consume({ topic, group: 'g', batchSize: 10, onBatch: got.onBatch });
    const unavailable = { name: 'BusError', type: 'unavailable' };
    await expect(bus.publish(topic, [numbered('k', 0)])).rejects.toMatchObject(unavailable);
    expect(await kafka.admin.listTopics()).not.toContain(topic);
    await kafka.makeTopic(topic, 2);
    await bus.publish(topic, [numbered('k', 1)]);
    await got.until(1);
    expect(got.of('k')).toEqual([1]);
  });

  it('refuses at once a message that no broker takes, and takes its neighbours', async () => {
    const topic = await newTopic(1);
    const bus = opened();
    const big = numbered('big', 0, 1_000_001);
    const outcomes = await Promise.allSettled([
      bus.publish(topic, [numbered('a', 0)]),
      bus.publish(topic, [big]),
      bus.publish(topic, [numbered('a', 1)]),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { name: 'BusError', type: 'invalid' } },
      { status: 'fulfilled' },
    ]);
  });

  it('takes more at once than one send holds', async () => {
    const topic = await newTopic(1);
    const bus = opened();
    const got = collect();
    await bus.consume({ topic, group: 'g', batchSize: 100, onBatch: got.onBatch });
    const large = counted(8).map((n) => numbered('large', n, 400 * 1024));
    const many = counted(1300).map((n) => numbered('many', n));
    await Promise.all([bus.publish(topic, large), bus.publish(topic, many)]);
    await got.until(1308);
    expect([got.of('large'), got.of('many')]).toEqual([counted(8), counted(1300)]);
  });

  it('sends together what many publish at once', async () => {
    const topic = await newTopic(1);
    const bus = opened();
    await bus.publish(topic, [numbered('k', 0)]);
    const write = jest.spyOn((await import('node:net')).Socket.prototype, 'write');
    try {
      await Promise.all(counted(400).map((n) => bus.publish(topic, [numbered('k', n)])));
      expect(write.mock.calls.length).toBeLessThan(20);
    } finally {
      write.mockRestore();
    }
  });

  it('rests while there is nothing to do', async () => {
    const topic = await newTopic(2);
    const bus = opened();
    await bus.consume({ topic, group: 'g', batchSize: 10, onBatch: () => Promise.resolve() });
    await bus.publish(topic, [numbered('k', 0)]);
    await delay(200);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      await delay(500);
      expect(timers.mock.calls.length).toBeLessThan(100);
    } finally {
      timers.mockRestore();
    }
  });

  it('logs codes, and nothing of a message, a topic or an address', async () => {
    const lines: string[] = [];
    const bus = opened({ log: (line) => lines.push(line), publishWithin: 1000, joinWithin: 100 });
    const topic = await newTopic(1);
    await bus.publish(topic, [numbered('secret-key', 0)]);
    let calls = 0;
    await bus.consume({
      topic,
      group: 'g',
      batchSize: 1,
      onBatch: () => {
        calls += 1;
        return Promise.reject(new Error('secret-reason'));
      },
    });
    await until(() => calls > 2);
    const nowhere = createKafkaBus({
      busUrl: 'kafka://127.0.0.1:1',
      clientId: 'tests',
      publishWithin: 1000,
      log: (line) => lines.push(line),
    });
    await expect(nowhere.publish(topic, [numbered('secret-key', 1)])).rejects.toMatchObject({ type: 'unavailable' });
    await nowhere.close();
    expect(lines).toContain('kafka-batch-rejected');
    expect(lines).toContain('kafka-send-failed');
    expect(lines).toContain('kafka-connection-error');
    expect(lines.filter((line) => !/^kafka(-[a-z]+)+$/.test(line))).toEqual([]);
  });

  describe('topics', () => {
    const names: string[] = [];
    const newName = (): string => {
      const name = `topic-${crypto.randomUUID()}`;
      names.push(name);
      return name;
    };
    const plan = (name: string, more = {}) => ({ name, partitions: 3, replication: 1, retentionHours: 24, ...more });
    const options = (...topics: ReturnType<typeof plan>[]) => ({ busUrl: kafka.url, clientId: 'tests', topics });

    afterAll(() => kafka.admin.deleteTopics({ topics: names }));

    it('are made as planned, once', async () => {
      const name = newName();
      await expect(checkTopics(options(plan(name)))).rejects.toMatchObject({
        type: 'topics-differ',
        message: `The bus has no topic ${name}: "npm run topics" makes it.`,
      });
      expect(await provisionTopics(options(plan(name)))).toEqual([{ name, created: true }]);
      expect(await provisionTopics(options(plan(name)))).toEqual([{ name, created: false }]);
      await checkTopics(options(plan(name)));
      await checkTopics({ ...options(plan(`${name}-absent`)), busUrl: 'embedded:' });
      const { topics } = await kafka.admin.fetchTopicMetadata({ topics: [name] });
      expect(topics[0]?.partitions.length).toBe(3);
    });

    it('that differ are refused, a sentence for each difference, and nothing is made or changed', async () => {
      const name = newName();
      const another = `${name}-another`;
      await provisionTopics(options(plan(name)));
      const differs = (more: object) => ({
        provision: provisionTopics(options(plan(name, more), plan(another))),
        check: checkTopics(options(plan(name, more))),
      });
      const cases: [object, string[]][] = [
        [{ partitions: 4 }, [`Topic ${name} has 3 partitions, and BUS_PARTITIONS asks for 4.`]],
        [{ replication: 2 }, [`Topic ${name} has 1 replicas of a partition, and BUS_REPLICATION asks for 2.`]],
        [{ retentionHours: 25 }, [`Topic ${name} has 24 hours of retention, and BUS_RETENTION_HOURS asks for 25.`]],
        [
          { partitions: 1, retentionHours: 1 },
          [
            `Topic ${name} has 3 partitions, and BUS_PARTITIONS asks for 1.`,
            `Topic ${name} has 24 hours of retention, and BUS_RETENTION_HOURS asks for 1.`,
          ],
        ],
      ];
      for (const [more, sentences] of cases) {
        const refusal = { name: 'EngineError', type: 'topics-differ', message: sentences.join('\n') };
        const { provision, check } = differs(more);
        await Promise.all([
          expect(provision).rejects.toMatchObject(refusal),
          expect(check).rejects.toMatchObject(refusal),
        ]);
      }
      expect(await kafka.admin.listTopics()).not.toContain(another);
      await checkTopics(options(plan(name)));
    });

    it('of brokers that do not answer are unknown', async () => {
      const nowhere = { ...options(plan('t')), busUrl: 'kafka://127.0.0.1:1' };
      await expect(checkTopics(nowhere)).rejects.toMatchObject({ name: 'EngineError', type: 'unavailable' });
    });
  });
});
