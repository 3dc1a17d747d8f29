import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import type { Bus } from '#bus';
import { createKafkaBus, type KafkaBusOptions } from '#engines';
import { startBroker, whyNoBroker, type Broker, type BrokerOptions } from '../../../tools/kafka-broker.mjs';

/** Address of a broker to test against instead of one that the tests start. */
export const GIVEN_URL = process.env.TEST_BUS_URL ?? '';

const absent = GIVEN_URL ? undefined : await whyNoBroker();

/** Says why, in the name of what it skips. */
export const describeOnKafka = (name: string, body: () => void): void => {
  if (absent === undefined) describe(name, body);
  else describe.skip(`SKIPPED, there is no broker: ${name}. ${absent.replace('BUS_URL', 'TEST_BUS_URL')}`, body);
};

/** Of tests that end or stop the broker they use, which is then their own. */
export const describeOnOwnBroker: typeof describeOnKafka = (name, body) => {
  if (GIVEN_URL) describe.skip(`SKIPPED, the broker is not ours: ${name}`, body);
  else describeOnKafka(name, body);
};

export interface TestBroker {
  readonly url: string;
  readonly admin: Admin;
  /** The broker's process; absent where the tests run against one that was given. */
  readonly broker: Broker | undefined;
  /** A bus whose topics are made as they are named. */
  bus(options?: Partial<KafkaBusOptions>): Bus;
  makeTopic(topic: string, partitions?: number): Promise<void>;
  stop(): Promise<void>;
}

export const clientOf = (url: string): kafkajs.Kafka => {
  const brokers = url.slice('kafka://'.length).split(',');
  return new kafkajs.Kafka({ brokers, clientId: 'tests', logLevel: kafkajs.logLevel.NOTHING });
};

export const openTestBroker = async (options: BrokerOptions = {}): Promise<TestBroker> => {
  const broker = GIVEN_URL ? undefined : await startBroker(options);
  const url = broker?.url ?? GIVEN_URL;
  const admin = clientOf(url).admin();
  await admin.connect();
  const made = new Map<string, Promise<void>>();
  /** On a machine that is very busy a broker now and then counts itself out for a moment, and makes no topic. */
  const create = async (topic: string, numPartitions: number, tries = 20): Promise<void> => {
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: true });
    } catch (error) {
      if (tries === 0) throw error;
      await delay(500);
      await create(topic, numPartitions, tries - 1);
    }
  };
  const makeTopic = (topic: string, partitions = 8): Promise<void> => {
    const making = made.get(topic) ?? create(topic, partitions);
    made.set(topic, making);
    return making;
  };
  return {
    url,
    admin,
    broker,
    makeTopic,
    bus: (more = {}) => {
      const bus = createKafkaBus({ busUrl: url, clientId: 'tests', firstBackOff: 5, mostBackOff: 20, ...more });
      return {
        publish: async (topic, messages) => {
          if (topic) await makeTopic(topic);
          await bus.publish(topic, messages);
        },
        consume: async (asked) => {
          if (asked.topic) await makeTopic(asked.topic);
          return bus.consume(asked);
        },
        close: () => bus.close(),
      };
    },
    stop: async () => {
      const topics = [...made.keys()];
      if (!broker && topics.length > 0) await admin.deleteTopics({ topics }).catch(() => undefined);
      await admin.disconnect();
      await broker?.stop();
    },
  };
};
