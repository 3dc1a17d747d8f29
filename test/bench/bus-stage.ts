import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Producer } from 'kafkajs';
import type { Bus, BusMessage } from '#bus';
import { openBus, provisionTopics } from '#engines';
import { CONTRIBUTIONS_TOPIC } from '#intake';
import type { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { startBroker, whyNoBroker, type Broker } from '../../tools/kafka-broker.mjs';
import { AppProcess } from './app-process.js';
import { Arrivals, differences } from './arrivals.js';
import { measureCell, runRound, type Cell, type Measured } from './cells.js';
import { gateOf } from './gate.js';
import { GOALS, type Goal } from './goals.js';
import { fittingSize, type StageContext, type StageFigures } from './stage.js';
import { openTwin, type Twin } from './twin.js';

/** As the topic of contributions has by default. */
const PARTITIONS = 16;
/** Messages that the relay hands the bus at once. */
const PAGE = 500;
/** A broker that has just started is slow until its machine code is made. */
const WARMING_PAGES = 30;
const MESSAGE_BYTES = 1000;
const KEYS = 200;
const [BATCHED, SINGLE] = ['bench-batched', 'bench-single'];
const LIMIT_MS = 60_000;

const absent = (goal: Goal, why: string): StageFigures => ({
  goal,
  rounds: [],
  gate: { passed: true, counted: 'nothing was measured', problems: [] },
  input: { events: 0, sha256: '' },
  notes: [],
  absent: why,
});

/** Messages as the relay makes them, but of random bytes, all of one size. */
const messagesOf = (random: SeededRandom, count: number): BusMessage[] =>
  Array.from({ length: count }, () => ({
    key: `key-${random.between(1, KEYS)}`,
    value: randomBytes(MESSAGE_BYTES),
    headers: { format: 'sightline-final', version: '1', trace: '' },
  }));

/** Every message of the topic, until so many have come and no more come. */
const readTopic = async (bus: Bus, topic: string, wanted: number): Promise<Arrivals> => {
  const arrived = new Arrivals();
  const subscription = await bus.consume({
    topic,
    group: 'bench',
    batchSize: PAGE,
    onBatch: (messages) => {
      arrived.note(messages);
      return Promise.resolve();
    },
  });
  const end = Date.now() + LIMIT_MS;
  while (arrived.count < wanted && Date.now() < end) await delay(20);
  await delay(300);
  await subscription.stop();
  return arrived;
};

/** What kafkajs does when each message is a send of its own, with the durability that our bus has. */
const openSingle = async ({ url }: Broker): Promise<Producer> => {
  const kafka = new kafkajs.Kafka({
    brokers: [url.slice('kafka://'.length)],
    clientId: 'bench-single',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const producer = kafka.producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
};

const produceStage = async (context: StageContext, broker: Broker): Promise<StageFigures> => {
  const { world, options, random, say, progress } = context;
  const goal = GOALS.produce;
  const bus = openBus({ busUrl: broker.url, clientId: 'bench-batched' });
  const producer = await openSingle(broker);
  const sent = { [BATCHED]: new Arrivals(), [SINGLE]: new Arrivals() };
  const hash = createHash('sha256');
  const take = (topic: string, count: number): BusMessage[] => {
    const messages = messagesOf(random, count);
    sent[topic]!.note(messages);
    for (const { value } of messages) hash.update(value);
    return messages;
  };
  const produce = async (
    messages: readonly BusMessage[],
    step: number,
    send: (some: readonly BusMessage[]) => Promise<unknown>,
  ): Promise<Measured> => {
    const latenciesMs: number[] = [];
    const began = performance.now();
    for (let i = 0; i < messages.length; i += step) {
      const since = performance.now();
      await send(messages.slice(i, i + step));
      latenciesMs.push(performance.now() - since);
    }
    return { events: messages.length, seconds: (performance.now() - began) / 1000, latenciesMs };
  };
  const self = { pid: process.pid };
  const cell = (name: string, count: number) => async (): Promise<Cell> => {
    const isSingle = name === 'one message a send';
    const messages = take(isSingle ? SINGLE : BATCHED, count);
    const measured = await measureCell(world, name, self, () =>
      isSingle
        ? produce(messages, 1, ([message]) =>
            producer.send({ topic: SINGLE, acks: -1, messages: [{ ...message!, value: Buffer.from(message!.value) }] }),
          )
        : produce(messages, PAGE, (some) => bus.publish(BATCHED, some)),
    );
    progress();
    return measured;
  };
  try {
    say(`${goal.id} ${goal.name}: warming up`);
    await cell('batched', WARMING_PAGES * PAGE)();
    const warmed = await cell('one message a send', PAGE)();
    const single = fittingSize(options.size / 5, warmed, context.cellSeconds / 4, PAGE / 2);
    const rounds: Cell[][] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      const runs = Object.fromEntries(
        goal.cells.map((name) => [
          name,
          cell(name, name === 'one message a send' ? single : Math.round(options.size / 2)),
        ]),
      );
      rounds.push(await runRound(random, runs, (one) => context.onCell(goal.id, round, one)));
    }
    say(`${goal.id} ${goal.name}: reading what was sent`);
    const problems: string[] = [];
    for (const [topic, messages] of Object.entries(sent)) {
      problems.push(...differences(topic, messages, await readTopic(bus, topic, messages.count)));
    }
    const counted = sent[BATCHED]!.count + sent[SINGLE]!.count;
    return {
      goal,
      rounds,
      gate: gateOf(`${counted} messages read again as they were sent, each key’s in its order`, problems),
      input: { events: counted, sha256: hash.digest('hex') },
      notes: [
        `our bus is given ${PAGE} messages at a time, as by the relay; latencies are those of what was given at once`,
        `the reference sends the next message when the last was taken; of one broker, more at a time would wait for each other: an idempotent producer has one send in hand`,
        'the broker, on this machine, shares its processors; its time is not shown',
      ],
    };
  } finally {
    await producer.disconnect();
    await bus.close();
  }
};

/** What the timeline filed is what is in the inbox, each contribution once. */
const problemsOf = async ({ pool, filed }: Twin, name: string): Promise<string[]> => {
  const { rows } = await pool.query(
    `select convert_from(data, 'UTF8')::json #>> '{envelope,contributionId}' as id, stream, encode(sha256(data), 'hex') as digest
       from store.event where position > 1`,
  );
  const stored = rows as { id: string; stream: string; digest: string }[];
  const found = Map.groupBy(stored, ({ id }) => id);
  const wrong = filed.filter(({ contributionId, stream, data }) => {
    const [event, ...more] = found.get(contributionId) ?? [];
    const digest = createHash('sha256').update(data).digest('hex');
    return event?.stream !== stream || event.digest !== digest || more.length > 0;
  });
  return wrong.length === 0 && stored.length === filed.length
    ? []
    : [
        `${name}: ${stored.length} events for ${filed.length} contributions, ${wrong.length} of them not filed once as sent`,
      ];
};

const pipelineStage = async (context: StageContext, broker: Broker): Promise<StageFigures> => {
  const { world, options, random, say, progress } = context;
  const goal = GOALS.pipeline;
  const twin = await openTwin(context, 'bench_bus', Math.max(500, Math.round(options.size / 5)));
  const filing = new AppProcess({
    name: 'the pipeline',
    folder: world.product,
    program: 'programs/file-main.js',
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      INBOX_URL: twin.urlOf('intake'),
      STORE_URL: twin.urlOf('timeline'),
    },
  });
  world.undoing.add(() => filing.stop());
  await filing.ready();
  const events = twin.filed.length;
  const problems: string[] = [];
  let filedInAll = 0;
  const cell = (name: string) => async (): Promise<Cell> => {
    await twin.empty();
    await filing.ask({ open: name === 'bus in the process' ? 'embedded:' : broker.url });
    const measured = await measureCell(world, name, filing, async () => {
      const { seconds } = await filing.ask<{ seconds: number }>({ run: events });
      return { events, seconds, latenciesMs: [] };
    });
    // What is on the bus twice would be filed twice after all were filed once.
    await delay(100);
    await filing.ask({ close: true });
    problems.push(...(await problemsOf(twin, name)));
    filedInAll += events;
    progress();
    return measured;
  };
  say(`${goal.id} ${goal.name}: warming up`);
  await cell('over Kafka')();
  await cell('bus in the process')();
  const rounds: Cell[][] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const runs = Object.fromEntries(goal.cells.map((name) => [name, cell(name)]));
    rounds.push(await runRound(random, runs, (one) => context.onCell(goal.id, round, one)));
  }
  const profile = await context.profile('bus', async () => {
    await twin.empty();
    await filing.ask({ open: broker.url });
    return {
      app: filing,
      work: async () => {
        const { seconds } = await filing.ask<{ seconds: number }>({ run: events });
        return { events, seconds, latenciesMs: [] };
      },
      afterwards: async () => void (await filing.ask({ close: true })),
    };
  });
  await filing.stop();
  await twin.close();
  return {
    goal,
    rounds,
    gate: gateOf(`${filedInAll} contributions filed, each once and as it lay in the inbox`, problems),
    input: { events, sha256: twin.sha256 },
    notes: [
      'relay and timeline are those of the hub, in one process, on an inbox that is full and a store that is empty; nothing is projected meanwhile',
      'the broker, on this machine, shares its processors; its time is not shown',
    ],
    ...(profile ? { profile } : {}),
  };
};

/** Measures G17: what was published is held against what arrived, and what was in the inbox against what is filed. */
export const runBusStage = async (context: StageContext): Promise<StageFigures[]> => {
  const { world, say } = context;
  const why = await whyNoBroker();
  if (why !== undefined) {
    say(`G17 SKIPPED: ${why}`);
    return [absent(GOALS.produce, why), absent(GOALS.pipeline, why)];
  }
  say('G17: starting a broker');
  const broker = await startBroker();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= broker.stop());
  world.undoing.add(stop);
  const topics = [BATCHED, SINGLE, CONTRIBUTIONS_TOPIC].map((name) => ({
    name: name!,
    partitions: PARTITIONS,
    replication: 1,
    retentionHours: 1,
  }));
  await provisionTopics({ busUrl: broker.url, clientId: 'bench', topics });
  const figures = [await produceStage(context, broker), await pipelineStage(context, broker)];
  await stop();
  return figures;
};
