import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openEventStore } from '#engines';
import { keyFolderOf, openFileKeyService } from '#platform';
import { roleNameOf } from '../../apps/hub/src/hub-roles.js';
import { compareRebuild } from '../support/faults/compare-rebuild.js';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { CASUALTY, EMERGENCY_AGREEMENT, EmergencyApi, sendPeople, sendReviewers } from '../support/journeys/emergency-scene.js'; // prettier-ignore
import { HubApi, type Answer } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  LONG_AGO,
  NEIGHBOUR,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  sendSigners,
  signersOf,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

let hub: TestHub;
let api: HubApi;
let emergency: EmergencyApi;

/** K9 is the baby; of the second the police alone hold something; nobody holds anything of the third. */
const [BABY, HIDDEN, UNKNOWN, OF_AUTHORITY, CLOSED, LATER] = [1, 2, 3, 4, 5, 6].map(nhsNumber) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const WORKER = 'allocated-worker';
/** With the first the baby was opened; the second stands for the same child, and nothing was opened with it. */
let nightHandle: string;
let otherHandle: string;
const [REGISTRAR, SECOND, THIRD, FOURTH] = ['registrar-1', 'registrar-2', 'registrar-3', 'registrar-4'];
const BORN = '2026-06-12';

const record = (personId: string, recordId: string, recordType: string, payload: object, tier?: string) =>
  recordOf({
    recordId: `${recordId}-${personId}`,
    personId,
    recordType,
    payload: payload as Record<string, unknown>,
    ...(tier === undefined ? {} : { handling: { tier } }),
  });
const details = (personId: string, firstName: string) =>
  record(personId, 'P', 'personal.details', { firstName, lastName: 'Example', dateOfBirth: BORN });
const plan = (personId: string, status: string, tier?: string) =>
  record(
    personId,
    status,
    'childrens-services.details',
    { cscActiveStatusesAndPlans: [{ status, plan: status }], dutyContactDetails: ['Duty desk'] },
    tier,
  );
const injuries = (personId: string, ...days: string[]) =>
  record(personId, 'H', 'health.details', {
    registeredGPName: 'Dr Example',
    emergencyDepartmentAttendances: days.map((date) => ({ date, reason: `Injury of ${date}` })),
  });
const send = (of: Agency, ...records: unknown[]) => api.filed(of.connector, of.records, custodianFile(of, records));

const INJURIES = ['2026-07-01', '2026-08-02', '2026-09-03', '2026-10-04'];
const told = async (login: string, handle: string) =>
  (await emergency.read(login, handle)).entries.map(({ type, times }) => [type, times.occurred['from'] ?? null]);
const plansIn = async (login: string, handle: string) =>
  (await emergency.read(login, handle)).entries.flatMap(({ content }) => content['statusesAndPlans'] ?? []);

/** An answer but for what is random or of the moment: ids, instants and tokens count by their length. */
const comparable = ({ status, headers, text }: Answer) => ({
  status,
  headers: [...headers].filter(([name]) => !['date', 'traceparent', 'x-request-id'].includes(name)).sort(),
  body: text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'instant')
    .replaceAll(/"token":"([^"]+)"/g, (_, token: string) => `"token":${token.length}`),
});
const readAnswer = (login: string, handle: string, purpose = 'EMERGENCY') =>
  api.call(login, 'GET', `/v1/children/${handle}/chronology?purpose=${purpose}&limit=500`);

