import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { HubApi, type Entry, untilFiled } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  LONG_AGO,
  NEIGHBOUR,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';

let hub: TestHub;
let api: HubApi;

const CHILD = nhsNumber(1);
const UNKNOWN = nhsNumber(2);
const [WORKER, TEACHER, VISITOR, NURSE, COLLEAGUE, STRANGER] = [
  'worker',
  'teacher',
  'visitor',
  'nurse',
  'colleague',
  'stranger',
];

const handles = new Map<string, string>();
const handleOf = async (login: string, child = CHILD): Promise<string> => {
  const name = `${login} ${child}`;
  const handle = handles.get(name) ?? (await api.search(login, child));
  handles.set(name, handle);
  return handle;
};
const seen = async (login: string) => api.read(login, await handleOf(login));
/** What shows of what the authority recorded. */
const ofAuthority = async (login: string): Promise<Entry[]> =>
  (await seen(login)).entries.filter(({ owner }) => owner?.organisation === AUTHORITY.organisation);
const fieldsSeen = async (login: string): Promise<string[]> =>
  [
    ...new Set((await ofAuthority(login)).flatMap(({ content, location }) => [content, location].flatMap(Object.keys))),
  ].sort();
const say = async (login: string, what: string, body: object, child = CHILD) =>
  api.call(login, 'POST', `/v1/children/${await handleOf(login, child)}/${what}`, JSON.stringify(body));
const filed = async (answer: Promise<{ status: number; json: unknown; text: string }>): Promise<string> => {
  const { status, json, text } = await answer;
  expect([status, text]).toEqual([202, expect.any(String)]);
  const { id, receipt } = json as { id: string; receipt: string };
  await untilFiled(hub, [receipt]);
  return id;
};
const projected = async (): Promise<void> => {
  for (;;) {
    const { rows } = await hub.sql.query(`
      select count(*) as n from inbox.item i join inbox.attempt a using (attempt_id)
       where a.accepted_no is not null and not exists (select 1 from projection.filed f
         where f.generation = projection.live() and f.contribution_id = i.contribution_id)`);
    if (Number((rows[0] as { n: string }).n) === 0) return;
  }
};

const person = (agency: Agency) =>
  api.filed(
    agency.connector,
    agency.records,
    custodianFile(agency, [
      recordOf({
        recordId: `P-${agency.organisation}`,
        personId: CHILD,
        recordType: 'personal.details',
        payload: {
          firstName: 'Ada',
          lastName: 'Example',
          dateOfBirth: '2015-06-12',
          address: { line1: '1 High Street' },
        },
      }),
    ]),
  );
const wholeService = (agency: Agency, relation: string, from = LONG_AGO) => ({
  relationId: `ALL-${relation}`,
  sequence: 1,
  relation,
  service: agency.service,
  child: { system: agency.records, localId: CHILD },
  from,
});
const TYPES = ['personal.details', 'childrens-services.details'];
/** Fields of the authority's records that say how things stand, and whom to ring. */
const STATUS = ['dutyContacts', 'keyWorker', 'statusesAndPlans'];

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY]);
  for (const agency of [AUTHORITY, SCHOOL, HEALTH]) await person(agency);
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.records,
    custodianFile(AUTHORITY, [
      recordOf({
        recordId: 'S-1',
        personId: CHILD,
        recordType: 'childrens-services.details',
        payload: {
          keyWorker: 'Sam Okonkwo',
          dutyContactDetails: ['Front door, 01234 555 331'],
          teamInvolvement: ['Referral and Assessment'],
          cscActiveStatusesAndPlans: [{ status: 'Open', plan: 'Child in need' }],
        },
      }),
    ]),
  );
  await api.filed(
    SCHOOL.connector,
    SCHOOL.staff,
    staffDocument(SCHOOL, [post(SCHOOL, TEACHER, 1)], [wholeService(SCHOOL, 'on-roll')]),
  );
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(
      HEALTH,
      [post(HEALTH, VISITOR, 1), post(HEALTH, NURSE, 1, { service: 'unscheduled', role: 'ed-clinician' })],
      [wholeService(HEALTH, 'registered')],
    ),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, WORKER, 1), post(AUTHORITY, COLLEAGUE, 1), post(AUTHORITY, STRANGER, 1, { service: 'housing' })],
      [allocation(AUTHORITY, WORKER, CHILD, 1)],
    ),
  );
  await adoptPolicy(api, AUTHORITY, importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', TYPES, ['EDUCATION', 'HEALTH', 'LOCAL_AUTHORITY'])); // prettier-ignore
});
afterAll(() => hub.close());

