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
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  sendSigners,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

let hub: TestHub;
let api: HubApi;

const CHILD = nhsNumber(1);
const TYPES = ['allegation-recorded', 'allegation-outcome-recorded'];
const PEOPLE: readonly (readonly [Agency, string, string])[] = [
  [AUTHORITY, 'worker', 'personal.details'],
  [HEALTH, 'nurse', 'health.details'],
  [SCHOOL, 'lead', 'education.details'],
];
const READERS = ['worker', 'nurse', 'lead'];

const seen = async (login: string) => (await api.seen(login, CHILD)).entries.filter(({ type }) => TYPES.includes(type));
const take = async (what: string, body: object): Promise<void> => {
  const path = `/v1/children/${await api.search('worker', CHILD)}/${what}`;
  const { status, text } = await api.call('worker', 'POST', path, JSON.stringify({ purpose: 'SAFEGUARDING', ...body }));
  expect([status, text]).toEqual([202, expect.any(String)]);
};
const allege = async (allegation: string) => {
  const before = (await seen('worker')).length;
  await take('allegations', { allegation, against: 'Step-father' });
  await until(async () => (await seen('worker')).length > before);
};
const entryOf = async (login: string, allegation: string) =>
  (await seen(login)).find(({ content }) => content['allegation'] === allegation)!;

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  for (const [agency, login, recordType] of PEOPLE) {
    const record = recordOf({ recordId: `R-${login}`, personId: CHILD, recordType, payload: {} });
    await api.filed(agency.connector, agency.records, custodianFile(agency, [record]));
    const staff = staffDocument(agency, [post(agency, login, 1)], [allocation(agency, login, CHILD, 1)]);
    await api.filed(agency.connector, agency.staff, staff);
  }
  await sendSigners(api, [AUTHORITY]);
  await adoptPolicy(api, AUTHORITY, importedPolicy(AUTHORITY, 'LOCAL_AUTHORITY', TYPES, ['HEALTH', 'EDUCATION']));
});
afterAll(() => hub.close());

describe('an allegation that was shared', () => {
  it('reaches its readers as an allegation', async () => {
    await allege('Struck with a belt');
    for (const login of READERS) {
      const [entry] = await seen(login);
      expect([login, entry]).toEqual([login, expect.objectContaining({ statement: 'allegation', about: 'alleged-perpetrator', marks: [], closedBy: [] })]); // prettier-ignore
    }
  });

  it('is kept and marked when it is taken back and not substantiated, and shows with its outcome', async () => {
    const { entryId } = await entryOf('worker', 'Struck with a belt');
    await take('allegation-outcomes', { entryId, outcome: 'unsubstantiated', withdrawn: true, reason: 'Not proved' });
    await until(async () => (await seen('worker')).length === 2);
    for (const login of READERS) {
      const [allegation, outcome] = [await entryOf(login, 'Struck with a belt'), (await seen(login)).find(({ type }) => type === TYPES[1])!]; // prettier-ignore
      expect(allegation).toMatchObject({ entryId, marks: ['has-outcome'], closedBy: [outcome.entryId] });
      expect(outcome).toMatchObject({
        statement: 'outcome',
        closes: [entryId],
        content: { outcome: 'unsubstantiated', withdrawn: true, reason: 'Not proved' },
      });
    }
  });

  it('is not deleted by being malicious', async () => {
    await allege('Left alone at night');
    const { entryId } = await entryOf('worker', 'Left alone at night');
    await take('allegation-outcomes', {
      entryId,
      outcome: 'malicious',
      withdrawn: false,
      reason: 'The neighbour said so',
    });
    await until(async () => (await seen('worker')).length === 4);
    for (const login of READERS) {
      expect((await entryOf(login, 'Left alone at night')).marks).toEqual(['has-outcome']);
      expect((await entryOf(login, 'Struck with a belt')).closedBy).toHaveLength(1);
    }
  });

  it('is closed by its own service alone, and by naming an allegation', async () => {
    const { entryId } = await entryOf('nurse', 'Struck with a belt');
    const outcome = { purpose: 'SAFEGUARDING', outcome: 'unfounded', withdrawn: false, reason: 'x' };
    const close = async (login: string, id: string) => (await api.call(login, 'POST', `/v1/children/${await api.search(login, CHILD)}/allegation-outcomes`, JSON.stringify({ ...outcome, entryId: id }))).status; // prettier-ignore
    expect(await close('nurse', entryId)).toBe(404);
    const details = (await api.seen('worker', CHILD)).entries.find(({ type }) => type === 'personal-details')!;
    expect(await close('worker', details.entryId)).toBe(404);
  });

  it('decides every read again as it was', async () => {
    expect((await verifyHub(hub)).findings).toEqual([]);
  });
});
