import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
  LONG_AGO,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  signersOf,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';
import { waived } from '../support/journeys/waived.js';

/** The school's records show to the authority; of health, that the visitors are involved, and of the clinic nothing. */
const INVOLVEMENT = waived({
  schema: 'agreement/1',
  id: 'involvement',
  version: '1',
  parties: {
    la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'Front door', services: { csc: 'open' } },
    nhs: {
      kind: 'HEALTH',
      orgs: [HEALTH.organisation],
      desk: 'Safeguarding nurse',
      services: { 'hv-sn': 'open', unscheduled: 'open', 'sexual-health': 'hidden' },
    },
  },
  existence: [
    { id: 'who-helps', of: ['nhs.*'], to: ['la.csc'], purposes: ['SAFEGUARDING'], shows: ['party-kind', 'desk'] },
  ],
  permits: [],
});

interface Crossing {
  readonly handle: string;
  readonly child: { readonly name: string | null };
  readonly service: { readonly organisation: string; readonly service: string } | null;
  readonly party: { readonly kind: string; readonly desk: string } | null;
  readonly new: boolean;
}

let hub: TestHub;
let api: HubApi;
const [CHILD, ALONE] = [nhsNumber(1), nhsNumber(2)];
const [WORKER, COLLEAGUE, TEACHER, DEPUTY, VISITOR, NURSE, CLINIC, OFFICER] = ['worker', 'colleague', 'teacher', 'deputy', 'visitor', 'nurse', 'clinic', 'officer']; // prettier-ignore

const handles = new Map<string, string>();
const open = async (login: string, child = CHILD) => {
  const name = `${login} ${child}`;
  const handle = handles.get(name) ?? (await api.search(login, child));
  handles.set(name, handle);
  return api.read(login, handle);
};
const projected = async (): Promise<void> => {
  for (;;) {
    const { rows } = await hub.sql.query(`
      select (select position from projection.generation where state = 'live') >= (select position from store.head) as level`);
    if ((rows[0] as { level: boolean }).level) return;
  }
};
const answerOf = async (
  login: string,
): Promise<{ readonly status: number; readonly crossings: readonly Crossing[] }> => {
  await projected();
  const { status, json } = await api.call(login, 'GET', '/v1/my/crossings');
  return { status, crossings: (json as { crossings: Crossing[] }).crossings };
};
/** Who crossed, as the worker is told: the service, or the party; and whether it is new to her. */
const told = async (login = WORKER): Promise<string[]> =>
  (await answerOf(login)).crossings.map(
    ({ service, party, new: isNew }) =>
      `${service ? `${service.organisation} ${service.service}` : `${party!.kind}, ${party!.desk}`}${isNew ? ', new' : ''}`,
  );

const person = (agency: Agency, child = CHILD) =>
  api.filed(
    agency.connector,
    agency.records,
    custodianFile(agency, [
      recordOf({
        recordId: `P-${agency.organisation}-${child}`,
        personId: child,
        recordType: 'personal.details',
        payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' },
      }),
    ]),
  );