const ON_ROLL = { organisation: SCHOOL.organisation, relation: 'on-roll', reason: 'Spoke with the school on 2 March' };

describe('a school that says itself that a child is on its roll', () => {
  it('reads status, dates and contact of others’ records, and all of its own', async () => {
    expect((await ofAuthority(TEACHER)).length).toBeGreaterThan(0);
    expect(await fieldsSeen(TEACHER)).toEqual(STATUS);
    const own = (await seen(TEACHER)).entries.find(({ owner }) => owner.organisation === SCHOOL.organisation)!;
    expect([own.content['recordedName'], Object.keys(own.location)]).toEqual(['Ada Example', ['homeAddress']]);
  });

  it('is not helped by its own people, by strangers, or by a word about somebody else', async () => {
    const before = await fieldsSeen(TEACHER);
    expect((await say(TEACHER, 'relation-confirmations', ON_ROLL)).status).toBe(404);
    expect((await say(COLLEAGUE, 'relation-confirmations', ON_ROLL)).status).toBe(404);
    expect((await say(WORKER, 'relation-confirmations', ON_ROLL, UNKNOWN)).status).toBe(404);
    await filed(say(WORKER, 'relation-confirmations', { ...ON_ROLL, organisation: HEALTH.organisation }));
    await filed(say(WORKER, 'relation-confirmations', { ...ON_ROLL, service: 'pastoral' }));
    expect(await fieldsSeen(TEACHER)).toEqual(before);
  });

  it('reads all that agreements show it once the social worker confirms it, until that is taken back', async () => {
    const id = await filed(say(WORKER, 'relation-confirmations', ON_ROLL));
    expect(await fieldsSeen(TEACHER)).toEqual(
      expect.arrayContaining([...STATUS, 'recordedName', 'homeAddress', 'teams']),
    );
    expect((await say(TEACHER, `relation-confirmations/${id}/lifts`, {})).status).toBe(404);
    const { status } = await say(WORKER, `relation-confirmations/${id}/lifts`, {});
    expect(status).toBe(202);
    // Whatever narrows counts from the acknowledgement on.
    expect(await fieldsSeen(TEACHER)).toEqual(STATUS);
    expect((await say(WORKER, `relation-confirmations/${id}/lifts`, {})).status).toBe(404);
  });

  it('reads it too while a record of another organisation names the school, and that is nobody’s relation', async () => {
    const named = (agency: Agency, sequence: number, more: object = {}) =>
      api.filed(
        agency.connector,
        agency.staff,
        staffDocument(
          agency,
          [],
          [
            {
              relationId: 'ADMISSIONS-1',
              sequence,
              relation: 'on-roll',
              service: agency.service,
              organisation: SCHOOL.organisation,
              child: { system: agency.records, localId: CHILD },
              from: LONG_AGO,
              ...more,
            },
          ],
        ),
      );
    await named(SCHOOL, 1);
    expect(await fieldsSeen(TEACHER)).toEqual(STATUS);
    await named(AUTHORITY, 1);
    expect(await fieldsSeen(TEACHER)).toEqual(
      expect.arrayContaining([...STATUS, 'recordedName', 'homeAddress', 'teams']),
    );
    // The authority's own people have no relation by it, and neither does the record of a child elsewhere.
    expect((await seen(COLLEAGUE)).entries).toEqual([]);
    await named(AUTHORITY, 2, { organisation: HEALTH.organisation });
    expect(await fieldsSeen(TEACHER)).toEqual(STATUS);
    await named(AUTHORITY, 3);
    expect((await fieldsSeen(TEACHER)).length).toBeGreaterThan(STATUS.length);
    await named(AUTHORITY, 4, { removed: true });
    expect(await fieldsSeen(TEACHER)).toEqual(STATUS);
    await api.filed(SCHOOL.connector, SCHOOL.staff, staffDocument(SCHOOL, [], [{ relationId: 'ADMISSIONS-1', sequence: 2, removed: true, child: { system: SCHOOL.records, localId: CHILD } }])); // prettier-ignore
  });

  it('answers whoever confirms the same, whether or not there is such a relation', async () => {
    const answers = await Promise.all(
      [ON_ROLL, { ...ON_ROLL, organisation: POLICE.organisation }].map(async (body) => {
        const { status, json } = await say(WORKER, 'relation-confirmations', body);
        return [status, Object.keys(json as object).sort()];
      }),
    );
    expect(answers).toEqual(Array(2).fill([202, ['id', 'receipt']]));
  });

  it('names what is wrong with a word and never repeats it', async () => {
    const fieldsOf = async (body: object) => {
      const { status, json, text } = await say(WORKER, 'relation-confirmations', body);
      expect([status, text.includes('Nowhere')]).toEqual([400, false]);
      return (json as { errors: { field: string; reason: string }[] }).errors[0];
    };
    expect(await fieldsOf({})).toEqual({ field: 'organisation', reason: 'missing' });
    expect(await fieldsOf({ ...ON_ROLL, organisation: 'Nowhere' })).toEqual({ field: 'organisation', reason: 'not-allowed' }); // prettier-ignore
    expect(await fieldsOf({ ...ON_ROLL, relation: 'allocated' })).toEqual({ field: 'relation', reason: 'not-allowed' });
    expect(await fieldsOf({ ...ON_ROLL, reason: ' ' })).toEqual({ field: 'reason', reason: 'not-text' });
    expect(await fieldsOf({ ...ON_ROLL, organisation: AUTHORITY.organisation })).toEqual({ field: 'organisation', reason: 'not-allowed' }); // prettier-ignore
  });
});

