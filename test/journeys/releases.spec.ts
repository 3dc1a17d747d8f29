import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AuditApi, sendAuditor } from '../support/journeys/auditors.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until, type Answer, type Entry, untilFiled } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  LONG_AGO,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  releasingAgreement,
  SCENE_BEGINS,
  sendSigners,
  signersOf,
  staffDocument,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

let hub: TestHub;
let api: HubApi;

const CHILD = nhsNumber(1);
/** The officer's role may release by the agreement, the clerk's may not; both are of the service that recorded it. */
const [WORKER, COLLEAGUE, OFFICER, CLERK] = ['worker', 'colleague', 'officer', 'clerk'];
const TEXT = 'An adult of the household is known for violence; visit in pairs';

const handles = new Map<string, string>();
const handleOf = async (login: string): Promise<string> => {
  const handle = handles.get(login) ?? (await api.search(login, CHILD));
  handles.set(login, handle);
  return handle;
};
const seen = async (login: string) => api.read(login, await handleOf(login));
const released = async (login: string): Promise<Entry | undefined> =>
  (await seen(login)).entries.find(({ owner }) => owner?.organisation === POLICE.organisation);
const take = async (login: string, what: string, body: object): Promise<Answer> =>
  api.call(
    login,
    'POST',
    `/v1/children/${await handleOf(login)}/${what}`,
    JSON.stringify({ purpose: 'SAFEGUARDING', ...body }),
  );
const filed = async (answer: Answer): Promise<string> => {
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  const { id, receipt } = answer.json as { id: string; receipt: string };
  await untilFiled(hub, [receipt]);
  return id;
};
const marac = (version: string, riskRadicalisation: boolean) =>
  recordOf({
    recordId: 'M-1',
    personId: CHILD,
    recordType: 'crime-justice.details',
    version,
    payload: { riskRadicalisation, missingEpisodes: [] },
    handling: { tier: 'originator' },
  });
const entryOf = async (login: string): Promise<string> =>
  (await seen(login)).entries.find(({ type }) => type === 'crime-justice-status')!.entryId;
const inDays = (days: number): string => new Date(SCENE_BEGINS.getTime() + days * 86_400_000).toISOString();
const release = async (login: string, change: object = {}): Promise<Answer> =>
  take(login, 'releases', {
    entryId: await entryOf(OFFICER),
    to: { organisation: AUTHORITY.organisation, workerId: `W-${WORKER}` },
    sanitisedText: TEXT,
    until: inDays(7),
    reason: 'For the strategy discussion',
    ...change,
  });
const lift = async (id: string) => filed(await take(OFFICER, `releases/${id}/lifts`, {}));

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [POLICE]);
  const own = recordOf({ recordId: 'P-1', personId: CHILD, recordType: 'personal.details', payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' } }); // prettier-ignore
  await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [own]));
  await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [marac('1', true)]));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [post(AUTHORITY, WORKER, 1), post(AUTHORITY, COLLEAGUE, 1)],
      [allocation(AUTHORITY, WORKER, CHILD, 1), allocation(AUTHORITY, COLLEAGUE, CHILD, 1)],
    ),
  );
  await api.filed(
    POLICE.connector,
    POLICE.staff,
    staffDocument(
      POLICE,
      [post(POLICE, OFFICER, 1), post(POLICE, CLERK, 1, { role: 'clerk' })],
      [allocation(POLICE, OFFICER, CHILD, 1), allocation(POLICE, CLERK, CHILD, 1)],
    ),
  );
  const agreement = releasingAgreement(POLICE, AUTHORITY);
  await api.adopt(POLICE.organisation, signersOf(POLICE), agreement.id, agreement.version, agreement, LONG_AGO);
});
afterAll(() => hub.close());

describe('before a release', () => {
  it('what its originator controls shows to its own service alone, and tells nobody that it is there', async () => {
    const view = await seen(WORKER);
    expect([view.entries.map(({ type }) => type), view.notices]).toEqual([['personal-details'], []]);
    expect(await entryOf(CLERK)).toBe(await entryOf(OFFICER));
  });
});

