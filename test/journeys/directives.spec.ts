import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, type Entry, untilFiled } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  LONG_AGO,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  sendSigners,
  signersOf,
  staffDocument,
} from '../support/journeys/scene.js';

let hub: TestHub;
let api: HubApi;

const CHILD = nhsNumber(1);
const [WORKER, COLLEAGUE, OFFICER] = ['worker', 'colleague', 'officer'];
const everything = ['worker', 'colleague', 'officer'];

/** The police open all that they record to the authority, and tell that they are involved. */
const POLICY = {
  orgId: POLICE.organisation,
  orgName: 'Police',
  orgType: 'POLICE',
  recordTypes: ['crime-justice.details'],
  dsaPolicy: {
    version: '1',
    defaults: [
      {
        effect: 'allow',
        modes: ['EXISTENCE', 'CONTENT'],
        recordTypes: ['crime-justice.details'],
        destOrgTypes: ['LOCAL_AUTHORITY'],
        purposes: ['SAFEGUARDING'],
        validFrom: LONG_AGO,
      },
    ],
    exceptions: [],
  },
};

const episodes = (recordId: string, version: string, ...days: string[]) =>
  recordOf({
    recordId,
    personId: CHILD,
    version,
    recordType: 'crime-justice.details',
    payload: { missingEpisodes: days.map((date) => ({ date, returnedHomeInterviewAttended: false })) },
  });
const send = (...records: unknown[]) => api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, records));
const handles = new Map<string, string>();
const handleOf = async (login: string): Promise<string> => {
  const handle = handles.get(login) ?? (await api.search(login, CHILD));
  handles.set(login, handle);
  return handle;
};
const seen = async (login: string) => api.read(login, await handleOf(login));
const dayOf = ({ times }: Entry) => times.occurred['from'];
const days = async (login: string) => (await seen(login)).entries.flatMap((entry) => dayOf(entry) ?? []);
const involved = async (login: string) => (await seen(login)).notices.map(({ partyKind }) => partyKind);
const entryOn = async (login: string, day: string) =>
  (await seen(login)).entries.find((entry) => dayOf(entry) === day)!.entryId;
const decide = async (login: string, what: string, body: object) =>
  api.call(
    login,
    'POST',
    `/v1/children/${await handleOf(login)}/${what}`,
    JSON.stringify({ purpose: 'SAFEGUARDING', ...body }),
  );
const filed = async (answer: Promise<{ status: number; json: unknown; text: string }>): Promise<string> => {
  const { status, json, text } = await answer;
  expect([status, text]).toEqual([202, expect.any(String)]);
  const { id, receipt } = json as { id: string; receipt: string };
  await untilFiled(hub, [receipt]);
  return id;
};
const listed = async (login: string) => {
  const { status, json } = await api.call(
    login,
    'GET',
    `/v1/children/${await handleOf(login)}/restrictions?purpose=SAFEGUARDING`,
  );
  return { status, list: (json as { restrictions?: Record<string, unknown>[] }).restrictions };
};

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [POLICE]);
  await send(episodes('R-1', '1', '2026-01-05', '2026-01-06'), episodes('R-2', '1', '2026-01-07'));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.records,
    custodianFile(AUTHORITY, [
      recordOf({
        recordId: 'P-1',
        personId: CHILD,
        recordType: 'personal.details',
        payload: { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' },
      }),
    ]),
  );
  await api.filed(
    POLICE.connector,
    POLICE.staff,
    staffDocument(
      POLICE,
      [post(POLICE, OFFICER, 1), post(POLICE, COLLEAGUE, 1)],
      [allocation(POLICE, OFFICER, CHILD, 1), allocation(POLICE, COLLEAGUE, CHILD, 1)],
    ),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 1)], [allocation(AUTHORITY, WORKER, CHILD, 1)]),
  );
  await api.adopt(POLICE.organisation, signersOf(POLICE), POLICE.organisation, '1', POLICY, LONG_AGO);
});
afterAll(() => hub.close());

const ALL = ['2026-01-05', '2026-01-06', '2026-01-07'];
const REASON = { reason: 'Decided with the family' };

