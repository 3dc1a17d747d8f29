import { setTimeout as delay } from 'node:timers/promises';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { apply, BRAKES, hold, type Brake } from '../support/journeys/brake.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  CLOSINGS,
  laneChild,
  ReaderLoop,
  sendLane,
  type Closing,
  type LaneChild,
} from '../support/journeys/race-lane.js';
import {
  adoptLocationAgreement,
  adoptPolicy,
  AUTHORITY,
  custodianFile,
  importedPolicy,
  NEIGHBOUR,
  POLICE,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const RACES = Number(process.env['RACES'] || 300);
const LANES = 2 * CLOSINGS.length;
/** Questions sent after the acknowledgement, a race, before anything else changes. */
const READS_AFTER = 3;

/** One child, one reader, one thing that closes and opens again. */
interface Lane {
  readonly child: LaneChild;
  readonly closing: Closing;
  readonly loop: ReaderLoop;
  /** Changes of the lane's record or relation so far. */
  changes: number;
}

interface RaceResult {
  readonly closing: string;
  readonly brake: Brake;
  readonly seenBefore: boolean;
  readonly readsAfter: number;
  readonly leaks: number;
  readonly losses: number;
}

describe('what was acknowledged holds for every read that begins after it', () => {
  let hub: TestHub;
  let api: HubApi;
  let lanes: Lane[];
  const results: RaceResult[] = [];

  const now = async (): Promise<string> => {
    const { rows } = await hub.sql.query('select platform.recorded_now() as now');
    return (rows[0] as { now: Date }).now.toISOString();
  };

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    api = new HubApi(hub);
    await sendSigners(api, [AUTHORITY, NEIGHBOUR, SCHOOL]);
    await adoptLocationAgreement(api, [AUTHORITY, NEIGHBOUR]);
    await adoptPolicy(api, SCHOOL, importedPolicy(SCHOOL, 'EDUCATION', ['education.details'], ['HEALTH']));
    lanes = await Promise.all(
      Array.from({ length: LANES }, async (_, i): Promise<Lane> => {
        const child = laneChild(i);
        const closing = CLOSINGS[i % CLOSINGS.length]!;
        await sendLane(api, child, closing);
        const handle = await api.search(child.login, child.person);
        return { child, closing, loop: new ReaderLoop(api, child, handle, closing), changes: 1 };
      }),
    );
  });
  afterAll(() => hub.close());

  const send = async (lane: Lane, kind: 'close' | 'open', at: string) => {
    lane.changes += 1;
    const { connector, feed, document } = lane.closing[kind](lane.child, lane.changes, at);
    return { connector, receipt: await api.accepted(connector, feed, document) };
  };

  /** One race in every lane at once. Nothing of it is asserted here: what was heard is written down. */
  const race = async (brake: Brake, taking: readonly Lane[]): Promise<void> => {
    for (const { loop } of taking) {
      loop.reset();
      loop.start();
    }
    await Promise.all(taking.map(({ loop }) => loop.when(() => loop.hasShown(), 'it does not show before the race')));
    const release = await apply(hub.sql, brake);
    const at = await now();
    const closed = await Promise.all(
      taking.map(async (lane) => {
        const receipt = await send(lane, 'close', at);
        lane.loop.acknowledged();
        // The first question leaves in the same turn as the acknowledgement arrives.
        const first = lane.loop.ask();
        return { ...receipt, first };
      }),
    );
    if (brake === 'timeline-stopped') {
      // A read is recorded in the same store, so it is answered when the store goes on.
      await delay(200);
      await release();
    }
    const enough = ({ loop }: Lane) => loop.when(() => loop.after().length >= READS_AFTER, 'no answers');
    await Promise.all([...taking.map(enough), ...closed.map(({ first }) => first)]);
    if (brake !== 'timeline-stopped') await release();
    await Promise.all(closed.map(({ connector, receipt }) => api.settled(connector, receipt)));
    await Promise.all(
      taking.map(async ({ loop, closing }) => {
        await loop.pause();
        await loop.ask();
        const after = loop.after();
        results.push({
          closing: closing.name,
          brake,
          seenBefore: loop.hasShown(),
          readsAfter: after.length,
          leaks: after.filter(({ shows }) => shows).length,
          losses: after.filter(({ keeps }) => !keeps).length,
        });
      }),
    );
    await Promise.all(taking.map((lane) => send(lane, 'open', at)));
  };

  it(`shows nothing that was closed, in ${RACES} races with the projection running, slowed and stopped`, async () => {
    for (let round = 0; results.length < RACES; round += 1) {
      await race(BRAKES[round % BRAKES.length]!, lanes.slice(0, RACES - results.length));
    }
    expect(results).toHaveLength(RACES);
    expect(results.filter(({ seenBefore, readsAfter }) => !seenBefore || readsAfter < READS_AFTER)).toEqual([]);
    expect(results.filter(({ leaks }) => leaks > 0)).toEqual([]);
    expect(results.filter(({ losses }) => losses > 0)).toEqual([]);
    if (RACES >= BRAKES.length * LANES) {
      for (const brake of BRAKES) expect(results.some((result) => result.brake === brake)).toBe(true);
    }
  }, 240_000);

  it('loses nothing from view for ever', async () => {
    for (const { loop } of lanes) {
      loop.reset();
      loop.start();
    }
    await Promise.all(lanes.map(({ loop }) => loop.when(() => loop.hasShown(), 'it does not show again')));
    await Promise.all(lanes.map(({ loop }) => loop.pause()));
  });

  it('holds too for what an organisation says that had nothing on the child before', async () => {
    const { child, loop } = lanes.find(({ closing }) => closing.name === 'the next version of a record is protected')!;
    await loop.ask();
    expect(loop.hasShown()).toBe(true);
    const release = await hold(hub.sql, 'projection');
    try {
      const record = recordOf({
        recordId: 'CJ-1',
        personId: child.person,
        recordType: 'crime-justice.details',
        payload: { servicesKnownTo: ['Youth justice'] },
        handling: { facts: ['address-protected'] },
      });
      await api.accepted(POLICE.connector, POLICE.records, custodianFile(POLICE, [record]));
      loop.acknowledged();
      await loop.ask();
      expect(loop.after().map(({ shows }) => shows)).toEqual([false]);
    } finally {
      await release();
    }
  });

  it('recorded every one of those reads, and each replays to its digest', async () => {
    const { findings, reads } = await verifyHub(hub);
    const answered = lanes.reduce((total, { loop }) => total + loop.reads, 0);
    expect(findings).toEqual([]);
    expect(reads.same).toBe(answered);
    process.stderr.write(`${answered} reads in ${RACES} races\n`);
  }, 120_000);
});
