import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findFiles } from '../../apps/hub/src/demo/find-files.js';
import { loadStory, type StoryReport } from '../../apps/hub/src/demo/load-story.js';
import { LOADING_TIME, READERS, READING_TIME } from '../../apps/hub/src/demo/story.js';
import { describeInBrowser, isSound, openBrowser, Person, type PersonOptions } from '../support/browser/browser.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import { custodianFile, POLICE, recordOf } from '../support/journeys/scene.js';

const FIXTURES = join(import.meta.dirname, '../../apps/hub/demo');
/** Numbers with a right check digit: of nobody, and wrong. */
const UNKNOWN = '9990000018';
const WRONG = '9990000019';

describeInBrowser('practitioners at a browser', () => {
  let hub: TestHub;
  let report: StoryReport;
  let browser: Browser;
  const people: Person[] = [];

  beforeAll(async () => {
    hub = await startTestHub({ firstTime: LOADING_TIME });
    const files = await findFiles(FIXTURES, hub.hub.registry);
    report = await loadStory(hub.hub, hub.client, hub.configuration, files, READING_TIME, () => undefined);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(people.map((person) => person.close()));
    await browser.close();
    await hub.close();
  });

  const signedIn = async (login: string, options?: PersonOptions): Promise<Person> => {
    const person = await Person.open(browser, hub.url, options);
    people.push(person);
    await person.signIn(login);
    return person;
  };
  const seenOnPage = async (person: Person) => {
    const parties = await person.page.locator('.sightline-party').allInnerTexts();
    const notices = await person.page.locator('.sightline-notice').count();
    return { entries: parties.map((party) => party.split(',')[0]!).sort(), notices };
  };
  const nameOf = (organisation: string) => hub.hub.registry.organisations.find(({ id }) => id === organisation)!.name;

  it('open a child of their own in one action, by the keyboard alone', async () => {
    const worker = await signedIn('social-worker');
    expect(await worker.heading()).toBe('My children');
    await isSound(worker, 'home, found');
    worker.startCount();
    await worker.press(/Quillfeather/);
    expect(worker.count).toEqual({ actions: 1, typed: 0 });
    expect(await worker.heading()).toContain('Quillfeather');
    await isSound(worker, 'chronology, found');
    process.stderr.write(`own child: 1 action; the page took ${Math.round(await worker.serverTime())} ms\n`);
  });

  it('find another child with at most four typed fields and one submit', async () => {
    const worker = await signedIn('social-worker');
    await worker.press('Find a child');
    await isSound(worker, 'find, empty');
    worker.startCount();
    await worker.type('First name', 'Marnie');
    await worker.type('Last name', 'Quillfeather');
    await worker.type('Date of birth', '9 3 2014');
    await worker.press('Show what others know', 'button');
    const { actions, typed } = worker.count;
    expect(actions).toBe(1);
    expect(typed).toBeLessThanOrEqual(4);
    expect(await worker.heading()).toContain('Quillfeather');
    process.stderr.write(
      `another child: ${typed} fields, ${actions} submit; ${Math.round(await worker.serverTime())} ms\n`,
    );
  });

  it.each(READERS.map(({ login }) => login))(
    '%s sees on the page what the API answers and the table says',
    async (login) => {
      const reader = report.readers.find((candidate) => candidate.login === login)!;
      const person = await signedIn(login);
      await person.go('/find');
      await person.type('NHS number', report.sharedChild!);
      await person.press('Show what others know', 'button');
      const expected = reader.entries.flatMap(({ owner, count }) => Array<string>(count).fill(nameOf(owner))).sort();
      expect(await seenOnPage(person)).toEqual({
        entries: expected,
        notices: reader.notices.reduce((total, { count }) => total + count, 0),
      });
      await isSound(person, `chronology of ${login}`);
    },
  );

  it('see the same page for a child of whom nothing is held and one of whom they may see nothing', async () => {
    const stranger = await signedIn('stranger');
    const pageOf = async (number: string) => {
      await stranger.go('/find');
      await stranger.type('NHS number', number);
      await stranger.press('Show what others know', 'button');
      const handle = /children\/([0-9a-f-]{36})/.exec(stranger.page.url())![1]!;
      const actions = await stranger.page.locator('main').getByRole('link').allInnerTexts();
      return {
        html: (await stranger.page.content()).replaceAll(handle, 'HANDLE').replaceAll(/name="csrf" value="[^"]*"/g, ''),
        actions,
      };
    };
    const [held, unknown] = [await pageOf(report.sharedChild!), await pageOf(UNKNOWN)];
    expect(held).toEqual(unknown);
    expect(held.actions).toEqual(expect.arrayContaining(['Say who works with this child', 'Find another child']));
    expect(await stranger.text()).toContain('This does not mean that no agency is involved');
    await isSound(stranger, 'chronology, nothing');
    await stranger.go('/');
    await isSound(stranger, 'home, nothing');
  });

  it('are told what is wrong with a form, at the field', async () => {
    const worker = await signedIn('social-worker');
    await worker.go('/find');
    await worker.type('NHS number', WRONG);
    await worker.press('Show what others know', 'button');
    expect(await worker.page.title()).toMatch(/^Error: /);
    await isSound(worker, 'find, error');
    await worker.press(/Enter a number that is right/);
    expect(await worker.page.evaluate('document.activeElement.id')).toBe('identifier');
    expect(await worker.page.getByLabel('NHS number').inputValue()).toBe(WRONG);
    await worker.go('/children/2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41?purpose=SAFEGUARDING');
    expect(await worker.heading()).toBe('There is nothing here');
    await isSound(worker, 'error page');
  });

  it('filter by party, kind and time, and print, without a change of what is counted', async () => {
    const worker = await signedIn('social-worker');
    await worker.press(/Quillfeather/);
    const { entries } = await seenOnPage(worker);
    await worker.page.locator('summary').press('Enter');
    await worker.page.getByLabel('Party').selectOption('POLICE');
    await worker.press(/^Filter$/, 'button');
    const left = (await seenOnPage(worker)).entries;
    expect(new Set(left)).toEqual(new Set([nameOf('POLICE-01')]));
    expect(await worker.text()).toContain(`${left.length} of ${entries.length} entries`);
    await isSound(worker, 'chronology, filtered');
    await worker.press('Show everything');
    await worker.press('Print this chronology');
    expect((await seenOnPage(worker)).entries).toEqual(entries);
    await isSound(worker, 'print');
  });

  it('withdraw, restrict and lift what their own service recorded', async () => {
    const worker = await signedIn('social-worker');
    await worker.press(/Quillfeather/);
    const before = (await seenOnPage(worker)).entries.length;
    await worker.press(/^Withdraw/);
    await worker.press('Withdraw this entry', 'button');
    expect(await worker.text()).toContain('Say why it is withdrawn');
    await isSound(worker, 'withdraw, error');
    await worker.type('Why it is withdrawn', 'Entered on the wrong child');
    await worker.press('Withdraw this entry', 'button');
    expect((await seenOnPage(worker)).entries).toHaveLength(before - 1);
    await worker.press('Decide about what your own service recorded');
    expect(await worker.text()).toContain('Entered on the wrong child');
    await isSound(worker, 'restrictions, found');
    await worker.press(/^Decide$/, 'button');
    expect(await worker.text()).toContain('Choose what you want to do');
    await isSound(worker, 'restrictions, error');
    await worker.choose('Close it to somebody');
    await worker.type('Organisation', 'EDUCATION-01');
    await worker.type('Why', 'Until the meeting');
    await worker.press(/^Decide$/, 'button');
    expect(await worker.text()).toContain('Until the meeting');
    const lead = await signedIn('dsl');
    await lead.press(await lead.page.locator('.sightline-children__item a').first().innerText());
    expect((await seenOnPage(lead)).entries).not.toContain(nameOf('LOCAL-AUTHORITY-01'));
    for (let left = 2; left > 0; left -= 1) await worker.press(/^Lift/, 'button');
    await worker.press('Back to the chronology');
    for (let waited = 0; (await seenOnPage(worker)).entries.length !== before; waited += 1) {
      expect(waited).toBeLessThan(50);
      await worker.page.reload();
    }
  });

  it('record what a young person decided, and ask to release an entry', async () => {
    const worker = await signedIn('social-worker');
    await worker.press(/Quillfeather/);
    await worker.press('Decide about what your own service recorded');
    await worker.press('Record what the young person decided');
    await worker.press('Record this decision', 'button');
    expect(await worker.text()).toContain('Choose what the young person decided');
    await isSound(worker, 'young person, error');
    await worker.choose('No, they do not agree');
    await worker.choose('Yes, they are competent');
    await worker.type('How competence was assessed', 'Understands who would read it');
    await worker.type('Who assessed it', 'Social worker');
    await worker.press('Record this decision', 'button');
    await worker.press(/^Release/);
    await worker.press('Release to this person', 'button');
    expect(await worker.text()).toContain('Enter the organisation');
    await isSound(worker, 'release, error');
    await worker.type('Organisation', 'HEALTH-01');
    await worker.type('The person', 'W-1');
    await worker.type('What the person may read', 'Visit in pairs');
    await worker.type('Why it is released', 'For the meeting');
    await worker.page.getByLabel('Last day').fill('2026-12-31');
    await worker.press('Release to this person', 'button');
    expect(await worker.text()).toContain('No agreement of your organisation lets your role release');
  });

  it('work at 320 pixels and without script', async () => {
    const worker = await signedIn('social-worker', { width: 320, script: false });
    await worker.page.getByRole('link', { name: /Quillfeather/ }).click();
    expect(await worker.heading()).toContain('Quillfeather');
    for (const path of ['/', '/find']) {
      await worker.go(path);
      expect(await worker.page.locator('h1').count()).toBe(1);
    }
    const narrow = await signedIn('social-worker', { width: 320 });
    await narrow.press(/Quillfeather/);
    await isSound(narrow, 'chronology at 320 pixels');
    await narrow.press('Decide about what your own service recorded');
    await isSound(narrow, 'restrictions at 320 pixels');
    await narrow.go('/find');
    await isSound(narrow, 'find at 320 pixels');
    await narrow.go('/');
    await isSound(narrow, 'home at 320 pixels');
  });

  it('page through very many entries, and nothing is cut without saying so', async () => {
    const api = new HubApi(hub);
    const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
    const episodes = (recordId: string, first: number) =>
      recordOf({
        recordId,
        personId: report.sharedChild!,
        recordType: 'crime-justice.details',
        payload: { missingEpisodes: Array.from({ length: 260 }, (_, n) => ({ date: day(first + n) })) },
      });
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [episodes('MANY-1', 0), episodes('MANY-2', 260)])); // prettier-ignore
    const officer = await signedIn('police-officer');
    await officer.press(await officer.page.locator('.sightline-children__item a').first().innerText());
    expect((await seenOnPage(officer)).entries).toHaveLength(500);
    expect(await officer.text()).toContain('500 entries on this page');
    await isSound(officer, 'chronology, many');
    await officer.go(
      await officer.page
        .getByRole('link', { name: 'Later entries' })
        .getAttribute('href')
        .then((to) => to!),
    );
    expect((await seenOnPage(officer)).entries.length).toBeGreaterThanOrEqual(20);
    expect(await officer.page.getByRole('link', { name: 'Later entries' }).count()).toBe(0);
  }, 120_000);

  it('sign in again when the session has ended', async () => {
    const worker = await signedIn('social-worker');
    await worker.page.context().clearCookies();
    expect(await worker.go('/find')).toBe(401);
    await isSound(worker, 'expired session');
  });
});
