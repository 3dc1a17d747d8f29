import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { CASUALTY, EMERGENCY_AGREEMENT, sendPeople, sendReviewers } from '../support/journeys/emergency-scene.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import { AUTHORITY, custodianFile, LONG_AGO, nhsNumber, POLICE, recordOf, sendSigners, signersOf } from '../support/journeys/scene.js'; // prettier-ignore
import { WebClient } from '../support/journeys/web-client.js';

let hub: TestHub;
let api: HubApi;

const [BABY, HIDDEN, UNKNOWN] = [1, 2, 3].map(nhsNumber) as [string, string, string];
const REGISTRARS = ['registrar-1', 'registrar-2', 'registrar-3'] as const;

const signedIn = async (login: string): Promise<WebClient> => {
  const client = new WebClient(hub.url);
  await client.signIn(login);
  return client;
};
const childOf = async (client: WebClient, number: string): Promise<string> => {
  const csrf = await client.csrf('/find');
  const { headers } = await client.send('/find', { csrf, identifier: number, purpose: 'SAFEGUARDING' });
  return /\/children\/[0-9a-f-]{36}/.exec(headers.get('location') ?? '')![0];
};
/** A page but for what is random, of the moment, or the reader's own. */
const comparable = ({ status, headers, html }: { status: number; headers: Headers; html: string }) => ({
  status,
  length: headers.get('content-length'),
  html: html
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replaceAll(/name="csrf" value="[^"]+"/g, 'csrf')
    .replaceAll(/registrar-\d/g, 'registrar')
    .replaceAll(/\d+ \w+ \d{4} at \d+:\d\d[ap]m/g, 'instant'),
});
const WHY = { reason: 'injury', text: 'A fracture <b>', confirmed: 'yes' };

beforeAll(async () => {
  hub = await startTestHub({ firstTime: new Date('2026-12-26T02:10:00Z') });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY]);
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.records,
    custodianFile(AUTHORITY, [
      recordOf({
        recordId: 'P',
        personId: BABY,
        recordType: 'personal.details',
        payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2026-06-12' },
      }),
      recordOf({
        recordId: 'S',
        personId: BABY,
        recordType: 'childrens-services.details',
        payload: { cscActiveStatusesAndPlans: [{ status: 'Child protection plan', plan: 'Plan' }] },
      }),
    ]),
  );
  const hidden = recordOf({
    recordId: 'M',
    personId: HIDDEN,
    recordType: 'crime-justice.details',
    payload: { missingEpisodes: [{ date: '2026-11-11' }] },
  });
  await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [hidden]));
  await sendPeople(api, CASUALTY, Object.fromEntries(REGISTRARS.map((login) => [login, CASUALTY.role])));
  await sendReviewers(api, [AUTHORITY]);
  const { id, version } = EMERGENCY_AGREEMENT;
  await api.adopt(AUTHORITY.organisation, signersOf(AUTHORITY), id, version, EMERGENCY_AGREEMENT, LONG_AGO);
});
afterAll(() => hub.close());