beforeAll(async () => {
  hub = await startTestHub({ firstTime: new Date('2026-12-24T09:00:00Z') });
  api = new HubApi(hub);
  emergency = new EmergencyApi(hub, api);
  await sendSigners(api, [AUTHORITY, HEALTH]);
  await send(
    AUTHORITY,
    details(BABY, 'Ada'),
    plan(BABY, 'Child protection plan'),
    plan(BABY, 'Controlled by its originator', 'originator'),
    plan(BABY, 'Sealed', 'sealed'),
    details(OF_AUTHORITY, 'Bo'),
    plan(OF_AUTHORITY, 'Child in need plan'),
    details(CLOSED, 'Cy'),
    plan(CLOSED, 'Looked after'),
  );
  await send(HEALTH, injuries(BABY, ...INJURIES), injuries(CLOSED, INJURIES[0]!));
  const missing = (personId: string) =>
    record(personId, 'M', 'crime-justice.details', { missingEpisodes: [{ date: '2026-11-11' }] });
  await send(POLICE, missing(BABY), missing(HIDDEN));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, WORKER, 1)],
      [BABY, CLOSED].map((child) => allocation(AUTHORITY, WORKER, child, 1)),
    ),
  );
  await sendPeople(api, CASUALTY, Object.fromEntries([REGISTRAR, SECOND, THIRD, FOURTH].map((login) => [login, CASUALTY.role]))); // prettier-ignore
  await sendReviewers(api, [AUTHORITY, HEALTH, POLICE, NEIGHBOUR]);
  await sendAuditor(api);
  const { id, version } = EMERGENCY_AGREEMENT;
  for (const owner of [AUTHORITY, HEALTH]) {
    await api.adopt(owner.organisation, signersOf(owner), id, version, EMERGENCY_AGREEMENT, LONG_AGO);
  }
});
afterAll(() => hub.close());

