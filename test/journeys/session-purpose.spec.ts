import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  LONG_AGO,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
} from '../support/journeys/scene.js';
import { WebClient } from '../support/journeys/web-client.js';

let hub: TestHub;
let client: WebClient;

const [ADA, BEN] = [nhsNumber(1), nhsNumber(2)];
const WORKER = 'worker';

const person = (personId: string, firstName: string) =>
  recordOf({
    recordId: `P-${personId}`,
    personId,
    recordType: 'personal.details',
    payload: { firstName, lastName: 'Example', dateOfBirth: '2015-06-12' },
  });

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  const api = new HubApi(hub);
  await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [person(ADA, 'Ada'), person(BEN, 'Ben')])); // prettier-ignore
  const onRoll = {
    relationId: 'ROLL-1',
    sequence: 1,
    relation: 'on-roll',
    service: AUTHORITY.service,
    child: { system: AUTHORITY.records, localId: BEN },
    from: LONG_AGO,
  };
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 1)], [allocation(AUTHORITY, WORKER, ADA, 1), onRoll]),
  );
  client = new WebClient(hub.url);
  await client.signIn(WORKER);
});
afterAll(() => hub.close());

const linkTo = (html: string, name: string): string | undefined =>
  new RegExp(`<a class="govuk-link" href="([^"]+)">${name} Example</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&');
const home = async () => (await client.ask('/')).html;
const choose = async (purpose: string) => client.send('/purpose', { csrf: await client.csrf(), purpose });
/** Why the last look at a chronology was, as it is recorded. */
const lastPurpose = async (): Promise<string> => {
  const { rows } = await hub.sql.query(
    `select data from store.event where type = 'chronology-opened' order by position desc limit 1`,
  );
  return (JSON.parse((rows[0] as { data: Buffer }).data.toString('utf8')) as { purpose: string }).purpose;
};

describe('why somebody looks', () => {
  it('is chosen for the session, and an address does not change it', async () => {
    const ofAda = linkTo(await home(), 'Ada')!;
    expect((await client.ask(ofAda)).html).toContain('Chronology, for safeguarding');
    expect((await choose('CHILD_PROTECTION')).status).toBe(303);
    for (const purpose of ['SAFEGUARDING', 'DIRECT_CARE', '']) {
      const { html } = await client.ask(ofAda.replace(/purpose=\w*/, `purpose=${purpose}`));
      expect([purpose, html.includes('Chronology, for child protection')]).toEqual([purpose, true]);
      expect(await lastPurpose()).toBe('CHILD_PROTECTION');
    }
    const another = new WebClient(hub.url);
    await another.signIn(WORKER);
    expect((await another.ask(ofAda)).html).toContain('Chronology, for safeguarding');
  });

  it('leads to those children alone to whom a relation allows it', async () => {
    await choose('CHILD_PROTECTION');
    const html = await home();
    expect([linkTo(html, 'Ada'), linkTo(html, 'Ben')]).toEqual([
      expect.stringContaining('CHILD_PROTECTION'),
      undefined,
    ]);
    expect(html).toContain('This relation does not allow what you look for now: Child protection.');
    await choose('SAFEGUARDING');
    expect(linkTo(await home(), 'Ben')).toContain('SAFEGUARDING');
  });

  it('is offered only where a relation allows it, and nothing else is taken', async () => {
    const offered = [...(await home()).matchAll(/name="purpose" type="radio" value="([^"]+)"/g)].map(
      ([, value]) => value,
    );
    expect(offered).toEqual(['SAFEGUARDING', 'CHILD_PROTECTION']);
    await choose('SAFEGUARDING');
    for (const purpose of ['DIRECT_CARE', 'EMERGENCY', 'x', '']) {
      await choose(purpose);
      await client.ask(linkTo(await home(), 'Ada')!);
      expect([purpose, await lastPurpose()]).toEqual([purpose, 'SAFEGUARDING']);
    }
    const sent = { csrf: await client.csrf('/find'), identifier: ADA, purpose: 'DIRECT_CARE' };
    const { status, html } = await client.send('/find', sent);
    expect([status, html.includes('Choose why you ask')]).toEqual([400, true]);
  });
});
