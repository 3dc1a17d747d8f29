import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, until, type Answer, untilFiled } from '../support/journeys/hub-api.js';
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
  sendSigners,
  staffDocument,
  type Agency,
} from '../support/journeys/scene.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

interface Listed {
  readonly pair: string;
  readonly state: string;
  readonly why: string;
  readonly references: readonly {
    readonly organisation: string;
    readonly own: boolean;
    readonly label: string | null;
  }[];
}
interface Evidence extends Listed {
  readonly references: readonly (Listed['references'][number] & {
    readonly fields: Readonly<Record<string, readonly string[]>>;
    readonly identifiers: readonly { readonly kind: string; readonly value: string | null; readonly status: string }[];
  })[];
  readonly comparison: readonly { readonly field: string; readonly verdict: string }[];
  readonly answers: readonly { readonly answer: string; readonly by: object; readonly reason: string | null }[];
}

let hub: TestHub;
let api: HubApi;

const [TWINS, CHILD, GUARDED, SEALED, THREE, HIDDEN] = [1, 2, 3, 4, 5, 6].map(nhsNumber) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const MANAGER: Readonly<Record<string, string>> = {
  [AUTHORITY.organisation]: 'manager',
  [HEALTH.organisation]: 'health-manager',
  [POLICE.organisation]: 'police-manager',
};
const WORKER = 'worker';

const record = (
  of: Agency,
  personId: string,
  recordType: string,
  payload: Record<string, unknown>,
  more: object = {},
) =>
  api.filed(
    of.connector,
    of.records,
    custodianFile(of, [recordOf({ recordId: `${recordType}-${personId}`, personId, recordType, payload, ...more })]),
  );
const json = <T>({ json: body }: Answer): T => body as T;

const questions = async (login: string): Promise<readonly Listed[]> =>
  json<{ questions: Listed[] }>(await api.call(login, 'GET', '/v1/identity/questions')).questions;
const links = async (login: string, number: string): Promise<readonly Listed[]> => {
  const handle = await api.search(login, number);
  return json<{ pairs: Listed[] }>(await api.call(login, 'GET', `/v1/identity/links?handle=${handle}`)).pairs;
};
const look = async (login: string, pair: string): Promise<Evidence> => {
  const answer = await api.call(login, 'GET', `/v1/identity/pairs/${pair}`);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return json(answer);
};
const answer = (login: string, pair: string, body: object) =>
  api.call(login, 'POST', `/v1/identity/pairs/${pair}/answers`, JSON.stringify({ reason: 'Seen the birth entry', ...body })); // prettier-ignore
const filed = async (answered: Promise<Answer>): Promise<void> => {
  const taken = await answered;
  expect([taken.status, taken.text]).toEqual([202, expect.any(String)]);
  const { receipt } = json<{ receipt: string }>(taken);
  await untilFiled(hub, [receipt]);
};
const disclosures = (login: string, pair: string) => api.call(login, 'GET', `/v1/identity/pairs/${pair}/disclosures`);

const handles = new Map<string, string>();
const seen = async (login: string, number: string) => {
  const handle = handles.get(login + number) ?? (await api.search(login, number));
  handles.set(login + number, handle);
  const page = await api.read(login, handle);
  return {
    owners: [...new Set(page.entries.map(({ owner }) => owner.organisation))].sort(),
    checked: (page as unknown as { linkBeingChecked: boolean }).linkBeingChecked,
    readId: (page as unknown as { readId: string }).readId,
  };
};
const BOTH = [HEALTH.organisation, AUTHORITY.organisation].sort();
const OWN = [AUTHORITY.organisation];

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [HEALTH, POLICE, AUTHORITY]);
  for (const [organisation, login] of Object.entries(MANAGER)) {
    const of = [AUTHORITY, HEALTH, POLICE].find((one) => one.organisation === organisation)!;
    await api.filed(of.connector, of.staff, staffDocument(of, [post(of, login, 1, { role: 'data-manager' })], []));
  }
  const staff = [post(AUTHORITY, WORKER, 1)];
  const relations = [TWINS, CHILD, GUARDED, SEALED, THREE, HIDDEN].map((number) =>
    allocation(AUTHORITY, WORKER, number, 1),
  );
  await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, staff, relations));
  await adoptPolicy(api, HEALTH, importedPolicy(HEALTH, 'HEALTH', ['health.details'], ['LOCAL_AUTHORITY']));
  await adoptPolicy(api, POLICE, importedPolicy(POLICE, 'POLICE', ['crime-justice.details'], ['LOCAL_AUTHORITY']));
});
afterAll(() => hub.close());

