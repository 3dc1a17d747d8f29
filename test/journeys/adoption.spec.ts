import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  adoptPolicy,
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  importedPolicy,
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
import { verifyHub } from '../support/journeys/verify-hub.js';

/** The child before and after the order: another number, another surname, the same birth date and sex. */
const [BEFORE, AFTER, NOBODY] = [nhsNumber(34), nhsNumber(42), nhsNumber(99)];
const [WORKER, ADOPTION_WORKER, OFFICER, MANAGER] = ['worker', 'adoption-worker', 'officer', 'manager'];

let hub: TestHub;
let api: HubApi;

const details = (personId: string, lastName: string) =>
  recordOf({
    recordId: `D-${personId}`,
    personId,
    recordType: 'personal.details',
    payload: { firstName: 'Robin', lastName, dateOfBirth: '2021-02-03', birthAssignedSex: 'Female' },
  });

const justice = (personId: string, recordId: string) =>
  recordOf({
    recordId,
    personId,
    recordType: 'crime-justice.details',
    payload: { servicesKnownTo: ['Youth justice'] },
  });

const send = (of: Agency, ...records: unknown[]) => api.filed(of.connector, of.records, custodianFile(of, records));

const invalidation = (reason: string, changes: object = {}) => ({
  ...recordOf({ recordId: 'PDS-1', personId: BEFORE, recordType: 'identity.invalidated', payload: { reason } }),
  ...changes,
});

/** A page as its reader has it, without the ids that are drawn anew for every read. */
const pageOf = async (login: string, number: string): Promise<string> => {
  const page = await api.seen(login, number);
  return JSON.stringify({ ...page, readId: '', handle: '', token: '' });
};

const shownTo = async (login: string, number: string): Promise<string[]> =>
  (await api.seen(login, number)).entries.map(({ owner, recordType }) => `${owner.organisation} ${recordType}`).sort();

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [POLICE]);
  await send(AUTHORITY, details(BEFORE, 'Ashby'), details(AFTER, 'Marsh'));
  await send(HEALTH, details(BEFORE, 'Ashby'), details(AFTER, 'Marsh'));
  await send(POLICE, justice(BEFORE, 'CJ-1'));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [
        post(AUTHORITY, WORKER, 1),
        post(AUTHORITY, ADOPTION_WORKER, 1),
        post(AUTHORITY, MANAGER, 1, { role: 'data-manager' }),
      ],
      [allocation(AUTHORITY, WORKER, BEFORE, 1), allocation(AUTHORITY, ADOPTION_WORKER, AFTER, 1)],
    ),
  );
  await api.filed(
    POLICE.connector,
    POLICE.staff,
    staffDocument(POLICE, [post(POLICE, OFFICER, 1)], [allocation(POLICE, OFFICER, BEFORE, 1)]),
  );
  await adoptPolicy(api, POLICE, importedPolicy(POLICE, 'POLICE', ['crime-justice.details'], ['LOCAL_AUTHORITY']));
});
afterAll(() => hub.close());

describe('an adoption', () => {
  it('begins with a child whom the agencies share', async () => {
    await until(async () => (await shownTo(WORKER, BEFORE)).length === 2);
    expect(await shownTo(WORKER, BEFORE)).toEqual([
      'LOCAL-AUTHORITY-01 personal.details',
      'POLICE-01 crime-justice.details',
    ]);
    expect(await shownTo(OFFICER, BEFORE)).toEqual(['POLICE-01 crime-justice.details']);
  });

  it('is not for everybody to declare: a feed that is no register of numbers is not believed', async () => {
    const [item] = await send(SCHOOL, invalidation('adoption'));
    expect([item!.state, item!.reason]).toEqual(['quarantined', 'unknown-record-type']);
    const [unclear] = await send(HEALTH, invalidation('moved house'));
    expect([unclear!.state, unclear!.field]).toEqual(['quarantined', 'records[0].payload.reason']);
    expect(await shownTo(WORKER, BEFORE)).toHaveLength(2);
  });

  it('leaves a number that is void for another reason its records, which no longer join', async () => {
    await send(HEALTH, invalidation('other', { version: '1' }));
    expect(await shownTo(WORKER, BEFORE)).toEqual(['LOCAL-AUTHORITY-01 personal.details']);
    expect(await shownTo(OFFICER, BEFORE)).toEqual(['POLICE-01 crime-justice.details']);
  });

  it('makes the child of the old number nobody, from the acknowledgement on', async () => {
    await api.accepted(
      HEALTH.connector,
      HEALTH.records,
      custodianFile(HEALTH, [invalidation('adoption', { version: '2' })]),
    );
    for (const login of [WORKER, OFFICER]) {
      expect([login, await pageOf(login, BEFORE)]).toEqual([login, await pageOf(login, NOBODY)]);
      const mine = await api.call(login, 'GET', '/v1/my/children');
      expect((mine.json as { children: unknown[] }).children).toEqual([]);
    }
  });

  it('leaves the child of the new number its own', async () => {
    expect(await shownTo(ADOPTION_WORKER, AFTER)).toEqual(['LOCAL-AUTHORITY-01 personal.details']);
    expect(await pageOf(ADOPTION_WORKER, BEFORE)).toBe(await pageOf(ADOPTION_WORKER, NOBODY));
    const questions = await api.call(MANAGER, 'GET', '/v1/identity/questions');
    expect((questions.json as { questions: unknown[] }).questions).toEqual([]);
  });

  it('keeps what comes late to the old number, and shows it to nobody', async () => {
    const [item] = await send(POLICE, justice(BEFORE, 'CJ-2'));
    expect(item!.state).toBe('filed');
    const [first] = await send(SCHOOL, details(BEFORE, 'Ashby'));
    expect(first!.state).toBe('filed');
    for (const login of [WORKER, OFFICER]) expect(await pageOf(login, BEFORE)).toBe(await pageOf(login, NOBODY));
  });

  it('is undone where the register takes its word back', async () => {
    await send(HEALTH, invalidation('adoption', { version: '3', purge: true, payload: undefined }));
    await until(async () => (await shownTo(OFFICER, BEFORE)).length === 2);
    expect(await shownTo(WORKER, BEFORE)).toEqual([
      'LOCAL-AUTHORITY-01 personal.details',
      'POLICE-01 crime-justice.details',
      'POLICE-01 crime-justice.details',
    ]);
  });

  it('replays to what every reader was shown', async () => {
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect({ ...reads, same: 0 }).toEqual({ same: 0, erased: 0, 'other-code': 0, differs: 0 });
  });
});
