import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { describeInBrowser, isSound, openBrowser, Person } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { AUTHORITY, SCENE_BEGINS, sendSigners, signersOf } from '../support/journeys/scene.js';

const PAGE = '/agreements/example-partnership/2026-1';
const VERSION = '/v1/agreements/example-partnership/versions/2026-1';

describeInBrowser('governance people at a browser', () => {
  let hub: TestHub;
  let browser: Browser;
  const people: Person[] = [];
  const [FIRST, SECOND] = signersOf(AUTHORITY);

  const signedIn = async (login: string, width = 1100): Promise<Person> => {
    const person = await Person.open(browser, hub.url, { width });
    people.push(person);
    await person.signIn(login);
    return person;
  };

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    const api = new HubApi(hub);
    await sendSigners(api, [AUTHORITY]);
    const document = await readFile(resolve('deploy/agreements/example-partnership.json'), 'utf8');
    await api.call(FIRST, 'PUT', VERSION, JSON.stringify({ document }));
    await until(async () => (await api.call(FIRST, 'GET', VERSION)).status === 200);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await browser.close();
    await hub.close();
  });

  it('read a version and sign it, by the keyboard alone', async () => {
    const signer = await signedIn(FIRST);
    expect(await signer.heading()).toBe('Agreements');
    await isSound(signer, 'agreements, found');
    await signer.press(/example-partnership/);
    await isSound(signer, 'version, draft');
    await signer.press(/^Sign this version/, 'button');
    expect(await signer.page.title()).toMatch(/^Error: /);
    await isSound(signer, 'version, error');
    await signer.focusOn('#day');
    await signer.page.keyboard.insertText('2026-03-02');
    await signer.press(/^Sign this version/, 'button');
    expect(await signer.text()).toContain('Your signature is recorded');
    await isSound(signer, 'version, signed');
  });

  it('sign for a colleague’s day and revoke, on a narrow screen', async () => {
    const colleague = await signedIn(SECOND, 320);
    await colleague.go(PAGE);
    await isSound(colleague, 'version, narrow');
    await colleague.press(/^Sign for /, 'button');
    await until(async () => {
      await colleague.go(PAGE);
      return (await colleague.text()).includes('LOCAL-AUTHORITY-01: In force');
    });
    await colleague.focusOn('#reason');
    await colleague.page.keyboard.insertText('The partnership has ended');
    await colleague.press(/^Revoke this version/, 'button');
    expect(await colleague.text()).toContain('Your revocation is recorded');
    await isSound(colleague, 'version, revoked');
  });
});
