import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { HubApi, until, untilFiled, type Answer } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  NEIGHBOUR,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  sendSigners,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

let hub: TestHub;
let api: HubApi;
const [CHILD, STAYS, OTHER] = [nhsNumber(1), nhsNumber(2), nhsNumber(3)];
const [WORKER, COLLEAGUE, DOOR, SECOND, NURSE] = ['worker', 'colleague', 'door', 'second-worker', 'nurse'];

const handles = new Map<string, string>();
const handleOf = async (login: string, child = CHILD): Promise<string> => {
  const name = `${login} ${child}`;
  const handle = handles.get(name) ?? (await api.search(login, child));
  handles.set(name, handle);
  return handle;
};
const typesSeen = async (login: string, child = CHILD): Promise<string[]> =>
  [...new Set((await api.read(login, await handleOf(login, child))).entries.map(({ type }) => type))].sort();
const say = async (login: string, what: string, body: object, child = CHILD): Promise<Answer> =>
  api.call(login, 'POST', `/v1/children/${await handleOf(login, child)}/${what}`, JSON.stringify(body));
const filed = async (answer: Promise<Answer>): Promise<string> => {
  const { status, json, text } = await answer;
  expect([status, text]).toEqual([202, expect.any(String)]);
  const { id, receipt } = json as { id: string; receipt: string };
  await untilFiled(hub, [receipt]);
  return id;
};
const listed = async (login: string, child = CHILD) => {
  const path = `/v1/children/${await handleOf(login, child)}/relations?purpose=SAFEGUARDING`;
  const { status, json } = await api.call(login, 'GET', path);
  return status === 200
    ? (json as { moves: { id: string; own: boolean; reason: string; accepted: { statement: string } | null }[] }).moves
    : status;
};
const person = (agency: Agency, child: string) =>
  api.filed(
    agency.connector,
    agency.records,
    custodianFile(agency, [
      recordOf({
        recordId: `P-${child}`,
        personId: child,
        recordType: 'personal.details',
        payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' },
      }),
    ]),
  );
const MOVE = {
  organisation: NEIGHBOUR.organisation,
  from: '2026-03-02T08:00:00Z',
  reason: 'They took a flat across the border',
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY]);
  for (const child of [CHILD, STAYS]) await person(AUTHORITY, child);
  await person(HEALTH, CHILD);
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, WORKER, 1), post(AUTHORITY, COLLEAGUE, 1)],
      [CHILD, STAYS].map((child) => allocation(AUTHORITY, WORKER, child, 1)),
    ),
  );
  await api.filed(
    NEIGHBOUR.connector,
    NEIGHBOUR.staff,
    staffDocument(NEIGHBOUR, [post(NEIGHBOUR, DOOR, 1, { service: 'mash' }), post(NEIGHBOUR, SECOND, 1)], []),
  );
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(HEALTH, [post(HEALTH, NURSE, 1)], [allocation(HEALTH, NURSE, CHILD, 1)]),
  );
  await adoptPolicy(api, AUTHORITY, importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', ['personal.details'], ['LOCAL_AUTHORITY', 'HEALTH'])); // prettier-ignore
});
afterAll(() => hub.close());

