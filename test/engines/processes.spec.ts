import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { enginesOf } from '#platform';
import { startEngines, type Engines } from '../../tools/fleet/start-engines.js';
import { APPS, startFleet, type Fleet } from '../../tools/fleet/start-fleet.js';
import { freePort } from '../../tools/fleet/free-port.js';
import { HubClient } from '../../apps/hub/src/demo/hub-client.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js';
import { startCollector, type Collector } from '../support/journeys/collector.js';
import { custodianFile, nhsNumber, POLICE, recordOf, SCENE_BEGINS } from '../support/journeys/scene.js';
import { until } from '../support/journeys/hub-api.js';

const ROOT = process.cwd();
/** The issuer stands on none. */
const ON_ENGINES = APPS.filter((app) => app !== 'issuer');

describe('a process of one app', () => {
  it.each(ON_ENGINES)('(%s) refuses embedded engines, with a sentence for each', (app) => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, `dist/apps/${app}/src/main.js`)], {
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect([app, status]).toEqual([app, 1]);
    const refused = [...stderr.matchAll(/^([A-Z_]+) is an embedded engine, which only the hub/gm)].map(
      ([, name]) => name,
    );
    expect([app, refused]).toEqual([app, enginesOf(app)]);
  });
});

describe('two processes of every app', () => {
  let folder: string;
  let database: TestDatabase;
  let engines: Engines;
  let fleet: Fleet;
  let collector: Collector;
  let client: HubClient;
  let sql: pg.Pool;
  const opsPorts = new Map<string, number>();
  let people = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-processes-'));
    database = await createTestDatabase({ migrations: [] });
    collector = await startCollector();
    engines = await startEngines({ root: ROOT, folder, databaseUrl: database.url });
    const two = Object.fromEntries(APPS.map((app) => [app, app === 'issuer' ? 1 : 2]));
    for (const app of APPS) for (const i of [1, 2]) opsPorts.set(`${app}-${i}`, await freePort());
    fleet = await startFleet({
      root: ROOT,
      folder,
      database: engines.database,
      busUrl: engines.busUrl,
      instances: two,
      firstTime: SCENE_BEGINS,
      settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
      settingsOf: (app, i) => ({ OPS_PORT: String(opsPorts.get(`${app}-${i}`)) }),
    });
    client = new HubClient(fleet.url, () => Promise.reject(new Error('nobody')), fleet.connectorSecret);
    // The owner of a database is not told of others' connections.
    sql = new pg.Pool({ connectionString: database.superuserUrl, max: 1 });
  }, 240_000);
  afterAll(async () => {
    await fleet?.close();
    await engines?.close();
    await sql?.end();
    await collector?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const send = (count: number): Promise<string> => {
    const records = Array.from({ length: count }, () => {
      people += 1;
      return recordOf({
        recordId: `POL-${people}`,
        personId: nhsNumber(3000 + people),
        recordType: 'crime-justice.details',
        payload: {},
      });
    });
    const body = Buffer.from(JSON.stringify(custodianFile(POLICE, records)));
    return client.submit(POLICE.connector, POLICE.records, `key-${people}`, 'application/json', body);
  };
  const settled = (receipt: string) => client.settled(POLICE.connector, receipt, () => undefined);

  it('share one database within its hundred connections', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => settled(await send(10))));
    const { rows } = await sql.query(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and backend_type = 'client backend'`,
    );
    const { n } = rows[0] as { n: number };
    process.stderr.write(`${n} connections for ${fleet.processes.length} processes\n`);
    expect(n).toBeGreaterThan(20);
    expect(n).toBeLessThanOrEqual(97);
  }, 60_000);

  it('tell operators that they live, are ready, and what they did', async () => {
    for (const { name } of fleet.processes) {
      const at = `http://127.0.0.1:${opsPorts.get(name)}`;
      const [live, ready, metrics] = await Promise.all(
        ['/health/live', '/health/ready', '/metrics'].map((path) => fetch(`${at}${path}`)),
      );
      expect([name, live!.status, ready!.status, metrics!.status]).toEqual([name, 200, 200, 200]);
      expect(await metrics!.text()).toContain('process_cpu_seconds_total');
    }
  });

  it('let a newcomer follow one contribution by its trace, from door to projection, through three processes', async () => {
    const receipt = await send(1);
    await settled(receipt);
    const { rows } = await sql.query('select trace from inbox.attempt where receipt_id = $1', [receipt]);
    const { trace } = rows[0] as { trace: string };
    const names = (): string[] => collector.spans.filter(({ traceId }) => traceId === trace).map(({ name }) => name);
    await until(
      async () => ['submission', 'publish', 'file', 'project'].every((name) => names().includes(name)),
      20_000,
    );
    const everything = collector.bodies.join('\n');
    for (let n = 1; n <= people; n += 1) expect(everything).not.toContain(nhsNumber(3000 + n));
    const keys = await sql.query('select subject_key from refs.reference');
    for (const { subject_key } of keys.rows as { subject_key: string }[]) expect(everything).not.toContain(subject_key);
  }, 60_000);

  it('end within ten seconds when told to, one of each, and lose nothing that was sent meanwhile', async () => {
    const receipts: string[] = [];
    let sending = true;
    const load = (async () => {
      while (sending) receipts.push(await send(3));
    })();
    const took: string[] = [];
    for (const app of APPS.filter((one) => one !== 'issuer')) {
      const one = fleet.of(app, 1);
      const since = Date.now();
      await one.stop();
      took.push(`${app} ${Date.now() - since} ms`);
      expect([app, Date.now() - since < 10_000]).toEqual([app, true]);
      const sent = receipts.length;
      await until(async () => receipts.length > sent, 20_000);
    }
    process.stderr.write(`ended after SIGTERM: ${took.join(', ')}\n`);
    sending = false;
    await load;
    expect(receipts.length).toBeGreaterThanOrEqual(8);
    for (const receipt of receipts) {
      expect((await settled(receipt)).map(({ state }) => state)).toEqual(['filed', 'filed', 'filed']);
    }
  }, 120_000);

  it('said nothing of a person or record in any log', async () => {
    const logs = join(folder, 'logs');
    const text = (await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')))).join(
      '\n',
    );
    for (let n = 1; n <= people; n += 1) expect(text).not.toContain(nhsNumber(3000 + n));
    const keys = await sql.query('select subject_key from refs.reference');
    for (const { subject_key } of keys.rows as { subject_key: string }[]) expect(text).not.toContain(subject_key);
  });
});
