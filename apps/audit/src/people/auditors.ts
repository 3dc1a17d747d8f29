import type { Pool } from 'pg';
import { standingPosts } from '#chronology';
import type { Registry } from '#intake';
import { Problem, recordedNow } from '#platform';
import type { LookRecord } from '../looks/look-record.js';
import type { ScopeReader } from '../store/scope-reader.js';
import type { StoreIndex } from '../store/store-index.js';

const ROLE = 'auditor';
/** How long somebody waits until the store has been read. */
const LONGEST_MS = 20_000;
const RETRY = { headers: { 'Retry-After': '10' } };

/** Somebody who may look now, and as whom. */
export interface Auditor {
  readonly viewer: LookRecord['viewer'];
  /** Recorded time, milliseconds since 1970. */
  readonly at: number;
}

/** Who may look: people of the role `auditor` of an organisation that the registry lets audit. */
export class Auditors {
  private readonly organisations: ReadonlySet<string>;

  constructor(
    private readonly pool: Pool,
    private readonly index: StoreIndex,
    private readonly scopes: ScopeReader,
    registry: Registry,
  ) {
    this.organisations = new Set(registry.organisations.filter(({ audits }) => audits).map(({ id }) => id));
  }

  /**
   * Undefined for anybody else, also for one whose post ends by something accepted and not yet filed. Throws a Problem
   * 503 while the store is being read for the first time.
   */
  async find(login: string): Promise<Auditor | undefined> {
    const now = await recordedNow(this.pool);
    await within(this.index.readToHead());
    const { staffKeys, staff, pending } = await this.scopes.person(login, now.getTime());
    const posts = standingPosts(staff, pending, now.getTime(), login).filter(
      ({ organisation, role }) => role === ROLE && this.organisations.has(organisation),
    );
    if (posts.length === 0) return undefined;
    return {
      at: now.getTime(),
      viewer: {
        staff: staffKeys,
        posts: posts.map(({ organisation, service, role, team }) => ({
          organisation,
          service,
          role,
          team: team ?? null,
        })),
      },
    };
  }
}

/** It goes on reading for whoever asks next. */
const within = async (reading: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Problem(503, 'not-ready', 'The record is still being read; try again', RETRY)),
      LONGEST_MS,
    );
  });
  try {
    await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
};
