import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { BusMessage, ConsumeOptions } from '#bus';
import type { Line } from './line.js';
import { within } from './within.js';

const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
/** How long a rebalance waits for members that have a batch in hand. */
const REBALANCE_MS = 30_000;
/** Of one answer of a broker, and of one partition in it: what a member holds at most. */
const MOST_BYTES = 10 * 1024 * 1024;
const MOST_PARTITION_BYTES = 1024 * 1024;
const LONGEST_WAIT_MS = 100;
const PARTITIONS_AT_ONCE = 32;
/** A partition with much to do lets the next answer of the broker come after this long. */
const ROUND_MS = 500;
const COMMIT_AGAIN_MS = 250;
const COMMIT_WITHIN_MS = 5000;
/** A member that hears nothing from its broker for so long begins anew. */
const STALLED_MS = 20_000;
const STALLED_JOIN_MS = REBALANCE_MS + 10_000;
const LOOK_MS = 2000;
const LEAVE_MS = 3000;
const MOST_RESTART_MS = 5000;

export interface MemberOptions extends ConsumeOptions {
  readonly openLine: () => Line;
  readonly log: (line: string) => void;
  /** Wait after the first rejection of a batch in ms; doubled at each further one up to `mostBackOff`. */
  readonly firstBackOff: number;
  readonly mostBackOff: number;
  /** `start` resolves when the member has joined, or after this many ms. */
  readonly joinWithin: number;
}

interface Rejected {
  readonly offset: string;
  readonly count: number;
  readonly failures: number;
}

/**
 * One member of a group, of one topic. It outlives its consumers: one that crashed or stalled is replaced, after a
 * wait, by another.
 *
 * Of a partition the next messages are handed over once the last were handled and their offset is committed. While any
 * batch is in hand the member keeps its session alive, and does not leave its partitions to a rebalance: so a batch is
 * handled twice only when the process, the session or the broker is lost in the middle of it.
 */
export class GroupMember {
  private readonly inHand = new Set<Promise<unknown>>();
  private readonly rejected = new Map<number, Rejected>();
  private readonly stopping = new AbortController();
  private readonly joined = Promise.withResolvers<void>();
  private running: Promise<void> | undefined;

  constructor(private readonly options: MemberOptions) {}

  async start(): Promise<void> {
    this.running = this.run();
    await within(this.options.joinWithin, this.joined.promise);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted; failures += 1) {
      const life = new Life(this.options, this.inHand, this.rejected, this.stopping.signal, () => {
        failures = 0;
        this.joined.resolve();
      });
      await life.live();
      if (this.stopping.signal.aborted) break;
      this.options.log('kafka-consumer-starts-again');
      await this.rest(Math.min(100 * 2 ** failures, MOST_RESTART_MS));
    }
  }

  private async rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

/** One consumer from its connection to its end. */
class Life {
  private readonly line: Line;
  private readonly consumer: Consumer;
  private readonly ended = Promise.withResolvers<void>();
  private readonly resuming = new Set<NodeJS.Timeout>();
  private isMember = false;
  /** A heartbeat said that the group is about to share its partitions anew, or that we are no member. */
  private rebalancing = false;
  private heardAt = Date.now();

