import type { Browser } from 'playwright-core';
import { describeInBrowser, isSound, openBrowser, Person } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { sendConsentScene } from '../support/journeys/consent-scene.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { nhsNumber, SCENE_BEGINS } from '../support/journeys/scene.js';

const CHILD = nhsNumber(1);

describeInBrowser('decisions about a child, at a browser', () => {
  let hub: TestHub;
  let browser: Browser;
  const people: Person[] = [];

  /** Somebody before the child's chronology. */
  const atChild = async (login: string, width: number): Promise<Person> => {
    const person = await Person.open(browser, hub.url, { width });
    people.push(person);
    await person.signIn(login);
    await person.go('/find');
    await person.type('NHS number', CHILD);
    await person.press('Show what others know', 'button');
    return person;
  };
  /** A form says what is wrong, and leads to the field. */
  const errsAt = async (person: Person, what: string, text: string, field: string): Promise<void> => {
    expect(await person.page.title()).toMatch(/^Error: /);
    await isSound(person, `${what}, error`);
    await person.press(text);
    expect(await person.page.evaluate('document.activeElement.id')).toBe(field);
  };

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    await sendConsentScene(new HubApi(hub), CHILD);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await browser.close();
    await hub.close();
  });

  it.each([320])('a nurse records consent by the keyboard alone, in a window %s wide', async (width) => {
    const nurse = await atChild('nurse', width);
    await nurse.press('See and record consent');
    await isSound(nurse, 'consent, before');
    await nurse.press('Record whether your service suspects significant harm');
    await isSound(nurse, 'harm, empty');
    await nurse.press('Record this', 'button');
    await errsAt(nurse, 'harm', 'Say why', 'reason');
    await nurse.choose('Yes, it does');
    await nurse.type('Why', 'Told of an injury at home');
    await nurse.press('Record this', 'button');
    expect(await nurse.text()).toContain('Told of an injury at home');
    await nurse.press('Record that consent was given or withdrawn');
    await isSound(nurse, 'processing, empty');
    await nurse.press('Record this', 'button');
    await errsAt(nurse, 'processing', 'Choose who decided it', 'by');
    await nurse.choose('Consent was withdrawn');
    await nurse.choose('The young person');
    await nurse.type('Which person', 'Ada');
    await nurse.type('Why this person may decide it', 'Understands');
    await nurse.type('What it covers', 'Visits');
    await nurse.choose('Yes');
    await nurse.press('Record this', 'button');
    expect(await nurse.text()).toContain('Withdrawn by the young person');
    await isSound(nurse, 'consent, found');
    await nurse.press('Record whether the family agrees to work with services');
    await isSound(nurse, 'working agreement, empty');
  });

  it.each([320])('marks whom not to inform and records an allegation, in a window %s wide', async (width) => {
    const nurse = await atChild('nurse', width);
    await nurse.press('Say who must not be told');
    await isSound(nurse, 'marks, before');
    await nurse.press('Make this mark', 'button');
    await errsAt(nurse, 'marks', 'Say who must not be told: carers, an adult or an agency', 'allCarers');
    await nurse.page.keyboard.press('Space');
    await nurse.type('Why', 'They may harm');
    await nurse.press('Make this mark', 'button');
    expect(await nurse.text()).toContain('Do not inform any carer');
    await isSound(nurse, 'marks, found');
    await nurse.press(/^Lift/, 'button');
    expect(await nurse.text()).toContain('No mark holds now');
    await nurse.press('Back to the chronology');
    await nurse.press('Record an allegation');
    await isSound(nurse, 'allegation, empty');
    await nurse.press('Record this allegation', 'button');
    await errsAt(nurse, 'allegation', 'Say against whom', 'against');
    await nurse.type('What is alleged', 'Was struck');
    await nurse.type('Against whom', 'A member of staff');
    await nurse.press('Record this allegation', 'button');
    await until(async () => (await nurse.page.reload(), await nurse.text()).includes('Say what came of it'));
    await isSound(nurse, 'chronology, with an allegation');
    await nurse.press(/^Say what came of it/);
    await nurse.press('Record this outcome', 'button');
    await errsAt(nurse, 'outcome', 'Choose what came of it', 'outcome');
  });

  it.each([320])('a guardian closes a child and sees who tries, in a window %s wide', async (width) => {
    const guardian = await atChild('guardian', width);
    await guardian.press('Attempts');
    await isSound(guardian, 'attempts');
    await guardian.page.goBack();
    await guardian.press('Close this child to somebody');
    await isSound(guardian, 'exclusions, before');
    await guardian.press('Close this child to them', 'button');
    await errsAt(guardian, 'exclusions', 'Choose what is left to them', 'view');
    await guardian.type('Organisation', 'HEALTH-01');
    await guardian.type('One person', 'W-suspect');
    await guardian.choose('What their own service recorded before now');
    await guardian.type('Why', 'An allegation against them');
    await guardian.press('Close this child to them', 'button');
    expect(await guardian.text()).toContain('One person, HEALTH-01');
    await isSound(guardian, 'exclusions, found');
    await atChild('suspect', width);
    await until(async () => (await guardian.go('/attempts')) === 200 && (await guardian.text()).includes('HEALTH-01'));
    await isSound(guardian, 'attempts, found');
    await guardian.press(/^To whom it is closed/);
    await guardian.press(/^Lift/, 'button');
    await until(async () =>
      (await guardian.page.reload(), await guardian.text()).includes('It is closed to nobody now'),
    );
  });
});
