import { setTimeout as delay } from 'node:timers/promises';
import { BusError, checkConsume, type Bus, type BusMessage, type BusSubscription, type ConsumeOptions } from './bus.js';

export interface InProcessBusOptions {
  /** Messages a topic holds at most (10,000). */
  readonly maxMessages?: number;
  /** Bytes a topic holds at most, keys and headers included (64 MiB). One larger message passes an empty topic alone. */
  readonly maxBytes?: number;
  /** Wait after the first rejection of a batch in ms (50); doubled at each further one up to `mostBackOff` (5,000). */
  readonly firstBackOff?: number;
  readonly mostBackOff?: number;
}

const PARTITIONS = 16;

/**
 * The bus for one process. Every topic has 16 partitions; a key always falls into the same one, each partition of a
 * group is served by one member at a time, one batch after another, and partitions are served at once: a member's
 * `onBatch` runs for several of them together.
 *
 * A message is held until every group of its topic has handled it; while a topic is full, `publish` waits, so the
 * slowest group sets the pace. Before its first group a topic holds what is published, for that group; a group that
 * joins later sees what is published from then on. A group stays when its last member stops, and what it has not
 * handled waits for the next. Nothing outlives the process: the inbox is the truth, and publishes again.
 */
export const createInProcessBus = (options: InProcessBusOptions = {}): Bus => new InProcessBus(options);

interface Held {
  readonly message: BusMessage;
  readonly partition: number;
  readonly bytes: number;
  /** Groups that have not handled it yet; a message without a group waits for the first. */
  groups: number;
}

interface Partition {
  readonly queue: Held[];
  /** Messages of the batch that was rejected last: it comes again as it was. */
  rejected: number;
  failures: number;
  busy: boolean;
}

interface Member extends ConsumeOptions {
  readonly inHand: Set<Promise<void>>;
}

interface Group {
  readonly partitions: readonly Partition[];
  members: readonly Member[];
}

class Topic {
  readonly groups = new Map<string, Group>();
  unclaimed: Held[] = [];
  messages = 0;
  bytes = 0;
  /** The publisher whose turn it is, and everyone behind it. */
  turn: Promise<unknown> = Promise.resolve();
  wake: (() => void) | undefined;
}

class InProcessBus implements Bus {
  private readonly topics = new Map<string, Topic>();
  private readonly closing = new AbortController();
  private readonly limits: Required<InProcessBusOptions>;

  constructor(options: InProcessBusOptions) {
    this.limits = { maxMessages: 10_000, maxBytes: 64 * 1024 * 1024, firstBackOff: 50, mostBackOff: 5000, ...options };
  }

  async publish(topicName: string, messages: readonly BusMessage[]): Promise<void> {
    this.checkOpen();
    if (topicName === '') throw new BusError('invalid', 'topic is empty');
    const topic = this.topic(topicName);
    const mine = topic.turn.then(() => this.take(topic, messages));
    topic.turn = mine.catch(() => undefined);
    return mine;
  }

  async consume(options: ConsumeOptions): Promise<BusSubscription> {
    this.checkOpen();
    checkConsume(options);
    const topic = this.topic(options.topic);
    const group = topic.groups.get(options.group) ?? openGroup(topic, options.group);
    const member: Member = { ...options, inHand: new Set() };
    group.members = [...group.members, member];
    this.serveAll(topic, group);
    return {
      stop: async () => {
        group.members = group.members.filter((one) => one !== member);
        await Promise.all(member.inHand);
      },
    };
  }

  async close(): Promise<void> {
    this.closing.abort();
    const groups = [...this.topics.values()].flatMap((topic) => [...topic.groups.values()]);
    const members = groups.flatMap((group) => group.members);
    for (const topic of this.topics.values()) topic.wake?.();
    await Promise.all(members.flatMap((member) => [...member.inHand]));
    this.topics.clear();
  }

  private checkOpen(): void {
    if (this.closing.signal.aborted) throw new BusError('closed', 'the bus is closed');
  }

  private topic(name: string): Topic {
    let topic = this.topics.get(name);
    if (!topic) this.topics.set(name, (topic = new Topic()));
    return topic;
  }