describe('at ten past two on a Saturday night, over a bank holiday', () => {
  let handle: string;
  let accessId: string;
  let until: string;

  it('a registrar with no relation to the baby sees nothing, for whatever purpose', async () => {
    await hub.moveClock('2026-12-26T02:10:00Z');
    handle = await api.search(REGISTRAR, BABY);
    for (const purpose of ['EMERGENCY', 'SAFEGUARDING', 'DIRECT_CARE']) {
      const { entries, notices } = await api.read(REGISTRAR, handle, { purpose });
      expect([purpose, entries, notices]).toEqual([purpose, [], []]);
    }
  });

  it('must say why, in a word of the list and in his own', async () => {
    const bad = async (body: object) => {
      const { status, json } = await emergency.opening(REGISTRAR, handle, body);
      return [status, (json as { errors: unknown[] }).errors];
    };
    const why = { reason: 'injury', text: 'A fracture' };
    expect(await bad({ text: 'A fracture' })).toEqual([400, [{ field: 'reason', reason: 'missing' }]]);
    expect(await bad({ ...why, reason: 'curiosity' })).toEqual([400, [{ field: 'reason', reason: 'not-allowed' }]]);
    expect(await bad({ reason: 'injury' })).toEqual([400, [{ field: 'text', reason: 'missing' }]]);
    expect(await bad({ ...why, text: ' ' })).toEqual([400, [{ field: 'text', reason: 'not-text' }]]);
    expect(await bad({ ...why, text: 'x'.repeat(4001) })).toEqual([400, [{ field: 'text', reason: 'too-long' }]]);
    expect(await bad({ ...why, hours: 24 })).toEqual([400, [{ field: 'hours', reason: 'unknown-field' }]]);
    expect((await emergency.opening(REGISTRAR, randomUUID())).status).toBe(404);
    expect((await emergency.opening(SECOND, handle)).status).toBe(404);
    expect((await emergency.opening('nobody', await api.search('nobody', BABY))).status).toBe(403);
  });

  it('opens it, and sees the plan and the newest three injuries, but nothing sealed or of its originator', async () => {
    const opened = await emergency.open(REGISTRAR, handle);
    ({ accessId, until } = opened);
    nightHandle = handle;
    const { entries, upTo, emergency: shown, notices } = await emergency.read(REGISTRAR, handle);
    expect(entries.map(({ type, owner }) => [owner.organisation, type]).sort()).toEqual([
      ['HEALTH-01', 'emergency-attendance'],
      ['HEALTH-01', 'emergency-attendance'],
      ['HEALTH-01', 'emergency-attendance'],
      ['LOCAL-AUTHORITY-01', 'childrens-services-status'],
    ]);
    expect(entries.flatMap(({ content }) => content['reason'] ?? [])).toEqual(
      INJURIES.slice(1).map((day) => `Injury of ${day}`),
    );
    expect(entries.flatMap(({ content }) => content['statusesAndPlans'] ?? [])).toEqual([
      { status: 'Child protection plan', plan: 'Child protection plan' },
    ]);
    expect([upTo, notices, shown]).toEqual([[3], [], { accessId, until }]);
  });

  it('for that one purpose and with that one handle alone', async () => {
    const again = await api.search(REGISTRAR, BABY);
    otherHandle = again;
    expect(await told(REGISTRAR, again)).toEqual([]);
    expect((await emergency.read(REGISTRAR, again)).emergency).toBeUndefined();
    expect((await api.read(REGISTRAR, handle, { purpose: 'SAFEGUARDING' })).entries).toEqual([]);
    expect(await told(SECOND, await api.search(SECOND, BABY))).toEqual([]);
  });

  it('has one open at a time, however he asks', async () => {
    const again = await emergency.opening(REGISTRAR, await api.search(REGISTRAR, HIDDEN));
    expect([again.status, (again.json as { type: string }).type]).toEqual([409, 'urn:sightline:problem:already-open']);
    const other = await api.search(FOURTH, UNKNOWN);
    const answers = await Promise.all(Array.from({ length: 6 }, () => emergency.opening(FOURTH, other)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409, 409]);
  });

  it('is told to every owner at once, with what it may know, and to no other', async () => {
    const [review] = await emergency.reviews('local-authority-01-reviewer');
    expect(review).toMatchObject({
      accessId,
      organisation: AUTHORITY.organisation,
      state: 'open',
      level: 'reviewer',
      late: false,
      mayReview: true,
      reason: 'injury',
      text: 'A fracture that nobody can explain',
      until,
      endedAt: null,
      by: { organisation: 'HEALTH-01', service: 'unscheduled', role: 'ed-clinician', name: 'registrar-1 by name' },
      child: { name: 'Ada Example', birthDate: BORN },
      reviews: [],
    });
    const [ofHealth] = await emergency.reviews('health-01-reviewer');
    expect(ofHealth).toMatchObject({ accessId, child: { name: null, birthDate: null } });
    expect((await emergency.reviews('police-01-reviewer')).map((one) => one.accessId)).toEqual([accessId]);
    expect(await emergency.reviews('local-authority-02-reviewer')).toEqual([]);
    expect((await emergency.reviews('local-authority-01-deputy')).map(({ mayReview }) => mayReview)).toEqual([false]);
    expect(await emergency.reviews('partnership-reviewer')).toEqual([]);
    const refused = await api.call(WORKER, 'GET', '/v1/emergency-access/reviews');
    expect([refused.status, (await api.call(REGISTRAR, 'GET', '/v1/emergency-access')).status]).toEqual([403, 403]);
  });

  it('is due at the end of the next working day, two days after the moved bank holiday, by a named calendar', async () => {
    const [review] = await emergency.reviews('local-authority-01-reviewer');
    expect(review).toMatchObject({
      reviewBy: '2026-12-30T00:00:00.000Z',
      deputyBy: '2026-12-31T00:00:00.000Z',
      calendar: 'england-and-wales/2025-11-24',
    });
  });

  it('is told to a guardian, without the child and without the words', async () => {
    const { status, json, text } = await api.call('guardian', 'GET', '/v1/emergency-access');
    const { accesses } = json as { accesses: { accessId: string; open: boolean }[] };
    expect([status, accesses.length]).toEqual([200, 2]);
    // Of whom nobody holds anything, nobody has anything to review.
    expect(accesses.map(({ open }) => open)).toEqual([false, true]);
    expect(accesses[1]!.accessId).toBe(accessId);
    for (const hidden of ['Ada', 'fracture', 'LOCAL-AUTHORITY-01', BABY]) expect(text).not.toContain(hidden);
    expect(await emergency.reviews('guardian')).toEqual([]);
  });

  it('holds for one post of whoever has several, who says which', async () => {
    const posts = [post(CASUALTY, 'double', 1, { workerId: 'W-1' }), post(HEALTH, 'double', 1, { workerId: 'W-2' })];
    await api.filed(HEALTH.connector, HEALTH.staff, staffDocument(HEALTH, posts, []));
    const own = await api.search('double', BABY);
    const why = { reason: 'urgent-care', text: 'A seizure' };
    const { status, json } = await emergency.opening('double', own, why);
    expect([status, (json as { errors: unknown[] }).errors]).toEqual([409, [{ field: 'service', reason: 'missing' }]]);
    await emergency.open('double', own, { ...why, service: 'hv-sn' });
    expect((await emergency.opening('double', own, { ...why, service: 'unscheduled' })).status).toBe(409);
    const { entries } = await emergency.read('double', own);
    expect([...new Set(entries.map(({ owner }) => owner.organisation))]).toEqual([HEALTH.organisation]);
    expect((await emergency.opening('double', own, { ...why, organisation: POLICE.organisation })).status).toBe(403);
  });

  it('lasts two hours of recorded time and not longer', async () => {
    await hub.moveClock(new Date(Date.parse(until) - 20_000));
    await hub.restart();
    expect(await told(REGISTRAR, handle)).toHaveLength(4);
    await hub.moveClock(until);
    expect(await told(REGISTRAR, handle)).toEqual([]);
    await hub.restart();
    expect(await told(REGISTRAR, handle)).toEqual([]);
    expect((await emergency.ending(REGISTRAR, handle, accessId)).status).toBe(409);
    expect((await emergency.read(REGISTRAR, handle)).emergency).toBeUndefined();
  });
});

