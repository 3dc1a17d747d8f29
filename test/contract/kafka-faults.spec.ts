import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '#bus';
import { createKafkaBus } from '#engines';
import { collect, counted, numbered, numberOf, until } from '../support/kafka/numbered-messages.js';
import { describeOnOwnBroker, openTestBroker, type TestBroker } from '../support/kafka/test-broker.js';

/** Far above what any of this takes: what waits for ever is found, what is slow is not. */
const BOUND_MS = 30_000;

describeOnOwnBroker('Kafka whose broker fails', () => {
  let kafka: TestBroker;
  const buses: Bus[] = [];
  const opened = (...options: Parameters<TestBroker['bus']>): Bus => {
    const bus = kafka.bus(...options);
    buses.push(bus);
    return bus;
  };
  const newTopic = async (partitions = 4): Promise<string> => {
    const topic = `topic-${crypto.randomUUID()}`;
    await kafka.makeTopic(topic, partitions);
    return topic;
  };
  /** Publishes numbers one after another, each until it is taken, as the relay does. */
  const publishing = (bus: Bus, topic: string) => {
    const progress = { taken: 0, refused: 0, stop: async (): Promise<void> => undefined };
    let over = false;
    const running = (async () => {
      for (let n = 0; !over; n += 1) {
        for (let taken = false; !taken && !over;) {
          taken = await bus.publish(topic, [numbered(`key-${n % 20}`, n)]).then(
            () => true,
            () => false,
          );
          if (taken) progress.taken += 1;
          else progress.refused += 1;
        }
        await delay(5);
      }
    })();
    progress.stop = async () => {
      over = true;
      await running;
    };
    return progress;
  };
  const within = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it does not end')), BOUND_MS);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  };

  beforeAll(async () => {
    // A broker that was killed comes back under its own name once its session has passed.
    kafka = await openTestBroker({ properties: { 'broker.session.timeout.ms': 5000 } });
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  afterAll(() => kafka?.stop());

  it('goes on by itself after the broker was killed and came back, and loses nothing it had taken', async () => {
    const topic = await newTopic();
    const [publisher, bus] = [opened({ publishWithin: 3000 }), opened()];
    const members = [collect(), collect()];
    for (const { onBatch } of members) await bus.consume({ topic, group: 'g', batchSize: 20, onBatch });
    const handled = (): Set<number> => new Set(members.flatMap(({ all }) => all.map(numberOf)));
    const progress = publishing(publisher, topic);
    await until(() => handled().size > 50);
    await kafka.broker?.kill('SIGKILL');
    await until(() => progress.refused > 0);
    await kafka.broker?.restart();
    const before = progress.taken;
    await until(() => progress.taken > before + 100);
    await progress.stop();
    await until(() => handled().size >= progress.taken);
    expect([...handled()].sort((a, b) => a - b)).toEqual(counted(progress.taken));
  });

  it('refuses within a bound what a stopped broker does not take, and then keeps all it takes', async () => {
    const topic = await newTopic(1);
    const bus = opened({ publishWithin: 6000 });
    const got = collect();
    const publishUntilTaken = async (n: number): Promise<void> => {
      const isTaken = () =>
        bus.publish(topic, [numbered('k', n)]).then(
          () => true,
          () => false,
        );
      while (!(await isTaken()));
    };
    await bus.consume({ topic, group: 'g', batchSize: 20, onBatch: got.onBatch });
    await publishUntilTaken(0);
    await got.until(1);
    await kafka.broker?.kill('SIGSTOP');
    let next: Promise<void>;
    try {
      const refusal = { name: 'BusError', type: 'unavailable' };
      await within(expect(bus.publish(topic, [numbered('refused', 0)])).rejects.toMatchObject(refusal));
      next = publishUntilTaken(1);
      // Longer than a session, and than the client waits for an answer: the broker then finds both in its queue.
      await delay(4500);
    } finally {
      await kafka.broker?.kill('SIGCONT');
    }
    await next;
    for (let n = 2; n < 20; n += 1) await publishUntilTaken(n);
    await until(() => got.of('k').includes(19));
    expect(new Set(got.of('k'))).toEqual(new Set(counted(20)));
  });

  it('closes while the broker is away', async () => {
    const topic = await newTopic();
    const [bus, stopped] = [opened(), opened()];
    const got = collect();
    for (const one of [bus, stopped]) {
      await one.consume({ topic, group: 'g', batchSize: 20, onBatch: got.onBatch });
      await one.publish(topic, [numbered('k', 0)]);
    }
    await kafka.broker?.kill('SIGSTOP');
    const waiting = expect(stopped.publish(topic, [numbered('k', 1)])).rejects.toMatchObject({ name: 'BusError' });
    await within(stopped.close());
    await waiting;
    await kafka.broker?.kill('SIGKILL');
    await within(bus.close());
    await kafka.broker?.restart();
  });

  it('begins by itself when the broker comes later', async () => {
    const topic = await newTopic();
    await kafka.broker?.kill('SIGKILL');
    const bus = createKafkaBus({ busUrl: kafka.url, clientId: 'tests', joinWithin: 500 });
    buses.push(bus);
    const got = collect();
    await within(bus.consume({ topic, group: 'g', batchSize: 20, onBatch: got.onBatch }));
    const publishing = bus.publish(topic, [numbered('k', 0)]);
    await kafka.broker?.restart();
    await publishing;
    await got.until(1);
    expect(got.of('k')).toEqual([0]);
  });
});