describe('before anything is decided', () => {
  it('all three see the police records, so that what follows can fail', async () => {
    for (const login of everything) expect([login, await days(login)]).toEqual([login, ALL]);
    expect(await involved(WORKER)).toEqual(['POLICE']);
    expect(await listed(OFFICER)).toEqual({ status: 200, list: [] });
  });
});

describe('a withdrawal', () => {
  let id: string;

  it('takes a version away from everybody, from its acknowledgement on', async () => {
    const answer = await decide(OFFICER, 'withdrawals', { entryId: await entryOn(OFFICER, '2026-01-06'), ...REASON });
    expect(answer.status).toBe(202);
    for (const login of everything) expect([login, await days(login)]).toEqual([login, ['2026-01-05', '2026-01-07']]);
    id = (answer.json as { id: string }).id;
  });

  it('holds when the source sends the same again, and ends with other content', async () => {
    await send(episodes('R-1', '2', '2026-01-05', '2026-01-06'));
    expect(await days(WORKER)).toEqual(['2026-01-05', '2026-01-07']);
    const { list } = await listed(OFFICER);
    expect(list).toMatchObject([{ id, kind: 'withdrawal', ofOneRecord: true, entryId: null, reason: REASON.reason }]);
  });

  it('can be lifted', async () => {
    await filed(decide(OFFICER, `restrictions/${id}/lifts`, {}));
    expect(await days(WORKER)).toEqual(ALL);
    expect((await listed(OFFICER)).list).toEqual([]);
  });
});

describe('a restriction', () => {
  it('leaves what its service recorded to those named and to itself, and hides its involvement', async () => {
    const allow = [{ organisation: 'HEALTH-01' }];
    const answer = await decide(OFFICER, 'restrictions', { allow, ...REASON });
    expect(answer.status).toBe(202);
    expect([await days(WORKER), await involved(WORKER)]).toEqual([[], []]);
    expect(await days(COLLEAGUE)).toEqual(ALL);
    expect((await listed(COLLEAGUE)).list).toMatchObject([
      { kind: 'restriction', entryId: null, ofOneRecord: false, who: [{ organisation: 'HEALTH-01' }], until: null },
    ]);
    const { id } = answer.json as { id: string };
    await filed(decide(COLLEAGUE, `restrictions/${id}/lifts`, {}));
    expect(await days(WORKER)).toEqual(ALL);
  });

  it('may be of one record, and name one person by his number', async () => {
    const entryId = await entryOn(OFFICER, '2026-01-07');
    const named = { organisation: AUTHORITY.organisation, workerId: `W-${WORKER}` };
    const other = { organisation: AUTHORITY.organisation, workerId: 'W-another' };
    const first = await filed(decide(OFFICER, 'restrictions', { entryId, allow: [other], ...REASON }));
    expect([await days(WORKER), await involved(WORKER)]).toEqual([['2026-01-05', '2026-01-06'], ['POLICE']]);
    await filed(decide(OFFICER, `restrictions/${first}/lifts`, {}));
    const second = await filed(decide(OFFICER, 'restrictions', { entryId, allow: [other, named], ...REASON }));
    expect(await days(WORKER)).toEqual(ALL);
    await filed(decide(OFFICER, `restrictions/${second}/lifts`, {}));
  });

  it('is over at its end', async () => {
    const end = new Date(SCENE_BEGINS.getTime() + 3_600_000);
    const body = { allow: [{ organisation: 'HEALTH-01' }], until: end.toISOString(), ...REASON };
    await filed(decide(OFFICER, 'restrictions', body));
    expect(await days(WORKER)).toEqual([]);
    const over = await decide(OFFICER, 'restrictions', { ...body, until: SCENE_BEGINS.toISOString() });
    expect(over).toMatchObject({ status: 400, json: { errors: [{ field: 'until', reason: 'past' }] } });
    await hub.moveClock(end);
    expect(await days(WORKER)).toEqual(ALL);
    expect((await listed(OFFICER)).list).toEqual([]);
  });
});