  constructor(
    private readonly options: MemberOptions,
    private readonly inHand: Set<Promise<unknown>>,
    private readonly rejected: Map<number, Rejected>,
    private readonly stopping: AbortSignal,
    private readonly onJoin: () => void,
  ) {
    this.line = options.openLine();
    this.consumer = this.line.kafka.consumer({
      groupId: groupIdOf(options),
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_MS,
      minBytes: 1,
      maxBytes: MOST_BYTES,
      maxBytesPerPartition: MOST_PARTITION_BYTES,
      maxWaitTimeInMs: LONGEST_WAIT_MS,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      // A consumer that the client starts again by itself may do so after it was stopped.
      retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 6, restartOnFailure: () => Promise.resolve(false) },
    });
    const { GROUP_JOIN, CRASH, FETCH, REBALANCING } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => {
      this.heardAt = Date.now();
      this.isMember = true;
      this.rebalancing = false;
      this.onJoin();
    });
    this.consumer.on(REBALANCING, () => {
      this.heardAt = Date.now();
      this.isMember = false;
    });
    this.consumer.on(FETCH, () => (this.heardAt = Date.now()));
    this.consumer.on(CRASH, () => this.ended.resolve());
  }

  /** Resolves when this consumer is of no more use, or the member stops, and nothing is in hand. */
  async live(): Promise<void> {
    const stop = (): void => this.ended.resolve();
    this.stopping.addEventListener('abort', stop);
    if (this.stopping.aborted) stop();
    const looking = setInterval(() => this.lookForStall(), LOOK_MS);
    this.begin().catch(() => this.ended.resolve());
    await this.ended.promise;
    clearInterval(looking);
    this.stopping.removeEventListener('abort', stop);
    await this.leave();
    for (const timer of this.resuming) clearTimeout(timer);
  }

  private async begin(): Promise<void> {
    const { topic } = this.options;
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.track(this.eachBatch(payload)),
    });
  }

  /** Tells the group at once that we go, once what is in hand has ended; a broker that is away is not waited for. */
  private async leave(): Promise<void> {
    const leaving = this.consumer.disconnect();
    leaving.catch(() => undefined);
    while (this.inHand.size > 0) await Promise.allSettled(this.inHand);
    await within(this.isMember ? LEAVE_MS : 500, leaving).catch(() => undefined);
    this.line.cut();
  }

  private lookForStall(): void {
    if (this.inHand.size > 0) this.heardAt = Date.now();
    if (Date.now() - this.heardAt < (this.isMember ? STALLED_MS : STALLED_JOIN_MS)) return;
    this.options.log('kafka-consumer-stalled');
    this.ended.resolve();
  }

  private async track(work: Promise<void>): Promise<void> {
    this.inHand.add(work);
    try {
      await work;
    } finally {
      this.inHand.delete(work);
    }
  }

  private mayBegin({ isRunning, isStale }: EachBatchPayload): boolean {
    return !this.stopping.aborted && isRunning() && !isStale() && !this.rebalancing;
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { partition, messages } = payload.batch;
    const until = Date.now() + ROUND_MS;
    let done = 0;
    while (done < messages.length && this.mayBegin(payload) && (done === 0 || Date.now() < until)) {
      const slice = messages.slice(done, done + this.sizeOfNext(partition, messages[done]!.offset));
      if (!(await this.handle(slice, payload))) {
        this.putOff(slice, payload);
        return;
      }
      this.rejected.delete(partition);
      done += slice.length;
      const { offset } = slice.at(-1)!;
      payload.resolveOffset(offset);
      await this.commit(offset, payload);
    }
  }

  /** What was rejected comes again as it was. */
  private sizeOfNext(partition: number, offset: string): number {
    const rejected = this.rejected.get(partition);
    return rejected?.offset === offset ? rejected.count : this.options.batchSize;
  }

  private async handle(slice: readonly KafkaMessage[], payload: EachBatchPayload): Promise<boolean> {
    // Twice an interval: the client lets a beat pass that comes a little early.
    const beating = setInterval(() => void this.beat(payload), HEARTBEAT_MS / 2);
    try {
      await this.options.onBatch(slice.map(messageOf));
      return true;
    } catch {
      this.options.log('kafka-batch-rejected');
      return false;
    } finally {
      clearInterval(beating);
    }
  }

  private async beat({ heartbeat }: EachBatchPayload): Promise<void> {
    try {
      await heartbeat();
    } catch (error) {
      if (isOfMembership(error)) this.rebalancing = true;
    }
  }

  private putOff(slice: readonly KafkaMessage[], { batch: { partition }, pause }: EachBatchPayload): void {
    const { offset } = slice[0]!;
    const before = this.rejected.get(partition);
    const failures = before?.offset === offset ? before.failures + 1 : 0;
    this.rejected.set(partition, { offset, count: slice.length, failures });
    const resume = pause();
    const wait = Math.min(this.options.firstBackOff * 2 ** failures, this.options.mostBackOff);
    const timer = setTimeout(() => {
      this.resuming.delete(timer);
      resume();
    }, wait);
    this.resuming.add(timer);
  }

  /**
   * Commits that everything up to this offset is handled. The broker takes it from the member that the partition
   * belongs to, and from no other. One that is away may come back; a commit that fails in the end is made up for by the next.
   */
  private async commit(offset: string, { batch, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    const partitions = [{ partition: batch.partition, offset: String(BigInt(offset) + 1n) }];
    const deadline = Date.now() + COMMIT_WITHIN_MS;
    for (;;) {
      try {
        await commitOffsetsIfNecessary({ topics: [{ topic: batch.topic, partitions }] });
        return;
      } catch (error) {
        if (isOfMembership(error)) this.rebalancing = true;
        if (this.rebalancing || this.stopping.aborted || Date.now() > deadline) throw error;
        await delay(COMMIT_AGAIN_MS);
      }
    }
  }
}

const OF_MEMBERSHIP = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'];

const isOfMembership = (error: unknown): boolean =>
  OF_MEMBERSHIP.includes((error as { type?: string } | null)?.type ?? '');

/** Every topic has groups of its own: a rebalance of one leaves the others alone. */
export const groupIdOf = ({ group, topic }: Pick<ConsumeOptions, 'group' | 'topic'>): string => `${group}.${topic}`;

const textOf = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value));

const messageOf = ({ key, value, headers = {} }: KafkaMessage): BusMessage => ({
  key: key?.toString('utf8') ?? '',
  value: value ?? new Uint8Array(),
  headers: Object.fromEntries(
    Object.entries(headers).flatMap(([name, text]) => (text === undefined ? [] : [[name, textOf(text)]])),
  ),
});