describe('a person who is invited by name', () => {
  const span = { from: '2026-03-02T08:00:00Z', until: '2026-03-02T17:00:00Z' };

  it('reads what agreements show, where another organisation invites him', async () => {
    expect((await seen(NURSE)).entries).toEqual([]);
    const meeting = {
      organisation: HEALTH.organisation,
      workerId: `W-${NURSE}`,
      meeting: 'strategy-discussion',
      ...span,
    };
    expect((await say(COLLEAGUE, 'invitations', meeting)).status).toBe(404);
    await filed(say(WORKER, 'invitations', meeting));
    expect(await fieldsSeen(NURSE)).toEqual(expect.arrayContaining(['recordedName', 'homeAddress']));
    const { json } = await api.call(NURSE, 'GET', '/v1/my/children');
    expect((json as { children: { relation: string[] }[] }).children).toMatchObject([{ relation: ['invited'] }]);
  });

  it('finds a child of whom his own organisation knows nothing, and nobody else of it does', async () => {
    const login = 'neighbour';
    await api.filed(
      NEIGHBOUR.connector,
      NEIGHBOUR.staff,
      staffDocument(NEIGHBOUR, [post(NEIGHBOUR, login, 1), post(NEIGHBOUR, 'other-neighbour', 1)], []),
    );
    expect((await seen(login)).entries).toEqual([]);
    const meeting = { organisation: NEIGHBOUR.organisation, workerId: `W-${login}`, meeting: 'core-group', ...span };
    await filed(say(WORKER, 'invitations', meeting));
    expect(await fieldsSeen(login)).toEqual(expect.arrayContaining(['recordedName']));
    expect((await seen('other-neighbour')).entries).toEqual([]);
    // An auditor's replay finds the child by the same invitation.
    await sendAuditor(api);
    const { entries } = await seen(login);
    const audit = new AuditApi(api);
    for (;;) {
      const read = (await audit.reads({ child: { nhsNumber: CHILD } })).find(({ reader }) => reader.login === login);
      if (!read || read.shown.entries === 0) continue;
      const replay = await audit.replay(CHILD, login, read.at);
      expect(replay.entries.map(({ entryId }) => entryId)).toEqual(entries.map(({ entryId }) => entryId));
      expect(replay.relations).toEqual(['invited']);
      break;
    }
  });

  it('is refused a span that ends before it begins', async () => {
    const meeting = { organisation: HEALTH.organisation, workerId: 'W-1', meeting: 'core-group' };
    const { status, json } = await say(WORKER, 'invitations', { ...meeting, from: span.until, until: span.from });
    expect([status, (json as { errors: object[] }).errors]).toEqual([400, [{ field: 'until', reason: 'ends-before-it-starts' }]]); // prettier-ignore
  });
});

