import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { axeViolations, chromiumPath, describeInBrowser, scrollsSideways } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { AUTHORITY, post, SCENE_BEGINS, staffDocument } from '../support/journeys/scene.js';

const NAME = 'Wrenquill Example';

let hub: TestHub;
let profile: string;
let context: BrowserContext;
let page: Page;
const elsewhere: string[] = [];
const said: string[] = [];

const open = async (): Promise<void> => {
  context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath() ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    viewport: { width: 1280, height: 800 },
  });
  page = await context.newPage();
  page.on('request', (request) => {
    if (!request.url().startsWith(`${hub.url}/`)) elsewhere.push(request.url());
  });
  page.on('console', (message) => said.push(message.text()));
};

/** What axe finds wrong, and whether the page scrolls sideways at 320 px. */
const faultsOf = async (): Promise<string[]> => {
  await page.setViewportSize({ width: 320, height: 640 });
  const faults = [...(await axeViolations(page)), ...((await scrollsSideways(page)) ? ['scrolls sideways'] : [])];
  await page.setViewportSize({ width: 1280, height: 800 });
  return faults.map((fault) => `${new URL(page.url()).pathname} ${fault}`);
};

/** Every file that the browser keeps, in one text. */
const kept = async (): Promise<string> => {
  const entries = await readdir(profile, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'latin1').catch(() => '')));
  return texts.join('\n');
};

describeInBrowser('signing in with Chromium', () => {
  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    const staff = [post(AUTHORITY, 'worker', 1, { name: NAME })];
    await new HubApi(hub).filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, staff, []));
    profile = await mkdtemp(join(tmpdir(), 'sightline-browser-'));
    await open();
  });
  afterAll(async () => {
    await context.close();
    await hub.close();
    await rm(profile, { recursive: true, force: true });
  });

  it('works by keyboard alone, there and out again', async () => {
    await page.goto(hub.url);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to main content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/issuer\/interaction\//);
    await page.keyboard.press('Tab');
    await page.keyboard.type('worker');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.url}/`);
    expect(await page.textContent('header')).toContain(NAME);
    const [cookie] = (await context.cookies()).filter(({ name }) => name === '__Host-sightline');
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/', expires: -1 });

    for (let i = 0; i < 3; i += 1) await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Sign out');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.url}/goodbye`);
    await page.goBack();
    expect(await page.title()).toBe('Sign in - Sightline');
    expect(await page.content()).not.toContain(NAME);
  });

  it('has pages without a fault that axe finds, 320 px wide too', async () => {
    const faults: string[] = [];
    const look = async (path: string, title: string): Promise<void> => {
      if (path !== '') await page.goto(`${hub.url}${path}`);
      expect([path, await page.title()]).toEqual([path, title]);
      faults.push(...(await faultsOf()));
    };
    await look('/', 'Sign in - Sightline');
    await look('/goodbye', 'You have signed out - Sightline');
    await look('/nothing/here', 'There is nothing here - Sightline');
    await look('/sign-in/callback?code=x', 'Sign-in did not work - Sightline');
    await look('/sign-in', 'Development sign-in');
    await page.fill('#login', '   ');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#login-error');
    await look('', 'Error: Development sign-in');
    await page.fill('#login', 'nobody');
    await page.keyboard.press('Enter');
    await page.waitForURL(/callback/);
    await look('', 'You cannot use Sightline - Sightline');
    expect(faults).toEqual([]);
  });

  it('leaves nothing in the browser, and never asked anybody else', async () => {
    await page.goto(`${hub.url}/sign-in`);
    await page.fill('#login', 'worker');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.url}/`);
    const session = (await context.cookies()).find(({ name }) => name === '__Host-sightline')?.value ?? '';
    const csrf = (await page.getAttribute('input[name=csrf]', 'value')) ?? '';
    expect([session.length, csrf.length]).toEqual([43, 43]);
    const stored = 'localStorage.length + sessionStorage.length';
    expect(await page.evaluate(stored)).toBe(0);
    await page.click('text="Sign out"');
    await page.waitForURL(`${hub.url}/goodbye`);
    await context.close();
    const files = await kept();
    expect(files.length).toBeGreaterThan(10_000);
    for (const canary of [NAME, 'Wrenquill', session, csrf]) expect(files.includes(canary)).toBe(false);
    expect(elsewhere).toEqual([]);
    expect(said.filter((line) => /Content.Security.Policy|Refused/i.test(line))).toEqual([]);
    await open();
    await page.goto(hub.url);
    expect(await page.title()).toBe('Sign in - Sightline');
  });

  it('cannot be framed, and is not entered by a form of another site', async () => {
    await page.goto(`${hub.url}/sign-in`);
    await page.fill('#login', 'worker');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${hub.url}/`);
    // Another site of the same machine: another host name, so its requests are cross-site.
    const evil = hub.url.replace('127.0.0.1', 'localhost');
    const attacker = await context.newPage();
    await attacker.route(`${evil}/**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="${hub.url}/"></iframe><form method="post" action="${hub.url}/sign-out"><input name="csrf" value="x"><button>Go</button></form>`,
      }),
    );
    await attacker.goto(`${evil}/attack`);
    const framed = attacker.frames().find((frame) => frame !== attacker.mainFrame());
    expect((await framed?.content()) ?? '').not.toContain(NAME);
    await attacker.click('text="Go"');
    await attacker.waitForURL(`${hub.url}/sign-out`);
    expect(await attacker.title()).toBe('Sign in - Sightline');
    await attacker.close();
    await page.goto(hub.url);
    expect(await page.textContent('header')).toContain(NAME);
  });
});
