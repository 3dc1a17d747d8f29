import type { Browser } from 'playwright-core';
import { describeInBrowser, isSound, openBrowser, Person } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  importedPolicy,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  staffDocument,
} from '../support/journeys/scene.js';

const CHILD = nhsNumber(1);

describeInBrowser('saying who works with a child, at a browser', () => {
  let hub: TestHub;
  let browser: Browser;
  const people: Person[] = [];

  const atChild = async (login: string, options: { width: number; script?: boolean }): Promise<Person> => {
    const person = await Person.open(browser, hub.url, options);
    people.push(person);
    await person.signIn(login);
    await person.press(/Example|has not recorded/);
    await person.press('Say who works with this child');
    return person;
  };

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: SCENE_BEGINS });
    const api = new HubApi(hub);
    const payload = { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' };
    const record = recordOf({ recordId: 'P', personId: CHILD, recordType: 'personal.details', payload });
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [record]));
    const services = { worker: AUTHORITY.service, door: 'mash' };
    const posts = Object.entries(services).map(([login, service]) => post(AUTHORITY, login, 1, { service }));
    const allocations = Object.entries(services).map(([login, service]) =>
      allocation(AUTHORITY, login, CHILD, 1, { service }),
    );
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, posts, allocations));
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await browser.close();
    await hub.close();
  });

  it.each([320])('a social worker confirms and invites by the keyboard alone, in a window %s wide', async (width) => {
    const person = await atChild('worker', { width });
    await isSound(person, 'choice');
    await person.press('Confirm what another organisation says of itself');
    await isSound(person, 'confirmation, empty');
    await person.press(/^Confirm$/, 'button');
    await isSound(person, 'confirmation, errors');
    await person.press('Choose what you confirm');
    expect(await person.page.evaluate('document.activeElement.id')).toBe('relation');
    await person.choose('The child is on the roll of this school');
    await person.type('How you know', 'Spoke with the school');
    await person.type('Organisation', 'EDUCATION-01');
    await person.press(/^Confirm$/, 'button');
    expect(await person.heading()).toBe('Your confirmation');
    await isSound(person, 'confirmation, recorded');
    await person.press('Take it back', 'button');
    expect(await person.text()).toContain('Your confirmation is taken back');
    await isSound(person, 'choice, recorded');
    await person.press('Record a move to another authority');
    await isSound(person, 'move, empty');
    await person.press('Record the move', 'button');
    await isSound(person, 'move, errors');
    await person.type('Authority to which the family moves', 'LOCAL-AUTHORITY-02');
    await person.type('What is known of the move', 'A flat across the border');
    await person.press('Record the move', 'button');
    await isSound(person, 'choice, move recorded');
    await until(async () => {
      await person.press('See open contacts, moves and confirmations');
      if ((await person.text()).includes('A flat across the border')) return true;
      await person.press(/^Back$/);
      return false;
    });
    await isSound(person, 'what stands, with a move');
    await person.press(/Take it back/);
    await isSound(person, 'move, to be taken back');
    await person.press('Take it back', 'button');
    expect(await person.text()).toContain('The move is taken back');
    await person.press('Invite somebody to a meeting');
    await person.press(/^Invite$/, 'button');
    await isSound(person, 'invitation, errors');
    await person.type('Organisation', 'HEALTH-01');
    await person.type('The person', 'W-1');
    await person.choose('A core group');
    await person.page.getByLabel('First day').fill('2026-03-02');
    await person.page.getByLabel('Last day').fill('2026-03-01');
    await person.press(/^Invite$/, 'button');
    expect(await person.text()).toContain('The last day must be the first day or a later one');
    expect(await person.page.getByLabel('The person').inputValue()).toBe('W-1');
  });

  it('works without script', async () => {
    const { page } = await atChild('door', { width: 1100, script: false });
    const press = (role: 'link' | 'button', name: string) => page.getByRole(role, { name, exact: true }).click();
    await press('link', 'Give a reason of your own');
    await press('button', 'Record this reason');
    expect(await page.title()).toMatch(/^Error: /);
    await page.getByLabel('Why you need to look').fill('An aunt rang');
    await press('button', 'Record this reason');
    expect(await page.locator('main').innerText()).toContain('for 24 hours you see summaries');
    await press('link', 'Record that the child is with you');
    await page.getByLabel('Why the child is with you').fill('A fall');
    await press('button', 'Record this');
    expect(await page.locator('main').innerText()).toContain('Only a service of unscheduled care can record this');
  });

  it.each([320])('somebody at a front door opens a contact and closes it, in a window %s wide', async (width) => {
    const person = await atChild('door', { width });
    for (const name of ['Give a reason of your own', 'Record that the child is with you']) {
      await person.press(name);
      await isSound(person, name);
      await person.press('Back');
    }
    await person.press('Open a contact at the front door');
    await person.press('Open this contact', 'button');
    await isSound(person, 'contact, error');
    await person.type('What the contact is about', 'A call');
    await person.press('Open this contact', 'button');
    expect(await person.heading()).toBe('A contact at the front door');
    await isSound(person, 'contact, open');
    await person.press('open contacts, moves and confirmations');
    await isSound(person, 'contacts that are open');
    await person.press(/^Record what came of it/);
    expect(await person.heading()).toBe('A contact at the front door');
    await person.type('What came of it', 'Passed on');
    await person.press('Record the outcome', 'button');
    expect(await person.text()).toContain('The contact is over');
  });

  it.each([1100, 320])(
    'a social worker is told whose people began to see her child, in a window %s wide',
    async (width) => {
      const api = new HubApi(hub);
      const [login, teacher, number] = [`told-${width}`, `teacher-${width}`, nhsNumber(width)];
      const payload = { firstName: 'Bo', lastName: 'Example', dateOfBirth: '2016-07-13' };
      for (const agency of [AUTHORITY, SCHOOL]) {
        const record = recordOf({ recordId: `P-${width}`, personId: number, recordType: 'personal.details', payload });
        await api.filed(agency.connector, agency.records, custodianFile(agency, [record]));
      }
      await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [post(AUTHORITY, login, 1)], [allocation(AUTHORITY, login, number, 1)])); // prettier-ignore
      await api.filed(SCHOOL.connector, SCHOOL.staff, staffDocument(SCHOOL, [post(SCHOOL, teacher, 1)], [allocation(SCHOOL, teacher, number, 1)])); // prettier-ignore
      const policy = importedPolicy(SCHOOL, 'EDUCATION', ['personal.details'], ['LOCAL_AUTHORITY']);
      if (width === 1100) {
        await sendSigners(api, [SCHOOL]);
        await adoptPolicy(api, SCHOOL, policy);
      }
      const person = await Person.open(browser, hub.url, { width });
      people.push(person);
      await person.signIn(login);
      expect(await person.text()).not.toContain('Others who began to see');
      await person.press('Whose people see your children');
      await isSound(person, 'whose people, nobody');
      expect((await api.read(teacher, await api.search(teacher, number))).entries.length).toBeGreaterThan(0);
      await until(
        async () => (await person.go('/')) === 200 && (await person.text()).includes('Others who began to see'),
      );
      await isSound(person, 'home, somebody new');
      await person.press('Whose people see your children');
      expect(await person.text()).toContain('Example Education Custodian, safeguarding lead');
      expect(await person.text()).toContain('New to you');
      await isSound(person, 'whose people');
      await person.press('Bo Example, born 13 July 2016');
      expect(await person.text()).toContain('Personal details');
      await until(
        async () => (await person.go('/')) === 200 && !(await person.text()).includes('Others who began to see'),
      );
    },
  );

  it.each([1100, 320])('a reviewer says of a relation whether it is genuine, in a window %s wide', async (width) => {
    const api = new HubApi(hub);
    const [login, reader, number] = [`reviewer-${width}`, `reader-${width}`, nhsNumber(3000 + width)];
    const payload = { firstName: 'Cy', lastName: 'Example', dateOfBirth: '2016-07-13' };
    const record = recordOf({ recordId: `R-${width}`, personId: number, recordType: 'personal.details', payload });
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [record]));
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(
        AUTHORITY,
        [
          post(AUTHORITY, login, 1, { role: 'override-reviewer' }),
          post(AUTHORITY, reader, 1, { name: `Rea ${width}` }),
        ],
        [allocation(AUTHORITY, reader, number, 1)],
      ),
    );
    await api.read(reader, await api.search(reader, number));
    const person = await Person.open(browser, hub.url, { width });
    people.push(person);
    await person.signIn(login);
    await person.press('Relations to review');
    await until(async () => (await person.go('/relation-reviews')) === 200 && (await person.text()).includes(`Rea ${width}`)); // prettier-ignore
    await isSound(person, 'relations to review');
    const ours = person.page.locator('article', { hasText: `Rea ${width}` });
    await ours.getByRole('button', { name: 'Record this' }).press('Enter');
    await isSound(person, 'relations to review, errors');
    expect(await person.text()).toContain('Choose what you decide');
    await ours.getByLabel('It is not genuine').press('Space');
    await ours.getByLabel('Why').fill('She was on leave');
    await ours.getByRole('button', { name: 'Record this' }).press('Enter');
    await until(async () => (await person.go('/relation-reviews?state=decided')) === 200 && (await person.text()).includes('She was on leave')); // prettier-ignore
    expect(await person.text()).toContain('it is not genuine');
    await isSound(person, 'relations to review, decided');
  });
});