describe('a reason of one’s own', () => {
  const REASON = { reason: 'The child’s aunt rang the front door' };

  it('opens summaries, for 24 hours of recorded time', async () => {
    expect((await seen(COLLEAGUE)).entries).toEqual([]);
    const { status, json } = await say(COLLEAGUE, 'assertions', REASON);
    expect([status, Object.keys(json as object).sort()]).toEqual([202, ['id', 'until']]);
    await projected();
    const { entries } = await seen(COLLEAGUE);
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.flatMap(({ content, location }) => [content, location].flatMap(Object.keys))).toEqual([]);
    expect(entries.every(({ recordType }) => typeof recordType === 'string')).toBe(true);
    // It gives no say over what one's own service recorded.
    const restrict = { purpose: 'SAFEGUARDING', allow: [{ organisation: HEALTH.organisation }], reason: 'None' };
    expect((await say(COLLEAGUE, 'restrictions', restrict)).status).toBe(404);
    expect((await say(COLLEAGUE, 'relation-confirmations', ON_ROLL)).status).toBe(404);
  });

  it('answers the same where nothing opens: for an unknown child, and for whoever holds no post', async () => {
    const shapes = await Promise.all(
      [
        say(STRANGER, 'assertions', REASON),
        say(COLLEAGUE, 'assertions', REASON, UNKNOWN),
        say('nobody', 'assertions', REASON),
      ].map(async (answer) => {
        const { status, json, text } = await answer;
        return [status, Object.keys(json as object).sort(), text.length];
      }),
    );
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
    await projected();
    expect((await api.read(COLLEAGUE, await handleOf(COLLEAGUE, UNKNOWN))).entries).toEqual([]);
  });

  it('is refused without words', async () => {
    const { status, json } = await say(COLLEAGUE, 'assertions', {});
    expect([status, (json as { errors: object[] }).errors]).toEqual([400, [{ field: 'reason', reason: 'missing' }]]);
  });
});

describe('what is opened in the hub', () => {
  const REASON = { reason: 'A call from a neighbour' };

  beforeAll(async () => {
    const door = ['door', 'door-colleague'].map((login) => post(AUTHORITY, login, 1, { service: 'mash' }));
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, door, []));
    const nurses = ['attending', 'not-attending'].map((login) => post(HEALTH, login, 1, { service: 'unscheduled' }));
    await api.filed(HEALTH.connector, HEALTH.staff, staffDocument(HEALTH, nurses, []));
  });

  it('is a contact for the whole service of a front door, until it has an outcome', async () => {
    expect(await fieldsSeen('door-colleague')).toEqual([]);
    const { status, json } = await say('door', 'triage', REASON);
    expect([status, Object.keys(json as object).sort()]).toEqual([202, ['id', 'until']]);
    const { id, until } = json as { id: string; until: string };
    // Opened on a Monday.
    expect(until).toBe('2026-03-06T00:00:00.000Z');
    await projected();
    for (const login of ['door', 'door-colleague']) {
      expect(await fieldsSeen(login)).toEqual(expect.arrayContaining(['recordedName', 'teams']));
    }
    expect((await say(WORKER, `triage/${id}/outcome`, { outcome: 'None' })).status).toBe(404);
    expect((await say('door-colleague', `triage/${id}/outcome`, { outcome: 'Passed on' })).status).toBe(202);
    for (const login of ['door', 'door-colleague']) expect((await seen(login)).entries).toEqual([]);
  });

  it('is an encounter for whoever attends, in unscheduled care', async () => {
    expect((await say('attending', 'encounters', { reason: 'A fall' })).status).toBe(202);
    await projected();
    expect(await fieldsSeen('attending')).toEqual(expect.arrayContaining(['recordedName', 'teams']));
    expect((await seen('not-attending')).entries).toEqual([]);
  });

  it('is for those services alone', async () => {
    const answers = [
      await say(WORKER, 'triage', REASON),
      await say(WORKER, 'encounters', REASON),
      await say('attending', 'triage', REASON),
      await say('door', 'encounters', REASON),
      await say('nobody', 'triage', REASON),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(403));
  });

  it('answers the same about a child of whom nothing is known', async () => {
    const { status, json } = await say('door', 'triage', REASON, UNKNOWN);
    expect([status, Object.keys(json as object).sort()]).toEqual([202, ['id', 'until']]);
  });
});

