import kafkajs, { type Admin } from 'kafkajs';
import { EngineError } from '../postgres/engine-error.js';
import { brokersOf, type BusSecurity } from './address.js';
import { createCodeLog } from './client-log.js';
import { openLine } from './line.js';
import { TOO_LATE, within } from './within.js';

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** Copies of each partition. */
  readonly replication: number;
  readonly retentionHours: number;
}

export interface TopicsOptions {
  /** `kafka://host:port[,host:port...]`; an `embedded:` bus has no topics, and `checkTopics` passes it. */
  readonly busUrl: string;
  readonly clientId: string;
  readonly topics: readonly TopicPlan[];
  readonly security?: BusSecurity;
  readonly log?: (line: string) => void;
}

export interface ProvisionedTopic {
  readonly name: string;
  readonly created: boolean;
}

const ANSWER_MS = 30_000;
const HOUR_MS = 3_600_000;
const RETENTION = 'retention.ms';

/**
 * Makes each topic that is missing. One that is there is left as it is: where partitions, replication or retention
 * differ, nothing at all is made, and the error holds a sentence for every difference.
 *
 * Throws an `EngineError`: `topics-differ`, or `unavailable` when the brokers do not answer.
 */
export const provisionTopics = async (options: TopicsOptions): Promise<ProvisionedTopic[]> =>
  withAdmin(options, async (admin) => {
    const missing = await missingOf(admin, options.topics);
    if (missing.length > 0) {
      await admin.createTopics({
        topics: missing.map(({ name, partitions, replication, retentionHours }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor: replication,
          configEntries: [{ name: RETENTION, value: String(retentionHours * HOUR_MS) }],
        })),
        waitForLeaders: true,
      });
    }
    return options.topics.map((plan) => ({ name: plan.name, created: missing.includes(plan) }));
  });

/** What an app checks at its start: that every topic is there, and as it is meant to be. Throws as `provisionTopics`. */
export const checkTopics = async (options: TopicsOptions): Promise<void> => {
  if (!options.busUrl.startsWith('kafka://')) return;
  await withAdmin(options, async (admin) => {
    const missing = await missingOf(admin, options.topics);
    if (missing.length === 0) return;
    throw new EngineError('topics-differ', missing.map(({ name }) => sentenceOfAbsence(name)).join('\n'));
  });
};

const sentenceOfAbsence = (name: string): string => `The bus has no topic ${name}: "npm run topics" makes it.`;

/** Topics of the plan that are not there. Throws when one that is there differs. */
const missingOf = async (admin: Admin, plans: readonly TopicPlan[]): Promise<TopicPlan[]> => {
  const there = new Set(await admin.listTopics());
  const present = plans.filter(({ name }) => there.has(name));
  const sentences = (await Promise.all(present.map((plan) => differencesOf(admin, plan)))).flat();
  if (sentences.length > 0) throw new EngineError('topics-differ', sentences.join('\n'));
  return plans.filter(({ name }) => !there.has(name));
};

const differencesOf = async (admin: Admin, plan: TopicPlan): Promise<string[]> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [plan.name] });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: plan.name, configNames: [RETENTION] }],
  });
  const partitions = topics[0]?.partitions ?? [];
  const copies = [...new Set(partitions.map(({ replicas }) => replicas.length))];
  const retention = resources[0]?.configEntries.find(({ configName }) => configName === RETENTION)?.configValue;
  const found = [
    ['partitions', partitions.length, plan.partitions, 'BUS_PARTITIONS'],
    ['replicas of a partition', copies.join(' or '), plan.replication, 'BUS_REPLICATION'],
    ['hours of retention', hoursOf(retention), plan.retentionHours, 'BUS_RETENTION_HOURS'],
  ] as const;
  return found
    .filter(([, is, asked]) => String(is) !== String(asked))
    .map(([what, is, asked, setting]) => `Topic ${plan.name} has ${is} ${what}, and ${setting} asks for ${asked}.`);
};

const hoursOf = (retention: string | undefined): string =>
  retention === undefined || Number(retention) < 0 ? 'unlimited' : String(Number(retention) / HOUR_MS);

const withAdmin = async <T>(options: TopicsOptions, work: (admin: Admin) => Promise<T>): Promise<T> => {
  const { busUrl, clientId, security = { tls: false }, log = () => undefined } = options;
  const line = openLine({ brokers: brokersOf(busUrl), clientId, security, log: createCodeLog(log) });
  const admin = line.kafka.admin();
  const done = (async () => {
    await admin.connect();
    return work(admin);
  })();
  try {
    const result = await within(ANSWER_MS, done);
    if (result !== TOO_LATE) return result;
    throw new EngineError('unavailable', NO_ANSWER);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw new EngineError('unavailable', `${NO_ANSWER} (${(error as Error).name})`);
  } finally {
    await within(1000, admin.disconnect()).catch(() => undefined);
    line.cut();
  }
};

const NO_ANSWER = 'The brokers of BUS_URL did not do what was asked of them';
