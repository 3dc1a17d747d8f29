import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { AUTHORITY, HEALTH, POLICE, SCENE_BEGINS, sendSigners, signersOf } from '../support/journeys/scene.js';
import { WebClient } from '../support/journeys/web-client.js';

let hub: TestHub;
let api: HubApi;

const PAGE = '/agreements/example-partnership/2026-1';
const VERSION = '/v1/agreements/example-partnership/versions/2026-1';
const signedIn = async (login: string): Promise<WebClient> => {
  const browser = new WebClient(hub.url);
  await browser.signIn(login);
  return browser;
};
const [FIRST, SECOND] = signersOf(AUTHORITY);

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY, HEALTH, POLICE]);
  const document = await readFile(resolve('deploy/agreements/example-partnership.json'), 'utf8');
  await api.call(FIRST, 'PUT', VERSION, JSON.stringify({ document }));
  const untested = {
    schema: 'agreement/1',
    id: 'un<tested>',
    version: '1',
    parties: { la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'x', services: { csc: 'open', mash: 'open' } } }, // prettier-ignore
    permits: [{ id: 'p', readerText: 'All <b> of it', from: ['la.csc'], to: ['la.mash'], show: { summary: true } }],
  };
  await api.call(FIRST, 'PUT', '/v1/agreements/un%3Ctested%3E/versions/1', JSON.stringify({ document: untested }));
  for (const path of [VERSION, '/v1/agreements/un%3Ctested%3E/versions/1'])
    await until(async () => (await api.call(FIRST, 'GET', path)).status === 200);
});
afterAll(() => hub.close());

describe('governance people', () => {
  it('find the versions to which their organisation is a party, and nobody else does', async () => {
    const { status, html } = await (await signedIn(FIRST)).ask('/', { follow: true });
    expect(status).toBe(200);
    expect(html).toContain(`href="${PAGE}"`);
    expect(html).toContain('Draft: not tested');
    expect(html).toContain('un&lt;tested&gt;');
    const nurse = await signedIn(signersOf(HEALTH)[0]);
    expect((await nurse.ask('/agreements')).html).not.toContain('un&lt;tested&gt;');
    expect((await nurse.ask('/agreements/un%3Ctested%3E/1')).status).toBe(404);
  });

  it('read a version in plain English beside its text', async () => {
    const { status, html } = await (await signedIn(FIRST)).ask(PAGE);
    expect(status).toBe(200);
    for (const text of [
      'What it says',
      'The text that is signed',
      'may see the summary',
      '&quot;police-to-csc&quot;',
      'id="line-1"',
    ])
      expect(html).toContain(text);
    expect(html).not.toContain('Revoke this version');
  });

  it('see why a version cannot be adopted, and are not asked to sign it', async () => {
    const { html } = await (await signedIn(FIRST)).ask('/agreements/un%3Ctested%3E/1');
    expect(html).toContain('Why it cannot be adopted as it is');
    expect(html).toContain('All &lt;b&gt; of it');
    expect(html).not.toContain('Sign this version');
  });

  it('sign for a day, and a colleague for the same', async () => {
    const browser = await signedIn(FIRST);
    const csrf = await browser.csrf(PAGE);
    for (const day of ['', '2026-02-30', 'soon']) {
      const wrong = await browser.send(`${PAGE}/adoptions`, { csrf, day });
      expect([wrong.status, wrong.html]).toEqual([422, expect.stringContaining('Enter a day as year, month and day')]);
    }
    expect((await browser.send(`${PAGE}/adoptions`, { csrf: 'wrong', day: '2026-03-02' })).status).toBe(403);
    const tested = await browser.send(`${PAGE}/tests`, { csrf });
    expect([tested.status, tested.headers.get('location')]).toEqual([303, `${PAGE}?done=tested`]);
    const signed = await browser.send(`${PAGE}/adoptions`, { csrf, day: '2026-03-02' });
    expect([signed.status, signed.headers.get('location')]).toEqual([303, `${PAGE}?done=signed`]);
    await until(async () => (await browser.ask(PAGE)).html.includes('You signed on'));

    const colleague = await signedIn(SECOND);
    const { html } = await colleague.ask(PAGE);
    const [, inForceFrom] = /name="inForceFrom" value="([^"]+)"/.exec(html)!;
    expect(inForceFrom).toBe('2026-03-02T00:00:00.000Z');
    const done = await colleague.send(`${PAGE}/adoptions`, {
      csrf: await colleague.csrf(PAGE),
      inForceFrom: inForceFrom!,
    });
    expect(done.status).toBe(303);
    await until(async () => (await colleague.ask(PAGE)).html.includes('LOCAL-AUTHORITY-01: In force'));
    expect((await colleague.ask('/agreements')).html).toContain('In force');
  });

  it('revoke with a reason, one of them alone', async () => {
    const browser = await signedIn(SECOND);
    const csrf = await browser.csrf(PAGE);
    const bare = await browser.send(`${PAGE}/revocations`, { csrf, reason: '', from: 'soon' });
    expect([bare.status, bare.html]).toEqual([422, expect.stringContaining('Say why it is revoked')]);
    expect(bare.html).toContain('Enter a day as year, month and day');
    const done = await browser.send(`${PAGE}/revocations`, { csrf, reason: 'The partnership has ended', from: '' });
    expect([done.status, done.headers.get('location')]).toEqual([303, `${PAGE}?done=revoked`]);
    const { html } = await browser.ask(`${PAGE}?done=revoked`);
    expect(html).toContain('Your revocation is recorded');
    expect(html).toContain('LOCAL-AUTHORITY-01: Revoked');
    expect(html).not.toContain('Revoke this version');
    // The police never signed: there is nothing to revoke.
    const officer = await signedIn(signersOf(POLICE)[0]);
    const refused = await officer.send(`${PAGE}/revocations`, {
      csrf: await officer.csrf(PAGE),
      reason: 'x',
      from: '',
    });
    expect([refused.status, refused.html]).toEqual([422, expect.stringContaining('Your revocation was not taken')]);
  });
});
