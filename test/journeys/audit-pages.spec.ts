import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { describeInBrowser, isSound, openBrowser, Person } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { WebClient, type PageAnswer } from '../support/journeys/web-client.js';

const FIXTURES = join(import.meta.dirname, '../../apps/hub/demo');
const CHILD = '9991000003';
const WORKER = 'social-worker';
const PAGES = ['/audit', '/audit/replay', '/audit/compare'];

let hub: TestHub;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: LOADING_TIME });
  const files = await findFiles(FIXTURES, hub.hub.registry);
  await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, () => undefined);
}, 120_000);
afterAll(() => hub.close());

const plain = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the audit’s pages', () => {
  const auditor = () => client('auditor');
  const client = async (login: string): Promise<WebClient> => {
    const made = new WebClient(hub.url);
    await made.signIn(login);
    return made;
  };
  const asked = async (path: string, fields: Record<string, string>): Promise<PageAnswer> => {
    const who = await auditor();
    return who.send(path, { csrf: await who.csrf(path), ...fields });
  };
  const view = { nhsNumber: CHILD, login: WORKER, purpose: 'SAFEGUARDING' };

  it('are where an auditor comes after signing in, and nobody else’s', async () => {
    const who = await auditor();
    const home = await who.ask('/', { follow: true });
    expect([home.status, plain(home.html)]).toEqual([200, expect.stringContaining('Search for reads')]);
    const worker = await client(WORKER);
    const csrf = await worker.csrf('/find');
    for (const path of PAGES) {
      expect([path, (await who.ask(path)).status]).toEqual([path, 200]);
      expect([path, (await worker.ask(path)).status]).toEqual([path, 403]);
      const sent = await worker.send(path, { csrf, ...view, login: '', at: '1 12 2025 10:00', other: '2 12 2025' });
      expect([path, [400, 403]]).toEqual([path, expect.arrayContaining([sent.status])]);
      expect(sent.html).not.toContain('Quillfeather');
    }
    const full = await worker.send('/audit/replay', { csrf, ...view, at: '19 12 2025 9:00' });
    expect([full.status, full.html.includes('Quillfeather')]).toEqual([403, false]);
  });

  it('find reads of a child, show one, and replay it, with nothing identifying in an address', async () => {
    await new HubApi(hub).seen(WORKER, CHILD);
    const found = await asked('/audit', { nhsNumber: CHILD });
    expect(found.status).toBe(200);
    const addresses = [...found.html.matchAll(/href="(\/[^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.join()).not.toContain(CHILD);
    expect(addresses.join()).not.toContain(WORKER);
    const reads = addresses.filter((address) => address.startsWith('/audit/reads/'));
    expect(reads.length).toBeGreaterThan(3);
    expect(plain(found.html)).toContain('Shows the same');
    const who = await auditor();
    const read = await who.ask(reads[0]!);
    expect([read.status, plain(read.html)]).toEqual([200, expect.stringContaining('Entries as they were shown')]);
    const fields = Object.fromEntries(
      [...read.html.matchAll(/name="(handle|login|at|purpose)" value="([^"]*)"/g)].map(([, name, value]) => [
        name,
        value!,
      ]),
    );
    expect(Object.keys(fields).sort()).toEqual(['at', 'handle', 'login', 'purpose']);
    const replay = await asked('/audit/replay', fields);
    expect([replay.status, plain(replay.html)]).toEqual([200, expect.stringContaining('would have had it')]);
  });

  it('show two times side by side with each difference in words', async () => {
    const { status, html } = await asked('/audit/compare', { ...view, at: '30 11 2025', other: '1 12 2025 00:00' });
    expect([status, plain(html)]).toEqual([
      200,
      expect.stringMatching(/Only at the second time.*First time Not shown\./),
    ]);
    expect(plain(html)).toContain('The same at both times');
  });

  it('say what is missing, at the field, and keep what was typed', async () => {
    const { status, html } = await asked('/audit/replay', { ...view, nhsNumber: '9990000019', at: 'once', login: '' });
    expect(status).toBe(400);
    expect(html).toContain('href="#login"');
    expect(html).toContain('href="#at"');
    expect(html).toContain('value="9990000019"');
    const wrong = await asked('/audit/compare', {
      ...view,
      nhsNumber: '9990000019',
      at: '1 12 2025',
      other: '2 12 2025',
    });
    expect([wrong.status, plain(wrong.html)]).toEqual([400, expect.stringContaining('Enter a number that is right')]);
    const late = await asked('/audit/compare', { ...view, at: '1 12 2025', other: '1 1 2099' });
    expect([late.status, late.html]).toEqual([400, expect.stringContaining('href="#other"')]);
    const both = await asked('/audit', { nhsNumber: CHILD, login: WORKER });
    expect([both.status, plain(both.html)]).toEqual([400, expect.stringContaining('not both')]);
    expect((await (await auditor()).ask('/audit/reads/nothing')).status).toBe(404);
  });
});

describeInBrowser('an auditor at a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it.each([1100, 320])(
    'searches, opens, replays and compares by the keyboard alone at %i pixels',
    async (width) => {
      const person = await Person.open(browser, hub.url, { width });
      try {
        await person.signIn('auditor');
        await isSound(person, 'search, empty');
        await person.press('Search', 'button');
        await isSound(person, 'search, error');
        await person.type('NHS number of the child', CHILD);
        await person.press('Search', 'button');
        await isSound(person, 'search, found');
        await person.press(/2025 at/);
        await isSound(person, 'read');
        await person.press('Replay this view', 'button');
        expect(await person.text()).toContain('As this viewer would have had it');
        await isSound(person, 'replay, found');
        await person.press('Compare two times');
        await isSound(person, 'compare, empty');
        await person.type('NHS number of the child', CHILD);
        await person.type('Sign-in of the viewer', WORKER);
        await person.type('First time', '30 11 2025');
        await person.type('Second time', '1 12 2025');
        await person.press('Compare', 'button');
        expect(await person.text()).toContain('Only at the second time');
        await isSound(person, 'compare, found');
        await person.press('Replay a view');
        await person.type('NHS number of the child', CHILD);
        await person.type('Sign-in of the viewer', 'nobody');
        await person.type('Time', '1 12 2025');
        await person.press('Replay', 'button');
        expect(await person.text()).toContain('No entry would have shown');
        await isSound(person, 'replay, nothing');
      } finally {
        await person.close();
      }
    },
    60_000,
  );
});
