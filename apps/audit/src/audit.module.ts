import { createHash } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { createRecorder, type EventStore } from '#event-sourcing';
import type { Registry } from '#intake';
import { BLIND_SECRET, createPartOpener, recordedNow, type KeyService } from '#platform';
import { AuditController } from './http/audit.controller.js';
import { Reads } from './looks/find-reads.js';
import { AuditorGuard } from './people/auditor.guard.js';
import { Auditors } from './people/auditors.js';
import { AuditDesk } from './replays/audit-desk.js';
import { BlindNames } from './store/blind-names.js';
import { ScopeReader } from './store/scope-reader.js';
import { StoreIndex } from './store/store-index.js';

export interface AuditOptions {
  /** With the rights of the audit's own role. */
  readonly pool: Pool;
  /** May append: looks are events. */
  readonly store: EventStore;
  /** Holds the private keys, the index keys and the blind key. */
  readonly keys: KeyService;
  readonly registry: Registry;
  readonly hub: string;
  /** Names the stream of this process's looks. */
  readonly instance: string;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Replay and who looked at what, for auditors, from the store alone. */
@Module({})
export class AuditModule {
  static async register({ pool, store, keys, registry, hub, instance }: AuditOptions): Promise<DynamicModule> {
    const opener = createPartOpener(keys);
    const blind = new BlindNames(await keys.secret(BLIND_SECRET));
    const index = new StoreIndex({ store, pool, opener, blind });
    const scopes = new ScopeReader({ store, pool, opener, blind, index });
    const auditors = new Auditors(pool, index, scopes, registry);
    const record = createRecorder({
      store,
      hub,
      sha256,
      now: () => recordedNow(pool),
      stream: `reads-${instance}-audit`,
    });
    const organisations = new Map(registry.organisations.map((organisation) => [organisation.id, organisation]));
    const reads = new Reads(pool, store);
    return {
      module: AuditModule,
      controllers: [AuditController],
      providers: [
        { provide: Auditors, useValue: auditors },
        AuditorGuard,
        {
          provide: AuditDesk,
          useValue: new AuditDesk({ pool, keys, opener, organisations, index, scopes, reads, blind, record }),
        },
      ],
    };
  }
}