describe('a move to another authority', () => {
  let move: string;

  it('is said by whoever works with the child at an authority, of another that has a front door', async () => {
    for (const login of [COLLEAGUE, NURSE, DOOR, 'nobody']) expect((await say(login, 'moves', MOVE)).status).toBe(404);
    expect((await say(WORKER, 'moves', MOVE, OTHER)).status).toBe(404);
    const wrong = async (body: object) => {
      const { status, json, text } = await say(WORKER, 'moves', { ...MOVE, ...body });
      expect([status, text.includes('Nowhere')]).toEqual([400, false]);
      return (json as { errors: object[] }).errors[0];
    };
    const notAllowed = { field: 'organisation', reason: 'not-allowed' };
    for (const organisation of [AUTHORITY.organisation, HEALTH.organisation, 'LOCAL-AUTHORITY-975', 'Nowhere']) {
      expect(await wrong({ organisation })).toEqual(notAllowed);
    }
    expect(await wrong({ reason: ' ' })).toEqual({ field: 'reason', reason: 'not-text' });
    expect(await wrong({ from: 'Nowhere' })).toEqual({ field: 'from', reason: 'not-an-instant' });
  });

  it('opens the child to the front door of the second, which knew nothing of it, and to nobody else there', async () => {
    expect(await typesSeen(DOOR)).toEqual([]);
    expect(await listed(DOOR)).toBe(404);
    move = await filed(say(WORKER, 'moves', MOVE));
    expect(await typesSeen(DOOR)).toEqual(['personal-details']);
    expect(await typesSeen(SECOND)).toEqual([]);
    const { json } = await api.call(DOOR, 'GET', '/v1/my/children');
    expect((json as { children: { relation: string[] }[] }).children).toMatchObject([{ relation: ['duty'] }]);
    expect(await listed(DOOR)).toMatchObject([{ id: move, own: false, reason: MOVE.reason }]);
    expect(await listed(WORKER)).toMatchObject([{ id: move, own: true }]);
    expect(await listed(NURSE)).toEqual([]);
    // By it alone nobody says that the child moves on.
    expect((await say(DOOR, 'moves', { ...MOVE, organisation: AUTHORITY.organisation })).status).toBe(404);
  });

  it('is not said by a contact that somebody opened, which would outlast it', async () => {
    const front = 'front';
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [post(AUTHORITY, front, 1, { service: 'mash' })], [])); // prettier-ignore
    expect((await say(front, 'triage', { reason: 'A call' }, STAYS)).status).toBe(202);
    await until(async () => (await typesSeen(front, STAYS)).length > 0);
    expect((await say(front, 'moves', MOVE, STAYS)).status).toBe(404);
  });

  it('keeps the first in sight of it, whatever its own system says of the allocation', async () => {
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [], [allocation(AUTHORITY, WORKER, CHILD, 2, { to: '2026-03-02T08:30:00Z' })]),
    );
    expect(await typesSeen(WORKER)).toEqual(['personal-details']);
    expect(await typesSeen(COLLEAGUE)).toEqual(['personal-details']);
  });

  it('is not accepted by the first, by others of the second, or before the second has a record of its own', async () => {
    const body = { statement: 'Accepted at the transfer conference' };
    for (const login of [WORKER, SECOND, NURSE]) {
      expect((await say(login, `moves/${move}/acceptances`, body)).status).toBe(404);
    }
    expect((await say(DOOR, `moves/${move}/acceptances`, {})).status).toBe(400);
    const { status, json } = await say(DOOR, `moves/${move}/acceptances`, body);
    expect([status, json]).toMatchObject([409, { type: expect.stringContaining('no-record-of-yours') }]);
    expect((await say(DOOR, `moves/${move}/lifts`, {})).status).toBe(404);
  });

  it('is over for both with the acceptance, from its acknowledgement on', async () => {
    await person(NEIGHBOUR, CHILD);
    await api.filed(
      NEIGHBOUR.connector,
      NEIGHBOUR.staff,
      staffDocument(NEIGHBOUR, [], [allocation(NEIGHBOUR, SECOND, CHILD, 1)]),
    );
    const { status } = await say(DOOR, `moves/${move}/acceptances`, { statement: 'Accepted at the conference' });
    expect(status).toBe(202);
    expect(await typesSeen(DOOR)).toEqual([]);
    expect(await typesSeen(WORKER)).toEqual([]);
    expect(await typesSeen(SECOND)).toEqual(['personal-details']);
    expect((await say(DOOR, `moves/${move}/acceptances`, { statement: 'Again' })).status).toBe(404);
    // Whoever still works with it at the first reads what was given in writing.
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [], [allocation(AUTHORITY, WORKER, CHILD, 3, { to: null })]),
    );
    await until(async () => {
      const moves = await listed(WORKER);
      return Array.isArray(moves) && moves[0]?.accepted?.statement === 'Accepted at the conference';
    });
  });

  it('is taken back by the service that said so, and by nobody else', async () => {
    const id = await filed(say(WORKER, 'moves', { ...MOVE, from: null }, STAYS));
    expect(await typesSeen(DOOR, STAYS)).toEqual(['personal-details']);
    expect((await say(DOOR, `moves/${id}/lifts`, {}, STAYS)).status).toBe(404);
    const { status } = await say(COLLEAGUE, `moves/${id}/lifts`, {}, STAYS);
    expect(status).toBe(202);
    expect(await typesSeen(DOOR, STAYS)).toEqual([]);
    expect(await typesSeen(COLLEAGUE, STAYS)).toEqual([]);
    expect(await typesSeen(WORKER, STAYS)).toEqual(['personal-details']);
  });

  it('replays for whoever saw the child by it alone', async () => {
    await sendAuditor(api);
    const audit = new AuditApi(api);
    const read = (await audit.reads({ child: { nhsNumber: CHILD } })).find(
      ({ reader, shown }) => reader.login === DOOR && shown.entries > 0,
    )!;
    const replay = await audit.replay(CHILD, DOOR, read.at);
    expect([replay.entries.length, replay.relations]).toEqual([read.shown.entries, ['duty']]);
    const { findings, reads } = await verifyHub(hub);
    expect([findings, { ...reads, same: 0 }]).toEqual([[], { same: 0, erased: 0, 'other-code': 0, differs: 0 }]);
  });

  it('takes nothing of what the second holds of the child itself, linked or not', async () => {
    const [child, login] = [nhsNumber(7), 'own-door'];
    await person(AUTHORITY, child);
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [], [allocation(AUTHORITY, WORKER, child, 1)]),
    );
    // Another name and birth date under that number: a question to people, and no link.
    const record = recordOf({
      recordId: `P-${child}`,
      personId: child,
      recordType: 'personal.details',
      payload: { firstName: 'Zoltan', lastName: 'Quite-Other', dateOfBirth: '2009-01-30' },
    });
    await api.filed(NEIGHBOUR.connector, NEIGHBOUR.records, custodianFile(NEIGHBOUR, [record]));
    await api.filed(
      NEIGHBOUR.connector,
      NEIGHBOUR.staff,
      staffDocument(NEIGHBOUR, [post(NEIGHBOUR, login, 1, { service: 'mash' })], [allocation(NEIGHBOUR, login, child, 1, { service: 'mash' })]), // prettier-ignore
    );
    await filed(say(WORKER, 'moves', MOVE, child));
    const { json } = await api.call(login, 'GET', `/v1/children/${await handleOf(login, child)}/chronology?purpose=SAFEGUARDING`); // prettier-ignore
    expect((json as { moreDetailNeeded: boolean }).moreDetailNeeded).toBe(false);
    expect((json as { relations?: unknown; child: { name: string } }).child.name).not.toBe('Ada Example');
  });
});
