import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  LONG_AGO,
  nhsNumber,
  NEIGHBOUR,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  staffDocument,
} from '../support/journeys/scene.js';
import { WebClient, type PageAnswer } from '../support/journeys/web-client.js';

let hub: TestHub;
let api: HubApi;

const [CHILD, UNKNOWN] = [1, 2].map(nhsNumber) as [string, string];
const TYPES = ['personal.details', 'childrens-services.details'];
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** What the school sees in full only, and what stands in its summary and status too. */
const [IN_FULL, IN_STATUS] = ['1 High Street', 'Child in need'];

const clients = new Map<string, Promise<WebClient>>();
const signedIn = (login: string): Promise<WebClient> => {
  const signIn = async () => {
    const client = new WebClient(hub.url);
    await client.signIn(login);
    return client;
  };
  const client = clients.get(login) ?? signIn();
  clients.set(login, client);
  return client;
};
const childOf = async (client: WebClient, number: string): Promise<string> => {
  const csrf = await client.csrf('/find');
  const { headers } = await client.send('/find', { csrf, identifier: number, purpose: 'SAFEGUARDING' });
  return /\/children\/[0-9a-f-]{36}/.exec(headers.get('location') ?? '')![0];
};
/** A person with the page of a child, by his own handle. */
const at = async (login: string, number = CHILD) => {
  const client = await signedIn(login);
  const child = await childOf(client, number);
  return {
    client,
    child,
    chronology: async () => (await client.ask(`${child}?purpose=SAFEGUARDING`)).html,
    page: (path: string) => client.ask(`${child}/relations${path}`),
    say: async (path: string, fields: Record<string, string>) =>
      client.send(`${child}/relations/${path}`, { csrf: await client.csrf(`${child}/relations`), ...fields }),
  };
};
const pathOf = ({ status, headers }: PageAnswer): string => {
  expect(status).toBe(303);
  return headers.get('location')!;
};
/** An answer but for what is random, of the moment, or the reader's own. */
const comparable = ({ status, headers, html }: PageAnswer) => ({
  status,
  location: headers.get('location')?.replaceAll(new RegExp(UUID, 'g'), 'id'),
  length: headers.get('content-length'),
  html: html.replaceAll(new RegExp(UUID, 'g'), 'id').replaceAll(/name="csrf" value="[^"]+"/g, 'csrf'),
});

/** What every page says that may keep nothing, whether or not it does. */
const KEPT = 'Of any other child the hub keeps nothing: write it in your own system too.';

const CONFIRMATION = { organisation: SCHOOL.organisation, service: '', relation: 'on-roll', reason: 'Rang it <b>' };
const INVITATION = {
  organisation: HEALTH.organisation,
  workerId: 'W-nurse',
  meeting: 'strategy-discussion',
  from: '2026-03-02',
  until: '2026-03-02',
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY]);
  for (const agency of [AUTHORITY, SCHOOL, HEALTH]) {
    const payload = { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12', address: { line1: IN_FULL } };
    const statuses = { cscActiveStatusesAndPlans: [{ status: 'Open', plan: IN_STATUS }] };
    const records = [
      { recordId: 'P', recordType: 'personal.details', payload: agency === AUTHORITY ? payload : {} },
      ...(agency === AUTHORITY ? [{ recordId: 'S', recordType: 'childrens-services.details', payload: statuses }] : []),
    ];
    const document = custodianFile(agency, records.map((record) => recordOf({ personId: CHILD, ...record }))); // prettier-ignore
    await api.filed(agency.connector, agency.records, document);
  }
  const onRoll = {
    relationId: 'ALL',
    sequence: 1,
    relation: 'on-roll',
    service: SCHOOL.service,
    child: { system: SCHOOL.records, localId: CHILD },
    from: LONG_AGO,
  };
  await api.filed(SCHOOL.connector, SCHOOL.staff, staffDocument(SCHOOL, [post(SCHOOL, 'teacher', 1)], [onRoll]));
  const care = { service: 'unscheduled', role: 'ed-clinician' };
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(HEALTH, [post(HEALTH, 'nurse', 1), post(HEALTH, 'clinician', 1, care)], []),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [
        ...['worker', 'colleague'].map((login) => post(AUTHORITY, login, 1)),
        post(AUTHORITY, 'door', 1, { service: 'mash' }),
      ],
      [allocation(AUTHORITY, 'worker', CHILD, 1)],
    ),
  );
  await api.filed(NEIGHBOUR.connector, NEIGHBOUR.staff, staffDocument(NEIGHBOUR, [post(NEIGHBOUR, 'second', 1, { service: 'mash' })], [])); // prettier-ignore
  await api.filed(POLICE.connector, POLICE.staff, staffDocument(POLICE, [post(POLICE, 'stranger', 1)], []));
  await adoptPolicy(api, AUTHORITY, importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', TYPES, ['EDUCATION', 'HEALTH', 'LOCAL_AUTHORITY'])); // prettier-ignore
});
afterAll(() => hub.close());

