import { createHash } from 'node:crypto';
import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Bus } from '#bus';
import { pgPool } from '#engines';
import { createRecorder, type EventStore } from '#event-sourcing';
import { Commands, Inbox, Relay, Submissions, type Registry } from '#intake';
import {
  BLIND_SECRET,
  createRememberingOpener,
  lookupsOnTick,
  recordedNow,
  TOKEN_SECRET,
  type KeyService,
  type Logger,
} from '#platform';
import { AgreementDesk } from './agreements/agreement-desk.js';
import { AgreementsController } from './http/agreements.controller.js';
import { ChildSearchesController } from './http/child-searches.controller.js';
import { AllegationDesk } from './allegations/allegation-desk.js';
import { AllegationsController } from './allegations/allegations.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { ConsentDesk } from './consent/consent-desk.js';
import { Attempts } from './directives/attempts.js';
import { ChildDecisions } from './directives/child-decisions.js';
import { ChildExclusionDesk } from './directives/child-exclusion-desk.js';
import { ChildExclusionsController } from './directives/child-exclusions.controller.js';
import { DirectiveDesk } from './directives/directive-desk.js';
import { DirectivesController, KNOWN_ORGANISATIONS } from './directives/directives.controller.js';
import { DoNotInformController } from './directives/do-not-inform.controller.js';
import { DoNotInformDesk } from './directives/do-not-inform-desk.js';
import { EmergencyDesk } from './emergency/emergency-desk.js';
import { EmergencyController } from './emergency/emergency.controller.js';
import { ReviewDesk } from './emergency/review-desk.js';
import { ReviewsController } from './emergency/reviews.controller.js';
import { ChronologyController } from './http/chronology.controller.js';
import { IdentityDesk } from './identity/identity-desk.js';
import { IdentityController } from './identity/identity.controller.js';
import { PairIds } from './identity/pair-ids.js';
import { PairRow } from './identity/pair.row.js';
import { Crossings } from './people/crossings.js';
import { MyChildren } from './people/my-children.js';
import { MyController } from './people/my.controller.js';
import { Profiles } from './people/profiles.js';
import { ensureLiveGeneration, ProjectionRunner, refuseForeignSubjects } from './projection/projection-runner.js';
import { QuarantineItemController } from './quarantine/quarantine-item.controller.js';
import { QuarantineReader } from './quarantine/quarantine-reader.js';
import { ReleaseDesk } from './releases/release-desk.js';
import { ReleasesController } from './releases/releases.controller.js';
import { BlindIndex } from './reading/blind-index.js';
import { Completeness } from './reading/completeness.js';
import { HandleRow } from './reading/handle.row.js';
import { Handles, TokenBox } from './reading/handles.js';
import { ChronologyReader, type RecordRead } from './reading/read-chronology.js';
import { ReceiptWait } from './reading/receipt-wait.js';
import { MoveDesk } from './relations/move-desk.js';
import { RelationDesk } from './relations/relation-desk.js';
import { RelationReviews } from './relations/relation-reviews.js';
import { RelationReviewsController } from './relations/relation-reviews.controller.js';
import { RelationsController } from './relations/relations.controller.js';
import { StandingRelations } from './relations/standing-relations.js';
import { ScimController } from './scim/scim.controller.js';
import { ScimDesk } from './scim/scim-desk.js';

export interface SharingOptions {
  /** With the entities of `sharingEntities`. */
  readonly dataSource: DataSource;
  readonly store: EventStore;
  /** Holds the private keys and the hub's secrets. */
  readonly keys: KeyService;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly hub: string;
  /** Names the stream of read records of this process. */
  readonly instance: string;
  /** For what people decide here, where no other module of the process carries it to the bus. */
  readonly relay?: { readonly pool: Pool; readonly bus: Bus };
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The recorder of this process's looks. */
export const createReadRecorder = ({
  store,
  pool,
  hub,
  instance,
}: Pick<SharingOptions, 'store' | 'hub' | 'instance'> & { readonly pool: Pool }): RecordRead =>
  createRecorder({ store, hub, sha256, now: () => recordedNow(pool), stream: `reads-${instance}` });

class SharingLife implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly runner: ProjectionRunner,
    private readonly relay: Relay | undefined,
  ) {}

  onApplicationBootstrap(): void {
    this.runner.start();
    this.relay?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.runner.stop(), this.relay?.stop()]);
  }
}