const wholeService = (agency: Agency, relation: string, changes: object = {}) => ({
  relationId: `ALL-${relation}`,
  sequence: 1,
  relation,
  service: agency.service,
  child: { system: agency.records, localId: CHILD },
  from: LONG_AGO,
  ...changes,
});

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [AUTHORITY, SCHOOL, HEALTH]);
  for (const agency of [AUTHORITY, SCHOOL, HEALTH, POLICE]) await person(agency);
  await person(SCHOOL, ALONE);
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, WORKER, 1), post(AUTHORITY, COLLEAGUE, 1)],
      [allocation(AUTHORITY, WORKER, CHILD, 1), wholeService(AUTHORITY, 'duty')],
    ),
  );
  await api.filed(
    SCHOOL.connector,
    SCHOOL.staff,
    staffDocument(
      SCHOOL,
      [post(SCHOOL, TEACHER, 1), post(SCHOOL, DEPUTY, 1)],
      [wholeService(SCHOOL, 'on-roll'), wholeService(SCHOOL, 'on-roll', { relationId: 'ALONE', child: { system: SCHOOL.records, localId: ALONE } })], // prettier-ignore
    ),
  );
  const clinic = { relationId: 'CLINIC', service: 'sexual-health' };
  await api.filed(
    HEALTH.connector,
    HEALTH.staff,
    staffDocument(
      HEALTH,
      [
        post(HEALTH, VISITOR, 1),
        post(HEALTH, NURSE, 1, { service: 'unscheduled', role: 'ed-clinician' }),
        post(HEALTH, CLINIC, 1, { service: 'sexual-health', role: 'clinician' }),
      ],
      [
        wholeService(HEALTH, 'registered'),
        wholeService(HEALTH, 'duty', { service: 'unscheduled' }),
        wholeService(HEALTH, 'duty', clinic),
      ],
    ),
  );
  await api.filed(
    POLICE.connector,
    POLICE.staff,
    staffDocument(POLICE, [post(POLICE, OFFICER, 1)], [wholeService(POLICE, 'duty')]),
  );
  await adoptPolicy(api, SCHOOL, importedPolicy(SCHOOL, 'EDUCATION', ['personal.details'], ['LOCAL_AUTHORITY']));
  await api.adopt(HEALTH.organisation, signersOf(HEALTH), INVOLVEMENT.id, INVOLVEMENT.version, INVOLVEMENT, LONG_AGO);
});
afterAll(() => hub.close());