  /** Takes the messages in order, as there is room. */
  private async take(topic: Topic, messages: readonly BusMessage[]): Promise<void> {
    for (const message of messages) {
      const bytes = sizeOf(message);
      while (!this.hasRoom(topic, bytes)) {
        this.checkOpen();
        this.serveEvery(topic);
        await new Promise<void>((resolve) => (topic.wake = resolve));
      }
      this.checkOpen();
      hold(topic, { message: copyOf(message), partition: partitionOf(message.key), bytes, groups: topic.groups.size });
    }
    this.serveEvery(topic);
  }

  private hasRoom(topic: Topic, bytes: number): boolean {
    if (topic.messages === 0) return true;
    return topic.messages < this.limits.maxMessages && topic.bytes + bytes <= this.limits.maxBytes;
  }

  private serveEvery(topic: Topic): void {
    for (const group of topic.groups.values()) this.serveAll(topic, group);
  }

  private serveAll(topic: Topic, group: Group): void {
    for (const partition of group.partitions) void this.serve(topic, group, partition);
  }

  /** Hands batches of one partition to whoever serves it, one after another, until none is left. */
  private async serve(topic: Topic, group: Group, partition: Partition): Promise<void> {
    if (partition.busy) return;
    partition.busy = true;
    const index = group.partitions.indexOf(partition);
    while (!this.closing.signal.aborted && partition.queue.length > 0) {
      const member = group.members[index % group.members.length];
      if (!member) break;
      const batch = partition.queue.slice(0, Math.min(member.batchSize, partition.rejected || Infinity));
      if (await handle(member, batch)) {
        partition.queue.splice(0, batch.length);
        Object.assign(partition, { rejected: 0, failures: 0 });
        release(topic, batch);
      } else {
        partition.rejected = batch.length;
        await this.backOff(partition);
      }
    }
    partition.busy = false;
  }

  private async backOff(partition: Partition): Promise<void> {
    const wait = Math.min(this.limits.firstBackOff * 2 ** partition.failures, this.limits.mostBackOff);
    partition.failures += 1;
    await delay(wait, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}

/** True when the member has handled the batch. Every delivery is a copy: what a handler does to it stays with it. */
const handle = async (member: Member, batch: readonly Held[]): Promise<boolean> => {
  const handling = (async () => member.onBatch(batch.map(({ message }) => copyOf(message))))();
  const settled = handling.then(
    () => undefined,
    () => undefined,
  );
  member.inHand.add(settled);
  try {
    await handling;
    return true;
  } catch {
    return false;
  } finally {
    member.inHand.delete(settled);
  }
};

const openGroup = (topic: Topic, name: string): Group => {
  const group: Group = {
    partitions: Array.from({ length: PARTITIONS }, () => ({ queue: [], rejected: 0, failures: 0, busy: false })),
    members: [],
  };
  topic.groups.set(name, group);
  for (const held of topic.unclaimed) {
    held.groups = 1;
    group.partitions[held.partition]?.queue.push(held);
  }
  topic.unclaimed = [];
  return group;
};

const hold = (topic: Topic, held: Held): void => {
  topic.messages += 1;
  topic.bytes += held.bytes;
  if (topic.groups.size === 0) topic.unclaimed.push(held);
  for (const group of topic.groups.values()) group.partitions[held.partition]?.queue.push(held);
};

const release = (topic: Topic, batch: readonly Held[]): void => {
  for (const held of batch) {
    held.groups -= 1;
    if (held.groups > 0) continue;
    topic.messages -= 1;
    topic.bytes -= held.bytes;
  }
  topic.wake?.();
};

const copyOf = ({ key, value, headers }: BusMessage): BusMessage => ({
  key,
  value: new Uint8Array(value),
  headers: { ...headers },
});

const sizeOf = ({ key, value, headers }: BusMessage): number =>
  Object.entries(headers).reduce((size, [name, text]) => size + name.length + text.length, value.length + key.length);

/** FNV-1a over the key's UTF-8 bytes. */
const partitionOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % PARTITIONS;
};
