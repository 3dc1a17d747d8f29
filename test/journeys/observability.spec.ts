import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { APP_KINDS, CLOSED_LABELS, newTrace, openOperations, SPAN_NAMES, type Operations } from '#platform';
import { startTestHub, type TestHub } from '../support/hub/start-test-hub.js';
import { findCanaries, newCanary } from '../support/journeys/canaries.js';
import { startCollector, type Collector } from '../support/journeys/collector.js';
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

const CHILD = nhsNumber(4);
const WORKER = 'kanarie-worker-x';
/** Everything that the journey names, and that no operator may be told. */
const canaries: Record<string, string> = {
  child: CHILD,
  'name of the child': newCanary(),
  'local id of a record': newCanary(),
  'idempotency key': newCanary(),
  login: WORKER,
  'organisation 1': AUTHORITY.organisation,
  'organisation 2': HEALTH.organisation,
  'connector 1': AUTHORITY.connector,
  'connector 2': HEALTH.connector,
  'feed 1': AUTHORITY.records,
  'feed 2': AUTHORITY.staff,
  'feed 3': HEALTH.records,
};
const TRACE = newTrace();

let collector: Collector;
let hub: TestHub;
let api: HubApi;
let operations: Operations;
let ops: string;
let databaseAnswers: () => Promise<boolean> = async () => true;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const ask = async (path: string, init?: RequestInit) => {
  const answer = await fetch(`${ops}${path}`, init);
  return { status: answer.status, text: await answer.text() };
};

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const samplesOf = (text: string): Sample[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value] = /^([a-z_:]+)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? [];
      const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/gi)].map(([, label, said]) => [label, said]);
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
    });

const metrics = async (): Promise<Sample[]> => samplesOf((await ask('/metrics')).text);

const valueOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number =>
  samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);

/** Metrics of a histogram have three names. */
const metricOf = (name: string): string => (CLOSED_LABELS.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));

const IDENTIFIERS: Readonly<Record<string, RegExp>> = {
  'a key': /[0-9a-f]{32}/i,
  'a UUID': /[0-9a-f]{8}-[0-9a-f]{4}/i,
  'an NHS number': /[0-9]{10}/,
};

const identifiersIn = (values: readonly unknown[]): string[] =>
  values.flatMap((value) =>
    Object.entries(IDENTIFIERS).flatMap(([what, form]) =>
      form.test(String(value)) ? [`${what}: ${String(value)}`] : [],
    ),
  );

const details = (recordId: string) =>
  recordOf({
    recordId,
    personId: CHILD,
    recordType: 'personal.details',
    payload: { firstName: canaries['name of the child'] },
  });

