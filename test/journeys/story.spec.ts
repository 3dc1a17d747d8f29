import { join } from 'node:path';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory, type StoryReport } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, type Chronology, type Entry } from '../support/journeys/hub-api.js';
import { nhsNumber } from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

const OWN_DATA = join(import.meta.dirname, '../../apps/hub/demo');

/** The children of the story by the numbers under which the agencies' files name them. */
const WREN = '9996000044';
const JONAH = '9996000117';
const BEA = '9996000192';
const NOBODY = nhsNumber(77);

let hub: TestHub;
let api: HubApi;
let report: StoryReport;

const seen = (login: string, child: string, purpose = 'SAFEGUARDING'): Promise<Chronology> =>
  api.search(login, child).then((handle) => api.read(login, handle, { purpose }));
const ofType = ({ entries }: Chronology, type: string): Entry[] => entries.filter((entry) => entry.type === type);
const dayOf = ({ times }: Entry) => times.occurred['from'];
const locationsIn = ({ entries }: Chronology): unknown[] =>
  entries.flatMap(({ location }) => Object.values(location)).filter((value) => value !== null);

beforeAll(async () => {
  hub = await startTestHub({ firstTime: LOADING_TIME });
  api = new HubApi(hub);
  const files = await findFiles(OWN_DATA, hub.hub.registry);
  report = await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, () => undefined);
}, 120_000);
afterAll(() => hub.close());

describe('the story', () => {
  it('comes in by the feeds, and nothing of it is kept back', () => {
    const files = report.files.filter(({ file }) => file.startsWith('story/'));
    expect(files.length).toBeGreaterThan(5);
    for (const { file, sent, filed, quarantined, notTaken } of files)
      expect([file, filed, quarantined, notTaken]).toEqual([file, sent, [], null]);
  });
});

describe('Priya Dunmore, social worker', () => {
  it('sees five referrals called malicious as five entries, and five allegations with what was made of them', async () => {
    const view = await seen('priya-dunmore', WREN);
    expect(ofType(view, 'referral')).toHaveLength(5);
    const allegations = ofType(view, 'allegation-recorded');
    const outcomes = ofType(view, 'allegation-outcome-recorded');
    expect(allegations).toHaveLength(5);
    expect(new Set(allegations.flatMap(({ closedBy }) => closedBy))).toEqual(
      new Set(outcomes.map(({ entryId }) => entryId)),
    );
    expect(outcomes.map(({ content }) => content['outcome'])).toEqual(Array(5).fill('malicious'));
    expect(JSON.stringify(ofType(view, 'crime-justice-status'))).toContain('cautioned');
  });
});

describe('Amy Reed, health visitor', () => {
  it('sees three appointments that the same child missed in another town', async () => {
    const missed = ofType(await seen('amy-reed', JONAH), 'missed-appointment');
    expect(missed.map(dayOf).sort()).toEqual(['2025-03-12', '2025-04-16', '2025-05-21']);
    for (const { content } of missed) expect(content['setting']).toMatch(/Saltby$/);
  });
});

describe('the refuge', () => {
  it('shows to Hester Quill of the police, who sees where another child lives', async () => {
    expect(locationsIn(await seen('hester-quill', JONAH)).length).toBeGreaterThan(0);
    const view = await seen('hester-quill', BEA);
    expect(view.entries.map(({ owner }) => owner.organisation)).toContain('LOCAL-AUTHORITY-01');
    expect(locationsIn(view)).toEqual([]);
  });

  it.each(['hester-quill', 'amy-reed', 'priya-dunmore'])(
    'has no address that another service shows to %s',
    async (login) => {
      const { organisation, service } = await profileOf(login);
      const { entries } = await seen(login, BEA);
      expect(entries.length).toBeGreaterThan(0);
      const foreign = entries.filter(({ owner }) => owner.organisation !== organisation || owner.service !== service);
      expect(foreign.length).toBeGreaterThan(0);
      expect(JSON.stringify(foreign)).not.toMatch(/Lindens|Orchard|Saltby|WX9/);
    },
  );
});

const profileOf = async (login: string): Promise<{ organisation: string; service: string }> => {
  const { json } = await api.call(login, 'GET', '/v1/my/profile');
  return (json as { posts: { organisation: string; service: string }[] }).posts[0]!;
};

describe('an auditor’s replay', () => {
  it('decides every read again as it was', async () => {
    await seen('priya-dunmore', NOBODY);
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads).toMatchObject({ erased: 0, 'other-code': 0, differs: 0 });
  });
});
