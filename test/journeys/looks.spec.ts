import { randomUUID } from 'node:crypto';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { AUDITOR, PARTNERSHIP, sendAuditor } from '../support/journeys/auditors.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
  nhsNumber,
  post,
  recordOf,
  SCENE_BEGINS,
  staffDocument,
} from '../support/journeys/scene.js';
import { PUBLISHED_ROUTES } from '../support/published.js';

let hub: TestHub;
let api: HubApi;

const CHILD = nhsNumber(1);
const [WORKER, MANAGER, GUARDIAN] = ['worker', 'manager', 'guardian'];

interface Look {
  readonly by: string;
  readonly path: string;
  readonly body?: object;
  /** Event type of the record that it leaves. */
  readonly leaves: string;
}

let handle: string;
let guarded: string;
let pair: string;
let item: string;
let read: string;

/** Every route that shows something of a person, and what it leaves behind. */
const LOOKS: Readonly<Record<string, () => Look>> = {
  'GET /v1/children/{handle}/chronology': () => ({
    by: WORKER,
    path: `/v1/children/${handle}/chronology?purpose=SAFEGUARDING`,
    leaves: 'chronology-opened',
  }),
  'GET /v1/my/children': () => ({ by: WORKER, path: '/v1/my/children', leaves: 'children-listed' }),
  'GET /v1/my/crossings': () => ({ by: WORKER, path: '/v1/my/crossings', leaves: 'crossings-listed' }),
  'GET /v1/relation-reviews': () => ({
    by: 'reviewer',
    path: '/v1/relation-reviews',
    leaves: 'relation-reviews-opened',
  }),
  'GET /v1/children/{handle}/restrictions': () => ({
    by: WORKER,
    path: `/v1/children/${handle}/restrictions?purpose=SAFEGUARDING`,
    leaves: 'directives-opened',
  }),
  ...Object.fromEntries(
    [
      ['do-not-inform', 'marks-opened'],
      ['consent', 'consent-opened'],
      ['releases', 'releases-opened'],
      ['relations', 'relations-opened'],
    ].map(([what, leaves]) => [
      `GET /v1/children/{handle}/${what}`,
      () => ({ by: WORKER, path: `/v1/children/${handle}/${what}?purpose=SAFEGUARDING`, leaves: leaves! }),
    ]),
  ),
  'GET /v1/children/{handle}/child-exclusions': () => ({
    by: GUARDIAN,
    path: `/v1/children/${guarded}/child-exclusions?purpose=SAFEGUARDING`,
    leaves: 'child-exclusions-opened',
  }),
  'GET /v1/my/attempts': () => ({ by: GUARDIAN, path: '/v1/my/attempts', leaves: 'attempts-listed' }),
  'GET /v1/emergency-access': () => ({
    by: 'guardian',
    path: '/v1/emergency-access',
    leaves: 'emergency-reviews-opened',
  }),
  'GET /v1/emergency-access/reviews': () => ({
    by: 'reviewer',
    path: '/v1/emergency-access/reviews',
    leaves: 'emergency-reviews-opened',
  }),
  'GET /v1/identity/questions': () => ({ by: MANAGER, path: '/v1/identity/questions', leaves: 'pairs-listed' }),
  'GET /v1/identity/links': () => ({
    by: MANAGER,
    path: `/v1/identity/links?handle=${handle}`,
    leaves: 'pairs-listed',
  }),
  'GET /v1/identity/pairs/{pair}': () => ({ by: MANAGER, path: `/v1/identity/pairs/${pair}`, leaves: 'pair-opened' }),
  'GET /v1/identity/pairs/{pair}/disclosures': () => ({
    by: MANAGER,
    path: `/v1/identity/pairs/${pair}/disclosures`,
    leaves: 'pairs-listed',
  }),
  'GET /v1/quarantine/{id}': () => ({ by: MANAGER, path: `/v1/quarantine/${item}`, leaves: 'quarantine-looked' }),
  'POST /v1/audit/replays': () => ({
    by: AUDITOR,
    path: '/v1/audit/replays',
    body: { nhsNumber: CHILD, at: SCENE_BEGINS, viewer: { login: WORKER }, purpose: 'SAFEGUARDING' },
    leaves: 'audit-looked',
  }),
  'POST /v1/audit/read-searches': () => ({
    by: AUDITOR,
    path: '/v1/audit/read-searches',
    body: { child: { nhsNumber: CHILD } },
    leaves: 'audit-looked',
  }),
  'GET /v1/audit/reads/{readId}': () => ({ by: AUDITOR, path: `/v1/audit/reads/${read}`, leaves: 'audit-looked' }),
};

