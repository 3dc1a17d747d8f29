import type { Browser } from 'playwright-core';
import { describeInBrowser, isSound, openBrowser, Person } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { CASUALTY, EMERGENCY_AGREEMENT, sendPeople, sendReviewers } from '../support/journeys/emergency-scene.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  AUTHORITY,
  custodianFile,
  LONG_AGO,
  nhsNumber,
  recordOf,
  sendSigners,
  signersOf,
} from '../support/journeys/scene.js';

const BABY = nhsNumber(1);

describeInBrowser('in an emergency, at a browser', () => {
  let hub: TestHub;
  let browser: Browser;
  const people: Person[] = [];

  const signedIn = async (login: string, width = 1100): Promise<Person> => {
    const person = await Person.open(browser, hub.url, { width });
    people.push(person);
    await person.signIn(login);
    return person;
  };

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: new Date('2026-12-26T02:10:00Z') });
    const api = new HubApi(hub);
    await sendSigners(api, [AUTHORITY]);
    const records = [
      ['personal.details', { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2026-06-12' }],
      [
        'childrens-services.details',
        { cscActiveStatusesAndPlans: [{ status: 'Child protection plan', plan: 'Plan' }] },
      ],
    ] as const;
    const document = records.map(([recordType, payload]) =>
      recordOf({ recordId: recordType, personId: BABY, recordType, payload }),
    );
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, document));
    await sendPeople(api, CASUALTY, { registrar: CASUALTY.role });
    await sendReviewers(api, [AUTHORITY]);
    const { id, version } = EMERGENCY_AGREEMENT;
    await api.adopt(AUTHORITY.organisation, signersOf(AUTHORITY), id, version, EMERGENCY_AGREEMENT, LONG_AGO);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await browser.close();
    await hub.close();
  });

  it.each([1100, 320])('somebody opens it and ends it by the keyboard alone, in a window %s wide', async (width) => {
    const person = await signedIn('registrar', width);
    await person.go('/find');
    await person.type('NHS number', BABY);
    await person.press('Show what others know', 'button');
    await person.press('Open more in an emergency');
    await isSound(person, 'form, empty');
    await person.press('Open for two hours', 'button');
    await isSound(person, 'form, error');
    await person.press('Choose why you need it');
    expect(await person.page.evaluate('document.activeElement.id')).toBe('reason');
    await person.choose('An injury that has to be explained now');
    await person.type('What happened', 'A fracture that nobody can explain');
    await person.focusOn('#confirmed');
    await person.page.keyboard.press('Space');
    await person.press('Open for two hours', 'button');
    expect(await person.text()).toContain('Child protection plan');
    await isSound(person, 'chronology, open');
    await person.press('End it now', 'button');
    expect(await person.text()).not.toContain('Child protection plan');
    await isSound(person, 'chronology, ended');
  });

  it.each([1100, 320])('a reviewer and a guardian find it, in a window %s wide', async (width) => {
    const person = await signedIn('local-authority-01-reviewer', width);
    await until(
      async () => (await person.go('/emergency-access')) === 200 && (await person.text()).includes('Ada Example'),
    );
    await isSound(person, 'reviews');
    await person.press('Record this', 'button');
    await isSound(person, 'reviews, error');
    await person.focusOn('input[name="outcome"]');
    await person.page.keyboard.press('Space');
    await person.type('Why', 'As it should be');
    await person.press('Record this', 'button');
    await person.press('Those that are decided');
    await isSound(person, 'reviews, decided');
    const guardian = await signedIn('guardian', width);
    expect(await guardian.heading()).toBe('All that was opened in emergencies');
    await isSound(guardian, 'all emergencies');
  });
});
