import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { HubApi, until } from '../support/journeys/hub-api.js';
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
  SCHOOL,
  sendSigners,
  signersOf,
  staffDocument,
} from '../support/journeys/scene.js';

const ROOT = process.cwd();
const AGENCIES = [AUTHORITY, SCHOOL, HEALTH, POLICE];
const [CHILD, NOBODY] = [nhsNumber(1), nhsNumber(99)];
const [LEAD, OUTSIDER, WORKER] = ['lead', 'outsider', 'worker'];

interface Partnership {
  readonly id: string;
  readonly version: string;
}
interface Policy {
  readonly orgId: string;
  readonly dsaPolicy: { readonly version: string };
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

/** Every document that the project ships, and the policies of the prototype's development set. */
const PARTNERSHIPS = readdirSync(join(ROOT, 'deploy/agreements'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => readJson(`deploy/agreements/${name}`) as Partnership);
const { organisations: POLICIES } = readJson('apps/hub/demo/policy/data-sharing-policies.json') as {
  organisations: readonly Policy[];
};

let hub: TestHub;
let api: HubApi;

const asksNothing = (text: string): string =>
  text.replaceAll(/"(readId|handle|token)":"[^"]+"/g, (_, name) => `"${String(name)}":""`);

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  await sendSigners(api, AGENCIES);
  const payloads: Readonly<Record<string, [string, Readonly<Record<string, unknown>>]>> = {
    [AUTHORITY.organisation]: [
      'childrens-services.details',
      { cscActiveStatusesAndPlans: [{ status: 'Open', plan: 'Child protection plan' }] },
    ],
    [SCHOOL.organisation]: ['education.details', { educationSettingName: 'Example School' }],
    [HEALTH.organisation]: ['health.details', { registeredGPSurgery: 'Example Surgery' }],
    [POLICE.organisation]: ['crime-justice.details', { servicesKnownTo: ['Youth justice'] }],
  };
  for (const of of AGENCIES) {
    const [recordType, payload] = payloads[of.organisation]!;
    const record = recordOf({ recordId: 'R-1', personId: CHILD, recordType, payload });
    await api.filed(of.connector, of.records, custodianFile(of, [record]));
  }
  const onRoll = {
    relationId: 'R-roll',
    sequence: 1,
    relation: 'on-roll',
    service: SCHOOL.service,
    role: 'dsl',
    child: { system: SCHOOL.records, localId: CHILD },
    from: LONG_AGO,
    to: null,
  };
  await api.filed(
    SCHOOL.connector,
    SCHOOL.staff,
    staffDocument(SCHOOL, [post(SCHOOL, LEAD, 1), post(SCHOOL, OUTSIDER, 1, { role: 'deputy-dsl' })], [onRoll]),
  );
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 1)], [allocation(AUTHORITY, WORKER, CHILD, 1)]),
  );
  const handle = await api.search(WORKER, CHILD);
  const confirmation = JSON.stringify({
    organisation: SCHOOL.organisation,
    relation: 'on-roll',
    reason: 'Spoke with the school office',
  });
  await until(
    async () =>
      (await api.call(WORKER, 'POST', `/v1/children/${handle}/relation-confirmations`, confirmation)).status === 202,
  );
  for (const document of PARTNERSHIPS) {
    for (const of of AGENCIES)
      await api.adopt(of.organisation, signersOf(of), document.id, document.version, document, LONG_AGO);
  }
  for (const of of AGENCIES) {
    const policy = POLICIES.find(({ orgId }) => orgId === of.organisation)!;
    await api.adopt(of.organisation, signersOf(of), policy.orgId, policy.dsaPolicy.version, policy, LONG_AGO);
  }
}, 120_000);
afterAll(() => hub.close());

describe('a hub in which every agreement is adopted', () => {
  it('holds them all in force for every owner', async () => {
    const { json } = await api.call(signersOf(POLICE)[0], 'GET', '/v1/agreements');
    const { agreements } = json as { agreements: { id: string; owners: string[] }[] };
    const owners = agreements.flatMap((one) => one.owners.map((owner) => `${one.id} ${owner}`)).sort();
    const expected = AGENCIES.flatMap(({ organisation }) => [
      `${organisation} ${organisation}`,
      ...PARTNERSHIPS.map(({ id }) => `${id} ${organisation}`),
    ]).sort();
    expect(PARTNERSHIPS.length).toBeGreaterThan(0);
    expect(owners).toEqual(expected);
  });

  it('shows a safeguarding lead who is on the roll what the agencies agreed', async () => {
    const { entries } = await api.seen(LEAD, CHILD);
    const seen = [...new Set(entries.map(({ owner }) => owner.organisation))].sort();
    expect(seen).toEqual(['EDUCATION-01', 'HEALTH-01', 'LOCAL-AUTHORITY-01']);
  });

  it('lets a safeguarding lead without that relation observe nothing', async () => {
    for (const purpose of ['SAFEGUARDING', 'CHILD_PROTECTION', 'DIRECT_CARE', 'EMERGENCY', 'EARLY_HELP']) {
      const texts: string[] = [];
      for (const number of [CHILD, NOBODY]) {
        const handle = await api.search(OUTSIDER, number);
        const of = `/v1/children/${handle}`;
        const answers = [
          await api.call(OUTSIDER, 'GET', `${of}/chronology?purpose=${purpose}`),
          await api.call(OUTSIDER, 'GET', `${of}/restrictions?purpose=${purpose}`),
          await api.call(OUTSIDER, 'GET', `${of}/consent?purpose=${purpose}`),
        ];
        texts.push(asksNothing(answers.map(({ status, text }) => `${status} ${text}`).join('\n')));
      }
      expect([purpose, texts[0]]).toEqual([purpose, texts[1]]);
      expect(texts[0]).toContain('"entries":[],"notices":[]');
    }
    const mine = await api.call(OUTSIDER, 'GET', '/v1/my/children');
    expect((mine.json as { children: unknown[] }).children).toEqual([]);
  });
});
