import { setTimeout as delay } from 'node:timers/promises';
import type { TestHub } from '../hub/start-test-hub.js';
import { apply, BRAKES, type Brake } from './brake.js';
import type { HubApi } from './hub-api.js';
import { laneChild, ReaderLoop, sendLane, type Closing, type LaneChild } from './race-lane.js';
import {
  adoptLocationAgreement,
  adoptPolicy,
  AUTHORITY,
  importedPolicy,
  NEIGHBOUR,
  SCHOOL,
  sendSigners,
} from './scene.js';

/** Questions sent after the acknowledgement, a race, before anything else changes. */
export const READS_AFTER = 3;

/** One child, one reader, one thing that closes and opens again. */
export interface Lane {
  readonly child: LaneChild;
  readonly closing: Closing;
  readonly loop: ReaderLoop;
  /** Changes of the lane's record or relation so far. */
  changes: number;
}

export interface RaceResult {
  readonly closing: string;
  readonly brake: Brake;
  readonly seenBefore: boolean;
  readonly readsAfter: number;
  readonly leaks: number;
  readonly losses: number;
}

/** Races between something that closes and a reader who asks over and over, in several lanes at once. */
export class RaceTrack {
  readonly results: RaceResult[] = [];
  lanes: readonly Lane[] = [];

  constructor(
    private readonly hub: TestHub,
    readonly api: HubApi,
  ) {}

  /** Two lanes for each way of closing. */
  async lay(closings: readonly Closing[]): Promise<void> {
    const { api } = this;
    await sendSigners(api, [AUTHORITY, NEIGHBOUR, SCHOOL]);
    await adoptLocationAgreement(api, [AUTHORITY, NEIGHBOUR]);
    await adoptPolicy(api, SCHOOL, importedPolicy(SCHOOL, 'EDUCATION', ['education.details'], ['HEALTH']));
    this.lanes = await Promise.all(
      Array.from({ length: 2 * closings.length }, async (_, i): Promise<Lane> => {
        const child = laneChild(i);
        const closing = closings[i % closings.length]!;
        await sendLane(api, child, closing);
        const handle = await api.search(child.login, child.person);
        return { child, closing, loop: new ReaderLoop(api, child, handle, closing), changes: 1 };
      }),
    );
  }

  /** So many races, with the projection running, slowed and stopped in turn. */
  async run(races: number): Promise<void> {
    for (let round = 0; this.results.length < races; round += 1) {
      await this.race(BRAKES[round % BRAKES.length]!, this.lanes.slice(0, races - this.results.length));
    }
  }

  /** Resolves when every reader sees again what was closed before. */
  async allShow(): Promise<void> {
    for (const { loop } of this.lanes) {
      loop.reset();
      loop.start();
    }
    await Promise.all(this.lanes.map(({ loop }) => loop.when(() => loop.hasShown(), 'it does not show again')));
    await Promise.all(this.lanes.map(({ loop }) => loop.pause()));
  }

  private async now(): Promise<string> {
    const { rows } = await this.hub.sql.query('select platform.recorded_now() as now');
    return (rows[0] as { now: Date }).now.toISOString();
  }

  /** Resolves at the acknowledgement, with what to wait for until it is in view. */
  private async send(lane: Lane, kind: 'close' | 'open', at: string): Promise<() => Promise<unknown>> {
    lane.changes += 1;
    const step = lane.closing[kind](lane.child, lane.changes, at);
    if ('decide' in step) {
      await step.decide(this.api);
      return () => step.settled(this.api);
    }
    const receipt = await this.api.accepted(step.connector, step.feed, step.document);
    return () => this.api.settled(step.connector, receipt);
  }

  /** One race in every lane at once. Nothing of it is asserted here: what was heard is written down. */
  private async race(brake: Brake, taking: readonly Lane[]): Promise<void> {
    for (const { loop } of taking) {
      loop.reset();
      loop.start();
    }
    await Promise.all(taking.map(({ loop }) => loop.when(() => loop.hasShown(), 'it does not show before the race')));
    const release = await apply(this.hub.sql, brake);
    const at = await this.now();
    const closed = await Promise.all(
      taking.map(async (lane) => {
        const settled = await this.send(lane, 'close', at);
        lane.loop.acknowledged();
        // The first question leaves in the same turn as the acknowledgement arrives.
        const first = lane.loop.ask();
        return { settled, first };
      }),
    );
    if (brake === 'timeline-stopped') {
      // A read is recorded in the same store, so it is answered when the store goes on.
      await delay(200);
      await release();
    }
    const enough = ({ loop }: Lane) => loop.when(() => loop.after().length >= READS_AFTER, 'no answers');
    await Promise.all([...taking.map(enough), ...closed.map(({ first }) => first)]);
    await Promise.all(taking.map(({ loop }) => loop.pause()));
    if (brake !== 'timeline-stopped') await release();
    await Promise.all(closed.map(({ settled }) => settled()));
    await Promise.all(
      taking.map(async ({ loop, closing }) => {
        await loop.ask();
        const after = loop.after();
        this.results.push({
          closing: closing.name,
          brake,
          seenBefore: loop.hasShown(),
          readsAfter: after.length,
          leaks: after.filter(({ shows }) => shows).length,
          losses: after.filter(({ keeps }) => !keeps).length,
        });
      }),
    );
    await Promise.all(taking.map((lane) => this.send(lane, 'open', at)));
  }
}