describe('what a service said and can end', () => {
  const standing = async (login: string, child = CHILD) => {
    const path = `/v1/children/${await handleOf(login, child)}/relations?purpose=SAFEGUARDING`;
    const { status, json } = await api.call(login, 'GET', path);
    return { status, ...(json as { contacts?: { id: string }[]; confirmations?: { id: string }[] }) };
  };

  it('lists its open contacts, to its own people alone, until each has its outcome', async () => {
    const opened: { id: string; until: string }[] = [];
    for (const reason of ['A call from a neighbour', 'A letter']) {
      opened.push((await say('door', 'triage', { reason })).json as { id: string; until: string });
      await projected();
    }
    const contacts = opened.map((contact, i) => ({
      ...contact,
      from: expect.stringContaining('2026-03-02T'),
      reason: ['A call from a neighbour', 'A letter'][i],
    }));
    for (const login of ['door', 'door-colleague']) {
      expect(await standing(login)).toEqual({ status: 200, contacts, moves: [], confirmations: [] });
    }
    expect((await standing(WORKER)).contacts).toEqual([]);
    await filed(say('door-colleague', `triage/${opened[0]!.id}/outcome`, { outcome: 'Passed on' }));
    expect(await standing('door')).toEqual({ status: 200, contacts: [contacts[1]], moves: [], confirmations: [] });
    await filed(say('door', `triage/${opened[1]!.id}/outcome`, { outcome: 'Passed on' }));
  });

  it('lists its confirmations, not to whom they are about, until they are taken back', async () => {
    const before = (await standing(WORKER)).confirmations!;
    const id = await filed(say(WORKER, 'relation-confirmations', { ...ON_ROLL, service: SCHOOL.service }));
    const given = { ...ON_ROLL, id, service: SCHOOL.service, at: expect.stringContaining('2026-03-02T') };
    expect((await standing(WORKER)).confirmations).toEqual([...before, given]);
    expect(await standing(TEACHER)).toEqual({ status: 200, contacts: [], moves: [], confirmations: [] });
    await filed(say(WORKER, `relation-confirmations/${id}/lifts`, {}));
    expect((await standing(WORKER)).confirmations).toEqual(before);
  });

  it('answers whoever has no say as about a child of whom nothing is known', async () => {
    const unknown = await standing(WORKER, UNKNOWN);
    expect(unknown.status).toBe(404);
    // One’s own word is no relation of one’s service.
    for (const login of [COLLEAGUE, STRANGER, 'nobody']) expect(await standing(login)).toEqual(unknown);
  });
});

describe('an encounter and a contact without an end', () => {
  it('are over after 24 hours and after 3 working days', async () => {
    const [here, yesterday] = ['2026-03-02T08:00:00Z', '2026-03-01T08:00:00Z'];
    const presenting = (id: string, from: string) => ({
      ...wholeService({ ...HEALTH, service: 'unscheduled' }, 'presenting', from),
      relationId: id,
      workerId: `W-${id}`,
    });
    const nurses = ['now', 'before'].map((id) => post(HEALTH, id, 1, { service: 'unscheduled', role: 'ed-clinician' }));
    await api.filed(
      HEALTH.connector,
      HEALTH.staff,
      staffDocument(HEALTH, nurses, [presenting('now', here), presenting('before', yesterday)]),
    );
    expect(await fieldsSeen('now')).toEqual(expect.arrayContaining(['recordedName']));
    expect((await seen('before')).entries).toEqual([]);
    const triage = (id: string, from: string) => ({
      ...wholeService(AUTHORITY, 'triage', from),
      relationId: id,
      workerId: `W-${id}`,
    });
    // A Monday: what was opened on the Wednesday before is open, on the Tuesday not.
    const [wednesday, tuesday] = ['2026-02-25T10:00:00Z', '2026-02-24T10:00:00Z'];
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(
        AUTHORITY,
        [post(AUTHORITY, 'open', 1), post(AUTHORITY, 'over', 1)],
        [triage('open', wednesday), triage('over', tuesday)],
      ),
    );
    expect((await seen('open')).entries.length).toBeGreaterThan(0);
    expect((await seen('over')).entries).toEqual([]);
  });
});

describe('a family that moves from one authority to another', () => {
  it('is both authorities’, until the first one’s allocation ends; then the second’s alone', async () => {
    const moved = nhsNumber(3);
    const [first, second] = ['first-authority', 'second-authority'];
    for (const [of, login] of [
      [AUTHORITY, first],
      [NEIGHBOUR, second],
    ] as const) {
      const record = {
        recordId: 'MOVED',
        personId: moved,
        recordType: 'personal.details',
        payload: { firstName: 'Cam', lastName: 'Example', dateOfBirth: '2016-05-04' },
      };
      await api.filed(of.connector, of.records, custodianFile(of, [recordOf(record)]));
      await api.filed(
        of.connector,
        of.staff,
        staffDocument(of, [post(of, login, 1)], [allocation(of, login, moved, 1)]),
      );
    }
    const ownersSeen = async (login: string) =>
      (await api.read(login, await handleOf(login, moved))).entries.map(({ owner }) => owner.organisation).sort();
    const [here, there] = [AUTHORITY.organisation, NEIGHBOUR.organisation];
    // The neighbour's own agreement opens nothing to the first; the first's opens its records to the second.
    expect([await ownersSeen(first), await ownersSeen(second)]).toEqual([[here], [here, there]]);
    const end = allocation(AUTHORITY, first, moved, 2, { to: '2026-03-01T00:00:00Z' });
    await api.accepted(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [end]));
    expect([await ownersSeen(first), await ownersSeen(second)]).toEqual([[], [here, there]]);
  });
});