describe('an unknown child and one of whom nothing may be opened', () => {
  const handles = new Map<string, string>();
  const accesses = new Map<string, string>();
  const children = [
    [SECOND, UNKNOWN],
    [THIRD, HIDDEN],
    [FOURTH, BABY],
  ] as const;

  it('are answered with the same bytes until it is recorded, and so is one of whom much is held', async () => {
    // What was opened a moment after the first is over too.
    await hub.moveClock('2026-12-26T05:00:00Z');
    for (const [login, child] of children) handles.set(login, await api.search(login, child));
    const before = await Promise.all(children.map(([login]) => readAnswer(login, handles.get(login)!)));
    const opened: Answer[] = [];
    for (const [login] of children) opened.push(await emergency.opening(login, handles.get(login)!));
    expect(opened.map(({ status }) => status)).toEqual([202, 202, 202]);
    for (const answers of [before, opened]) {
      const [unknown, ...others] = answers.map(comparable);
      for (const other of others) expect(other).toEqual(unknown);
    }
    expect(new Set(opened.map(({ text }) => text.length)).size).toBe(1);
    for (const [i, [login]] of children.entries()) {
      const { accessId, receipt } = opened[i]!.json as { accessId: string; receipt: string };
      accesses.set(login, accessId);
      await emergency.inView(receipt);
    }
  });

  it('are the same afterwards too; one of whom a clause opens something is not', async () => {
    const [unknown, hidden, baby] = await Promise.all(
      children.map(([login]) => readAnswer(login, handles.get(login)!)),
    );
    expect(comparable(hidden!)).toEqual(comparable(unknown!));
    expect(comparable(unknown!).body).toContain('"emergency":{');
    expect(comparable(baby!)).not.toEqual(comparable(unknown!));
    const again = await Promise.all(children.map(([login]) => emergency.opening(login, handles.get(login)!)));
    expect(comparable(again[1]!)).toEqual(comparable(again[0]!));
  });

  it('the owner of what was not shown is told all the same', async () => {
    const ofPolice = await emergency.reviews('police-01-reviewer');
    expect(ofPolice.map(({ accessId }) => accessId)).toContain(accesses.get(THIRD));
    expect(ofPolice.map(({ accessId }) => accessId)).not.toContain(accesses.get(SECOND));
  });

  it('end when whoever opened them says so, at once, with the same answer', async () => {
    const open = await told(FOURTH, handles.get(FOURTH)!);
    expect(open).toHaveLength(4);
    const wrong = await emergency.ending(FOURTH, handles.get(FOURTH)!, accesses.get(SECOND));
    expect([wrong.status, (await emergency.ending(FOURTH, handles.get(FOURTH)!)).status]).toEqual([404, 404]);
    const ended: Answer[] = [];
    for (const [login] of children) ended.push(await emergency.ending(login, handles.get(login)!, accesses.get(login)));
    // Nothing waits until the end is filed.
    expect(await told(FOURTH, handles.get(FOURTH)!)).toEqual([]);
    expect(ended.map(comparable)).toEqual([comparable(ended[0]!), comparable(ended[0]!), comparable(ended[0]!)]);
    expect(ended[0]!.status).toBe(202);
    expect((await emergency.ending(SECOND, handles.get(SECOND)!, accesses.get(SECOND))).status).toBe(409);
  });
});