describe('an exclusion', () => {
  it('closes what its service recorded to those named, colleagues included, and says nothing to them', async () => {
    const deny = [{ organisation: POLICE.organisation, workerId: `W-${COLLEAGUE}` }];
    const answer = await decide(OFFICER, 'exclusions', { deny, ...REASON });
    expect(answer.status).toBe(202);
    expect([await days(COLLEAGUE), await days(OFFICER), await days(WORKER)]).toEqual([[], ALL, ALL]);
    const { id } = answer.json as { id: string };
    // It says nothing of itself to whom it excludes, who cannot lift it either: the child is as unknown here as there.
    expect((await listed(COLLEAGUE)).status).toBe(404);
    const lift = await decide(COLLEAGUE, `restrictions/${id}/lifts`, {});
    const unknown = await api.call(COLLEAGUE, 'POST', `/v1/children/${await api.search(COLLEAGUE, nhsNumber(77))}/restrictions/${id}/lifts`, JSON.stringify({ purpose: 'SAFEGUARDING' })); // prettier-ignore
    expect([lift.status, lift.text]).toEqual([404, unknown.text]);
    expect(await days(COLLEAGUE)).toEqual([]);
    await filed(decide(OFFICER, `restrictions/${id}/lifts`, {}));
    expect(await days(COLLEAGUE)).toEqual(ALL);
    const second = await filed(decide(OFFICER, 'exclusions', { deny: [{ organisation: AUTHORITY.organisation }], ...REASON })); // prettier-ignore
    expect([await days(WORKER), await involved(WORKER)]).toEqual([[], []]);
    await filed(decide(OFFICER, `restrictions/${second}/lifts`, {}));
  });
});

describe('an exclusion from one record', () => {
  it('is not listed to whom it excludes, and others list and lift it', async () => {
    const entryId = await entryOn(OFFICER, '2026-01-07');
    const deny = [{ organisation: POLICE.organisation, workerId: `W-${COLLEAGUE}` }];
    const id = await filed(decide(OFFICER, 'exclusions', { entryId, deny, ...REASON }));
    expect(await days(COLLEAGUE)).toEqual(['2026-01-05', '2026-01-06']);
    expect(await listed(COLLEAGUE)).toEqual({ status: 200, list: [] });
    expect((await decide(COLLEAGUE, `restrictions/${id}/lifts`, {})).status).toBe(404);
    expect((await listed(OFFICER)).list).toMatchObject([{ id, entryId }]);
    await filed(decide(OFFICER, `restrictions/${id}/lifts`, {}));
    expect(await days(COLLEAGUE)).toEqual(ALL);
  });
});

describe('a mark whom not to inform', () => {
  const handling = async (login: string) =>
    (await seen(login)).entries.flatMap((entry) => (dayOf(entry) ? [[dayOf(entry), entry.handling]] : []));
  const marks = async (login: string) => {
    const path = `/v1/children/${await handleOf(login)}/do-not-inform?purpose=SAFEGUARDING`;
    return ((await api.call(login, 'GET', path)).json as { marks: object[] }).marks;
  };

  it('is read by every reader of what it is on, at once, hides nothing, and ends where its own service lifts it', async () => {
    const entryId = await entryOn(OFFICER, '2026-01-06');
    const adult = { entryId, adult: 'J. Example', agency: 'HEALTH-01', ...REASON };
    const answer = await decide(OFFICER, 'do-not-inform', { ...adult, allCarers: true });
    expect(answer.status).toBe(202);
    const told = ['do-not-inform:HEALTH-01', 'do-not-inform:J. Example', 'do-not-inform:all-carers'];
    for (const login of everything) {
      expect([login, await handling(login)]).toEqual([
        login,
        ALL.map((day) => [day, day === '2026-01-06' ? told : []]),
      ]);
    }
    const id = await filed(Promise.resolve(answer));
    expect(await marks(COLLEAGUE)).toMatchObject([{ id, entryId, ofOneRecord: true, reason: REASON.reason }]);
    expect(await marks(WORKER)).toEqual([]);
    expect((await decide(WORKER, `do-not-inform/${id}/lifts`, {})).status).toBe(404);
    await filed(decide(COLLEAGUE, `do-not-inform/${id}/lifts`, {}));
    expect(await handling(WORKER)).toEqual(ALL.map((day) => [day, []]));
  });

  it.each<[object, string, string]>([
    [REASON, 'allCarers', 'missing'],
    [{ allCarers: 'yes', ...REASON }, 'allCarers', 'not-true-or-false'],
    [{ agency: 'NOBODY', ...REASON }, 'agency', 'not-allowed'],
    [{ allCarers: true }, 'reason', 'missing'],
  ])('with %j is refused, naming %s', async (body, field, reason) => {
    const { status, json } = await decide(OFFICER, 'do-not-inform', body);
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ field, reason }] } });
  });
});

