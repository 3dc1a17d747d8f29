import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { BRAKES, hold } from '../support/journeys/brake.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { CLOSINGS } from '../support/journeys/race-lane.js';
import { RaceTrack, READS_AFTER } from '../support/journeys/race-track.js';
import { custodianFile, POLICE, recordOf, SCENE_BEGINS } from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const RACES = Number(process.env['RACES'] || 300);

describe('what was acknowledged holds for every read that begins after it', () => {
  let hub: TestHub;
  let api: HubApi;
  let track: RaceTrack;

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    api = new HubApi(hub);
    track = new RaceTrack(hub, api);
    await track.lay(CLOSINGS);
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
  }, 240_000);

  it('loses nothing from view for ever', async () => {
    await track.allShow();
  });

  it('holds too for what an organisation says that had nothing on the child before', async () => {
    const { child, loop } = track.lanes.find(
      ({ closing }) => closing.name === 'the next version of a record is protected',
    )!;
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
    const answered = track.lanes.reduce((total, { loop }) => total + loop.reads, 0);
    expect(findings).toEqual([]);
    expect(reads.same).toBe(answered);
    process.stderr.write(`${answered} reads in ${RACES} races\n`);
  }, 120_000);
});
