import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, type Answer } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  nhsNumber,
  POLICE,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';

let hub: TestHub;
let api: HubApi;

const [ADA, BEN] = [nhsNumber(1), nhsNumber(2)];
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const POST = 'urn:sightline:params:scim:schemas:extension:post:2.0:User';
const SINCE = '2026-01-01T00:00:00Z';

const scim = (of: Agency, method: string, path: string, body?: object): Promise<Answer> =>
  api.call(of.connector, method, `/scim/v2/${path}`, body && JSON.stringify(body), {
    'content-type': 'application/scim+json',
  });
const user = (of: Agency, login: string, change: object = {}) => ({
  schemas: [USER, POST],
  userName: login,
  externalId: `W-${login}`,
  displayName: login.toUpperCase(),
  roles: [{ value: of.role, primary: true }],
  [POST]: { service: of.service, from: SINCE },
  ...change,
});
const patch = (...operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
});
const inactive = patch({ op: 'replace', path: 'active', value: false });
const created = async (of: Agency, resources: string, body: object): Promise<string> => {
  const { status, json, text } = await scim(of, 'POST', resources, body);
  expect([status, text]).toEqual([201, expect.any(String)]);
  return (json as { id: string }).id;
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
const postsOf = async (login: string) => {
  await projected();
  const { json } = await api.call(login, 'GET', '/v1/my/profile');
  return (json as { posts: { organisation: string; service: string; role: string; team: string | null }[] }).posts;
};
const sees = async (login: string, child: string): Promise<number> => (await api.seen(login, child)).entries.length;
const mediaType = ({ headers }: Answer) => headers.get('content-type')?.split(';')[0];
const errorOf = (answer: Answer) => {
  expect(mediaType(answer)).toBe('application/scim+json');
  return [answer.status, answer.json];
};
const refused = (status: number, scimType: string | undefined, detail: string) => [
  status,
  {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail,
  },
];

const record = (agency: Agency, personId: string) =>
  recordOf({
    recordId: `P-${personId}`,
    personId,
    recordType: 'personal.details',
    payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' },
    handling: { tier: agency === POLICE ? 'special' : 'ordinary' },
  });

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  for (const agency of [AUTHORITY, SCHOOL]) {
    await api.filed(
      agency.connector,
      agency.records,
      custodianFile(agency, [record(agency, ADA), record(agency, BEN)]),
    );
  }
});
afterAll(() => hub.close());

