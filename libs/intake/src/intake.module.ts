import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Bus } from '#bus';
import type { KeyService, Logger } from '#platform';
import type { FeedDefinition } from './feed.js';
import { Feeds } from './feeds.js';
import { Heartbeats } from './heartbeats.js';
import { Housekeeping } from './housekeeping.js';
import { FeedDoor } from './http/feed-door.js';
import { FeedsController } from './http/feeds.controller.js';
import { QuarantineController } from './http/quarantine.controller.js';
import { SubmissionsController } from './http/submissions.controller.js';
import { Backlog } from './inbox/backlog.js';
import { Inbox } from './inbox/inbox.js';
import { Notices } from './notices.js';
import { PEOPLE_DIRECTORY, type PeopleDirectory } from './people-directory.js';
import { Quarantine } from './quarantine/quarantine.js';
import { QuarantineDesk } from './quarantine/quarantine-desk.js';
import { Receipts } from './receipts.js';
import type { Registry } from './registry.js';
import { Relay } from './relay.js';
import { SentSubmissions } from './submissions-sent.js';
import { Submissions } from './submit.js';

export interface IntakeOptions {
  /** Every feed that the adapters of this process serve. */
  readonly feeds: readonly FeedDefinition[];
  readonly registry: Registry;
  /** Holds public keys and the index keys of the organisations served, and nothing that opens anything. */
  readonly keyService: KeyService;
  readonly pool: Pool;
  /** For the relay alone: it holds one connection for as long as it runs. */
  readonly relayPool: Pool;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly inboxLimit: number;
  /** Who people are: without it, connectors alone are let to the feeds. */
  readonly people?: PeopleDirectory;
  /** Carries everybody's rows, commands included: where every module runs in one process. */
  readonly relayAll: boolean;
}

class InboxLife implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly relay: Relay,
    private readonly housekeeping: Housekeeping,
  ) {}

  onApplicationBootstrap(): void {
    this.relay.start();
    this.housekeeping.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.housekeeping.stop();
    await this.relay.stop();
  }
}

/** What every adapter mounts, once a process, over the feeds of all adapters in it. */
@Module({})
export class IntakeModule {
  static register(options: IntakeOptions): DynamicModule {
    const { pool, keyService } = options;
    const feeds = new Feeds(options.feeds, options.registry);
    const inbox = new Inbox(pool);
    const quarantine = new Quarantine(pool);
    const relay = new Relay({
      pool: options.relayPool,
      bus: options.bus,
      logger: options.logger,
      carries: options.relayAll ? 'everything' : { sentBy: feeds.organisations },
    });
    return {
      module: IntakeModule,
      controllers: [SubmissionsController, FeedsController, QuarantineController],
      providers: [
        FeedDoor,
        { provide: PEOPLE_DIRECTORY, useValue: options.people },
        { provide: SentSubmissions, useValue: new SentSubmissions(pool) },
        { provide: Quarantine, useValue: quarantine },
        { provide: QuarantineDesk, useValue: new QuarantineDesk(pool, inbox, keyService, quarantine) },
        { provide: Feeds, useValue: feeds },
        { provide: Submissions, useValue: new Submissions(pool, inbox, keyService) },
        { provide: Backlog, useValue: new Backlog(pool, options.inboxLimit) },
        { provide: Receipts, useValue: new Receipts(pool) },
        { provide: Notices, useValue: new Notices(pool) },
        { provide: Heartbeats, useValue: new Heartbeats(pool) },
        { provide: InboxLife, useValue: new InboxLife(relay, new Housekeeping(pool, options.logger)) },
      ],
    };
  }
}
