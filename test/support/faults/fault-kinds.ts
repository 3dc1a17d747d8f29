import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, BusMessage } from '#bus';
import { CONTRIBUTIONS_TOPIC } from '#intake';
import type { App, FleetProcess } from '../../../tools/fleet/start-fleet.js';
import type { SeededRandom } from '../decision-oracle/seeded-random.js';
import type { History } from './check-history.js';
import type { FleetScene } from './fleet-scene.js';
import { CRASH_POINTS, type CrashPoint } from './points.js';
import { submit } from './send-parcels.js';

export interface FaultContext {
  readonly scene: FleetScene;
  readonly history: History;
  readonly random: SeededRandom;
  /** Past every app, for messages that nobody of them sent. */
  readonly bus: Bus;
}

/** What is hurt, in the words of the recovery figures. */
export type Hurt = 'ours' | 'broker' | 'postgres' | 'store' | 'line' | 'nothing';

/** What a fault did, once it is over. */
export interface Injected {
  readonly target: string;
  /** The machine's time (ms) from which the recovery counts: of a kill its own, else when it was over. */
  readonly since: number;
  /** A process of ours that was hurt. */
  readonly process?: FleetProcess;
  /** How long an engine was away, in ms. */
  readonly outageMs?: number;
}

export interface FaultKind {
  readonly name: string;
  readonly hurt: Hurt;
  /** Cards of this kind in the deck of faults. */
  readonly cards: number;
  readonly inject: (context: FaultContext) => Promise<Injected>;
}

const processesOf = ({ scene }: FaultContext, apps: readonly App[]): FleetProcess[] =>
  scene.fleet.processes.filter(({ app }) => apps.includes(app));

const ADAPTERS: readonly App[] = ['police-adapter', 'health-adapter', 'education-adapter', 'social-care-adapter'];
const OURS: readonly App[] = [...ADAPTERS, 'timeline', 'sharing', 'audit', 'web'];

const killOne = (name: string, apps: readonly App[], cards: number): FaultKind => ({
  name,
  hurt: 'ours',
  cards,
  inject: async (context) => {
    const one = context.random.pick(processesOf(context, apps));
    while (one.pid() === undefined) await delay(20);
    const since = Date.now();
    context.scene.kill(one);
    return { target: one.name, since, process: one };
  },
});

/** Points that the load comes by, each of which ends a process. */
const POINTS = (Object.keys(CRASH_POINTS) as CrashPoint[]).filter(
  (point) =>
    CRASH_POINTS[point].drive !== 'rebuild' && point !== 'store-before-answer' && point !== 'timeline-mid-batch',
);
const REACHED_WITHIN_MS = 15_000;

/** Wherever one of them is in its work when it dies: the end finds it there. */
const killAtPoint: FaultKind = {
  name: 'killed at a crash point',
  hurt: 'ours',
  cards: 2,
  inject: async ({ scene, random }) => {
    const point = random.pick(POINTS);
    scene.points.arm(point);
    const end = Date.now() + REACHED_WITHIN_MS;
    while (scene.points.isArmed(point) && Date.now() < end) await delay(10);
    scene.points.disarm(point);
    return { target: scene.points.isReached(point) ? point : `${point}, not reached`, since: Date.now() };
  },
};

/** Longer than the lease of a shard and than a session at the broker, now and then. */
const pauseOf = (random: SeededRandom): number => random.pick([800, 2500, 5000, 9000]);

const standStill: FaultKind = {
  name: 'process stands still',
  hurt: 'ours',
  cards: 2,
  inject: async (context) => {
    const one = context.random.pick(processesOf(context, OURS));
    one.kill('SIGSTOP');
    await delay(pauseOf(context.random));
    one.kill('SIGCONT');
    return { target: one.name, since: Date.now(), process: one };
  },
};

const killBroker: FaultKind = {
  name: 'broker killed',
  hurt: 'broker',
  cards: 1,
  inject: async ({ scene, random }) => {
    const began = Date.now();
    await scene.broker.kill('SIGKILL');
    await delay(random.pick([0, 4000, 10_000]));
    await scene.broker.restart();
    return { target: 'broker', since: Date.now(), outageMs: Date.now() - began };
  },
};

