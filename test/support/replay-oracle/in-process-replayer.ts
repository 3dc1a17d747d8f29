import { join } from 'node:path';
import pg from 'pg';
import { facetsOf, readChild } from '#chronology';
import { openEventStore } from '#engines';
import { BLIND_SECRET, createPartOpener, keyFolderOf, openFileKeyService } from '#platform';
import { BlindNames } from '../../../apps/audit/src/store/blind-names.js';
import { ScopeReader } from '../../../apps/audit/src/store/scope-reader.js';
import { StoreIndex } from '../../../apps/audit/src/store/store-index.js';
import { roleNameOf } from '../../../apps/hub/src/hub-roles.js';
import type { TestHub } from '../hub/start-test-hub.js';
import type { Replayer } from './compare-replays.js';

/** Looks one millisecond too early. */
export class EarlyIndex extends StoreIndex {
  override positionAt(at: number): number {
    return super.positionAt(at - 1);
  }
}

/** Lets what comes with the very next millisecond in. */
export class LateIndex extends StoreIndex {
  override positionAt(at: number): number {
    return super.positionAt(at + 1);
  }
}

/** Forgets what was accepted and not filed. */
export class ForgetfulReader extends ScopeReader {
  protected override pendingAt(): Promise<[]> {
    return Promise.resolve([]);
  }
}

/** Replays with the audit's own rights and keys, with whichever index and reader. */
export const withReplayer = async <T>(
  { hub, configuration }: TestHub,
  parts: { readonly index?: typeof StoreIndex; readonly reader?: typeof ScopeReader },
  work: (replay: Replayer) => Promise<T>,
): Promise<T> => {
  const url = hub.database.urlOf(roleNameOf('audit'));
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const store = await openEventStore({
    eventStoreUrl: configuration.eventStoreUrl,
    databaseUrl: url,
    applicationName: 'replays',
    hub: 'hub',
    clock: pool,
  });
  try {
    const keys = openFileKeyService(join(configuration.keysDir, keyFolderOf('audit')));
    const opener = createPartOpener(keys);
    const blind = new BlindNames(await keys.secret(BLIND_SECRET));
    const index = new (parts.index ?? StoreIndex)({ store, pool, opener, blind });
    const scopes = new (parts.reader ?? ScopeReader)({ store, pool, opener, blind, index });
    await index.readToHead();
    return await work(async ({ viewer, child, at }) => {
      const { scope } = await scopes.at(at, viewer.login, 'SAFEGUARDING', {
        by: 'identifier',
        kind: 'nhs-number',
        value: child,
      });
      return readChild(scope).entries.map((entry) => ({ id: entry.id, facets: facetsOf(entry) }));
    });
  } finally {
    await store.close();
    await pool.end();
  }
};
