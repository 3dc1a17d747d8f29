import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { hold } from '../support/journeys/brake.js';
import { HubApi, type Answer, untilFiled } from '../support/journeys/hub-api.js';
import {
  allocation,
  AUTHORITY,
  custodianFile,
  HEALTH,
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
import { waived } from '../support/journeys/waived.js';
import { verifyHub } from '../support/journeys/verify-hub.js';

let hub: TestHub;
let api: HubApi;

const CHILD = nhsNumber(1);
const [WORKER, NURSE, OFFICER] = ['worker', 'nurse', 'officer'];

const to = { to: ['la.csc'], purposes: ['SAFEGUARDING'] };
/** What health shows the authority rests on duty and waits for the young person; of the police one kind is on consent. */
const AGREEMENT = waived({
  schema: 'agreement/1',
  id: 'consent-scene',
  version: '1',
  parties: {
    la: { kind: 'LOCAL_AUTHORITY', orgs: [AUTHORITY.organisation], desk: 'Front door', services: { csc: 'open' } },
    nhs: { kind: 'HEALTH', orgs: [HEALTH.organisation], desk: 'Nurse', services: { 'hv-sn': 'guarded' } },
    police: { kind: 'POLICE', orgs: [POLICE.organisation], desk: 'Desk', services: { ppu: 'open' } },
  },
  bases: { duty: ['CA2004 s16LA', 'UK GDPR 6(1)(c)'], consent: ['UK GDPR 6(1)(a)'] },
  permits: [
    {
      ...to,
      id: 'nurse-to-worker',
      readerText: 'The young person’s own service shares with the allocated worker',
      basis: 'duty',
      from: ['nhs.hv-sn'],
      show: { summary: true },
    },
    {
      ...to,
      id: 'missing-to-worker',
      readerText: 'The police share missing episodes',
      basis: 'duty',
      from: ['police.ppu'],
      records: { types: ['missing-episode'], about: ['child'] },
      show: { summary: true },
    },
    {
      ...to,
      id: 'mentoring-to-worker',
      readerText: 'The police share who they are in touch with, by consent',
      basis: 'consent',
      from: ['police.ppu'],
      records: { types: ['crime-justice-status'], about: ['child'] },
      show: { summary: true },
    },
  ],
  forbids: [
    {
      id: 'own-service',
      records: { from: ['nhs.hv-sn'] },
      to: ['*'],
      unless: ['young-person-agreed', 'owner-recorded-significant-harm'],
    },
  ],
});

const handles = new Map<string, string>();
const handleOf = async (login: string): Promise<string> => {
  const handle = handles.get(login) ?? (await api.search(login, CHILD));
  handles.set(login, handle);
  return handle;
};
/** Types of entries by owner that the worker sees. */
const seen = async (): Promise<string[]> =>
  (await api.read(WORKER, await handleOf(WORKER))).entries
    .map(({ owner, type }) => `${owner.organisation} ${type}`)
    .sort();
const take = async (login: string, what: string, body: object): Promise<Answer> =>
  api.call(
    login,
    'POST',
    `/v1/children/${await handleOf(login)}/${what}`,
    JSON.stringify({ purpose: 'SAFEGUARDING', ...body }),
  );
const filed = async (answer: Promise<Answer>): Promise<void> => {
  const { status, json, text } = await answer;
  expect([status, text]).toEqual([202, expect.any(String)]);
  const { receipt } = json as { receipt: string };
  await untilFiled(hub, [receipt]);
};

const MISSING = `${POLICE.organisation} missing-episode`;
const STATUS = `${POLICE.organisation} crime-justice-status`;
const NURSES = `${HEALTH.organisation} health-status`;
const OWN = `${AUTHORITY.organisation} personal-details`;

const consent = (decision: 'given' | 'withdrawn', person = 'Mother', by = 'parental-responsibility') => ({
  decision,
  by,
  person,
  standing: 'Parental responsibility by birth',
  scope: 'What the police share with the family’s worker',
  told: true,
});
const decision = (agreed: boolean, competent = true) => ({
  agreed,
  competent,
  assessment: 'Understands who reads it and what follows',
  assessedBy: 'School nurse',
  youngPersonsWords: 'My worker may know',
});

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, [POLICE, HEALTH]);
  const of = (recordId: string, recordType: string, payload: object) =>
    recordOf({ recordId, personId: CHILD, recordType, payload: { ...payload } });
  await api.filed(AUTHORITY.connector, AUTHORITY.records, custodianFile(AUTHORITY, [of('P-1', 'personal.details', { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2010-06-12' })])); // prettier-ignore
  await api.filed(HEALTH.connector, HEALTH.records, custodianFile(HEALTH, [of('H-1', 'health.details', {})]));
  const episode = { date: '2026-01-05', returnedHomeInterviewAttended: false };
  await api.filed(POLICE.connector, POLICE.records, custodianFile(POLICE, [of('C-1', 'crime-justice.details', { riskRadicalisation: false, missingEpisodes: [episode] })])); // prettier-ignore
  for (const [agency, login] of [
    [AUTHORITY, WORKER],
    [HEALTH, NURSE],
    [POLICE, OFFICER],
  ] as const)
    // prettier-ignore
    await api.filed(
      agency.connector,
      agency.staff,
      staffDocument(agency, [post(agency, login, 1)], [allocation(agency, login, CHILD, 1)]),
    );
  for (const agency of [HEALTH, POLICE])
    await api.adopt(agency.organisation, signersOf(agency), AGREEMENT.id, AGREEMENT.version, AGREEMENT, LONG_AGO);
});
afterAll(() => hub.close());

describe('before anything is recorded', () => {
  it('duty alone opens: neither the young person’s own service, nor what rests on consent', async () =>
    expect(await seen()).toEqual([OWN, MISSING]));
});

describe('consent to processing', () => {
  it('opens what rests on it once it is filed, for the service that holds it, and nothing else', async () => {
    await filed(take(NURSE, 'processing-consents', consent('given')));
    expect(await seen()).toEqual([OWN, MISSING]);
    await filed(take(OFFICER, 'processing-consents', consent('given')));
    expect(await seen()).toEqual([OWN, STATUS, MISSING].sort());
  });

  it('withdrawn by a parent closes that at once, and leaves every decision that rests on duty as it was', async () => {
    const answer = await take(OFFICER, 'processing-consents', consent('withdrawn', 'Father'));
    expect(answer.status).toBe(202);
    expect(await seen()).toEqual([OWN, MISSING]);
    await filed(take(OFFICER, 'processing-consents', consent('given', 'Father')));
    expect(await seen()).toEqual([OWN, STATUS, MISSING].sort());
    await filed(take(OFFICER, 'processing-consents', consent('withdrawn')));
    expect(await seen()).toEqual([OWN, MISSING]);
  });

  it('is listed to its own service with who, by which right, and who recorded it', async () => {
    const { status, json } = await api.call(OFFICER, 'GET', `/v1/children/${await handleOf(OFFICER)}/consent?purpose=SAFEGUARDING`); // prettier-ignore
    expect({ status, json }).toMatchObject({
      status: 200,
      json: {
        consents: expect.arrayContaining([
          expect.objectContaining({ decision: 'withdrawn', person: 'Mother', authorRole: POLICE.role }),
          expect.objectContaining({ decision: 'given', person: 'Father' }),
        ]) as unknown,
        youngPersonDecisions: [],
        significantHarm: [],
      },
    });
  });
});

describe('the young person’s decision', () => {
  it('opens exactly their own service, once it is filed, where they are competent to take it', async () => {
    await filed(take(OFFICER, 'young-person-decisions', decision(true)));
    await filed(take(NURSE, 'young-person-decisions', decision(true, false)));
    expect(await seen()).toEqual([OWN, MISSING]);
    const release = await hold(hub.sql, 'projection');
    const answer = take(NURSE, 'young-person-decisions', decision(true));
    try {
      expect((await answer).status).toBe(202);
      expect(await seen()).toEqual([OWN, MISSING]);
    } finally {
      await release();
    }
    await filed(answer);
    expect(await seen()).toEqual([OWN, MISSING, NURSES].sort());
  });

  it('withdrawn closes exactly that, at once', async () => {
    const release = await hold(hub.sql, 'projection');
    try {
      expect((await take(NURSE, 'young-person-decisions', decision(false))).status).toBe(202);
      expect(await seen()).toEqual([OWN, MISSING]);
    } finally {
      await release();
    }
  });

  it('is neither made nor unmade by a parent', async () => {
    await filed(take(NURSE, 'processing-consents', consent('given', 'Mother')));
    expect(await seen()).toEqual([OWN, MISSING]);
    await filed(take(NURSE, 'young-person-decisions', decision(true)));
    await filed(take(NURSE, 'processing-consents', consent('withdrawn', 'Mother')));
    expect(await seen()).toEqual([OWN, MISSING, NURSES].sort());
    await filed(take(NURSE, 'young-person-decisions', decision(false)));
    expect(await seen()).toEqual([OWN, MISSING]);
  });
});

describe('significant harm', () => {
  it('recorded by another service opens nothing, by the owner that service, until it ends', async () => {
    await filed(take(WORKER, 'significant-harm', { stands: true, reason: 'Seen with a bruise' }));
    expect(await seen()).toEqual([OWN, MISSING]);
    await filed(take(NURSE, 'significant-harm', { stands: true, reason: 'Told of an injury at home' }));
    expect(await seen()).toEqual([OWN, MISSING, NURSES].sort());
    await filed(take(NURSE, 'significant-harm', { stands: false, reason: 'Explained by the hospital' }));
    expect(await seen()).toEqual([OWN, MISSING]);
  });
});

describe('a refusal to work with services', () => {
  it('is an entry, and changes nothing else of what is seen', async () => {
    await filed(
      take(WORKER, 'working-agreements', { agrees: false, decidedBy: 'Father', reason: 'No visits at home' }),
    );
    expect(await seen()).toEqual([OWN, MISSING, `${AUTHORITY.organisation} working-agreement-recorded`].sort());
    const { entries } = await api.read(WORKER, await handleOf(WORKER));
    expect(entries.find(({ type }) => type === 'working-agreement-recorded')?.content).toMatchObject({ agrees: false, decidedBy: 'Father', authorRole: AUTHORITY.role }); // prettier-ignore
  });
});

describe('what is recorded of consent', () => {
  it.each<[string, object, string, string]>([
    ['processing-consents', { ...consent('given'), decision: 'asked' }, 'decision', 'not-allowed'],
    ['processing-consents', { ...consent('given'), told: 'yes' }, 'told', 'not-true-or-false'],
    ['processing-consents', { ...consent('given'), until: 'soon' }, 'until', 'not-an-instant'],
    ['processing-consents', { ...consent('given'), person: '' }, 'person', 'missing'],
    ['young-person-decisions', { ...decision(true), assessment: undefined }, 'assessment', 'missing'],
    ['young-person-decisions', { ...decision(true), competent: undefined }, 'competent', 'missing'],
    ['significant-harm', { stands: true }, 'reason', 'missing'],
    ['working-agreements', { agrees: true, decidedBy: 'x', colour: 1 }, 'colour', 'unknown-field'],
  ])('%s of %j is refused, naming %s', async (what, body, field, reason) => {
    const { status, json } = await take(NURSE, what, body);
    expect({ status, json }).toMatchObject({ status: 400, json: { errors: [{ field, reason }] } });
  });

  it('is nobody’s to record without a relation, and says nothing of what is held', async () => {
    await api.filed(HEALTH.connector, HEALTH.staff, staffDocument(HEALTH, [post(HEALTH, 'stranger', 1)], []));
    const held = await take('stranger', 'young-person-decisions', decision(true));
    const unknown = await api.call('stranger', 'POST', `/v1/children/${await api.search('stranger', nhsNumber(77))}/young-person-decisions`, JSON.stringify({ purpose: 'SAFEGUARDING', ...decision(true) })); // prettier-ignore
    expect([held.status, held.text]).toEqual([404, unknown.text]);
  });

  it('decides every read again as it was', async () => {
    const { findings, reads } = await verifyHub(hub);
    expect(findings).toEqual([]);
    expect(reads.same).toBeGreaterThan(10);
  });
});
