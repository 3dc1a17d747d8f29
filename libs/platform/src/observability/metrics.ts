import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ROUTES } from './routes.js';
import { within } from './within.js';

/** What a process is. Adapters are one kind: a figure of one agency's adapter would be a figure of that agency. */
export const APP_KINDS = ['adapter', 'audit', 'hub', 'issuer', 'sharing', 'timeline', 'web'] as const;
export type AppKind = (typeof APP_KINDS)[number];

/** The kind of an app by the name of its process. */
export const appKindOf = (name: string): AppKind => APP_KINDS.find((kind) => kind === name) ?? 'adapter';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'] as const;
export type Method = (typeof METHODS)[number];

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const POOLS = ['audit', 'intake', 'relay', 'sharing', 'store', 'timeline', 'web'] as const;
export type PoolName = (typeof POOLS)[number];

/** Everything that each label of a metric may say. */
type Lists = Readonly<Record<string, Iterable<string>>>;

/** One value of each list. There is no other way to a label, so that no identifier can come to stand in one. */
export type Labels<L extends Lists> = {
  readonly [K in keyof L]: L[K] extends Iterable<infer V extends string> ? V : never;
};

/** Metrics of this process: of every app in it. */
export const METRICS = new Registry();

const described = new Map<string, Lists>();

/** The closed lists of every metric's labels, by the metric's name. `app` stands beside them on each. */
export const CLOSED_LABELS: ReadonlyMap<string, Lists> = described;

type MetricName = `sightline_${string}`;

const describe = (name: MetricName, help: string, lists: Lists) => {
  described.set(name, lists);
  return { name, help, labelNames: Object.keys(lists), registers: [METRICS] };
};

const combinations = (lists: Lists): Record<string, string>[] =>
  Object.entries(lists).reduce<Record<string, string>[]>(
    (all, [label, values]) => all.flatMap((labels) => [...values].map((value) => ({ ...labels, [label]: value }))),
    [{}],
  );

/** A function that counts. Every series stands at 0 from the start, so that a first failure shows as a rise. */
const counter = <const L extends Lists>(name: MetricName, help: string, lists: L) => {
  const metric = new Counter(describe(name, help, lists));
  for (const labels of combinations(lists)) metric.inc(labels, 0);
  return (labels: Labels<L>, by = 1): void => metric.inc(labels, by);
};

const histogram = <const L extends Lists>(name: MetricName, help: string, buckets: number[], lists: L) => {
  const metric = new Histogram({ ...describe(name, help, lists), buckets });
  return (labels: Labels<L>, value: number): void => metric.observe(labels, value);
};

const gauge = <const L extends Lists>(name: MetricName, help: string, lists: L) => {
  const metric = new Gauge(describe(name, help, lists));
  const forget = (): void => metric.reset();
  if (Object.keys(lists).length === 0) metric.remove();
  return {
    set: (labels: Labels<L>, value: number): void => metric.set(labels, value),
    /** Nothing is said of it until it is set again. */
    forget: Object.keys(lists).length === 0 ? (): void => metric.remove() : forget,
  };
};

export const observeRequest = histogram(
  'sightline_http_request_duration_seconds',
  'Requests by the pattern of their route, from the first byte in to the last byte out.',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  { method: METHODS, route: ROUTES, status: STATUS_CLASSES },
);

export const countSubmissions = counter(
  'sightline_submissions_total',
  'Documents that came to a feed: acknowledged (a known one again included), or not and why.',
  { outcome: ['accepted', 'clash', 'refused', 'too-large', 'broken', 'unavailable', 'failed'] },
);

export const countContributions = counter(
  'sightline_contributions_total',
  'Contributions by how far they came. What is still missing after a minute is published once more.',
  { stage: ['accepted', 'published', 'filed', 'unreadable', 'left-out'] },
);

export const countBusBatches = counter(
  'sightline_bus_batches_total',
  'Batches given to the bus and taken from it. A delivery that failed comes again.',
  { direction: ['published', 'delivered'], outcome: ['done', 'failed'] },
);

