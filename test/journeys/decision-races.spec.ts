import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { BRAKES } from '../support/journeys/brake.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { DECISIONS } from '../support/journeys/race-lane.js';
import { RaceTrack, READS_AFTER } from '../support/journeys/race-track.js';
import { SCENE_BEGINS } from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const RACES = Number(process.env['DECISION_RACES'] || 1000);

describe('what a person took away is gone for every read that begins after the acknowledgement', () => {
  let hub: TestHub;
  let track: RaceTrack;

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    track = new RaceTrack(hub, new HubApi(hub));
    await track.lay(DECISIONS);
  });
  afterAll(() => hub.close());

  it(`shows nothing that was closed, in ${RACES} races with the projection running, slowed and stopped`, async () => {
    await track.run(RACES);
    const { results } = track;
    expect(results).toHaveLength(RACES);
    expect(results.filter(({ seenBefore, readsAfter }) => !seenBefore || readsAfter < READS_AFTER)).toEqual([]);
    expect(results.filter(({ leaks }) => leaks > 0)).toEqual([]);
    expect(results.filter(({ losses }) => losses > 0)).toEqual([]);
    if (RACES >= BRAKES.length * track.lanes.length) {
      for (const brake of BRAKES) expect(results.some((result) => result.brake === brake)).toBe(true);
    }
  }, 400_000);

  it('loses nothing from view for ever', async () => {
    await track.allShow();
  });

  it('recorded every one of those reads, and each replays to its digest', async () => {
    const { findings, reads } = await verifyHub(hub);
    const answered = track.lanes.reduce((total, { loop }) => total + loop.reads, 0);
    expect(findings).toEqual([]);
    // Those who decide read too.
    expect({ ...reads, same: 0 }).toEqual({ same: 0, erased: 0, 'other-code': 0, differs: 0 });
    expect(reads.same).toBeGreaterThanOrEqual(answered);
    process.stderr.write(`${answered} reads in ${RACES} races\n`);
  }, 120_000);
});