describe('whom it means', () => {
  const byName = async (login: string, givenName: string) => {
    const body = { givenName, familyName: 'Example', birthDate: BORN, purpose: 'EMERGENCY' };
    const { json } = await api.call(login, 'POST', '/v1/child-searches', JSON.stringify(body));
    return (json as { handle: string }).handle;
  };
  const openAndEnd = async (login: string, handle: string) => {
    const { accessId } = await emergency.open(login, handle);
    const plans = await plansIn(login, handle);
    const { json } = await emergency.ending(login, handle, accessId);
    await emergency.inView((json as { receipt: string }).receipt);
    return { accessId, plans };
  };

  it('is whoever holds the number verified, though one’s own organisation holds nothing', async () => {
    const { plans } = await openAndEnd(SECOND, await api.search(SECOND, OF_AUTHORITY));
    expect(plans).toEqual([{ status: 'Child in need plan', plan: 'Child in need plan' }]);
  });

  it('is by a name the own organisation’s child alone, with whatever is linked to it', async () => {
    const other = await openAndEnd(SECOND, await byName(SECOND, 'Bo'));
    expect(other.plans).toEqual([]);
    expect((await emergency.reviews('local-authority-01-reviewer')).map(({ accessId }) => accessId)).not.toContain(
      other.accessId,
    );
    await send(HEALTH, record(CLOSED, 'P', 'personal.details', { firstName: 'Cy', lastName: 'Example', dateOfBirth: BORN })); // prettier-ignore
    const own = await openAndEnd(SECOND, await byName(SECOND, 'Cy'));
    expect(own.plans).toEqual([{ status: 'Looked after', plan: 'Looked after' }]);
  });

  it('an exclusion by name beats it, and names nobody', async () => {
    const handle = await api.search(WORKER, CLOSED);
    const body = {
      purpose: 'SAFEGUARDING',
      reason: 'He is the father',
      deny: [{ organisation: HEALTH.organisation, workerId: `W-${THIRD}` }],
    };
    const { status } = await api.call(WORKER, 'POST', `/v1/children/${handle}/exclusions`, JSON.stringify(body));
    expect(status).toBe(202);
    expect((await openAndEnd(THIRD, await api.search(THIRD, CLOSED))).plans).toEqual([]);
    expect((await openAndEnd(SECOND, await api.search(SECOND, CLOSED))).plans).toHaveLength(1);
  });

  it('tells an owner whose record came after it was opened, once it was read', async () => {
    const handle = await api.search(SECOND, LATER);
    const { accessId } = await emergency.open(SECOND, handle);
    await send(AUTHORITY, details(LATER, 'Di'), plan(LATER, 'Child in need plan'));
    const ids = async () => (await emergency.reviews('local-authority-01-reviewer')).map((one) => one.accessId);
    expect(await ids()).not.toContain(accessId);
    expect(await plansIn(SECOND, handle)).toHaveLength(1);
    for (let tries = 0; !(await ids()).includes(accessId); tries += 1) expect(tries).toBeLessThan(200);
    await emergency.ending(SECOND, handle, accessId);
  });

  it('is not for the reviewer to whom a guardian closed the child', async () => {
    const [reviewer, deputy, guardian] = [
      'local-authority-01-reviewer',
      'local-authority-01-deputy',
      'guardian-of-one',
    ];
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(
        AUTHORITY,
        [post(AUTHORITY, guardian, 1, { role: 'hub-guardian' })],
        [allocation(AUTHORITY, guardian, CLOSED, 1)],
      ),
    );
    const { accessId } = await openAndEnd(SECOND, await api.search(SECOND, CLOSED));
    const listed = async (login: string) => (await emergency.reviews(login)).some((one) => one.accessId === accessId);
    expect([await listed(reviewer), await listed(deputy)]).toEqual([true, true]);
    const body = {
      purpose: 'SAFEGUARDING',
      reason: 'A cousin of the child',
      deny: [{ organisation: AUTHORITY.organisation, workerId: `W-${reviewer}` }],
    };
    const handle = await api.search(guardian, CLOSED);
    const { status } = await api.call(guardian, 'POST', `/v1/children/${handle}/child-exclusions`, JSON.stringify(body)); // prettier-ignore
    expect(status).toBe(202);
    expect([await listed(reviewer), await listed(deputy)]).toEqual([false, true]);
    const said = await emergency.reviewing(reviewer, accessId, { outcome: 'justified', note: 'None' });
    expect(said.status).toBe(404);
  });

  it('is listed in full, however many there are, to owners and to a guardian', async () => {
    const logins = Array.from({ length: 27 }, (_, i) => `many-${i}`);
    await sendPeople(api, CASUALTY, Object.fromEntries(logins.map((login) => [login, CASUALTY.role])));
    const opened: string[] = [];
    for (const login of logins) opened.push((await emergency.open(login, await api.search(login, HIDDEN))).accessId);
    const listed = (await emergency.reviews('police-01-reviewer')).map(({ accessId }) => accessId);
    expect(listed.filter((id) => opened.includes(id))).toEqual(opened);
    expect(new Set(listed).size).toBe(listed.length);
    const watched = (await emergency.watched('guardian')).map(({ accessId }) => accessId);
    expect(watched.filter((id) => opened.includes(id))).toEqual(opened.toReversed());
    expect(new Set(watched).size).toBe(watched.length);
  });

  it('changes no byte of what its owner’s people see of that child or he of another', async () => {
    const own = await api.search(WORKER, BABY);
    const handle = await api.search(WORKER, HIDDEN);
    const looks = () =>
      Promise.all([readAnswer(WORKER, own, 'SAFEGUARDING'), readAnswer(WORKER, own), readAnswer(WORKER, handle, 'SAFEGUARDING')]); // prettier-ignore
    const still = (answers: readonly Answer[]) =>
      answers.map(comparable).map(({ body, ...rest }) => ({ ...rest, body: body.replaceAll(/"read":"instant"/g, '') }));
    const before = still(await looks());
    expect(before[0]!.body).toContain('Child protection plan');
    const { accessId } = await emergency.open(WORKER, handle);
    expect(still(await looks())).toEqual(before);
    expect((await emergency.ending(WORKER, handle, accessId)).status).toBe(202);
    expect(still(await looks())).toEqual(before);
  });
});

