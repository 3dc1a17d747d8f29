import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg, { type Pool, type PoolClient, type QueryConfig } from 'pg';
import type { Bus, BusMessage } from '#bus';
import type { ChildExclusion } from '#chronology';
import { Relay } from '#intake';
import { createLogger } from '#platform';
import { readsOf } from '../../apps/sharing/src/directives/attempts.js';
import { agreementSubjects, closureOf } from '../../apps/sharing/src/reading/load-scope.js';
import { MIGRATIONS } from '../../apps/hub/src/prepare-database.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js';

/** Enough for the planner to see that looking through everything is dear. */
const FILED = 20_000;
const CHILDREN = 400;
const READS = 4000;

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase({ migrations: MIGRATIONS });
  pool = new pg.Pool({ connectionString: database.url, max: 3 });
  await pool.query(`
    insert into projection.generation values (1, 'live', gen_random_uuid(), ${FILED}, gen_random_uuid());
    insert into projection.contribution
      select 1, n, 0, gen_random_uuid(), null, case when n % 5000 = 0 then 'agreement' else 'child' end,
             md5((n % ${CHILDREN})::text), 'details', 'POLICE-01', 'police-records', 'r', 'b', '1', 'version', 'x'
        from generate_series(1, ${FILED}) n;
    insert into projection.blind
      select 1, n, md5((n % ${CHILDREN})::text), 'POLICE-01', 'traced', decode(md5((n % ${CHILDREN} / 2)::text), 'hex')
        from generate_series(1, ${FILED}) n;
    insert into projection.read
      select 1, n, gen_random_uuid(), 'chronology', 's', 0, timestamptz '2025-12-19 09:00Z' + n * interval '1 second', 'SAFEGUARDING', 0,
             jsonb_build_object('staff', jsonb_build_array(md5('staff ' || n % 50)), 'posts', '[]'::jsonb), 0, gen_random_uuid(), '{}'
        from generate_series(1, ${READS}) n;
    insert into projection.read_subject
      select 1, key, n, true from generate_series(1, ${READS}) n,
             unnest(array[md5('staff ' || n % 50), md5((n % ${CHILDREN})::text), md5('other ' || n)]) key;
    analyze projection.contribution;
    analyze projection.read;
    analyze projection.read_subject;
    analyze projection.blind;`);
}, 60_000);
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const rowsOf = (plan: Plan): number =>
  (plan['Relation Name'] === undefined
    ? 0
    : (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']) +
  (plan.Plans ?? []).reduce((sum, one) => sum + rowsOf(one), 0);

/** A client that has gone back to its pool; what it is asked is noted. */
const noting = (asked: QueryConfig[]): PoolClient =>
  ({
    query: (query: QueryConfig) => {
      asked.push(query);
      return pool.query(query);
    },
  }) as unknown as PoolClient;

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `array['${value.join("','")}']`;
  return typeof value === 'string' ? `'${value}'` : String(value);
};

/** Rows of tables that a question looks at, by whichever kind of plan looks at more. */
const rowsLookedAt = async (types: string, ask: (client: PoolClient) => Promise<unknown>): Promise<number> => {
  const asked: QueryConfig[] = [];
  await ask(noting(asked));
  const [{ text, values = [] }] = asked as [QueryConfig];
  const client = await pool.connect();
  try {
    await client.query(`prepare question (${types}) as ${text}`);
    const counts: number[] = [];
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await client.query(`set plan_cache_mode = ${mode}`);
      const given = types.split(', ').map((type, i) => `${literal(values[i])}::${type}`);
      const call = `explain (analyze, format json) execute question (${given.join(', ')})`;
      const { rows } = await client.query(call);
      counts.push(rowsOf((rows[0] as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan));
    }
    return Math.max(...counts);
  } finally {
    client.release(true);
  }
};

describe('a read of one child', () => {
  it('looks at what is filed on it and near it, and at nothing else', async () => {
    const { rows } = await pool.query('select md5($1::text) as key', ['7']);
    const { key } = rows[0] as { key: string };
    const near = await closureOf(noting([]), 1, FILED, [key]);
    expect(near).toHaveLength(2);
    expect(near.map(({ organisation }) => organisation)).toEqual(['POLICE-01', 'POLICE-01']);
    const looked = await rowsLookedAt('int, bigint, text[]', (client) => closureOf(client, 1, FILED, [key]));
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan((20 * FILED) / CHILDREN);
  });

  it('finds the agreements without looking for them among everything', async () => {
    const coordinates = { generation: 1, position: FILED } as Parameters<typeof agreementSubjects>[1];
    const looked = await rowsLookedAt('int, bigint', (client) => agreementSubjects(client, coordinates));
    expect(looked).toBe(FILED / 5000);
  });
});

describe('a list of who tried to open a child', () => {
  it('looks at each read at most once, and at whom it was about only where it is one of them', async () => {
    const { rows } = await pool.query(`select md5('7') as child, md5('staff 7') as person`);
    const { child, person } = rows[0] as { child: string; person: string };
    const exclusion = {
      who: [
        { organisation: 'POLICE-01', service: null, team: null, staffKey: person },
        { organisation: 'POLICE-01', service: 'none', team: null, staffKey: null },
      ],
      contribution: { envelope: { hubReceived: '2025-12-19T09:00:00.000Z' }, position: 0 },
    } as unknown as ChildExclusion;
    const ask = (client: PoolClient) => readsOf(client, { generation: 1, position: READS }, exclusion, [child]);
    expect(await ask(noting([]))).toHaveLength(READS / 50);
    const looked = await rowsLookedAt('int, bigint, timestamptz, text[], bigint, jsonb[]', ask);
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThan(2 * READS);
  });
});

describe('a relay that has published nothing yet', () => {
  it('does not look through what is filed, and publishes what is not', async () => {
    const accept = (no: number) =>
      pool.query(
        `with a as (insert into inbox.attempt (attempt_id, client, feed, organisation, idempotency_key, trace, receipt_id,
             accepted_no, accepted_at, accepted_clock)
           values (gen_random_uuid(), 'c', 'f', 'POLICE-01', $3, '', gen_random_uuid(), $1, now(), now()) returning attempt_id)
         insert into inbox.item select attempt_id, 1, 'p', $2::uuid, 'child', 'key', 'bytes' from a`,
        [no, idOf(no), `key-${no}`],
      );
    const idOf = (no: number): string => `00000000-0000-4000-8000-${String(no).padStart(12, '0')}`;
    await pool.query(`insert into inbox.role_organisation values (session_user, '*')`);
    for (let no = 1; no <= 5; no += 1) {
      await accept(no);
      await pool.query('insert into projection.filed values (1, $1, $2)', [idOf(no), no]);
    }
    const published: BusMessage[] = [];
    const places: string[] = [];
    const bus = {
      publish: async (_: string, messages: readonly BusMessage[]) => void published.push(...messages),
    } as unknown as Bus;
    const listening = {
      connect: async () => {
        const client = await pool.connect();
        const query = client.query.bind(client) as (asked: QueryConfig) => unknown;
        Object.assign(client, {
          query: (asked: QueryConfig) => {
            if (asked.name === 'inbox-unfiled') places.push(String(asked.values?.[0]));
            return query(asked);
          },
        });
        return client;
      },
    } as unknown as Pool;
    const logger = createLogger({ app: 'relay', instance: randomUUID(), level: 'error' });
    const relay = new Relay({ pool: listening, bus, logger, carries: 'everything' });
    relay.start();
    try {
      while (places.length < 3) await delay(10);
      expect([...new Set(places)]).toEqual(['5']);
      expect(published).toEqual([]);
      await accept(6);
      while (published.length === 0) await delay(10);
      await delay(200);
      expect(published.map(({ key }) => key)).toEqual(['key']);
    } finally {
      await relay.stop();
    }
  });
});
