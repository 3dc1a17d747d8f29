import type { Browser } from 'playwright-core';
import { axeViolations, describeInBrowser, openBrowser, Person, scrollsSideways } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  AUTHORITY,
  custodianFile,
  HEALTH,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
} from '../support/journeys/scene.js';

const TWINS = nhsNumber(1);

describeInBrowser('a question of identity in a browser', () => {
  let hub: TestHub;
  let browser: Browser;
  let person: Person;

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    const api = new HubApi(hub);
    const manager = post(AUTHORITY, 'manager', 1, { name: 'Mo Example', role: 'data-manager' });
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [manager], []));
    for (const [of, firstName] of [
      [AUTHORITY, 'Ada'],
      [HEALTH, 'Eve'],
    ] as const) {
      const payload = { firstName, lastName: 'Example', dateOfBirth: '2015-06-12' };
      const record = recordOf({ recordId: 'D-1', personId: TWINS, recordType: 'personal.details', payload });
      await api.filed(of.connector, of.records, custodianFile(of, [record]));
    }
    browser = await openBrowser();
    person = await Person.open(browser, hub.url, { width: 320 });
    await person.signIn('manager');
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await hub.close();
  });

  const sound = async (): Promise<void> => {
    expect(await axeViolations(person.page)).toEqual([]);
    expect(await scrollsSideways(person.page)).toBe(false);
    expect(person.complaints).toEqual([]);
  };

  it('is answered with the keyboard alone, at 320 pixels', async () => {
    await person.go('/identity');
    await sound();
    await person.press(/Ada Example/);
    expect(await person.heading()).toBe('Are these the same child?');
    await sound();
    await person.press('Continue', 'button');
    expect(await person.text()).toContain('Choose whether they are the same child');
    await sound();
    await person.choose('No, they are two children');
    await person.type('How you know', 'Twins');
    await person.press('Continue', 'button');
    expect(await person.heading()).toBe('Check your answer');
    await sound();
    await person.press('Record this answer', 'button');
    expect(await person.text()).toContain('From now on the two are not shown as one child');
    await sound();
    await person.go('/identity');
    expect(await person.text()).toContain('No question waits for your organisation');
    await sound();
    await person.type('NHS number', TWINS);
    await person.press('Show links', 'button');
    expect(await person.heading()).toBe('Links of a child');
    await sound();
  }, 120_000);
});