const stopBroker: FaultKind = {
  name: 'broker stands still',
  hurt: 'broker',
  cards: 1,
  inject: async ({ scene, random }) => {
    const began = Date.now();
    await scene.broker.kill('SIGSTOP');
    await delay(pauseOf(random));
    await scene.broker.kill('SIGCONT');
    return { target: 'broker', since: Date.now(), outageMs: Date.now() - began };
  },
};

const killPostgres: FaultKind = {
  name: 'PostgreSQL killed',
  hurt: 'postgres',
  cards: 1,
  inject: async ({ scene }) => {
    const since = Date.now();
    await scene.postgres.kill();
    return { target: 'PostgreSQL', since, outageMs: Date.now() - since };
  },
};

const stopPostgres: FaultKind = {
  name: 'PostgreSQL stands still',
  hurt: 'postgres',
  cards: 1,
  inject: async ({ scene, random }) => {
    const began = Date.now();
    scene.postgres.stop();
    await delay(pauseOf(random));
    scene.postgres.goOn();
    return { target: 'PostgreSQL', since: Date.now(), outageMs: Date.now() - began };
  },
};

const killStore: FaultKind = {
  name: 'store killed',
  hurt: 'store',
  cards: 1,
  inject: async ({ scene, random }) => {
    const began = Date.now();
    scene.storeServer!.kill('SIGKILL');
    await delay(random.pick([0, 2000]));
    await scene.storeServer!.restart();
    return { target: 'store', since: Date.now(), outageMs: Date.now() - began };
  },
};

const stopStore: FaultKind = {
  name: 'store stands still',
  hurt: 'store',
  cards: 1,
  inject: async ({ scene, random }) => {
    const began = Date.now();
    scene.storeServer!.kill('SIGSTOP');
    await delay(pauseOf(random));
    scene.storeServer!.kill('SIGCONT');
    return { target: 'store', since: Date.now(), outageMs: Date.now() - began };
  },
};

const cutLine = (name: string, linesOf: (scene: FleetScene) => FleetScene['databaseLines']): FaultKind => ({
  name,
  hurt: 'line',
  cards: 1,
  inject: async (context) => {
    const { scene, random } = context;
    const one = random.pick(processesOf(context, OURS));
    const line = linesOf(scene).get(one.name)!;
    line.cut(random.pick(['both-ways', 'answers'] as const));
    await delay(pauseOf(random));
    line.heal(random.pick(['goes-on', 'breaks'] as const));
    return { target: one.name, since: Date.now(), process: one };
  },
});

const cutBroker: FaultKind = {
  name: 'line to the broker cut',
  hurt: 'line',
  cards: 1,
  inject: async ({ scene, random }) => {
    const began = Date.now();
    scene.brokerLine.cut(random.pick(['both-ways', 'answers'] as const));
    await delay(pauseOf(random));
    scene.brokerLine.heal(random.pick(['goes-on', 'breaks'] as const));
    return { target: 'broker', since: Date.now(), outageMs: Date.now() - began };
  },
};

/** The same submissions again, five at once under their own keys. */
const duplicateSubmissions: FaultKind = {
  name: 'submissions five times',
  hurt: 'nothing',
  cards: 1,
  inject: async ({ scene, history, random }) => {
    const since = Date.now();
    const { acknowledged, otherReceipts } = history.sending;
    const some = random.some(acknowledged.slice(-100), 5, 10);
    await Promise.all(
      some.flatMap(({ parcel, receipt }) =>
        Array.from({ length: 5 }, async () => {
          const answer = await submit(scene.caller, parcel);
          const again = (answer?.body as { receipt?: string } | undefined)?.receipt;
          if (answer?.status === 202 && again !== receipt) otherReceipts.push(`${parcel.key}: ${receipt}, ${again}`);
        }),
      ),
    );
    return { target: 'doors', since };
  },
};

const recentMessages = async (context: FaultContext, most: number): Promise<BusMessage[]> => {
  // PostgreSQL may be away by another fault: it is asked until it answers.
  for (;;) {
    try {
      return await lastAccepted(context, most);
    } catch {
      await delay(200);
    }
  }
};