describe('its review', () => {
  const AUTHORITY_PEOPLE = ['local-authority-01-reviewer', 'local-authority-01-deputy'] as const;
  const of = async (login: string, accessId: string, state = 'open') =>
    (await emergency.reviews(login, state)).find((one) => one.accessId === accessId);
  let accessId: string;

  beforeAll(async () => {
    const all = await emergency.reviews(AUTHORITY_PEOPLE[0]);
    accessId = all[0]!.accessId;
    expect(all[0]!.by['name']).toBe('registrar-1 by name');
  });

  it('is refused without an outcome of the list and a note, and to whoever it is not for', async () => {
    const fields = async (body: object) => {
      const { status, json } = await emergency.reviewing(AUTHORITY_PEOPLE[0], accessId, body);
      return [status, (json as { errors: unknown[] }).errors];
    };
    expect(await fields({ note: 'Fine' })).toEqual([400, [{ field: 'outcome', reason: 'missing' }]]);
    expect(await fields({ outcome: 'fine', note: 'Fine' })).toEqual([
      400,
      [{ field: 'outcome', reason: 'not-allowed' }],
    ]);
    expect(await fields({ outcome: 'justified' })).toEqual([400, [{ field: 'note', reason: 'missing' }]]);
    const body = { outcome: 'justified', note: 'Fine' };
    const statuses = async (logins: readonly string[], id = accessId) =>
      Promise.all(logins.map(async (login) => (await emergency.reviewing(login, id, body)).status));
    expect(await statuses(['local-authority-02-reviewer', 'partnership-reviewer', 'guardian'])).toEqual([
      404, 404, 404,
    ]);
    expect(await statuses([AUTHORITY_PEOPLE[0]], randomUUID())).toEqual([404]);
    expect(await statuses([AUTHORITY_PEOPLE[0]], 'none')).toEqual([404]);
    expect(await statuses([WORKER, REGISTRAR])).toEqual([403, 403]);
    expect(await statuses([AUTHORITY_PEOPLE[1]])).toEqual([409]);
  });

  it('stays open while more is needed, and is each owner’s own', async () => {
    await hub.moveClock('2026-12-29T23:50:00Z');
    await emergency.review(AUTHORITY_PEOPLE[0], accessId, { outcome: 'more-needed', note: 'Whom did he ring?' });
    expect(await of(AUTHORITY_PEOPLE[0], accessId)).toMatchObject({
      state: 'open',
      late: false,
      mayReview: true,
      reviews: [{ level: 'reviewer', outcome: 'more-needed', note: 'Whom did he ring?' }],
    });
    await emergency.review('health-01-reviewer', accessId, { outcome: 'justified', note: 'As it should be' });
    expect(await of('health-01-reviewer', accessId)).toBeUndefined();
    expect(await of('health-01-reviewer', accessId, 'decided')).toMatchObject({
      state: 'justified',
      level: 'reviewer',
      late: false,
      mayReview: false,
    });
    expect((await emergency.reviewing('health-01-reviewer', accessId, { outcome: 'not-justified', note: 'No' })).status).toBe(409); // prettier-ignore
    expect(JSON.stringify(await of(AUTHORITY_PEOPLE[0], accessId))).not.toContain('As it should be');
  });

  it('passes to the deputy when the next working day is over, late and without anybody losing anything', async () => {
    await hub.moveClock('2026-12-30T00:00:00Z');
    expect(await of(AUTHORITY_PEOPLE[0], accessId)).toMatchObject({ level: 'deputy', late: true, mayReview: false });
    expect(await of(AUTHORITY_PEOPLE[1], accessId)).toMatchObject({ level: 'deputy', late: true, mayReview: true });
    const body = { outcome: 'not-justified', note: 'He rang nobody' };
    expect((await emergency.reviewing(AUTHORITY_PEOPLE[0], accessId, body)).status).toBe(409);
    expect(await of('partnership-reviewer', accessId)).toBeUndefined();
    const answers = await Promise.all([1, 2, 3].map(() => emergency.reviewing(AUTHORITY_PEOPLE[1], accessId, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    await emergency.inView((answers.find(({ status }) => status === 202)!.json as { receipt: string }).receipt);
    expect(await of(AUTHORITY_PEOPLE[0], accessId, 'decided')).toMatchObject({
      state: 'not-justified',
      level: 'deputy',
      late: true,
    });
    expect((await api.seen(WORKER, BABY)).entries.length).toBeGreaterThan(1);
  });

  it('passes to the partnership one working day later, for each owner that let it pass', async () => {
    await hub.moveClock('2026-12-31T00:00:00Z');
    const passed = await emergency.reviews('partnership-reviewer');
    expect(passed.filter((one) => one.accessId === accessId)).toMatchObject([
      { organisation: POLICE.organisation, level: 'partnership', late: true, mayReview: true, child: null },
    ]);
    expect(await of('police-01-deputy', accessId)).toMatchObject({ level: 'partnership', mayReview: false });
    const body = { outcome: 'justified', note: 'Rung the same night' };
    expect((await emergency.reviewing('police-01-deputy', accessId, body)).status).toBe(409);
    await emergency.review('partnership-reviewer', accessId, body);
    expect(await of('police-01-reviewer', accessId, 'decided')).toMatchObject({
      state: 'justified',
      level: 'partnership',
      late: true,
    });
    // What owners decided themselves in their time is none of the partnership's.
    const decided = (await emergency.reviews('partnership-reviewer', 'decided')).filter(
      (one) => one.accessId === accessId,
    );
    expect(decided.map(({ organisation }) => organisation)).toEqual([POLICE.organisation]);
    const accesses = await emergency.watched('guardian');
    expect(accesses.find((one) => one.accessId === accessId)).toMatchObject({ open: false, late: false });
    expect(accesses.some(({ open, late }) => open && late)).toBe(true);
  });

  it('asks the partnership for which owner, where several let one pass', async () => {
    const open = await emergency.reviews('partnership-reviewer');
    const several = [...Map.groupBy(open, (one) => one.accessId)].find(([, all]) => all.length > 1)![1];
    const body = { outcome: 'justified', note: 'In order' };
    const { status, json } = await emergency.reviewing('partnership-reviewer', several[0]!.accessId, body);
    expect([status, (json as { errors: unknown[] }).errors]).toEqual([409, [{ field: 'organisation', reason: 'missing' }]]); // prettier-ignore
    const { organisation } = several[0]!;
    await emergency.review('partnership-reviewer', several[0]!.accessId, { ...body, organisation });
  });

  it('is for the people of the partnership alone, whatever role an owner’s feed gives', async () => {
    await sendPeople(api, NEIGHBOUR, { 'own-guardian': 'hub-guardian', 'own-partnership': 'override-partnership' });
    for (const login of ['own-guardian', 'own-partnership']) {
      const answers = await Promise.all(['', '/reviews'].map((path) => api.call(login, 'GET', `/v1/emergency-access${path}`))); // prettier-ignore
      expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    }
  });
});

describe('afterwards', () => {
  it('every read under it replays, every look is on record, and a rebuild says the same', async () => {
    const audit = new AuditApi(api);
    const reads = (await audit.reads({ child: { nhsNumber: BABY } })).filter(({ kind }) => kind === 'chronology');
    expect(reads.filter(({ purpose }) => purpose === 'EMERGENCY').length).toBeGreaterThan(2);
    expect(reads.map(({ outcome }) => outcome)).toEqual(reads.map(() => 'same'));
    const replay = await audit.replay(BABY, REGISTRAR, '2026-12-26T03:00:00.000Z', 'EMERGENCY');
    expect(replay.relations).toEqual(['emergency']);
    expect(replay.entries).toHaveLength(4);
    expect((await audit.replay(BABY, REGISTRAR, '2026-12-26T04:59:00.000Z', 'EMERGENCY')).entries).toEqual([]);
    const byHandle = async (handle: string) => {
      const question = { handle, at: '2026-12-26T03:00:00.000Z', viewer: { login: REGISTRAR }, purpose: 'EMERGENCY' };
      return ((await audit.call('replays', question)).json as { entries: unknown[] }).entries;
    };
    expect(await byHandle(nightHandle)).toHaveLength(4);
    expect(await byHandle(otherHandle)).toEqual([]);
    const { findings, reads: outcomes } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect({ ...outcomes, same: 0 }).toEqual({ same: 0, erased: 0, 'other-code': 0, differs: 0 });
    const store = await openEventStore({
      eventStoreUrl: hub.configuration.eventStoreUrl,
      databaseUrl: hub.hub.database.urlOf(roleNameOf('sharing')),
      applicationName: 'rebuild',
      hub: 'hub',
      clock: hub.sql,
    });
    try {
      const keys = openFileKeyService(join(hub.configuration.keysDir, keyFolderOf('sharing')));
      expect((await compareRebuild(hub.sql, store, keys)).what).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it('nothing is opened past the end of the calendar: a review could not be due', async () => {
    await hub.moveClock('2028-12-29T12:00:00Z');
    const handle = await api.search(REGISTRAR, BABY);
    const { status, json } = await emergency.opening(REGISTRAR, handle);
    expect([status, (json as { type: string }).type]).toEqual([503, 'urn:sightline:problem:calendar-ended']);
    expect(await told(REGISTRAR, handle)).toEqual([]);
  });
});
