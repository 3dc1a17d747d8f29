import { startTestHub, type TestHub } from '../hub/start-test-hub.js';
import { BRAKES } from './brake.js';
import { HubApi } from './hub-api.js';
import { DECISIONS } from './race-lane.js';
import { RaceTrack, READS_AFTER } from './race-track.js';
import { SCENE_BEGINS } from './scene.js';
import { verifyHub } from './verify-hub.js';

/**
 * Half of all races of a run: each half is a spec file of its own, so that two workers share them. With the 300 of
 * races.spec and the 100 on two processes that decide, they are a thousand.
 */
const RACES = Number(process.env['DECISION_RACES'] || 600) / 2;
/** A child's history grows with every race: after so many, another hub begins with a short one. */
const RACES_A_HUB = 100;

/** Races between a person's decision and readers in a loop, in hubs one after the other. */
export const decisionRaceSuite = (half: string): void => {
  const hubs = Array.from({ length: Math.ceil(RACES / RACES_A_HUB) }, (_, i) => i + 1);
  describe.each(hubs)(
    `what a person took away is gone for every read that begins after the acknowledgement (${half}, hub %i)`,
    (number) => {
      const races = Math.min(RACES_A_HUB, Math.ceil(RACES) - (number - 1) * RACES_A_HUB);
      let hub: TestHub;
      let track: RaceTrack;

      beforeAll(async () => {
        hub = await startTestHub({ firstTime: SCENE_BEGINS });
        track = new RaceTrack(hub, new HubApi(hub));
        await track.lay(DECISIONS);
      }, 120_000);
      afterAll(() => hub.close(), 120_000);

      it(`shows nothing that was closed, in ${races} races with the projection running, slowed and stopped`, async () => {
        await track.run(races);
        const { results } = track;
        expect(results).toHaveLength(races);
        expect(results.filter(({ seenBefore, readsAfter }) => !seenBefore || readsAfter < READS_AFTER)).toEqual([]);
        expect(results.filter(({ leaks }) => leaks > 0)).toEqual([]);
        expect(results.filter(({ losses }) => losses > 0)).toEqual([]);
        if (races >= BRAKES.length * track.lanes.length) {
          for (const brake of BRAKES) expect(results.some((result) => result.brake === brake)).toBe(true);
        }
      }, 600_000);

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
        process.stderr.write(`${answered} reads in ${races} races\n`);
      }, 300_000);
    },
  );
};