/** Routes that are a record themselves (a contribution or a sign of life), or that show nothing of any child. */
const OTHERS: ReadonlySet<string> = new Set([
  'POST /v1/feeds/{feed}/submissions',
  'POST /v1/feeds/{feed}/heartbeats',
  'POST /v1/feeds/{feed}/quarantine/{id}/releases',
  'POST /v1/feeds/{feed}/quarantine/{id}/discards',
  'POST /v1/children/{handle}/withdrawals',
  'POST /v1/children/{handle}/restrictions',
  'POST /v1/children/{handle}/exclusions',
  'POST /v1/children/{handle}/restrictions/{id}/lifts',
  'POST /v1/children/{handle}/allegations',
  'POST /v1/children/{handle}/allegation-outcomes',
  'POST /v1/children/{handle}/do-not-inform',
  'POST /v1/children/{handle}/do-not-inform/{id}/lifts',
  'POST /v1/children/{handle}/processing-consents',
  'POST /v1/children/{handle}/young-person-decisions',
  'POST /v1/children/{handle}/significant-harm',
  'POST /v1/children/{handle}/working-agreements',
  'POST /v1/children/{handle}/releases',
  'POST /v1/children/{handle}/releases/{id}/lifts',
  'POST /v1/children/{handle}/child-exclusions',
  'POST /v1/children/{handle}/child-exclusions/{id}/lifts',
  'POST /v1/children/{handle}/emergency-access',
  'POST /v1/children/{handle}/emergency-access/{id}/end',
  'POST /v1/emergency-access/{id}/reviews',
  'POST /v1/relation-reviews/{id}/reviews',
  'POST /v1/children/{handle}/relation-confirmations',
  'POST /v1/children/{handle}/relation-confirmations/{id}/lifts',
  'POST /v1/children/{handle}/moves',
  'POST /v1/children/{handle}/moves/{id}/acceptances',
  'POST /v1/children/{handle}/moves/{id}/lifts',
  'POST /v1/children/{handle}/invitations',
  'POST /v1/children/{handle}/assertions',
  'POST /v1/children/{handle}/triage',
  'POST /v1/children/{handle}/triage/{id}/outcome',
  'POST /v1/children/{handle}/encounters',
  'POST /v1/identity/pairs/{pair}/answers',
  'PUT /v1/agreements/{id}/versions/{version}',
  'POST /v1/agreements/{id}/versions/{version}/adoptions',
  'POST /v1/agreements/{id}/versions/{version}/tests',
  'POST /v1/agreements/{id}/versions/{version}/revocations',
  // Places in documents, reasons and counts of what one's own organisation sent, never what stood there.
  'GET /v1/feeds',
  'GET /v1/feeds/{feed}/submissions',
  'GET /v1/feeds/{feed}/notices',
  'GET /v1/feeds/{feed}/heartbeats',
  'GET /v1/feeds/{feed}/quarantine',
  'GET /v1/feeds/{feed}/quarantine/{id}',
  'GET /v1/receipts/{id}',
  // Staff of the caller's own organisation, as it provisioned them itself.
  ...['Users', 'Groups'].flatMap((resources) => [
    `POST /scim/v2/${resources}`,
    `GET /scim/v2/${resources}`,
    `GET /scim/v2/${resources}/{id}`,
    `PUT /scim/v2/${resources}/{id}`,
    `PATCH /scim/v2/${resources}/{id}`,
    `DELETE /scim/v2/${resources}/{id}`,
  ]),
  'GET /scim/v2/ServiceProviderConfig',
  'GET /scim/v2/ResourceTypes',
  'GET /scim/v2/Schemas',
  // A handle is given whatever is held: it does not look.
  'POST /v1/child-searches',
  'GET /v1/agreements',
  'GET /v1/agreements/{id}/versions/{version}',
  'GET /v1/my/profile',
  'GET /health/live',
  'GET /health/ready',
]);

/** The look of a route, with a handle of whoever looks. */
const lookAt = async (route: string): Promise<Look> => {
  const look = LOOKS[route]!();
  return look.by === MANAGER ? { ...look, path: look.path.replace(handle, await api.search(MANAGER, CHILD)) } : look;
};
const ask = ({ by, path, body }: Look) =>
  body ? api.call(by, 'POST', path, JSON.stringify(body)) : api.call(by, 'GET', path);