describe('a withdrawal of what a newer version is on its way for', () => {
  it('takes it away at once all the same', async () => {
    const entryId = await entryOn(OFFICER, '2026-01-07');
    const release = await hold(hub.sql, 'projection');
    try {
      await api.accepted(POLICE.connector, POLICE.records, custodianFile(POLICE, [episodes('R-2', '2', '2026-01-07', '2026-01-08')])); // prettier-ignore
      const changed = { ...episodes('R-2', '3', '2026-01-07'), payload: { missingEpisodes: [{ date: '2026-01-07', returnedHomeInterviewAttended: true }] } }; // prettier-ignore
      await api.accepted(POLICE.connector, POLICE.records, custodianFile(POLICE, [changed]));
      expect((await decide(OFFICER, 'withdrawals', { entryId, ...REASON })).status).toBe(202);
      for (const login of everything) expect([login, await days(login)]).toEqual([login, ['2026-01-05', '2026-01-06']]);
    } finally {
      await release();
    }
  });
});

describe('who may decide', () => {
  it('is the service that recorded it alone; what is not one’s own is as if it were not there', async () => {
    const entryId = await entryOn(WORKER, '2026-01-05');
    const unknown = '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41';
    const [foreign, missing] = [
      await decide(WORKER, 'withdrawals', { entryId, ...REASON }),
      await decide(WORKER, 'withdrawals', { entryId: unknown, ...REASON }),
    ];
    expect([foreign.status, foreign.text]).toEqual([404, missing.text]);
    expect(await days(WORKER)).toContain('2026-01-05');
    const lift = await decide(WORKER, `restrictions/${unknown}/lifts`, {});
    expect(lift.status).toBe(404);
  });

  it('is nobody without a relation, whatever is held', async () => {
    await api.filed(
      AUTHORITY.connector,
      AUTHORITY.staff,
      staffDocument(AUTHORITY, [post(AUTHORITY, 'stranger', 1)], []),
    );
    const ofUnknown = await api.search('stranger', nhsNumber(77));
    for (const what of ['restrictions', 'exclusions']) {
      const list = what === 'restrictions' ? 'allow' : 'deny';
      const body = { [list]: [{ organisation: 'HEALTH-01' }], ...REASON };
      const held = await decide('stranger', what, body);
      const none = await api.call('stranger', 'POST', `/v1/children/${ofUnknown}/${what}`, JSON.stringify({ purpose: 'SAFEGUARDING', ...body })); // prettier-ignore
      expect([held.status, held.text]).toEqual([404, none.text]);
    }
    expect((await listed('stranger')).status).toBe(404);
  });

  it.each<[string, object, string, string]>([
    ['withdrawals', { entryId: 'x', ...REASON }, 'entryId', 'not-allowed'],
    ['withdrawals', REASON, 'entryId', 'missing'],
    ['withdrawals', { entryId: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41' }, 'reason', 'missing'],
    [
      'withdrawals',
      { entryId: '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41', reason: 'x'.repeat(4001) },
      'reason',
      'too-long',
    ],
    ['restrictions', REASON, 'allow', 'missing'],
    ['restrictions', { allow: [], ...REASON }, 'allow', 'missing'],
    ['restrictions', { allow: 'all', ...REASON }, 'allow', 'not-a-list'],
    ['restrictions', { allow: [{ organisation: 'NOBODY' }], ...REASON }, 'allow[0].organisation', 'not-allowed'],
    ['restrictions', { allow: [{ organisation: 'HEALTH-01', colour: 1 }], ...REASON }, 'colour', 'unknown-field'],
    ['restrictions', { allow: [{ organisation: 'HEALTH-01' }], until: 'soon', ...REASON }, 'until', 'not-an-instant'],
    ['exclusions', { allow: [{ organisation: 'HEALTH-01' }], ...REASON }, 'allow', 'unknown-field'],
  ])('%s of %j are refused, naming %s', async (what, body, field, reason) => {
    const { status, json } = await decide(OFFICER, what, body);
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ field, reason }] } });
  });
});
