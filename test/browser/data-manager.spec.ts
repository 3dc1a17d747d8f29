import type { Browser } from 'playwright-core';
import { describeInBrowser, isSound, openBrowser, Person } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { custodianFile, nhsNumber, POLICE, post, recordOf, SCENE_BEGINS, SCHOOL, staffDocument } from '../support/journeys/scene.js'; // prettier-ignore

const SECRET = 'Zebulon';

describeInBrowser('data managers at a browser', () => {
  let hub: TestHub;
  let api: HubApi;
  let browser: Browser;
  const people: Person[] = [];

  const record = (recordId: string, changes: object = {}) => ({
    ...recordOf({ recordId, personId: nhsNumber(1), recordType: 'crime-justice.details', payload: {} }),
    ...changes,
  });
  const signedIn = async (login: string, width = 1100): Promise<Person> => {
    const person = await Person.open(browser, hub.url, { width });
    people.push(person);
    await person.signIn(login);
    return person;
  };

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    api = new HubApi(hub);
    for (const agency of [POLICE, SCHOOL]) {
      const login = `manager-of-${agency.organisation.toLowerCase()}`;
      const staff = [post(agency, login, 1, { role: 'data-manager', name: 'Mo Example' })];
      await api.filed(agency.connector, agency.staff, staffDocument(agency, staff, []));
    }
    const bad = [1, 2].map((n) => record(`BAD-${n}`, { version: [SECRET] }));
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [record('GOOD'), ...bad]));
    for (let n = 0; n < 30; n += 1) {
      await api.accepted(POLICE.connector, POLICE.records, custodianFile(POLICE, [record(`MORE-${n}`)]));
    }
    browser = await openBrowser();
  });
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await browser.close();
    await hub.close();
  });

  it('go from the feeds to a bad item, correct it and release it, by the keyboard alone', async () => {
    const manager = await signedIn('manager-of-police-01');
    expect(await manager.heading()).toBe('Feeds');
    await isSound(manager, 'feeds, found');
    await manager.press(/Police records|police-records/i);
    await isSound(manager, 'feed, many');
    const link = manager.page.locator('a[href*="/quarantine/"]').first();
    const address = await link.getAttribute('href');
    await manager.press(await link.innerText());
    expect(manager.page.url()).toContain('/quarantine/');
    expect(await manager.page.locator('#document').inputValue()).toContain(SECRET);
    await isSound(manager, 'item, found');
    await manager.press(/^Release/, 'button');
    expect(await manager.page.title()).toMatch(/^Error: /);
    await isSound(manager, 'item, error');
    await manager.focusOn('#document');
    await manager.page.keyboard.press('Control+A');
    await manager.page.keyboard.insertText(JSON.stringify(record('BAD-1')));
    await manager.focusOn('#releaseReason');
    await manager.page.keyboard.insertText('Mended with the station');
    await manager.press(/^Release/, 'button');
    expect(await manager.text()).not.toContain(SECRET);
    await isSound(manager, 'item, released');
    await manager.go(address!);
    await isSound(manager, 'item, decided');
  });

  it('discard with a reason, and see a receipt', async () => {
    const manager = await signedIn('manager-of-police-01', 320);
    await manager.press(/Police records|police-records/i);
    await isSound(manager, 'feed at 320 pixels');
    const link = manager.page.locator('a[href*="/quarantine/"]').first();
    await manager.press(await link.innerText());
    await isSound(manager, 'item at 320 pixels');
    await manager.focusOn('#discardReason');
    await manager.page.keyboard.insertText('Sent by mistake');
    await manager.press(/^Discard/, 'button');
    await manager.go('/feeds/police-records');
    const receipt = manager.page.locator('a[href^="/receipts/"]').first();
    await manager.press(await receipt.innerText());
    expect(manager.page.url()).toContain('/receipts/');
    await isSound(manager, 'receipt');
  });

  it('have pages for nothing too, and are asked to sign in again', async () => {
    const manager = await signedIn('manager-of-education-01');
    await isSound(manager, 'feeds, nothing');
    await manager.press(/Education records|education-records/i);
    await isSound(manager, 'feed, nothing');
    await manager.go('/identity');
    await isSound(manager, 'questions, nothing');
    expect(await manager.go('/feeds/police-records')).toBe(404);
    await isSound(manager, 'another’s feed');
    await manager.page.context().clearCookies();
    expect(await manager.go('/feeds')).toBe(401);
    await isSound(manager, 'expired session');
  });
});