const recorded = async (): Promise<string[]> => {
  const { rows } = await hub.sql.query(`select type from store.event where stream like 'reads-%' order by position`);
  return (rows as { type: string }[]).map(({ type }) => type);
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  const details = (recordId: string, payload: object) =>
    recordOf({ recordId, personId: CHILD, recordType: 'personal.details', payload: { ...payload } });
  const bad = { ...details('BAD', {}), version: ['x'] };
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.records,
    custodianFile(AUTHORITY, [details('OWN', { firstName: 'Ada' })]),
  );
  const items = await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [bad]));
  item = items[0]!.contribution;
  const health = recordOf({ recordId: 'H', personId: CHILD, recordType: 'health.details', payload: {} });
  await api.filed(HEALTH.connector, HEALTH.records, custodianFile(HEALTH, [health]));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(
      AUTHORITY,
      [
        post(AUTHORITY, WORKER, 1),
        post(AUTHORITY, MANAGER, 1, { role: 'data-manager' }),
        post(AUTHORITY, GUARDIAN, 1, { role: 'hub-guardian' }),
      ],
      [allocation(AUTHORITY, WORKER, CHILD, 1), allocation(AUTHORITY, GUARDIAN, CHILD, 1)],
    ),
  );
  for (const [of, login, role] of [
    [AUTHORITY, 'reviewer', 'override-reviewer'],
    [PARTNERSHIP, 'guardian', 'hub-guardian'],
  ] as const) {
    await api.filed(of.connector, of.staff, staffDocument(of, [post(of, login, 1, { role })], []));
  }
  await sendAuditor(api);
  handle = await api.search(WORKER, CHILD);
  read = ((await api.read(WORKER, handle)) as unknown as { readId: string }).readId;
  const own = await api.search(MANAGER, CHILD);
  const { json } = await api.call(MANAGER, 'GET', `/v1/identity/links?handle=${own}`);
  pair = (json as { pairs: { pair: string }[] }).pairs[0]!.pair;
  const answer = JSON.stringify({ answer: 'different', reason: 'Two children' });
  await api.call(MANAGER, 'POST', `/v1/identity/pairs/${pair}/answers`, answer);
  await until(async () => (await api.call(MANAGER, 'GET', `/v1/identity/pairs/${pair}/disclosures`)).status === 200);
  handle = await api.search(WORKER, CHILD);
  guarded = await api.search(GUARDIAN, CHILD);
});
afterAll(() => hub.close());

describe('every route', () => {
  it('is known here: it leaves a record, is one, or shows nothing of any child', () => {
    expect([...Object.keys(LOOKS), ...OTHERS].sort()).toEqual([...PUBLISHED_ROUTES].sort());
  });

  it.each(Object.keys(LOOKS))('%s leaves its record, one for each look', async (route) => {
    const look = await lookAt(route);
    const before = await recorded();
    const answer = await ask(look);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    expect((await recorded()).slice(before.length)).toEqual([look.leaves]);
  });

  it('refuses a look with a handle, pair or read that is nobody’s, and leaves nothing', async () => {
    const before = await recorded();
    for (const path of [
      `/v1/children/${randomUUID()}/chronology?purpose=SAFEGUARDING`,
      `/v1/children/${randomUUID()}/restrictions?purpose=SAFEGUARDING`,
      `/v1/identity/pairs/${randomUUID()}`,
      `/v1/quarantine/${randomUUID()}`,
    ]) {
      expect((await api.call(MANAGER, 'GET', path)).status).toBe(404);
    }
    expect(await recorded()).toEqual(before);
  });

  it('that looks is refused while its record cannot be written, and shows nothing', async () => {
    const looks = await Promise.all(Object.keys(LOOKS).map(async (route) => [route, await lookAt(route)] as const));
    const release = await hold(hub.sql, 'timeline');
    try {
      const answers = await Promise.all(
        looks.map(async ([route, look]) => {
          const { status, json } = await ask(look);
          return [route, status, Object.keys(json as object).sort()];
        }),
      );
      expect(answers).toEqual(looks.map(([route]) => [route, 503, ['status', 'title', 'type']]));
    } finally {
      await release();
    }
  });
});