describe('in an emergency', () => {
  it('the pages of an unknown and of a hidden child are the same, before it is recorded and after', async () => {
    const [first, second] = [await signedIn(REGISTRARS[0]), await signedIn(REGISTRARS[1])];
    const [unknown, hidden] = [await childOf(first, UNKNOWN), await childOf(second, HIDDEN)];
    const pages = async (path: string) =>
      [await first.ask(`${unknown}${path}`), await second.ask(`${hidden}${path}`)].map(comparable);
    for (const path of ['?purpose=SAFEGUARDING', '/emergency']) {
      const [one, other] = await pages(path);
      expect(one!.status).toBe(200);
      expect(other).toEqual(one);
    }
    const answers = await Promise.all([
      first.send(`${unknown}/emergency`, { csrf: await first.csrf(`${unknown}/emergency`), ...WHY }),
      second.send(`${hidden}/emergency`, { csrf: await second.csrf(`${hidden}/emergency`), ...WHY }),
    ]);
    for (const { status, headers } of answers) {
      expect([status, headers.get('location')]).toEqual([303, expect.stringContaining('?purpose=EMERGENCY&receipt=')]);
    }
    const [one, other] = await Promise.all([
      first.ask(answers[0].headers.get('location')!),
      second.ask(answers[1].headers.get('location')!),
    ]);
    expect(one.html).toContain('Open in an emergency until');
    expect(one.html).toContain('This does not mean that no agency is involved');
    expect(comparable(other)).toEqual(comparable(one));
  });

  it('a registrar says why, sees what agencies agreed, and ends it', async () => {
    const client = await signedIn(REGISTRARS[2]);
    const child = await childOf(client, BABY);
    const before = await client.ask(`${child}?purpose=SAFEGUARDING`);
    expect(before.html).toContain(`href="${child}/emergency"`);
    const csrf = await client.csrf(`${child}/emergency`);
    const empty = await client.send(`${child}/emergency`, { csrf });
    expect(empty.status).toBe(422);
    for (const text of ['Choose why you need it', 'Say what happened', 'Confirm that you understand']) {
      expect(empty.html).toContain(text);
    }
    const opened = await client.send(`${child}/emergency`, { csrf, ...WHY });
    const { html } = await client.ask(opened.headers.get('location')!);
    expect(html).toContain('Child protection plan');
    expect(html).toContain('Chronology, for emergency');
    const again = await client.send(`${child}/emergency`, { csrf, ...WHY });
    expect([again.status, again.html]).toEqual([
      422,
      expect.stringContaining('You have something open in an emergency'),
    ]);
    const end = /action="([^"]+\/end)"/.exec(html)![1]!;
    expect((await client.send(end, { csrf })).status).toBe(303);
    expect((await client.send(end, { csrf })).status).toBe(303);
    const after = await client.ask(`${child}?purpose=EMERGENCY`);
    expect(after.html).not.toContain('Child protection plan');
    expect(after.html).not.toContain('Open in an emergency until');
  });

  it('a reviewer finds it, and says what he makes of it', async () => {
    const client = await signedIn('local-authority-01-reviewer');
    let html = '';
    await until(async () => (html = (await client.ask('/', { follow: true })).html).includes('Ada Example'));
    for (const text of ['registrar-3 by name', 'A fracture &lt;b&gt;', 'By the end of 29 December 2026']) {
      expect(html).toContain(text);
    }
    const csrf = await client.csrf('/emergency-access');
    const path = /action="(\/emergency-access\/[0-9a-f-]{36})"/.exec(html)![1]!;
    const about = { csrf, organisation: AUTHORITY.organisation };
    const empty = await client.send(path, about);
    expect(empty.status).toBe(422);
    expect(empty.html).toContain('Choose what you decide');
    const said = await client.send(path, { ...about, outcome: 'justified', note: 'As it should be' });
    expect(said.status).toBe(303);
    await until(async () => (await client.ask('/emergency-access')).html.includes('No review waits for you'));
    expect((await client.ask('/emergency-access?state=decided')).html).toContain('As it should be');
    const twice = await client.send(path, { ...about, outcome: 'justified', note: 'As it should be' });
    expect([twice.status, twice.html]).toEqual([422, expect.stringContaining('Somebody else has decided this')]);
  });

  it('a guardian sees that it was opened, by whom, and not about whom', async () => {
    const client = await signedIn('guardian');
    const { html } = await client.ask('/', { follow: true });
    expect(html).toContain('registrar-3 by name');
    for (const hidden of ['Ada', 'fracture', BABY]) expect(html).not.toContain(hidden);
    const worker = await signedIn(REGISTRARS[2]);
    expect((await worker.ask('/emergency-access')).status).toBe(403);
    expect((await worker.ask('/emergency-access/all')).status).toBe(403);
  });
});