describe('a release of a text', () => {
  let id: string;

  it('opens once it is filed, to the person named alone, with the text and without the source’s own words', async () => {
    const held = await hold(hub.sql, 'projection');
    let answer: Answer;
    try {
      answer = await release(OFFICER);
      expect(answer.status).toBe(202);
      expect(await released(WORKER)).toBeUndefined();
    } finally {
      await held();
    }
    id = await filed(answer);
    expect(await released(WORKER)).toMatchObject({
      type: 'crime-justice-status',
      content: { sanitisedText: TEXT },
      handling: ['no-onward-sharing'],
    });
    expect(Object.keys((await released(WORKER))!.content)).toEqual(['sanitisedText']);
    expect(await released(COLLEAGUE)).toBeUndefined();
  });

  it('is listed to its own service, and shows in an auditor’s replay of that person’s view', async () => {
    const { json } = await api.call(
      CLERK,
      'GET',
      `/v1/children/${await handleOf(CLERK)}/releases?purpose=SAFEGUARDING`,
    );
    expect(json).toMatchObject({
      releases: [
        {
          id,
          entryId: await entryOf(CLERK),
          to: { organisation: AUTHORITY.organisation },
          byRole: POLICE.role,
          fields: ['sanitised-text'],
          sanitisedText: TEXT,
        },
      ],
    });
    await sendAuditor(api);
    const audit = new AuditApi(api);
    const { readId } = (await seen(WORKER)) as unknown as { readId: string };
    await until(async () =>
      (await audit.reads({ child: { nhsNumber: CHILD } })).some((read) => read.readId === readId),
    );
    const { outcome, entries } = await audit.read(readId);
    expect([outcome, entries!.map(({ content }) => content['sanitisedText'])]).toEqual(['same', expect.arrayContaining([TEXT])]); // prettier-ignore
  });

  it('ends at once where it is lifted, by its own service alone', async () => {
    expect((await take(WORKER, `releases/${id}/lifts`, {})).status).toBe(404);
    const held = await hold(hub.sql, 'projection');
    try {
      expect((await take(CLERK, `releases/${id}/lifts`, {})).status).toBe(202);
      expect(await released(WORKER)).toBeUndefined();
    } finally {
      await held();
    }
  });
});

describe('a release of fields', () => {
  it('shows those that the clause shows too, and the version that it names alone', async () => {
    const id = await filed(await release(OFFICER, { sanitisedText: null, fields: ['risk-radicalisation', 'missing-episodes'] })); // prettier-ignore
    expect((await released(WORKER))?.content).toEqual({ riskRadicalisation: true });
    await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [marac('2', false)]));
    expect(await released(WORKER)).toBeUndefined();
    await lift(id);
  });
});

describe('what a release cannot do', () => {
  it('is to open by somebody whose role no agreement names', async () => {
    expect((await release(CLERK)).status).toBe(403);
    expect(await released(WORKER)).toBeUndefined();
  });

  it('is to be made of what another recorded', async () => {
    const entryId = (await seen(WORKER)).entries[0]!.entryId;
    const [foreign, unknown] = [
      await release(OFFICER, { entryId }),
      await release(OFFICER, { entryId: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41' }),
    ];
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
  });

  it('is to outlast its end', async () => {
    const until = new Date(SCENE_BEGINS.getTime() + 3_600_000);
    const id = await filed(await release(OFFICER, { until: until.toISOString() }));
    expect(await released(WORKER)).toBeDefined();
    await hub.moveClock(until);
    expect(await released(WORKER)).toBeUndefined();
    await lift(id);
  });

  it.each<[object, string, string]>([
    [{ sanitisedText: null }, 'fields', 'missing'],
    [{ until: undefined }, 'until', 'missing'],
    [{ until: new Date(SCENE_BEGINS.getTime() - 1).toISOString() }, 'until', 'past'],
    [{ to: undefined }, 'to', 'missing'],
    [{ to: { organisation: 'NOBODY', workerId: 'W' } }, 'to.organisation', 'not-allowed'],
    [{ to: { organisation: 'HEALTH-01' } }, 'to.workerId', 'missing'],
    [{ fields: ['Facts'] }, 'fields[0]', 'not-allowed'],
    [{ fields: ['sanitised-text'] }, 'fields[0]', 'not-allowed'],
    [{ reason: '' }, 'reason', 'missing'],
    [{ entryId: 'x' }, 'entryId', 'not-allowed'],
  ])('with %j is refused, naming %s', async (change, field, reason) => {
    const { status, json } = await release(OFFICER, change);
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ field, reason }] } });
  });

  it('nor is it to escape a replay', async () => {
    expect((await verifyHub(hub)).findings).toEqual([]);
  });
});
