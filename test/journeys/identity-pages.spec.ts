import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  AUTHORITY,
  custodianFile,
  HEALTH,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { WebClient } from '../support/journeys/web-client.js';

let hub: TestHub;
let api: HubApi;
let browser: WebClient;

const [TWINS, CHILD] = [1, 2].map(nhsNumber) as [string, string];
const details = (of: Agency, personId: string, firstName: string) =>
  api.filed(
    of.connector,
    of.records,
    custodianFile(of, [
      recordOf({
        recordId: `D-${personId}`,
        personId,
        recordType: 'personal.details',
        payload: { firstName, lastName: 'Example <b>', dateOfBirth: '2015-06-12' },
      }),
    ]),
  );
const linkIn = (html: string, pattern: RegExp): string => {
  const found = pattern.exec(html)?.[1];
  if (found === undefined) throw new Error('the page has no such link');
  return found;
};
const PAIR = /href="(\/identity\/pairs\/[0-9a-f-]{36})"/;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  for (const [of, login] of [
    [AUTHORITY, 'manager'],
    [HEALTH, 'health-manager'],
  ] as const) {
    await api.filed(of.connector, of.staff, staffDocument(of, [post(of, login, 1, { name: 'Mo', role: 'data-manager' })], [])); // prettier-ignore
  }
  await details(AUTHORITY, TWINS, 'Ada');
  await details(HEALTH, TWINS, 'Eve');
  await details(AUTHORITY, CHILD, 'Kit');
  await details(HEALTH, CHILD, 'Kit');
  browser = new WebClient(hub.url);
  await browser.signIn('manager');
});
afterAll(() => hub.close());

describe('a data manager', () => {
  let pair: string;

  it('sees the questions, and the two records side by side', async () => {
    const list = await browser.ask('/identity');
    expect(list.status).toBe(200);
    expect(list.html).toContain('Ada Example &lt;b&gt;');
    pair = linkIn(list.html, PAIR);
    const { html } = await browser.ask(pair);
    for (const text of ['Are these the same child?', 'Eve', 'Different', '(verified)', 'Nobody has answered yet']) {
      expect(html).toContain(text);
    }
    expect(html).not.toContain('<title>Ada');
  });

  it('must say which and why', async () => {
    const csrf = await browser.csrf(pair);
    const { status, html } = await browser.send(pair, { csrf, answer: '', reason: '' });
    expect(status).toBe(422);
    expect(html).toContain('Choose whether they are the same child');
    expect(html).toContain('Say how you know');
    expect((await browser.send(`${pair}/answers`, { csrf, answer: 'same', reason: '' })).status).toBe(422);
    expect((await browser.send(pair, { csrf: 'wrong', answer: 'same', reason: 'x' })).status).toBe(403);
  });

  it('checks the answer before it is recorded', async () => {
    const csrf = await browser.csrf(pair);
    const said = { csrf, answer: 'different', reason: 'Twins "A" & B' };
    const check = await browser.send(pair, said);
    expect([check.status, check.html]).toEqual([200, expect.stringContaining('Twins &quot;A&quot; &amp; B')]);
    expect((await browser.ask(pair)).html).toContain('Nobody has answered yet');
    const done = await browser.send(`${pair}/answers`, said);
    expect([done.status, done.headers.get('location')]).toEqual([303, `${pair}?answered=different`]);
    const { html } = await browser.ask(`${pair}?answered=different`);
    expect(html).toContain('From now on the two are not shown as one child');
    expect(html).toContain('Reason: Twins');
    expect(html).toContain('No read is known');
    expect((await browser.ask('/identity')).html).toContain('No question waits for your organisation');
  });

  it('finds what a record of the own organisation is linked with, by a number that stands in no address', async () => {
    const csrf = await browser.csrf('/identity');
    const wrong = await browser.send('/identity/children', { csrf, nhsNumber: '999' });
    expect([wrong.status, wrong.html]).toEqual([422, expect.stringContaining('Enter an NHS number')]);
    const found = await browser.send('/identity/children', { csrf, nhsNumber: CHILD });
    const links = found.headers.get('location')!;
    expect([found.status, links]).toEqual([303, expect.stringMatching(/^\/children\/[0-9a-f-]{36}\/links$/)]);
    const { html } = await browser.ask(links);
    expect(html).toContain('Linked: shown as one child');
    const linked = linkIn(html, PAIR);
    expect((await browser.ask(linked)).html).toContain('which record is with the wrong child?');
    const answered = { csrf, answer: 'different', leaves: 'second', reason: 'Another child' };
    expect((await browser.send(linked, answered)).html).toContain('Example Health Custodian.');
    await browser.send(`${linked}/answers`, answered);
    await until(async () => (await browser.ask(links)).html.includes('somebody said that they are two children'));
  });

  it('finds nothing where there is nothing, and no page of another’s pair', async () => {
    const csrf = await browser.csrf('/identity');
    const found = await browser.send('/identity/children', { csrf, nhsNumber: nhsNumber(99) });
    expect((await browser.ask(found.headers.get('location')!)).html).toContain('No record of yours');
    const other = new WebClient(hub.url);
    await other.signIn('health-manager');
    expect((await other.ask(pair)).status).toBe(404);
    expect((await browser.ask('/identity/pairs/2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41')).status).toBe(404);
    expect((await browser.ask('/children/2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41/links')).status).toBe(404);
  });
});
