import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { HubApi } from '../support/journeys/hub-api.js';
import {
  AUTHORITY,
  custodianFile,
  HEALTH,
  nhsNumber,
  POLICE,
  post,
  recordOf,
  SCENE_BEGINS,
  SCHOOL,
  staffDocument,
} from '../support/journeys/scene.js';
import { timeLookup, type Lookup, type LookupChild } from '../support/timing/lookup-timer.js';
import { mannWhitney } from '../support/timing/mann-whitney.js';

/** `TIMING_SAMPLES=4000 npm test -- test/journeys/timing` measures and judges; without it a few are taken and reported. */
const GIVEN = process.env['TIMING_SAMPLES'];
const SAMPLES = Number(GIVEN ?? 400);
/** Nearly all of an answer's time is waiting; few at once disturb each other little. */
const LANES = GIVEN === undefined ? 24 : 8;
/** Beyond this a difference is no chance. */
const MOST = 4;
const CHILDREN = 16;
/** Entries of three other agencies that are held of a hidden child. */
const HELD = 30;
const WORKER = 'worker';
const KEEPER = 'keeper';

interface TimedLookup extends Lookup {
  /** Who asks, where the worker may not. */
  readonly login?: string;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

const looking = (what: string): TimedLookup => ({
  name: `GET /v1/children/{handle}/${what}`,
  method: 'GET',
  path: (handle) => `/v1/children/${handle}/${what}?purpose=SAFEGUARDING`,
});

/** Decisions that find nothing they could decide on: one about what the child's page shows, one about own records. */
const refused = (what: string, body: object): TimedLookup => ({
  name: `POST /v1/children/{handle}/${what.replace(NOBODY, '{id}')}`,
  method: 'POST',
  path: (handle) => `/v1/children/${handle}/${what}`,
  body: () => body,
});

const LOOKUPS: readonly TimedLookup[] = [
  {
    name: 'POST /v1/child-searches',
    method: 'POST',
    path: () => '/v1/child-searches',
    body: (child) => ({ nhsNumber: child, purpose: 'SAFEGUARDING' }),
  },
  ...['chronology', 'restrictions', 'do-not-inform', 'consent', 'releases', 'child-exclusions', 'relations'].map(
    looking,
  ),
  {
    name: 'GET /v1/identity/links',
    method: 'GET',
    path: (handle) => `/v1/identity/links?handle=${handle}`,
    login: KEEPER,
  },
  refused('withdrawals', { purpose: 'SAFEGUARDING', entryId: NOBODY, reason: 'A guess' }),
  refused(`moves/${NOBODY}/acceptances`, { statement: 'A guess' }),
];

let hub: TestHub;
let api: HubApi;
let children: LookupChild[];

const DETAILS = { firstName: 'Ada', lastName: 'Example', dateOfBirth: '2015-06-12' };

beforeAll(async () => {
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  const posts = [post(AUTHORITY, WORKER, 1), post(AUTHORITY, KEEPER, 1, { role: 'data-manager' })];
  await api.filed(AUTHORITY.connector, AUTHORITY.staff, staffDocument(AUTHORITY, posts, []));
  const hidden = Array.from({ length: CHILDREN }, (_, i) => nhsNumber(i + 1));
  for (const agency of [POLICE, HEALTH, SCHOOL]) {
    const records = hidden.flatMap((number) =>
      Array.from({ length: HELD / 3 }, (_, i) =>
        recordOf({
          recordId: `${number}-${i}`,
          personId: number,
          recordType: 'personal.details',
          payload: DETAILS,
        }),
      ),
    );
    await api.filed(agency.connector, agency.records, custodianFile(agency, records));
  }
  children = await Promise.all(
    [...hidden, ...Array.from({ length: CHILDREN }, (_, i) => nhsNumber(i + 1000))].map(async (number, i) => ({
      isHidden: i < CHILDREN,
      nhsNumber: number,
      handles: { [WORKER]: await api.search(WORKER, number), [KEEPER]: await api.search(KEEPER, number) },
    })),
  );
}, 120_000);
afterAll(() => hub.close());

describe('how long an answer takes, of an unknown and of a hidden child', () => {
  it.each(LOOKUPS)(
    '$name',
    async (lookup) => {
      const random = new SeededRandom(SAMPLES);
      const { login = WORKER } = lookup;
      const options = { url: hub.url, api, login, random, lanes: LANES };
      await timeLookup(options, lookup, children, 50);
      const { unknown, hidden } = await timeLookup(options, lookup, children, SAMPLES);
      expect([unknown.length, hidden.length]).toEqual([SAMPLES, SAMPLES]);
      const z = mannWhitney(hidden, unknown);
      const middle = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1]!.toFixed(2);
      process.stderr.write(
        `${lookup.name}: ${SAMPLES} a class, unknown ${middle(unknown)} ms, hidden ${middle(hidden)} ms, z ${z.toFixed(2)}\n`,
      );
      if (GIVEN !== undefined) expect(Math.abs(z)).toBeLessThan(MOST);
    },
    3_600_000,
  );

  it('leaves out no route that shows something of a child', () => {
    const routes = hub.hub.routes
      .filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/children/:handle/'))
      .map(({ method, path }) => `${method} ${path.replace(':handle', '{handle}')}`);
    expect(routes.length).toBeGreaterThan(0);
    expect(LOOKUPS.map(({ name }) => name)).toEqual(expect.arrayContaining(routes));
  });

  it('is measured over children of whom much is held', async () => {
    const { rows } = await hub.sql.query('select count(*)::int as n from projection.contribution');
    expect((rows[0] as { n: number }).n).toBeGreaterThanOrEqual(CHILDREN * HELD);
  });
});
