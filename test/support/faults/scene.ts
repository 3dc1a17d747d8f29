import type { Pool } from 'pg';
import type { EventStore } from '#event-sourcing';
import type { KeyService } from '#platform';
import type { Points } from './points.js';
import type { Caller } from './hub-caller.js';

/** A running hub, of one process or of many, that is hurt and looked into. */
export interface Scene {
  readonly caller: Caller;
  readonly points: Points;
  /** The hub's database, as its owner, on a line of its own. */
  readonly pool: Pool;
  readonly store: EventStore;
  readonly keys: { readonly sharing: KeyService; readonly audit: KeyService };
  /** Resolves when everything that ended runs again. */
  well(): Promise<void>;
  /** Builds the projection anew by the product's command; resolves when that has ended, however. */
  rebuild(): Promise<void>;
  /** What an end that was so sudden leaves for a while, and a test need not wait for. */
  forgetLeases(): Promise<void>;
  close(): Promise<void>;
}