const lastAccepted = async ({ scene }: FaultContext, most: number): Promise<BusMessage[]> => {
  const { rows } = await scene.pool.query(
    `select i.subject_key as key, i.bytes, a.trace from inbox.item i join inbox.attempt a using (attempt_id)
      where a.accepted_no is not null and i.bytes is not null order by a.accepted_no desc, i.item_no desc limit $1`,
    [most],
  );
  return (rows as { key: string; bytes: Buffer; trace: string }[]).map(({ key, bytes, trace }) => ({
    key,
    value: bytes,
    headers: { format: 'sightline-final', version: '1', trace },
  }));
};

const shuffled = <T>(random: SeededRandom, list: readonly T[]): T[] => {
  const left = [...list];
  return list.map(() => left.splice(random.between(0, left.length - 1), 1)[0]!);
};

/** Publishes until the bus says that it has all of it: it may then have some of it twice. */
const publish = async ({ bus }: Pick<FaultContext, 'bus'>, messages: readonly BusMessage[]): Promise<void> => {
  for (;;) {
    try {
      await bus.publish(CONTRIBUTIONS_TOPIC, messages);
      return;
    } catch {
      await delay(200);
    }
  }
};

const duplicateMessages: FaultKind = {
  name: 'messages five times',
  hurt: 'nothing',
  cards: 1,
  inject: async (context) => {
    const since = Date.now();
    const messages = await recentMessages(context, 60);
    await publish(context, Array.from({ length: 5 }, () => messages).flat());
    return { target: 'bus', since };
  },
};

/** What was just accepted, in another order, before, between and after what the relay publishes. */
const reorderedMessages: FaultKind = {
  name: 'messages in another order',
  hurt: 'nothing',
  cards: 1,
  inject: async (context) => {
    const since = Date.now();
    await publish(context, shuffled(context.random, await recentMessages(context, 100)));
    return { target: 'bus', since };
  },
};

/** What nobody can read: noise, a message that breaks off, one under another's key, one without anything. */
const poisonLike = (random: SeededRandom, messages: readonly BusMessage[]): BusMessage => {
  const like = messages.length > 0 ? random.pick(messages) : { key: 'nobody', value: randomBytes(64), headers: {} };
  switch (random.between(0, 3)) {
    case 0:
      return { ...like, value: randomBytes(random.between(1, 2000)) };
    case 1:
      return { ...like, value: like.value.subarray(0, random.between(1, like.value.length - 1)) };
    case 2:
      return { ...like, key: randomBytes(16).toString('hex') };
    default:
      return { key: like.key, value: new Uint8Array(), headers: {} };
  }
};

export const putPoison = async (context: FaultContext, count: number): Promise<void> => {
  const messages = await recentMessages(context, 50);
  const poison = Array.from({ length: count }, () => poisonLike(context.random, messages));
  context.history.poison.push(...poison.map(({ value }) => value));
  await publish(context, poison);
};

const poison: FaultKind = {
  name: 'messages that nobody can read',
  hurt: 'nothing',
  cards: 1,
  inject: async (context) => {
    const since = Date.now();
    await putPoison(context, 10);
    return { target: 'bus', since };
  },
};

const rebuild: FaultKind = {
  name: 'projection built anew under load',
  hurt: 'nothing',
  cards: 1,
  inject: async ({ scene }) => {
    await scene.rebuild();
    return { target: 'projection', since: Date.now() };
  },
};

/** Kinds of faults that this scene can have. */
export const faultKindsOf = ({ storeServer }: FleetScene): readonly FaultKind[] => [
  killOne('adapter killed', ADAPTERS, 2),
  killOne('timeline killed', ['timeline'], 2),
  killOne('sharing killed', ['sharing'], 2),
  killOne('audit killed', ['audit'], 1),
  killOne('web killed', ['web'], 1),
  killAtPoint,
  standStill,
  killBroker,
  stopBroker,
  killPostgres,
  stopPostgres,
  ...(storeServer ? [killStore, stopStore, cutLine('line to the store cut', (scene) => scene.storeLines)] : []),
  cutLine('line to PostgreSQL cut', (scene) => scene.databaseLines),
  cutBroker,
  duplicateSubmissions,
  duplicateMessages,
  reorderedMessages,
  poison,
  rebuild,
];

/** So many faults: every kind comes before any comes again more often than its cards say. */
export function* dealFaults(kinds: readonly FaultKind[], random: SeededRandom): Generator<FaultKind> {
  for (;;) {
    yield* shuffled(
      random,
      kinds.flatMap((kind) => Array.from({ length: kind.cards }, () => kind)),
    );
  }
}