describe('the allocated worker is told whose people began to see a child through its links', () => {
  it('says nothing before anybody did', async () => {
    expect(await told()).toEqual([]);
    // A child of whom the school alone knows: no link was crossed.
    expect((await open(TEACHER, ALONE)).entries.length).toBeGreaterThan(0);
    expect(await told()).toEqual([]);
  });

  it('names the service whose records she sees, with the child as she knows it, once', async () => {
    await open(TEACHER);
    expect(await told()).toEqual(['EDUCATION-01 dsl, new']);
    const { crossings } = await answerOf(WORKER);
    expect(crossings[0]!.child.name).toBe('Ada Example');
    expect((await api.read(WORKER, crossings[0]!.handle)).entries.length).toBeGreaterThan(0);
    await open(TEACHER);
    await open(DEPUTY);
    // She opened the child since the first of them did: what comes after that is nothing new.
    expect(await told()).toEqual(['EDUCATION-01 dsl']);
  });

  it('says no more than the kind of party and its desk where she may know no more, once for both services of it', async () => {
    await open(VISITOR);
    expect(await told()).toEqual(['EDUCATION-01 dsl', 'HEALTH, Safeguarding nurse, new']);
    await open(WORKER);
    await open(NURSE);
    expect(await told()).toEqual(['EDUCATION-01 dsl', 'HEALTH, Safeguarding nurse']);
  });

  it('says nothing of a service that closed what it recorded to her, until it opens that again', async () => {
    const handle = await api.search(VISITOR, CHILD);
    const deny = [{ organisation: AUTHORITY.organisation, workerId: `W-${WORKER}` }];
    const body = { purpose: 'SAFEGUARDING', reason: 'Her cousin', deny };
    const made = await api.call(VISITOR, 'POST', `/v1/children/${handle}/exclusions`, JSON.stringify(body));
    expect(made.status).toBe(202);
    // The other service of the same party says it still.
    expect(await told()).toEqual(['EDUCATION-01 dsl', 'HEALTH, Safeguarding nurse, new']);
    const nurses = await api.call(NURSE, 'POST', `/v1/children/${await api.search(NURSE, CHILD)}/exclusions`, JSON.stringify(body)); // prettier-ignore
    expect(nurses.status).toBe(202);
    expect(await told()).toEqual(['EDUCATION-01 dsl']);
    for (const [login, { json }] of [
      [VISITOR, made],
      [NURSE, nurses],
    ] as const) {
      // prettier-ignore
      const path = `/v1/children/${await api.search(login, CHILD)}/restrictions/${(json as { id: string }).id}/lifts`;
      expect((await api.call(login, 'POST', path, '{"purpose":"SAFEGUARDING"}')).status).toBe(202);
    }
    await open(WORKER);
    expect(await told()).toEqual(['EDUCATION-01 dsl', 'HEALTH, Safeguarding nurse']);
  });

  it('says nothing at all of a service that is hidden from her, or of which no agreement tells her', async () => {
    const before = await api.call(WORKER, 'GET', '/v1/my/crossings');
    await open(CLINIC);
    expect((await open(OFFICER)).entries.length).toBeGreaterThan(0);
    await projected();
    const { rows } = await hub.sql.query(`select relations from projection.read order by position desc limit 2`);
    expect(rows).toEqual([{ relations: ['duty'] }, { relations: ['duty'] }]);
    const after = await api.call(WORKER, 'GET', '/v1/my/crossings');
    const ofRead = (text: string) => text.replace(/"readId":"[^"]+"/, '');
    expect(ofRead(after.text)).toBe(ofRead(before.text));
  });

  it('tells of a relation too that names the child by the number alone', async () => {
    const [login, child] = ['by-number', nhsNumber(5)];
    for (const agency of [AUTHORITY, HEALTH]) await person(agency, child);
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [post(AUTHORITY, 'second-worker', 1)], [allocation(AUTHORITY, 'second-worker', child, 1)]), // prettier-ignore
    );
    const byNumber = wholeService(HEALTH, 'duty', { relationId: 'NUMBER', child: { nhsNumber: child } });
    await api.filed(HEALTH.connector, HEALTH.staff, staffDocument(HEALTH, [post(HEALTH, login, 1)], [byNumber]));
    // Found by his organisation's own number for the child, and not by that.
    const search = JSON.stringify({ system: HEALTH.records, localId: child, purpose: 'SAFEGUARDING' });
    const { json } = await api.call(login, 'POST', '/v1/child-searches', search);
    expect((await api.read(login, (json as { handle: string }).handle)).entries.length).toBeGreaterThan(0);
    expect(await told('second-worker')).toEqual(['HEALTH, Safeguarding nurse, new']);
  });

  it('is nothing about her own service, and nothing for whom no child is allocated', async () => {
    await open(COLLEAGUE);
    expect(await told()).toEqual(['EDUCATION-01 dsl', 'HEALTH, Safeguarding nurse']);
    for (const login of [COLLEAGUE, TEACHER, 'nobody']) expect(await answerOf(login)).toEqual({ status: 200, crossings: [] }); // prettier-ignore
  });

  it('stays when the relation is taken away that was used', async () => {
    await api.filed(
      SCHOOL.connector,
      SCHOOL.staff,
      staffDocument(SCHOOL, [], [{ relationId: 'ALL-on-roll', sequence: 2, removed: true, child: { system: SCHOOL.records, localId: CHILD } }]), // prettier-ignore
    );
    expect((await open(TEACHER)).entries).toEqual([]);
    expect(await told()).toContain('EDUCATION-01 dsl');
  });

  it('ends with the allocation', async () => {
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [], [allocation(AUTHORITY, WORKER, CHILD, 2, { to: '2026-03-01T00:00:00Z' })]),
    );
    expect((await open(WORKER)).entries.length).toBeGreaterThan(0);
    expect(await told()).toEqual([]);
  });

  it('refuses a place that is none of this list', async () => {
    const { status, json } = await api.call(WORKER, 'GET', '/v1/my/crossings?cursor=abc');
    expect([status, (json as { errors: object[] }).errors]).toEqual([
      400,
      [{ field: 'cursor', reason: 'not-allowed' }],
    ]);
  });

  it('records every look before it answers', async () => {
    const { rows } = await hub.sql.query(`select count(*)::integer as n from projection.read where kind = 'crossings'`);
    expect((rows[0] as { n: number }).n).toBeGreaterThan(7);
    expect((await verifyHub(hub)).findings).toEqual([]);
  });
});