const ADA = { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' };
const EVE = { firstName: 'Eve', lastName: 'Example', dateOfBirth: '2015-06-12' };
const camhs = (of: Agency, personId: string, more: object = {}) =>
  record(of, personId, 'health.details', { camhsTeamInvolvement: ['Team'] }, more);
const asOf = (pairs: readonly Listed[]) =>
  pairs.map(({ state, references }) => [state, ...references.map(({ organisation }) => organisation)]);

describe('two children of one number', () => {
  let pair: string;
  let ofHealth: string;

  beforeAll(async () => {
    await record(AUTHORITY, TWINS, 'personal.details', ADA);
    await record(HEALTH, TWINS, 'personal.details', EVE);
    await camhs(HEALTH, TWINS);
  });

  it('are a question to the data managers of both, and no join', async () => {
    expect(await seen(WORKER, TWINS)).toMatchObject({ owners: OWN, checked: false });
    const [asked, more] = await questions('manager');
    expect(more).toBeUndefined();
    expect(asked).toMatchObject({
      state: 'question',
      why: 'differs',
      references: [
        { organisation: AUTHORITY.organisation, own: true, label: 'Ada Example' },
        { organisation: HEALTH.organisation, own: false, label: null },
      ],
    });
    pair = asked!.pair;
    expect((await questions('manager'))[0]!.pair).toBe(pair);
    ofHealth = (await questions('health-manager'))[0]!.pair;
    expect(ofHealth).not.toBe(pair);
    expect(asOf(await questions('police-manager'))).toEqual([]);
  });

  it('show side by side with what agrees and what does not, and nothing else', async () => {
    await camhs(HEALTH, TWINS);
    const evidence = await look('manager', pair);
    expect(Object.fromEntries(evidence.comparison.map(({ field, verdict }) => [field, verdict]))).toEqual({
      'nhs-number': 'same',
      upn: 'missing',
      givenName: 'different',
      familyName: 'same',
      birthDate: 'same',
      sex: 'missing',
    });
    expect(evidence.references[1]).toEqual({
      organisation: HEALTH.organisation,
      organisationName: 'Example Health Custodian',
      organisationKind: 'HEALTH',
      own: false,
      fields: { givenName: ['Eve'], familyName: ['Example'], birthDate: ['2015-06-12'], sex: [] },
      identifiers: [{ kind: 'nhs-number', value: TWINS, status: 'traced' }],
    });
  });

  it('leave a record of every look', async () => {
    const { rows } = await hub.sql.query(
      `select convert_from(data, 'utf8') as data from store.event where type = 'pair-opened' order by position desc limit 1`,
    );
    const record = JSON.parse((rows[0] as { data: string }).data) as { pair: string[]; viewer: object; shown: object };
    expect(record.pair).toHaveLength(2);
    expect(record).toMatchObject({
      v: 1,
      viewer: { posts: [{ organisation: AUTHORITY.organisation, role: 'data-manager' }] },
      shown: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
    });
  });

  it('are joined when one organisation says the same, once that is filed', async () => {
    await filed(answer('manager', pair, { answer: 'same' }));
    expect(await seen(WORKER, TWINS)).toMatchObject({ owners: BOTH, checked: false });
    expect([await questions('manager'), await questions('health-manager')]).toEqual([[], []]);
    const evidence = await look('health-manager', ofHealth);
    expect(evidence).toMatchObject({
      state: 'linked',
      answers: [{ answer: 'same', by: { organisation: AUTHORITY.organisation, role: 'data-manager' }, reason: null }],
    });
    expect((await look('manager', pair)).answers[0]!.reason).toBe('Seen the birth entry');
  });

  it('are apart from the acknowledgement on when the other one contradicts', async () => {
    const release = await hold(hub.sql, 'projection');
    try {
      const taken = await answer('health-manager', ofHealth, { answer: 'different' });
      expect(taken.status).toBe(202);
      expect(await seen(WORKER, TWINS)).toMatchObject({ owners: OWN, checked: true });
      expect(await look('manager', pair)).toMatchObject({ state: 'refused' });
      // Taken back at once, it joins no sooner than it is filed.
      expect((await answer('health-manager', ofHealth, { answer: 'same' })).status).toBe(202);
      expect(await seen(WORKER, TWINS)).toMatchObject({ owners: OWN, checked: true });
      expect((await answer('health-manager', ofHealth, { answer: 'different' })).status).toBe(202);
    } finally {
      await release();
    }
    expect(await seen(WORKER, TWINS)).toMatchObject({ owners: OWN, checked: true });
    expect(await look('manager', pair)).toMatchObject({ state: 'refused' });
    expect(await questions('manager')).toEqual([]);
    expect(asOf(await links('manager', TWINS))).toEqual([['refused', AUTHORITY.organisation, HEALTH.organisation]]);
  });

  it('stay apart whatever one says again, and are joined when both agree', async () => {
    await filed(answer('manager', pair, { answer: 'same' }));
    expect((await seen(WORKER, TWINS)).owners).toEqual(OWN);
    await filed(answer('health-manager', ofHealth, { answer: 'same' }));
    expect(await seen(WORKER, TWINS)).toMatchObject({ owners: BOTH, checked: false });
  });
});

describe('a link that nobody had to make', () => {
  let pair: string;
  const reads: string[] = [];

  beforeAll(async () => {
    await record(AUTHORITY, CHILD, 'personal.details', ADA);
    await camhs(HEALTH, CHILD);
    await until(async () => (await seen(WORKER, CHILD)).owners.length === 2);
  });

  it('is listed by the child, and by no search of another organisation’s', async () => {
    const listed = await links('manager', CHILD);
    expect(asOf(listed)).toEqual([['linked', AUTHORITY.organisation, HEALTH.organisation]]);
    expect(asOf(await links('police-manager', CHILD))).toEqual([]);
    expect(asOf(await links('manager', nhsNumber(77)))).toEqual([]);
    pair = listed[0]!.pair;
    expect((await disclosures('manager', pair)).status).toBe(409);
  });

  it('is taken away: no read after the acknowledgement shows the other side', async () => {
    for (let n = 0; n < 3; n += 1) {
      const before = await seen(WORKER, CHILD);
      expect(before).toMatchObject({ owners: BOTH, checked: false });
      reads.push(before.readId);
      expect((await answer('manager', pair, { answer: 'different' })).status).toBe(202);
      const after = await Promise.all([1, 2, 3].map(() => seen(WORKER, CHILD)));
      for (const one of after) expect(one).toMatchObject({ owners: OWN, checked: true });
      if (n < 2) await filed(answer('manager', pair, { answer: 'same' }));
    }
  });

  it('leaves the list of every disclosure that rested on it', async () => {
    await until(async () => {
      const { json: body } = await disclosures('manager', pair);
      const listed = (body as { disclosures: { readId: string }[] }).disclosures.map(({ readId }) => readId);
      return reads.every((readId) => listed.includes(readId));
    });
    const { json: body } = await disclosures('manager', pair);
    const listed = (body as { disclosures: Record<string, unknown>[] }).disclosures;
    expect(listed.find(({ readId }) => readId === reads[0])).toMatchObject({
      reader: [{ organisation: AUTHORITY.organisation, service: 'csc', role: 'social-worker' }],
      purpose: 'SAFEGUARDING',
      entries: 2,
    });
    const after = await seen(WORKER, CHILD);
    await until(async () => {
      const { rows } = await hub.sql.query('select 1 from projection.read where read_id = $1', [after.readId]);
      return rows.length > 0;
    });
    expect((await disclosures('manager', pair)).text).not.toContain(after.readId);
  });

  it('is refused still where the source corrects itself, and is a question to nobody', async () => {
    await record(AUTHORITY, CHILD, 'personal.details', { ...ADA, lastName: 'Sample' }, { version: '2' });
    expect(await seen(WORKER, CHILD)).toMatchObject({ owners: OWN, checked: true });
    expect(asOf(await questions('manager'))).toEqual([]);
    await filed(answer('manager', pair, { answer: 'same' }));
    expect(await seen(WORKER, CHILD)).toMatchObject({ owners: BOTH, checked: false });
  });
});

describe('a child of three', () => {
  it('keeps together what people did not take apart', async () => {
    await record(AUTHORITY, THREE, 'personal.details', ADA);
    await camhs(HEALTH, THREE);
    await record(POLICE, THREE, 'crime-justice.details', { missingEpisodes: [{ date: '2026-01-05' }] });
    const ALL = [...BOTH, POLICE.organisation].sort();
    await until(async () => (await seen(WORKER, THREE)).owners.length === 3);
    const withPolice = (await links('manager', THREE)).find(({ references }) => references[1]!.organisation === POLICE.organisation)!; // prettier-ignore
    expect((await answer('manager', withPolice.pair, { answer: 'different', leaves: 'second' })).status).toBe(202);
    expect((await seen(WORKER, THREE)).owners).not.toContain(POLICE.organisation);
    await until(async () => (await seen(WORKER, THREE)).owners.length === 2);
    expect(await seen(WORKER, THREE)).toMatchObject({ owners: BOTH, checked: true });
    expect(asOf(await links('police-manager', THREE))).toEqual([
      ['refused', POLICE.organisation, HEALTH.organisation],
      ['refused', POLICE.organisation, AUTHORITY.organisation],
    ]);
    expect([await questions('manager'), await questions('police-manager')]).toEqual([[], []]);
    await filed(answer('manager', withPolice.pair, { answer: 'same' }));
    expect((await seen(WORKER, THREE)).owners).toEqual(ALL);
    await filed(answer('manager', withPolice.pair, { answer: 'different' }));
    expect((await seen(WORKER, THREE)).owners).toEqual(OWN);
    expect(asOf(await questions('manager'))).toEqual([['question', AUTHORITY.organisation, HEALTH.organisation]]);
  });
});

describe('what an organisation may not know of', () => {
  it.each([
    ['whose address is protected', GUARDED, { handling: { facts: ['address-protected'] } }],
    ['whose records are all its originator’s to tell of', SEALED, { handling: { tier: 'originator' } }],
  ])('is asked of its own organisation alone: a child %s', async (_, number, more) => {
    await record(AUTHORITY, number, 'personal.details', ADA);
    await record(HEALTH, number, 'personal.details', EVE, more);
    const asksOfEve = async () =>
      (await questions('health-manager')).find(({ references }) => references[0]!.label === 'Eve Example');
    await until(async () => (await asksOfEve()) !== undefined);
    const asked = await asksOfEve();
    expect(asked!.references[0]).toMatchObject({ organisation: HEALTH.organisation, own: true });
    expect(asOf(await links('manager', number))).toEqual([]);
    expect(asOf(await questions('manager')).filter(([state]) => state === 'question')).toHaveLength(1);
    await filed(answer('health-manager', asked!.pair, { answer: 'different' }));
    expect(await seen(WORKER, number)).toMatchObject({ owners: OWN, checked: false });
  });
});

describe('a link to what a reader may not know of', () => {
  it('is taken away without a word to him', async () => {
    await record(AUTHORITY, HIDDEN, 'personal.details', ADA);
    await camhs(HEALTH, HIDDEN, { handling: { tier: 'originator' } });
    await until(async () => (await links('health-manager', HIDDEN)).length > 0);
    expect(asOf(await links('manager', HIDDEN))).toEqual([]);
    expect(await seen(WORKER, HIDDEN)).toMatchObject({ owners: OWN, checked: false });
    const [linked] = await links('health-manager', HIDDEN);
    expect((await answer('health-manager', linked!.pair, { answer: 'different' })).status).toBe(202);
    expect(await seen(WORKER, HIDDEN)).toMatchObject({ owners: OWN, checked: false });
  });
});

describe('who may not', () => {
  it('is whoever is no data manager', async () => {
    for (const login of [WORKER, 'nobody']) {
      expect((await api.call(login, 'GET', '/v1/identity/questions')).status).toBe(403);
    }
  });

  it('is whoever’s pair it is not, as if there were none', async () => {
    const [own] = await links('manager', CHILD);
    const unknown = '2f6a1f4e-0b57-4a6e-9d0e-6d7c1c2b3a41';
    for (const [method, suffix, body] of [
      ['GET', '', undefined],
      ['GET', '/disclosures', undefined],
      ['POST', '/answers', JSON.stringify({ answer: 'same', reason: 'x' })],
    ] as const) {
      const [foreign, none] = await Promise.all(
        [own!.pair, unknown].map((pair) => api.call('health-manager', method, `/v1/identity/pairs/${pair}${suffix}`, body)), // prettier-ignore
      );
      expect([foreign!.status, foreign!.text]).toEqual([404, none!.text]);
    }
  });

  it.each<[object, string, string]>([
    [{ answer: undefined }, 'answer', 'missing'],
    [{ answer: 'perhaps' }, 'answer', 'not-allowed'],
    [{ answer: 'same', leaves: 'first' }, 'leaves', 'not-allowed'],
    [{ answer: 'different', leaves: 'both' }, 'leaves', 'not-allowed'],
    [{ answer: 'same', reason: ' ' }, 'reason', 'not-text'],
    [{ answer: 'same', reason: null }, 'reason', 'missing'],
    [{ answer: 'same', reason: 'x'.repeat(4001) }, 'reason', 'too-long'],
    [{ answer: 'same', colour: 1 }, 'colour', 'unknown-field'],
  ])('%j is refused, naming %s', async (body, field, reason) => {
    const [own] = await links('manager', CHILD);
    const { status, json: problem } = await answer('manager', own!.pair, body);
    expect({ status, problem }).toMatchObject({ status: 400, problem: { errors: [{ field, reason }] } });
  });
});

it('replays: every read shows again what it showed, answers included', async () => {
  const { findings, reads } = await verifyHub(hub);
  expect(findings).toEqual([]);
  expect({ ...reads, same: 0 }).toEqual({ same: 0, erased: 0, 'other-code': 0, differs: 0 });
  expect(reads.same).toBeGreaterThan(20);
}, 60_000);