describe('saying who works with a child', () => {
  it('is reached from the chronology', async () => {
    const { client, child, chronology } = await at('worker');
    expect(await chronology()).toContain(`href="${child}/relations"`);
    const { status, html } = await client.ask(`${child}/relations`);
    expect(status).toBe(200);
    for (const name of ['confirm', 'invite', 'move', 'reason', 'contact', 'encounter']) {
      expect(html).toContain(`href="${child}/relations/${name}"`);
      expect((await client.ask(`${child}/relations/${name}`)).status).toBe(200);
    }
    expect((await client.ask(`${child}/relations/other`)).status).toBe(404);
  });

  it('confirms a school, which then sees in full, until that is taken back', async () => {
    const teacher = await at('teacher');
    expect(await teacher.chronology()).toContain(IN_STATUS);
    expect(await teacher.chronology()).not.toContain(IN_FULL);
    const worker = await at('worker');
    const confirmed = pathOf(await worker.say('confirm', CONFIRMATION));
    expect(confirmed).toMatch(new RegExp(`^${worker.child}/relations/confirmations/${UUID}$`));
    await until(async () => (await teacher.chronology()).includes(IN_FULL));
    const standing = await worker.page('/standing');
    for (const text of ['On the roll of the school: EDUCATION-01', 'Rang it &lt;b&gt;', `href="${confirmed}"`]) {
      expect(standing.html).toContain(text);
    }
    expect((await teacher.page('/standing')).html).toContain('No confirmation stands.');
    const csrf = await worker.client.csrf(confirmed);
    const elsewhere = confirmed.replace(worker.child, teacher.child);
    expect((await teacher.client.send(elsewhere, { csrf: await teacher.client.csrf(elsewhere) })).status).toBe(404);
    const lifted = await worker.client.ask(pathOf(await worker.client.send(confirmed, { csrf })));
    expect(lifted.html).toContain('Your confirmation is taken back');
    expect(await teacher.chronology()).not.toContain(IN_FULL);
    expect((await worker.page('/standing')).html).toContain('No confirmation stands.');
    const again = await worker.client.send(confirmed, { csrf });
    expect([again.status, again.html]).toEqual([404, expect.stringContaining('Nothing was taken back')]);
  });

  it('invites a person, who then sees', async () => {
    const nurse = await at('nurse');
    expect(await nurse.chronology()).not.toContain(IN_FULL);
    const worker = await at('worker');
    const { html } = await worker.client.ask(pathOf(await worker.say('invite', INVITATION)));
    expect(html).toContain('The invitation is recorded');
    await until(async () => (await nurse.chronology()).includes(IN_FULL));
  });

  it('gives a reason of one’s own, which shows summaries', async () => {
    const colleague = await at('colleague');
    expect(await colleague.chronology()).toContain('Nothing that you may see is recorded here');
    const { html } = await colleague.client.ask(pathOf(await colleague.say('reason', { reason: 'An aunt rang' })));
    expect(html).toContain('your reason is recorded under your name, and for 24 hours you see summaries');
    expect(html).toContain(KEPT);
    await until(async () => !(await colleague.chronology()).includes('Nothing that you may see is recorded here'));
    for (const content of [IN_FULL, IN_STATUS]) expect(await colleague.chronology()).not.toContain(content);
  });

  it('opens a contact for a front door alone, and closes it', async () => {
    const door = await at('door');
    const contact = pathOf(await door.say('contact', { reason: 'A call' }));
    await until(async () => (await door.chronology()).includes(IN_FULL));
    const { html: open } = await door.page('/standing');
    for (const text of ['A call', `href="${contact}"`, 'No confirmation stands.']) expect(open).toContain(text);
    // Another service of the same organisation is another party.
    expect((await (await at('worker')).page('/standing')).html).toContain('No contact is open.');
    const csrf = await door.client.csrf(contact);
    const empty = await door.client.send(contact, { csrf });
    expect([empty.status, empty.html]).toEqual([400, expect.stringContaining('href="#outcome"')]);
    expect(empty.html).toContain(KEPT);
    expect(empty.html).toContain('If it is still open, record here what came of it');
    const closed = await door.client.ask(pathOf(await door.client.send(contact, { csrf, outcome: 'Passed on' })));
    expect(closed.html).toContain('The contact is over');
    expect(await door.chronology()).not.toContain(IN_FULL);
    // With it the door has no relation to the child any more.
    expect((await door.page('/standing')).status).toBe(404);
    const refused = await (await at('worker')).say('contact', { reason: 'A call' });
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('Only a service at the front door')]);
  });

  it('records a move to another authority, which sees the child until it accepts', async () => {
    const worker = await at('worker');
    const move = { organisation: NEIGHBOUR.organisation, from: '2026-03-01', reason: 'A flat across the border' };
    const refused = await worker.say('move', { ...move, organisation: HEALTH.organisation });
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('Enter another authority')]);
    const day = await worker.say('move', { ...move, from: 'soon' });
    expect([day.status, day.html]).toEqual([400, expect.stringContaining('Enter the day as year, month and day')]);
    const { html } = await worker.client.ask(pathOf(await worker.say('move', move)));
    expect(html).toContain('The move is recorded');
    const second = await at('second');
    await until(async () => (await second.chronology()).includes(IN_FULL));
    const waiting = (await second.page('/standing')).html;
    for (const text of ['Move from LOCAL-AUTHORITY-01 to LOCAL-AUTHORITY-02', 'A flat across the border', '1 March 2026 at 12:00am']) expect(waiting).toContain(text); // prettier-ignore
    const acceptance = /href="([^"]+\/acceptance)"/.exec(waiting)![1]!;
    const csrf = await second.client.csrf(acceptance);
    const statement = 'Accepted at the conference';
    const early = await second.client.send(acceptance, { csrf, statement });
    expect([early.status, early.html]).toEqual([400, expect.stringContaining('has no record of its own')]);
    expect((await second.client.send(acceptance, { csrf })).html).toContain('Write how your authority accepts');
    const back = /href="([^"]+\/back)"/.exec((await worker.page('/standing')).html)![1]!;
    const foreign = await second.client.send(back.replace(worker.child, second.child), { csrf });
    expect([foreign.status, foreign.html]).toEqual([404, expect.stringContaining('Nothing was taken back')]);
    const record = recordOf({ personId: CHILD, recordId: 'P', recordType: 'personal.details', payload: {} });
    await api.filed(NEIGHBOUR.connector, NEIGHBOUR.records, custodianFile(NEIGHBOUR, [record]));
    const accepted = await second.client.ask(pathOf(await second.client.send(acceptance, { csrf, statement })));
    expect(accepted.html).toContain('Your authority has accepted');
    expect(await second.chronology()).not.toContain(IN_FULL);
    const again = await second.client.send(acceptance, { csrf, statement });
    expect([again.status, again.html]).toEqual([404, expect.stringContaining('Nothing was recorded')]);
    // One that is taken back opens nothing any more either.
    await worker.say('move', { ...move, from: '' });
    await until(async () => (await second.chronology()).includes(IN_FULL));
    const own = /href="([^"]+\/back)"/.exec((await worker.page('/standing')).html)![1]!;
    const stays = await worker.client.ask(
      pathOf(await worker.client.send(own, { csrf: await worker.client.csrf(own) })),
    );
    expect(stays.html).toContain('The move is taken back');
    expect(await second.chronology()).not.toContain(IN_FULL);
  });

  it('records that the child is here for unscheduled care alone', async () => {
    const clinician = await at('clinician');
    const { html } = await clinician.client.ask(pathOf(await clinician.say('encounter', { reason: 'A fall' })));
    expect(html).toContain('it is recorded under your name that the child is with you');
    expect(html).toContain(KEPT);
    await until(async () => (await clinician.chronology()).includes(IN_FULL));
    const refused = await (await at('door')).say('encounter', { reason: 'A fall' });
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('Only a service of unscheduled care')]); // prettier-ignore
  });

  it('names the field that is wrong, keeps what was typed, and sends nothing', async () => {
    const { say } = await at('worker');
    const wrong = async (page: string, fields: Record<string, string>, ...named: string[]) => {
      const { status, html } = await say(page, fields);
      expect(status).toBe(400);
      expect(html).toContain('<title>Error: ');
      const listed = [...html.matchAll(/<a href="#([a-zA-Z]+)"/g)].map(([, field]) => field);
      expect(listed).toEqual(named);
      for (const field of named) expect(html).toContain(`id="${field}-error"`);
      return html;
    };
    await wrong('confirm', {}, 'organisation', 'relation', 'reason');
    await wrong('confirm', { ...CONFIRMATION, organisation: AUTHORITY.organisation }, 'organisation');
    await wrong('confirm', { ...CONFIRMATION, relation: 'allocated' }, 'relation');
    expect(await wrong('confirm', { ...CONFIRMATION, organisation: 'Nowhere' }, 'organisation')).toContain('Rang it &lt;b&gt;'); // prettier-ignore
    await wrong('invite', {}, 'organisation', 'workerId', 'meeting', 'from', 'until');
    await wrong('invite', { ...INVITATION, until: '2026-03-01' }, 'until');
    await wrong('invite', { ...INVITATION, from: 'soon' }, 'from');
    for (const page of ['reason', 'contact', 'encounter']) await wrong(page, { reason: ' ' }, 'reason');
    await wrong('reason', { reason: 'x'.repeat(4001) }, 'reason');
  });

  it('answers a stranger the same for a child who is known, for one who is not, and for no handle of his', async () => {
    const stranger = await at('stranger');
    const [known, unknown] = [stranger, await at('stranger', UNKNOWN)];
    const pages = ['', '/standing', '/confirm', '/invite', '/reason', '/contact', '/encounter', '?done=reason'];
    for (const path of [...pages, `/confirmations/${CHILD}`, `/contacts/${CHILD}`]) {
      expect([path, comparable(await unknown.page(path))]).toEqual([path, comparable(await known.page(path))]);
    }
    for (const [page, fields, status] of [
      ['confirm', CONFIRMATION, 404],
      ['confirm', { ...CONFIRMATION, organisation: POLICE.organisation }, 404],
      ['invite', INVITATION, 404],
      ['reason', { reason: 'A call' }, 303],
      ['contact', { reason: 'A call' }, 400],
      ['encounter', { reason: 'A call' }, 400],
      [`confirmations/${CHILD}`, {}, 404],
      [`contacts/${CHILD}`, { outcome: 'None' }, 404],
    ] as const) {
      const [one, other] = [comparable(await known.say(page, fields)), comparable(await unknown.say(page, fields))];
      expect([page, one.status]).toEqual([page, status]);
      expect([page, other]).toEqual([page, one]);
    }
    for (const path of ['/reason', '/contact', '/encounter', '?done=reason', '?done=encounter', `/contacts/${CHILD}`]) {
      expect((await unknown.page(path)).html).toContain(KEPT);
    }
    const gone = await unknown.say(`contacts/${CHILD}`, { outcome: 'Passed <b>' });
    for (const text of ['Nothing was recorded', 'Passed &lt;b&gt;']) expect(gone.html).toContain(text);
    const csrf = await stranger.client.csrf('/find');
    const nowhere = await stranger.client.send(`/children/${CHILD}/relations/reason`, { csrf, reason: 'A call' });
    expect(nowhere.status).toBe(404);
    expect(await stranger.chronology()).toContain('Nothing that you may see is recorded here');
  });

  it('takes no form of another site, and none without its token', async () => {
    const { client, child } = await at('worker');
    const csrf = await client.csrf(`${child}/relations`);
    const headers = { 'sec-fetch-site': 'cross-site' };
    for (const page of ['confirm', 'invite', 'reason', 'contact', 'encounter', `confirmations/${CHILD}`]) {
      expect((await client.send(`${child}/relations/${page}`, { csrf }, { headers })).status).toBe(403);
      expect((await client.send(`${child}/relations/${page}`, {})).status).toBe(403);
    }
  });
});