describe('a member of staff whom his organisation provisions', () => {
  it('has the post that it says, and reads what his relations open', async () => {
    const answer = await scim(AUTHORITY, 'POST', 'Users', user(AUTHORITY, 'worker'));
    expect([answer.status, mediaType(answer)]).toEqual([201, 'application/scim+json']);
    const { headers, json } = answer;
    const { id, meta } = json as { id: string; meta: { location: string } };
    expect([meta.location, headers.get('location')]).toEqual([`/scim/v2/Users/${id}`, `/scim/v2/Users/${id}`]);
    expect(await postsOf('worker')).toMatchObject([
      { organisation: AUTHORITY.organisation, service: 'csc', role: 'social-worker', team: null },
    ]);
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [allocation(AUTHORITY, 'worker', ADA, 1)])); // prettier-ignore
    expect(await sees('worker', ADA)).toBe(1);
    expect(await sees('worker', BEN)).toBe(0);
  });

  it('is found by his sign-in, his number and his id, by his own organisation alone', async () => {
    const listed = async (of: Agency, filter: string) =>
      (await scim(of, 'GET', `Users?filter=${encodeURIComponent(filter)}`)).json as {
        totalResults: number;
        Resources: { id: string; userName: string; active: boolean }[];
      };
    const { totalResults, Resources } = await listed(AUTHORITY, 'userName eq "WORKER"');
    expect([totalResults, Resources[0]?.userName, Resources[0]?.active]).toEqual([1, 'worker', true]);
    expect((await listed(AUTHORITY, 'externalId eq "W-worker"')).totalResults).toBe(1);
    expect((await listed(AUTHORITY, 'externalId eq "w-worker"')).totalResults).toBe(0);
    const { id } = Resources[0]!;
    expect((await scim(AUTHORITY, 'GET', `Users/${id}`)).json).toMatchObject(user(AUTHORITY, 'worker', { [POST]: { service: 'csc', from: '2026-01-01T00:00:00.000Z' } })); // prettier-ignore
    expect((await listed(SCHOOL, 'userName eq "worker"')).totalResults).toBe(0);
    const gone = refused(404, undefined, 'There is no such resource');
    for (const method of ['GET', 'DELETE']) expect(errorOf(await scim(SCHOOL, method, `Users/${id}`))).toEqual(gone);
    expect(errorOf(await scim(SCHOOL, 'PATCH', `Users/${id}`, inactive))).toEqual(gone);
    expect(errorOf(await scim(SCHOOL, 'PUT', `Users/${id}`, user(SCHOOL, 'worker')))).toEqual(gone);
    expect(await sees('worker', ADA)).toBe(1);
  });

  it('is there once by name and by number', async () => {
    const twice = refused(409, 'uniqueness', 'One of this name or externalId is there already');
    expect(errorOf(await scim(AUTHORITY, 'POST', 'Users', user(AUTHORITY, 'worker')))).toEqual(twice);
    const other = user(AUTHORITY, 'other', { externalId: 'W-worker' });
    expect(errorOf(await scim(AUTHORITY, 'POST', 'Users', other))).toEqual(twice);
  });

  it('loses every access with the answer to active=false, and has it back when he is active again', async () => {
    const id = await created(AUTHORITY, 'Users', user(AUTHORITY, 'leaver'));
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [allocation(AUTHORITY, 'leaver', ADA, 1)])); // prettier-ignore
    expect(await sees('leaver', ADA)).toBe(1);
    const handle = await api.search('leaver', ADA);
    const { status, json } = await scim(AUTHORITY, 'PATCH', `Users/${id}`, inactive);
    expect([status, (json as { active: boolean }).active]).toEqual([200, false]);
    // At once: nothing waits for what was acknowledged to be filed.
    expect((await api.read('leaver', handle)).entries).toEqual([]);
    expect(await postsOf('leaver')).toEqual([]);
    expect((await scim(AUTHORITY, 'GET', `Users/${id}`)).json).toMatchObject({ active: false });
    const active = patch({ op: 'Replace', path: 'active', value: 'True' });
    expect((await scim(AUTHORITY, 'PATCH', `Users/${id}`, active)).status).toBe(200);
    await projected();
    expect(await sees('leaver', ADA)).toBe(1);
    expect((await scim(AUTHORITY, 'DELETE', `Users/${id}`)).status).toBe(204);
    expect((await api.read('leaver', handle)).entries).toEqual([]);
    expect((await scim(AUTHORITY, 'GET', `Users/${id}`)).status).toBe(404);
  });

  it('reads under his new sign-in alone, once he has another', async () => {
    const id = await created(AUTHORITY, 'Users', user(AUTHORITY, 'before'));
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [allocation(AUTHORITY, 'before', ADA, 1)])); // prettier-ignore
    const change = user(AUTHORITY, 'after', { externalId: 'W-before' });
    expect((await scim(AUTHORITY, 'PUT', `Users/${id}`, change)).status).toBe(200);
    expect(await sees('before', ADA)).toBe(0);
    await projected();
    expect([await sees('before', ADA), await sees('after', ADA)]).toEqual([0, 1]);
    const another = user(AUTHORITY, 'after', { externalId: 'W-another' });
    expect(errorOf(await scim(AUTHORITY, 'PUT', `Users/${id}`, another))).toEqual(
      refused(400, 'mutability', 'externalId: cannot be changed'),
    );
  });
});

