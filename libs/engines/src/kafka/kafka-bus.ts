import { BusError, checkConsume, type Bus, type BusMessage, type BusSubscription, type ConsumeOptions } from '#bus';
import { brokersOf, type BusSecurity } from './address.js';
import { createCodeLog } from './client-log.js';
import { GroupMember } from './group-member.js';
import { openLine, securityOf } from './line.js';
import { Publisher } from './publisher.js';

export interface KafkaBusOptions {
  /** `kafka://host:port[,host:port...]` */
  readonly busUrl: string;
  /** What this process is called in the brokers' logs and metrics. */
  readonly clientId: string;
  readonly security?: BusSecurity;
  /** Gets a code for each thing worth knowing: `kafka-connection-error`. Never data. */
  readonly log?: (line: string) => void;
  /** A publication that no broker has taken after this many ms is refused (15,000). */
  readonly publishWithin?: number;
  /** Wait after the first rejection of a batch in ms (50); doubled at each further one up to `mostBackOff` (5,000). */
  readonly firstBackOff?: number;
  readonly mostBackOff?: number;
  /** `consume` resolves when the group has taken the member in, or after this many ms (10,000): it goes on trying. */
  readonly joinWithin?: number;
}

/**
 * The bus over Kafka. Topics are made beforehand (`npm run topics`), never by their use. A key always falls into the
 * same partition; of each partition one batch at a time is in hand in its group, and partitions are served at once. A
 * group that is new to a topic begins at its beginning.
 *
 * A broker that is away is waited for: `publish` for a bounded time, after which it is refused as `unavailable` and may
 * have been taken all the same; `consume` for ever.
 */
export const createKafkaBus = (options: KafkaBusOptions): Bus => new KafkaBus(options);

class KafkaBus implements Bus {
  private readonly members = new Set<GroupMember>();
  private readonly publisher: Publisher;
  private closed: Promise<void> | undefined;
  private readonly shared;

  constructor(private readonly options: KafkaBusOptions) {
    const { busUrl, clientId, security = { tls: false }, publishWithin = 15_000 } = options;
    const brokers = brokersOf(busUrl);
    securityOf(security);
    const log = createCodeLog(options.log ?? (() => undefined));
    this.shared = { log, openLine: () => openLine({ brokers, clientId, security, log }) };
    this.publisher = new Publisher({ ...this.shared, publishWithin });
  }

  async publish(topic: string, messages: readonly BusMessage[]): Promise<void> {
    this.checkOpen();
    if (topic === '') throw new BusError('invalid', 'topic is empty');
    await this.publisher.publish(topic, messages);
  }

  async consume(options: ConsumeOptions): Promise<BusSubscription> {
    this.checkOpen();
    checkConsume(options);
    const { firstBackOff = 50, mostBackOff = 5000, joinWithin = 10_000 } = this.options;
    const member = new GroupMember({ ...options, ...this.shared, firstBackOff, mostBackOff, joinWithin });
    this.members.add(member);
    await member.start();
    return {
      stop: async () => {
        await member.stop();
        this.members.delete(member);
      },
    };
  }

  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    await Promise.all([this.publisher.close(), ...[...this.members].map((member) => member.stop())]);
    this.members.clear();
  }

  private checkOpen(): void {
    if (this.closed) throw new BusError('closed', 'the bus is closed');
  }
}
