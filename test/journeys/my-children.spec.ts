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
  SCHOOL,
  staffDocument,
} from '../support/journeys/scene.js';

let hub: TestHub;
let api: HubApi;

const WORKER = 'worker';
const TEACHER = 'teacher';
const [ADA, BEN, CAM] = [nhsNumber(1), nhsNumber(2), nhsNumber(3)];

interface OwnChild {
  readonly handle: string;
  readonly child: { readonly name: string | null; readonly birthDate: string | null };
  readonly relation: string[];
  readonly purposes: string[];
  readonly lastRead: string | null;
  readonly new: number | null;
}
const listOf = async (login: string) => {
  const { status, json } = await api.call(login, 'GET', '/v1/my/children');
  expect(status).toBe(200);
  // The relations of one document have no order among themselves.
  const { children } = json as { children: OwnChild[]; cursor: string | null };
  return children.sort((a, b) => (a.child.name! < b.child.name! ? 1 : -1));
};
const profileOf = async (login: string) => {
  const { status, json } = await api.call(login, 'GET', '/v1/my/profile');
  expect(status).toBe(200);
  return json as { name: string | null; posts: { organisation: string; role: string }[]; purposes: string[] };
};
const person = (recordId: string, personId: string, firstName: string) =>
  recordOf({
    recordId,
    personId,
    recordType: 'personal.details',
    payload: { firstName, lastName: 'Example', dateOfBirth: '2015-06-12' },
  });
const referral = (recordId: string, personId: string) =>
  recordOf({
    recordId,
    personId,
    recordType: 'childrens-services.details',
    payload: { childrensServicesReferrals: [{ date: '2026-02-01', type: 'Social Care' }] },
  });

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.records,
    custodianFile(AUTHORITY, [person('P-1', ADA, 'Ada'), person('P-2', BEN, 'Ben'), person('P-3', CAM, 'Cam')]),
  );
  await api.filed(SCHOOL.connector, SCHOOL.records, custodianFile(SCHOOL, [person('P-1', ADA, 'Adele')]));
  await api.filed(
    SCHOOL.connector,
    SCHOOL.staff,
    staffDocument(
      SCHOOL,
      [post(SCHOOL, TEACHER, 1, { name: 'Tess Reed' })],
      [
        {
          relationId: 'ROLL-1',
          sequence: 1,
          relation: 'on-roll',
          service: SCHOOL.service,
          child: { system: SCHOOL.records, localId: ADA },
          from: LONG_AGO,
        },
      ],
    ),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, WORKER, 1, { name: 'Will Ames' })],
      [allocation(AUTHORITY, WORKER, ADA, 1), allocation(AUTHORITY, WORKER, BEN, 1)],
    ),
  );
});
afterAll(() => hub.close());

describe('the profile of whoever is signed in', () => {
  it('comes from staff events, with the purposes that a relation allows', async () => {
    expect(await profileOf(WORKER)).toMatchObject({
      name: 'Will Ames',
      posts: [{ organisation: AUTHORITY.organisation, role: 'social-worker', service: 'csc', team: null }],
      purposes: ['SAFEGUARDING', 'CHILD_PROTECTION'],
    });
    expect((await profileOf(TEACHER)).purposes).toEqual(['SAFEGUARDING']);
    expect(await profileOf('nobody')).toMatchObject({ name: null, posts: [], purposes: [] });
  });
});

describe('the list of one’s own children', () => {
  it('names each child as one’s own service knows it, and nobody else’s', async () => {
    const own = await listOf(WORKER);
    expect(own.map(({ child }) => child)).toEqual([
      { name: 'Ben Example', birthDate: '2015-06-12' },
      { name: 'Ada Example', birthDate: '2015-06-12' },
    ]);
    expect(own).toMatchObject([
      { relation: ['allocated'], purposes: ['SAFEGUARDING', 'CHILD_PROTECTION'], lastRead: null, new: null },
      { relation: ['allocated'] },
    ]);
    expect((await listOf(TEACHER)).map(({ child }) => child.name)).toEqual(['Adele Example']);
    expect(await listOf('nobody')).toEqual([]);
  });

  it.each([
    ['by its record first, then by its number', [{ system: AUTHORITY.records, localId: CAM }, { nhsNumber: CAM }]],
    ['by its number first, then by its record', [{ nhsNumber: CAM }, { system: AUTHORITY.records, localId: CAM }]],
  ])('names a child once that relations name %s', async (_, children) => {
    const login = `twice-${Object.keys(children[0]!)[0]!}`;
    await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [post(AUTHORITY, login, 1)], []));
    for (const [i, child] of children.entries()) {
      const one = allocation(AUTHORITY, login, CAM, 1, { relationId: `${login}-${String(i)}`, child });
      await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, [], [one]));
    }
    expect((await listOf(login)).map(({ child }) => child.name)).toEqual(['Cam Example']);
  });

  it('keeps one handle for each child, which opens its chronology with its name', async () => {
    const [first, again] = [await listOf(WORKER), await listOf(WORKER)];
    expect(again.map(({ handle }) => handle)).toEqual(first.map(({ handle }) => handle));
    const answer = await api.call(
      WORKER,
      'GET',
      `/v1/children/${first[1]!.handle}/chronology?purpose=SAFEGUARDING&limit=500`,
    );
    expect(answer.json).toMatchObject({ child: { name: 'Ada Example', birthDate: '2015-06-12' } });
    expect((await api.call(TEACHER, 'GET', `/v1/children/${first[1]!.handle}/chronology?purpose=SAFEGUARDING`)).status).toBe(404); // prettier-ignore
    const byNumber = await api.search('stranger', ADA);
    const { json } = await api.call('stranger', 'GET', `/v1/children/${byNumber}/chronology?purpose=SAFEGUARDING`);
    expect(json).toMatchObject({ child: { name: null, birthDate: null }, entries: [] });
  });

  it('says what is new since one’s own last read', async () => {
    const ofBen = async () => (await listOf(WORKER)).find(({ child }) => child.name === 'Ben Example')!;
    const { handle } = await ofBen();
    await api.read(WORKER, handle);
    const read = async () => {
      for (;;) {
        const ben = await ofBen();
        if (ben.lastRead !== null) return ben;
      }
    };
    expect((await read()).new).toBe(0);
    await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [referral('R-1', BEN)]));
    const { new: found } = await ofBen();
    expect(found).toBeGreaterThan(0);
    expect((await ofBen()).new).toBe(found);
    await api.read(WORKER, handle);
    for (;;) if ((await ofBen()).new === 0) break;
  });

  it('ends with the relation, and with the post, at the acknowledgement', async () => {
    await api.accepted(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [], [allocation(AUTHORITY, WORKER, ADA, 2, { to: '2026-02-01' })]),
    );
    expect((await listOf(WORKER)).map(({ child }) => child.name)).toEqual(['Ben Example']);
    await api.accepted(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 2, { to: '2026-02-01' })], []),
    );
    expect(await profileOf(WORKER)).toMatchObject({ posts: [], name: null });
    expect(await listOf(WORKER)).toEqual([]);
  });
});
