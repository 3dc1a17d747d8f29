import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { EventStore, Subscription } from '#event-sourcing';
import { describeError, watchProjection, type Logger, type PartOpener } from '#platform';
import type { BlindIndex } from '../reading/blind-index.js';
import { observeProjecting, projectionLag } from './observe-projection.js';
import { Fenced, ForeignSubjects, Projector } from './projector.js';

export interface ProjectionRunnerOptions {
  readonly pool: Pool;
  readonly store: EventStore;
  readonly opener: PartOpener;
  readonly blind: BlindIndex;
  readonly logger: Logger;
  readonly batchSize?: number;
}

/** The live generation, made at the beginning of the store where there is none. */
export const ensureLiveGeneration = async (pool: Pool, store: EventStore): Promise<number> => {
  const [first] = await store.readAll(null, 1);
  if (!first) throw new Error('the store has no first event');
  await pool.query(
    `insert into projection.generation (generation, state, store_id, position, event_id)
     select 1, 'live', $1, $2, $3 where not exists (select 1 from projection.generation) on conflict do nothing`,
    [store.id, first.position, first.id],
  );
  const { rows } = await pool.query(`select generation from projection.generation where state = 'live'`);
  return (rows[0] as { generation: number }).generation;
};

/** Throws `ForeignSubjects` where what is projected names a subject that the reference table lacks. */
export const refuseForeignSubjects = async (pool: Pool): Promise<void> => {
  const { rows } = await pool.query(
    `select 1 from projection.contribution c
      where c.generation = projection.live() and not exists (select 1 from refs.reference r where r.subject_key = c.subject_key) limit 1`,
  );
  if (rows.length > 0) throw new ForeignSubjects();
};

/** A standby takes over when the generation has stood still for this long while the store was ahead of it. */
const TAKE_OVER_AFTER_MS = 1500;
const LOOK_EVERY_MS = 250;

/**
 * Keeps one generation up with the store. Of several runners one moves the generation on; another that tries finds
 * itself fenced, stands by, and takes over when the generation stands still behind the store.
 */
export class ProjectionRunner {
  private subscription: Subscription | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private unwatch: (() => void) | undefined;

  constructor(private readonly options: ProjectionRunnerOptions) {}

  start(): void {
    this.unwatch ??= watchProjection(() => projectionLag(this.options.pool, this.options.store));
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.unwatch?.();
    this.stopping.abort();
    await this.subscription?.stop();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.follow();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        if (error instanceof Fenced) {
          await this.standBy().catch(() => this.rest(LOOK_EVERY_MS));
        } else {
          this.options.logger.warn('projection-again', describeError(error));
          await this.rest(200);
        }
      }
    }
  }

  private async follow(): Promise<void> {
    const { pool, store, opener, blind, batchSize = 500 } = this.options;
    const generation = await ensureLiveGeneration(pool, store);
    const projector = new Projector({ pool, generation, opener, blind });
    let checkpoint = await projector.checkpoint();
    this.subscription = store.subscribe({
      after: checkpoint,
      batchSize,
      onBatch: async (events) => {
        checkpoint = await observeProjecting(events, () => projector.project(events, checkpoint));
      },
    });
    if (this.stopping.signal.aborted) await this.subscription.stop();
    await this.subscription.ended;
  }

  /** Resolves when nobody moves the live generation on although the store is ahead of it. */
  private async standBy(): Promise<void> {
    const { pool, store } = this.options;
    let seen = '';
    let since = Date.now();
    while (!this.stopping.signal.aborted) {
      await this.rest(LOOK_EVERY_MS);
      const { rows } = await pool.query(`select generation, position from projection.generation where state = 'live'`);
      const live = rows[0] as { generation: number; position: string } | undefined;
      const place = `${live?.generation}/${live?.position}`;
      const head = await store.head();
      if (place !== seen || (head && Number(live?.position) >= head.position)) {
        seen = place;
        since = Date.now();
      } else if (Date.now() - since >= TAKE_OVER_AFTER_MS) {
        return;
      }
    }
  }

  private async rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