/** Consent and need to know: the projection, and the only door to the chronology. */
@Module({})
export class SharingModule {
  /** Makes the live generation where there is none. Refuses a store whose subjects the reference table lacks. */
  static async register(options: SharingOptions): Promise<DynamicModule> {
    const { dataSource, store, keys, registry, logger } = options;
    const pool = pgPool(dataSource);
    const opener = createRememberingOpener(keys);
    const blind = new BlindIndex(await keys.secret(BLIND_SECRET));
    const box = new TokenBox(await keys.secret(TOKEN_SECRET));
    await ensureLiveGeneration(pool, store);
    await refuseForeignSubjects(pool);
    const loader = { keys, opener, blind };
    const inbox = new Inbox(pool);
    const commands = new Commands(pool, inbox, keys);
    const handles = new Handles(dataSource.getRepository(HandleRow), box, () => recordedNow(pool));
    const record = createReadRecorder({ ...options, pool });
    const decisions = new ChildDecisions({ ...loader, pool, commands, record });
    const organisations = new Map(registry.organisations.map((organisation) => [organisation.id, organisation]));
    return {
      module: SharingModule,
      controllers: [
        ChildSearchesController,
        ChronologyController,
        AgreementsController,
        DirectivesController,
        ChildExclusionsController,
        DoNotInformController,
        AllegationsController,
        ConsentController,
        ReleasesController,
        EmergencyController,
        ReviewsController,
        MyController,
        IdentityController,
        QuarantineItemController,
        RelationsController,
        RelationReviewsController,
        ScimController,
      ],
      providers: [
        { provide: APP_INTERCEPTOR, useValue: lookupsOnTick },
        { provide: TokenBox, useValue: box },
        { provide: Handles, useValue: handles },
        {
          provide: ChronologyReader,
          useValue: new ChronologyReader({ ...loader, pool, record }),
        },
        { provide: KNOWN_ORGANISATIONS, useValue: new Set(organisations.keys()) },
        { provide: DirectiveDesk, useValue: new DirectiveDesk(decisions) },
        { provide: ChildExclusionDesk, useValue: new ChildExclusionDesk(pool, decisions) },
        { provide: Attempts, useValue: new Attempts({ ...loader, pool, handles, record }) },
        { provide: DoNotInformDesk, useValue: new DoNotInformDesk(decisions) },
        { provide: AllegationDesk, useValue: new AllegationDesk(decisions) },
        { provide: ConsentDesk, useValue: new ConsentDesk(decisions) },
        { provide: ReleaseDesk, useValue: new ReleaseDesk(decisions) },
        { provide: EmergencyDesk, useValue: new EmergencyDesk({ ...loader, pool, commands }) },
        { provide: ReviewDesk, useValue: new ReviewDesk({ ...loader, pool, commands, record, organisations }) },
        {
          provide: IdentityDesk,
          useValue: new IdentityDesk({
            ...loader,
            pool,
            commands,
            record,
            organisations,
            ids: new PairIds(dataSource.getRepository(PairRow), box, () => recordedNow(pool)),
          }),
        },
        { provide: Profiles, useValue: new Profiles(pool, loader, organisations) },
        { provide: MyChildren, useValue: new MyChildren({ ...loader, pool, handles, record }) },
        { provide: Crossings, useValue: new Crossings({ ...loader, pool, handles, record, organisations }) },
        { provide: QuarantineReader, useValue: new QuarantineReader({ ...loader, pool, record }) },
        { provide: Completeness, useValue: new Completeness(pool, organisations) },
        { provide: ReceiptWait, useValue: new ReceiptWait(pool, loader) },
        {
          provide: ScimDesk,
          useValue: new ScimDesk({ pool, box, registry, submissions: new Submissions(pool, inbox, keys) }),
        },
        { provide: RelationDesk, useValue: new RelationDesk({ ...loader, pool, commands, organisations }) },
        { provide: MoveDesk, useValue: new MoveDesk(decisions, organisations) },
        {
          provide: RelationReviews,
          useValue: new RelationReviews({ ...loader, pool, commands, record, organisations }),
        },
        { provide: StandingRelations, useValue: new StandingRelations(decisions) },
        { provide: AgreementDesk, useValue: new AgreementDesk(pool, loader, commands) },
        {
          provide: SharingLife,
          useValue: new SharingLife(
            new ProjectionRunner({ pool, store, opener, blind, logger }),
            options.relay && new Relay({ ...options.relay, logger, carries: 'commands' }),
          ),
        },
      ],
    };
  }
}

/** What TypeORM maps for this app. */
export const sharingEntities = [HandleRow, PairRow];