const sendTraced = (trace: string, document: unknown, key: string) =>
  api.call(
    AUTHORITY.connector,
    'POST',
    `/v1/feeds/${AUTHORITY.records}/submissions`,
    typeof document === 'string' ? document : JSON.stringify(document),
    { 'idempotency-key': key, traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  );

beforeAll(async () => {
  collector = await startCollector();
  hub = await startTestHub({ firstTime: SCENE_BEGINS });
  api = new HubApi(hub);
  const port = await freePort();
  ops = `http://127.0.0.1:${port}`;
  operations = await openOperations({
    app: 'hub',
    configuration: { instance: 'test', opsHost: '127.0.0.1', opsPort: port, otlpEndpoint: collector.endpoint },
    checks: [
      { name: 'keys', check: async () => true },
      { name: 'database', check: () => databaseAnswers() },
    ],
    pools: { sharing: hub.sql },
  });
  await operations.listen();

  const key = canaries['idempotency key']!;
  const document = custodianFile(AUTHORITY, [details(canaries['local id of a record']!)]);
  const sent = await sendTraced(TRACE, document, key);
  const { receipt } = sent.json as { receipt: string };
  const items = await api.settled(AUTHORITY.connector, receipt);
  const health = recordOf({ recordId: 'H', personId: CHILD, recordType: 'health.details', payload: {} });
  await api.filed(HEALTH.connector, HEALTH.records, custodianFile(HEALTH, [health]));
  await api.filed(
    AUTHORITY.connector,
    AUTHORITY.staff,
    staffDocument(AUTHORITY, [post(AUTHORITY, WORKER, 1)], [allocation(AUTHORITY, WORKER, CHILD, 1)]),
  );
  // The same again, another body under the key, no document, one that is too large, and addresses that say too much.
  expect((await sendTraced(newTrace(), document, key)).status).toBe(202);
  expect((await sendTraced(newTrace(), custodianFile(AUTHORITY, []), key)).status).toBe(409);
  expect((await sendTraced(newTrace(), `{"${CHILD}`, randomUUID())).status).toBe(400);
  expect((await sendTraced(newTrace(), JSON.stringify(CHILD.repeat(120_000)), randomUUID())).status).toBe(413);
  const handle = await api.search(WORKER, CHILD);
  const read = (await api.read(WORKER, handle)) as unknown as { readId: string };
  for (const path of [`/${CHILD}`, `/v1/children/${CHILD}`, `/v1/children/${handle}/${WORKER}`]) {
    expect((await api.call(WORKER, 'GET', path)).status).toBe(404);
  }
  expect((await api.call(WORKER, 'POST', `/v1/children/${CHILD}`)).status).toBe(404);
  const { rows } = await hub.sql.query(
    `select distinct stream from store.event where stream ~ '^(child|staff|org|quarantine)-'`,
  );
  Object.assign(canaries, { handle, 'read id': read.readId, receipt, contribution: items[0]!.contribution });
  for (const { stream } of rows as { stream: string }[]) canaries[stream] = stream.replace(/^[a-z]+-/, '');
});

afterAll(async () => {
  await operations.close();
  await hub.close();
  await collector.close();
});

describe('metrics', () => {
  it('count what was done', async () => {
    const samples = await metrics();
    const counted = (name: string, labels: Readonly<Record<string, string>>) => valueOf(samples, name, labels);
    expect(
      Object.fromEntries(
        ['accepted', 'clash', 'refused', 'too-large', 'failed'].map((outcome) => [
          outcome,
          counted('sightline_submissions_total', { outcome }),
        ]),
      ),
    ).toEqual({ accepted: 4, clash: 1, refused: 1, 'too-large': 1, failed: 0 });
    const accepted = counted('sightline_contributions_total', { stage: 'accepted' });
    expect(accepted).toBeGreaterThanOrEqual(4);
    expect(counted('sightline_contributions_total', { stage: 'filed' })).toBe(accepted);
    expect(counted('sightline_contributions_total', { stage: 'published' })).toBeGreaterThanOrEqual(accepted);
    expect(counted('sightline_contributions_total', { stage: 'unreadable' })).toBe(0);
    expect(counted('sightline_reads_total', { outcome: 'recorded' })).toBe(1);
    for (const direction of ['published', 'delivered']) {
      expect(counted('sightline_bus_batches_total', { direction, outcome: 'done' })).toBeGreaterThan(0);
    }
    expect(counted('sightline_store_appends_total', { outcome: 'appended' })).toBeGreaterThan(0);
    expect(counted('sightline_projection_batches_total', { outcome: 'projected' })).toBeGreaterThan(0);
    expect(counted('sightline_projection_events_total', {})).toBeGreaterThan(accepted);
    expect(
      counted('sightline_http_request_duration_seconds_count', {
        route: '/v1/feeds/:feed/submissions',
        method: 'POST',
        status: '2xx',
      }),
    ).toBe(4);
    expect(counted('sightline_http_request_duration_seconds_count', { route: '/*', status: '4xx' })).toBe(3);
    expect(counted('sightline_http_request_duration_seconds_count', { route: 'unmatched', status: '4xx' })).toBe(1);
    expect(counted('process_cpu_seconds_total', { app: 'hub' })).toBeGreaterThan(0);
  });

  it('say how far the projection is behind, and how full the pools are', async () => {
    await until(async () => valueOf(await metrics(), 'sightline_projection_lag_positions') === 0);
    expect(valueOf(await metrics(), 'sightline_projection_lag_seconds')).toBe(0);
    const held = await hub.sql.connect();
    try {
      await held.query(`begin; select from projection.generation for update`);
      const document = custodianFile(AUTHORITY, [details('LAGGING')]);
      await api.accepted(AUTHORITY.connector, AUTHORITY.records, document);
      await until(async () => valueOf(await metrics(), 'sightline_projection_lag_positions') > 0);
      await until(async () => valueOf(await metrics(), 'sightline_projection_lag_seconds') > 0);
      expect(
        valueOf(await metrics(), 'sightline_pool_connections', { pool: 'sharing', state: 'in-use' }),
      ).toBeGreaterThan(0);
      await held.query('rollback');
    } finally {
      held.release(true);
    }
    await until(async () => valueOf(await metrics(), 'sightline_projection_lag_positions') === 0);
  });

  it('have labels whose values all come from closed lists', async () => {
    const routes = new Set(['unmatched', ...hub.hub.routes.map(({ path }) => path)]);
    const ours = (await metrics()).filter(({ name }) => name.startsWith('sightline_'));
    expect(ours.length).toBeGreaterThan(50);
    for (const { name, labels } of ours) {
      const lists = CLOSED_LABELS.get(metricOf(name)) ?? {};
      for (const [label, value] of Object.entries(labels)) {
        if (label === 'le') expect(value).toMatch(/^(\+Inf|[0-9.]+)$/);
        else if (label === 'app') expect(APP_KINDS).toContain(value);
        else expect([name, label, [...(lists[label] ?? [])]]).toEqual([name, label, expect.arrayContaining([value])]);
        if (label === 'route') expect(routes).toContain(value);
      }
    }
  });

  it('name nobody: no child, person, record or agency', async () => {
    const { text } = await ask('/metrics');
    expect(findCanaries(Buffer.from(text), canaries)).toEqual([]);
    expect(identifiersIn(samplesOf(text).flatMap(({ labels }) => Object.values(labels)))).toEqual([]);
    // The search is awake.
    expect(findCanaries(Buffer.from(`${text}\nx{feed="${AUTHORITY.records}"}`), canaries)).toContain('feed 1: clear');
    expect(identifiersIn(['a'.repeat(32), randomUUID(), CHILD])).toHaveLength(3);
  });
});

describe('traces', () => {
  const spansOf = (trace: string) => collector.spans.filter(({ traceId }) => traceId === trace);
  const namesOf = (trace: string) => new Set(spansOf(trace).map(({ name }) => name));

  it('carry a submission from the door to the projection under one trace id', async () => {
    await until(async () => namesOf(TRACE).has('project'));
    expect([...namesOf(TRACE)].sort()).toEqual([...SPAN_NAMES].sort());
    for (const span of spansOf(TRACE).filter(({ name }) => ['publish', 'file', 'project'].includes(name))) {
      const [link] = span.links;
      const batch = collector.spans.find(({ spanId }) => spanId === link?.spanId)!;
      expect([batch.name, batch.traceId === TRACE]).toEqual([span.name, false]);
      expect(batch.links).toContainEqual(expect.objectContaining({ traceId: TRACE, spanId: span.spanId }));
    }
  });

  it('begin at the door where the sender names none', async () => {
    const before = collector.spans.length;
    const health = recordOf({ recordId: 'H2', personId: CHILD, recordType: 'health.details', payload: {} });
    await api.filed(HEALTH.connector, HEALTH.records, custodianFile(HEALTH, [health]));
    const door = () => collector.spans.slice(before).find(({ name }) => name === 'submission');
    await until(async () => door() !== undefined && namesOf(door()!.traceId).has('project'));
    expect([...namesOf(door()!.traceId)].sort()).toEqual([...SPAN_NAMES].sort());
  });

  it('say that work failed, and nothing more of it', async () => {
    await until(async () => collector.spans.some(({ status }) => status.code === 2));
    for (const { status, events } of collector.spans) {
      expect(status.message).toBeUndefined();
      expect(events).toEqual([]);
    }
  });

  it('say of a span what is on a closed list', () => {
    const routes = new Set(['unmatched', ...hub.hub.routes.map(({ path }) => path)]);
    for (const { name, attributes } of collector.spans) {
      expect(SPAN_NAMES).toContain(name);
      for (const [key, value] of Object.entries(attributes)) {
        if (key === 'sightline.app') expect(APP_KINDS).toContain(value);
        else if (key === 'http.route') expect(routes).toContain(value);
        else if (key === 'http.request.method') expect(value).toMatch(/^[A-Z]{3,7}$/);
        else
          expect([key, Number.isSafeInteger(Number(value))]).toEqual([
            expect.stringMatching(/^(http.response.status_code|sightline.count)$/),
            true,
          ]);
      }
    }
    const services = collector.resources.map((resource) => resource);
    expect(services).toEqual(services.map(() => ({ 'service.name': 'sightline-hub', 'service.instance.id': 'test' })));
  });

  it('name nobody: no child, person, record or agency', () => {
    expect(collector.spans.length).toBeGreaterThan(20);
    expect(findCanaries(Buffer.from(collector.bodies.join('\n')), canaries)).toEqual([]);
    const said = collector.spans.flatMap(({ name, attributes }) => [name, ...Object.values(attributes)]);
    expect(identifiersIn(said)).toEqual([]);
  });
});

describe('health', () => {
  it('lives, and is ready, until it drains', async () => {
    expect(await ask('/health/live')).toMatchObject({ status: 200 });
    expect(await ask('/health/ready')).toEqual({ status: 200, text: '{"status":"up"}' });
    databaseAnswers = () => Promise.reject(new Error(`connection to 10.1.2.3 as ${WORKER} refused`));
    expect(await ask('/health/ready')).toEqual({
      status: 503,
      text: '{"status":"not-ready","reasons":["database"]}',
    });
    databaseAnswers = async () => true;
    operations.drain();
    expect(await ask('/health/ready')).toEqual({
      status: 503,
      text: '{"status":"not-ready","reasons":["draining"]}',
    });
    expect(await ask('/health/live')).toMatchObject({ status: 200 });
  });
});
