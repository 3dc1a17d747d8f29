import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { axeViolations, chromiumPath, describeInBrowser, scrollsSideways } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
} from '../support/journeys/scene.js';
import { WebClient } from '../support/journeys/web-client.js';

const [MANAGER, OTHER, OFFICER] = ['manager', 'other-manager', 'officer'];
const SECRET = 'Zebulon';
const REASON = 'Mended with the station';
const FEED = `/feeds/${POLICE.records}`;

let hub: TestHub;
let api: HubApi;

const details = (recordId: string) =>
  recordOf({ recordId, personId: nhsNumber(1), recordType: 'crime-justice.details', payload: {} });
/** Sends an item that cannot be read, and gives the address of its page. */
const keep = async (recordId: string): Promise<string> => {
  const bad = { ...details(recordId), version: [SECRET] };
  const items = await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [bad]));
  return `${FEED}/quarantine/${items[0]!.contribution}`;
};
const clientOf = async (login: string): Promise<WebClient> => {
  const client = new WebClient(hub.url);
  await client.signIn(login);
  return client;
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  const role = { role: 'data-manager' };
  const staff = [post(POLICE, MANAGER, 1, { ...role, name: 'Mo Example' }), post(POLICE, OFFICER, 1)];
  await api.filed(POLICE.connector, POLICE.staff, staffDocument(POLICE, staff, []));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, OTHER, 1, role)], []),
  );
});
afterAll(() => hub.close());

describe('the pages of a data manager', () => {
  it('lead from the feeds to the item, which is corrected and released', async () => {
    const address = await keep('A-1');
    const client = await clientOf(MANAGER);
    const feeds = await client.ask('/feeds');
    expect(feeds.html).toContain(`href="${FEED}"`);
    const feed = await client.ask(FEED);
    expect(feed.html).toContain(`href="${address}"`);
    expect(feed.html).toContain('version, in records number 1');
    const receipt = /href="(\/receipts\/[^"]+)"/.exec(feed.html)![1]!;
    expect((await client.ask(receipt)).html).toContain(`href="${address}"`);
    for (const { html } of [feeds, feed]) expect(html).not.toContain(SECRET);

    const item = await client.ask(address);
    expect([item.status, item.html]).toEqual([200, expect.stringContaining(SECRET)]);
    const csrf = await client.csrf(address);
    const wrong = JSON.stringify({ ...details('A-1'), version: [SECRET] });
    const refused = await client.send(`${address}/release`, { csrf, document: wrong, releaseReason: REASON });
    expect([refused.status, refused.html]).toEqual([
      422,
      expect.stringContaining('<a href="#document">version, in record: '),
    ]);
    expect(refused.html).toContain(SECRET);
    const silent = await client.send(`${address}/release`, { csrf, document: '{}', releaseReason: '' });
    expect(silent.html).toContain('<a href="#releaseReason">Enter a reason</a>');
    const right = JSON.stringify(details('A-1'), null, 2).replaceAll('\n', '\r\n');
    const released = await client.send(`${address}/release`, { csrf, document: right, releaseReason: REASON });
    expect([released.status, released.headers.get('location')]).toEqual([303, FEED]);
    const late = await client.send(`${address}/discard`, { csrf, discardReason: REASON });
    expect([late.status, late.html]).toEqual([422, expect.stringContaining('Somebody has decided')]);
    expect((await client.ask(FEED)).html).not.toContain(address);
    expect((await client.ask(`${FEED}?state=closed`)).html).toContain('Released by Data manager');
    await until(async () => (await client.ask(address)).html.includes(REASON));
  });

  it('are nothing to anybody else', async () => {
    const address = await keep('B-1');
    for (const login of [OTHER, OFFICER]) {
      const client = await clientOf(login);
      for (const path of [FEED, address]) {
        const { status, html } = await client.ask(path);
        expect([login, path, status]).toEqual([login, path, 404]);
        expect(html).not.toContain(SECRET);
      }
      const { html } = await client.ask('/feeds');
      expect(html).not.toContain(POLICE.records);
    }
    expect((await new WebClient(hub.url).ask(FEED)).status).toBe(401);
  });

  it('discard with a reason', async () => {
    const address = await keep('C-1');
    const client = await clientOf(MANAGER);
    const csrf = await client.csrf(address);
    const none = await client.send(`${address}/discard`, { csrf, discardReason: ' ' });
    expect([none.status, none.html]).toEqual([422, expect.stringContaining('href="#discardReason"')]);
    const forged = await client.send(`${address}/discard`, { csrf: 'x', discardReason: REASON });
    expect(forged.status).toBe(403);
    const discarded = await client.send(`${address}/discard`, { csrf, discardReason: REASON });
    expect(discarded.status).toBe(303);
    expect((await client.ask(`${FEED}?state=closed`)).html).toContain('Discarded by Data manager');
  });
});

describeInBrowser('the pages of a data manager in Chromium', () => {
  let profile: string;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    profile = await mkdtemp(join(tmpdir(), 'sightline-browser-'));
    context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath() ?? '',
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
    page = await context.newPage();
    await page.goto(`${hub.url}/sign-in`);
    await page.keyboard.press('Tab');
    await page.keyboard.type(MANAGER);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.url}/feeds`);
  });
  afterAll(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  });

  const faultsOf = async (): Promise<string[]> => {
    await page.setViewportSize({ width: 320, height: 640 });
    const faults = [...(await axeViolations(page)), ...((await scrollsSideways(page)) ? ['scrolls sideways'] : [])];
    return faults.map((fault) => `${new URL(page.url()).pathname} ${fault}`);
  };

  it('have no fault that axe finds, at 320 px, empty, filled, wrong and closed', async () => {
    const address = await keep('D-1');
    const closed = `${FEED}?state=closed`;
    const receipt = await api.accepted(
      POLICE.connector,
      POLICE.staff,
      staffDocument(POLICE, [], [allocation(POLICE, OFFICER, nhsNumber(9), 1, { from: SECRET })]),
    );
    await api.settled(POLICE.connector, receipt);
    for (const path of [
      '/feeds',
      FEED,
      closed,
      `/feeds/${POLICE.staff}?state=closed`,
      `/receipts/${receipt}`,
      address,
    ]) {
      await page.goto(`${hub.url}${path}`);
      expect(await faultsOf()).toEqual([]);
    }
    await page.click('text=Discard this item');
    await page.waitForSelector('.govuk-error-summary');
    expect(await page.title()).toMatch(/^Error: /);
    expect(await faultsOf()).toEqual([]);
    await page.fill('#discardReason', REASON);
    await page.click('text=Discard this item');
    await page.waitForURL(`${hub.url}${FEED}`);
    await page.goto(`${hub.url}${address}`);
    expect(await page.textContent('main')).toContain('Discarded');
    expect(await page.$('form[action$="/discard"]')).toBeNull();
    expect(await faultsOf()).toEqual([]);
  });
});