describe('a team', () => {
  it('gives its members a post in it, for as long as they are its members', async () => {
    const [a, b] = [
      await created(AUTHORITY, 'Users', user(AUTHORITY, 'first-of-team')),
      await created(AUTHORITY, 'Users', user(AUTHORITY, 'second-of-team')),
    ];
    const team = await created(AUTHORITY, 'Groups', {
      schemas: [GROUP],
      displayName: 'North',
      members: [{ value: a }],
    });
    const withTeam = {
      relationId: 'TEAM-1',
      sequence: 1,
      relation: 'team',
      service: AUTHORITY.service,
      team: 'North',
      child: { system: AUTHORITY.records, localId: BEN },
      from: SINCE,
    };
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [withTeam]));
    expect((await postsOf('first-of-team')).map((post) => post.team)).toEqual(expect.arrayContaining([null, 'North']));
    expect([await sees('first-of-team', BEN), await sees('second-of-team', BEN)]).toEqual([1, 0]);
    const added = patch({ op: 'add', path: 'members', value: [{ value: b }] });
    expect((await scim(AUTHORITY, 'PATCH', `Groups/${team}`, added)).status).toBe(200);
    await projected();
    expect(await sees('second-of-team', BEN)).toBe(1);
    const removed = patch({ op: 'remove', path: `members[value eq "${a}"]` });
    expect((await scim(AUTHORITY, 'PATCH', `Groups/${team}`, removed)).json).toMatchObject({ members: [{ value: b }] });
    // What narrows counts with the answer.
    expect([await sees('first-of-team', BEN), await sees('second-of-team', BEN)]).toEqual([0, 1]);
    expect((await scim(AUTHORITY, 'PATCH', `Users/${b}`, inactive)).status).toBe(200);
    expect(await sees('second-of-team', BEN)).toBe(0);
    expect((await scim(AUTHORITY, 'DELETE', `Groups/${team}`)).status).toBe(204);
    expect((await scim(AUTHORITY, 'GET', `Groups/${team}`)).status).toBe(404);
  });

  it('has users of its own organisation alone', async () => {
    const id = await created(SCHOOL, 'Users', user(SCHOOL, 'somebody-else'));
    const body = { schemas: [GROUP], displayName: 'South', members: [{ value: id }] };
    const none = refused(400, 'invalidValue', 'members: name no such users');
    expect(errorOf(await scim(AUTHORITY, 'POST', 'Groups', body))).toEqual(none);
    expect(errorOf(await scim(AUTHORITY, 'GET', 'Groups?filter=displayName%20eq%20%22South%22'))[1]).toMatchObject({ totalResults: 0 }); // prettier-ignore
  });
});

describe('a practitioner who moves', () => {
  it('loses the children of before; what he read stays his; new ones come by allocation alone', async () => {
    await sendAuditor(api);
    const atSchool = await created(SCHOOL, 'Users', user(SCHOOL, 'shah'));
    const onRoll = {
      relationId: 'ROLL-ADA',
      sequence: 1,
      relation: 'on-roll',
      service: SCHOOL.service,
      child: { system: SCHOOL.records, localId: ADA },
      from: SINCE,
    };
    await api.filed(SCHOOL.connector, SCHOOL.staff, staffDocument(SCHOOL, [], [onRoll]));
    expect(await sees('shah', ADA)).toBe(1);
    await scim(SCHOOL, 'PATCH', `Users/${atSchool}`, inactive);
    expect(await sees('shah', ADA)).toBe(0);
    await created(AUTHORITY, 'Users', user(AUTHORITY, 'shah'));
    await projected();
    expect([await sees('shah', ADA), await sees('shah', BEN)]).toEqual([0, 0]);
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [allocation(AUTHORITY, 'shah', BEN, 1)])); // prettier-ignore
    expect([await sees('shah', ADA), await sees('shah', BEN)]).toEqual([0, 1]);
    const audit = new AuditApi(api);
    for (;;) {
      const reads = (await audit.reads({ child: { nhsNumber: ADA } })).filter(({ reader }) => reader.login === 'shah');
      if (reads.some(({ reader }) => reader.posts[0]?.organisation === SCHOOL.organisation)) break;
    }
  });
});

describe('what is no request', () => {
  it('is refused in the form of SCIM, in words that repeat nothing', async () => {
    const secret = 'Nobody must read this';
    const answers = [
      await scim(AUTHORITY, 'POST', 'Users', user(AUTHORITY, secret, { roles: [] })),
      await scim(AUTHORITY, 'POST', 'Users', user(AUTHORITY, secret, { active: secret })),
      await scim(AUTHORITY, 'GET', `Users?filter=${encodeURIComponent(`${secret} eq "x"`)}`),
      await api.call(AUTHORITY.connector, 'POST', '/scim/v2/Users', `{"userName": "${secret}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    for (const answer of answers) {
      expect(errorOf(answer)[1]).toMatchObject({ status: '400', detail: expect.any(String) as string });
      expect(answer.text).not.toContain(secret);
    }
  });

  it('is closed to people, and to whoever bears no token', async () => {
    for (const caller of ['worker', null]) {
      const answer = await api.call(caller, 'GET', '/scim/v2/Users');
      expect([answer.status, mediaType(answer)]).toEqual([caller === null ? 401 : 403, 'application/scim+json']); // prettier-ignore
    }
  });

  it('leaves nothing in the clear of whom it was about', async () => {
    const { rows } = await hub.sql.query(`select encode(sealed, 'escape') as text from sharing.scim_resource`);
    expect(rows.length).toBeGreaterThan(0);
    for (const { text } of rows as { text: string }[]) expect(text).not.toMatch(/worker|team|shah/);
  });
});
