import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { HubApi, type Entry } from '../support/journeys/hub-api.js';
import { AUTHORITY, HEALTH, POLICE, SCENE_BEGINS, sendSigners } from '../support/journeys/scene.js';
import {
  disagreements,
  randomQuestions,
  tellingQuestions,
  type Asked,
} from '../support/replay-oracle/compare-replays.js';
import { EarlyIndex, ForgetfulReader, LateIndex, withReplayer } from '../support/replay-oracle/in-process-replayer.js';
import { viewAt } from '../support/replay-oracle/replay-oracle.js';
import { CHILDREN, ReplayStory, VIEWERS } from '../support/replay-oracle/story.js';
import type { Told } from '../support/replay-oracle/told.js';

const SEED = Number(process.env['REPLAY_SEED'] ?? 4713);
const STEPS = 130;
const QUESTIONS = 100;

let hub: TestHub;
let audit: AuditApi;
let story: ReplayStory;
let told: readonly Told[];
let questions: readonly Asked[];
const random = new SeededRandom(SEED);

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  const api = new HubApi(hub);
  audit = new AuditApi(api);
  story = new ReplayStory(hub, api, random);
  await sendAuditor(api);
  await sendSigners(api, [AUTHORITY, HEALTH, POLICE]);
  await story.begin();
  for (let n = 0; n < STEPS; n += 1) {
    if (random.chance(0.3)) await story.pause();
    else if (random.chance(0.5)) await story.settled();
    await story.step();
    if (random.chance(0.3)) await story.pass();
    if (random.chance(0.5)) await story.readLive(random.pick(VIEWERS), random.pick(CHILDREN));
  }
  await story.settled();
  told = await story.wall();
  questions = randomQuestions(random, told, VIEWERS, CHILDREN, QUESTIONS, (await story.now()).getTime());
}, 180_000);
afterAll(() => hub.close());

const lines = (entries: readonly Entry[]): unknown[] =>
  entries.map(({ times, ...entry }) => ({ ...entry, record: undefined, times: { ...times, read: undefined } }));

describe(`a history of seed ${SEED}`, () => {
  it('is rich enough that what follows can fail', () => {
    const views = questions.map(({ viewer, child, at }) => viewAt(told, viewer, child, at));
    const isWaiting = (at: number) => told.some(({ accepted, filed }) => accepted.at <= at && filed!.at > at);
    expect(told.length).toBeGreaterThan(150);
    expect(views.filter(({ size }) => size > 2).length).toBeGreaterThan(QUESTIONS / 5);
    expect(questions.filter(({ at }) => isWaiting(at)).length).toBeGreaterThan(QUESTIONS / 10);
    expect(story.reads.length).toBeGreaterThan(40);
    expect(story.reads.filter(({ at }) => isWaiting(Date.parse(at))).length).toBeGreaterThan(5);
    expect(story.reads.filter(({ entries }) => entries.length > 2).length).toBeGreaterThan(15);
  });

  it('replays every recorded read as it was, at its instant', async () => {
    for (const { viewer, child, at, entries, notices } of story.reads) {
      const replay = await audit.replay(child, viewer.login, at);
      expect([viewer.login, at, lines(replay.entries), replay.notices]).toEqual([
        viewer.login,
        at,
        lines(entries),
        notices,
      ]);
    }
  }, 60_000);

  it('shows at any instant what an independent fold of what was sent says', async () => {
    const found = await disagreements(told, questions, async ({ viewer, child, at }) => {
      const { entries } = await audit.replay(child, viewer.login, new Date(at).toISOString());
      return entries.map((entry) => ({
        id: entry.entryId,
        facets: [
          ...(entry.owner ? ['summary'] : []),
          ...Object.keys(entry.content).map((name) => `content.${name}`),
          ...Object.keys(entry.location).map((name) => `location.${name}`),
        ],
      }));
    });
    expect(found).toEqual([]);
  }, 60_000);

  it('would show a replay that looks a millisecond too early, or too late, or forgets what waits', async () => {
    const wrong = (parts: Parameters<typeof withReplayer>[1], asked: readonly Asked[]) =>
      withReplayer(hub, parts, (replay) => disagreements(told, asked, replay, 1));
    const filedBy = (at: number) => told.filter(({ filed }) => filed !== undefined && filed.at <= at);
    const mistakes = [
      { parts: { index: EarlyIndex }, other: (at: number) => ({ told, at: at - 1 }) },
      { parts: { index: LateIndex }, other: (at: number) => ({ told, at: at + 1 }) },
      { parts: { reader: ForgetfulReader }, other: (at: number) => ({ told: filedBy(at), at }) },
    ];
    for (const { parts, other } of mistakes) {
      const telling = tellingQuestions(told, VIEWERS, CHILDREN, other);
      expect(await wrong({}, telling.slice(0, QUESTIONS))).toEqual([]);
      expect(await wrong(parts, telling)).toHaveLength(1);
    }
  }, 120_000);
});