export const countAppend = counter(
  'sightline_store_appends_total',
  'Appends to streams by what the store answered; refused: before any engine saw it.',
  { outcome: ['appended', 'conflict', 'unknown', 'refused', 'failed'] },
);

export const countProjectionBatches = counter(
  'sightline_projection_batches_total',
  'Batches of events that were projected, or not and why. Fenced: another process moves the projection on.',
  { outcome: ['projected', 'fenced', 'failed'] },
);

export const countProjectedEvents = counter(
  'sightline_projection_events_total',
  'Events of the batches that were projected.',
  {},
);

export const countReads = counter(
  'sightline_reads_total',
  'Reads of a chronology. Not recorded: nothing was shown, since the record of the read was not certainly written.',
  { outcome: ['recorded', 'not-recorded', 'failed'] },
);

export const countEmergencyAccess = counter(
  'sightline_emergency_access_total',
  'Accesses in an emergency that were opened, ended early by whoever opened them, and reviewed for an owner of records.',
  { what: ['opened', 'ended', 'reviewed'] },
);

const poolConnections = gauge('sightline_pool_connections', 'Connections of a pool, and callers that wait for one.', {
  pool: POOLS,
  state: ['in-use', 'idle', 'waiting'],
});

const lagPositions = gauge(
  'sightline_projection_lag_positions',
  'Positions of the store between the projection and the head; engines may count in bytes. 0: it is level.',
  {},
);

const lagSeconds = gauge(
  'sightline_projection_lag_seconds',
  'Age of the oldest event that is not projected. 0: there is none. NaN: the store or the database did not answer.',
  {},
);

/** What a pool of connections tells of itself. */
export interface WatchedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** How far the projection is behind the store. */
export interface ProjectionLag {
  readonly positions: number;
  readonly seconds: number;
}

const pools = new Set<{ readonly name: PoolName; readonly pool: WatchedPool }>();
let lagOf: (() => Promise<ProjectionLag>) | undefined;

/** Shows a pool among the metrics, until the function that it returns is called. Pools of one name are added up. */
export const watchPool = (name: PoolName, pool: WatchedPool): (() => void) => {
  const watched = { name, pool };
  pools.add(watched);
  return () => void pools.delete(watched);
};

/** Shows how far the projection is behind, until the function that it returns is called. */
export const watchProjection = (lag: () => Promise<ProjectionLag>): (() => void) => {
  lagOf = lag;
  return () => {
    if (lagOf === lag) lagOf = undefined;
  };
};

const lookAtPools = (): void => {
  poolConnections.forget();
  for (const name of POOLS) {
    const named = [...pools].filter((one) => one.name === name).map(({ pool }) => pool);
    if (named.length === 0) continue;
    const sum = (of: (pool: WatchedPool) => number): number => named.reduce((total, pool) => total + of(pool), 0);
    poolConnections.set(
      { pool: name, state: 'in-use' },
      sum((pool) => pool.totalCount - pool.idleCount),
    );
    poolConnections.set(
      { pool: name, state: 'idle' },
      sum((pool) => pool.idleCount),
    );
    poolConnections.set(
      { pool: name, state: 'waiting' },
      sum((pool) => pool.waitingCount),
    );
  }
};

const LONGEST_LOOK_MS = 2000;

const lookAtProjection = async (): Promise<void> => {
  const lag = lagOf && (await within(LONGEST_LOOK_MS, lagOf, { positions: Number.NaN, seconds: Number.NaN }));
  if (lag) {
    lagPositions.set({}, lag.positions);
    lagSeconds.set({}, lag.seconds);
  } else {
    lagPositions.forget();
    lagSeconds.forget();
  }
};

/** All metrics in Prometheus' text form. */
export const metricsText = async (): Promise<string> => {
  lookAtPools();
  await lookAtProjection();
  return METRICS.metrics();
};
