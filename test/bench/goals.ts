import type { Stage } from './options.js';
import type { Ratio } from './statistics.js';

/** What a goal asks of one figure, alone or held against the same figure of something else in the same round. */
export interface Bound {
  /** As the report calls it. */
  readonly name: string;
  readonly of: string;
  /** What it is held against: a ratio is judged. Absent: the figure itself, in ms. */
  readonly to?: string;
  readonly figure: 'rate' | 'p99';
  /** The least that is asked for; the most, where it is a ceiling. */
  readonly limit: number;
  readonly isCeiling?: boolean;
}

export interface Goal {
  readonly id: string;
  readonly name: string;
  /** What is measured, in words. */
  readonly what: string;
  readonly bounds: readonly Bound[];
  /** Names of what is measured, in the order of the table. */
  readonly cells: readonly string[];
  /** The same code measured twice, and by which figure: how far it is from itself is the noise of the machine. */
  readonly twice: { readonly of: string; readonly to: string; readonly figure: Bound['figure'] };
}

/** What is measured of the hub over HTTP. */
export interface HttpGoal extends Goal {
  /** Requests at a time. */
  readonly connections: number;
}

export const HUB = 'hub';
/** The same code measured once more: how far it is from itself is the noise of the machine. */
export const HUB_AGAIN = 'hub again';

/** Events a second at which the lag of the projection is measured; the goals are set for the last two. */
export const LAG_RATES = [200, 500, 2000, 6000] as const;
/** A rate that is measured twice. */
const LAG_RATE_TWICE = 2000;
/** Rates at which the poller is measured too. */
const POLLED_RATES: readonly number[] = [200, 2000, 6000];
const perSecond = (rate: number): string => `${rate.toLocaleString('en-GB')}/s`;
export const followedAt = (rate: number): string => `followed at ${perSecond(rate)}`;
const followedAgainAt = (rate: number): string => `followed again at ${perSecond(rate)}`;
const polledAt = (rate: number): string => `polled at ${perSecond(rate)}`;

/** What is measured at a rate: the projection as the sharing app drives it, or the poller. */
export const lagCellsOf = (rate: number): readonly (readonly [name: string, how: 'follow' | 'poll'])[] => [
  [followedAt(rate), 'follow'],
  ...(rate === LAG_RATE_TWICE ? [[followedAgainAt(rate), 'follow'] as const] : []),
  ...(POLLED_RATES.includes(rate) ? [[polledAt(rate), 'poll'] as const] : []),
];

const lagBounds = (rate: number, mostMs: number): Bound[] => [
  { name: `p99 at ${perSecond(rate)}`, of: followedAt(rate), figure: 'p99', limit: mostMs, isCeiling: true },
  {
    name: `p99 to a poller at ${perSecond(rate)}`,
    of: followedAt(rate),
    to: polledAt(rate),
    figure: 'p99',
    limit: 0.25,
    isCeiling: true,
  },
];

/** What decides of an entry: the product with few clauses, again, with many, and Cedar and casbin with as few. */
export const DECIDED = 'decision';
export const DECIDED_AGAIN = 'decision again';
export const DECIDED_BY_MANY = 'decision of 1,000 clauses';
export const DECIDED_BY_CEDAR = 'cedar-wasm';
export const DECIDED_BY_CASBIN = 'casbin';

const HTTP_CELLS = [HUB, HUB_AGAIN, 'pgbench', 'nest-typeorm'];
const TWICE = { of: HUB_AGAIN, to: HUB, figure: 'rate' } as const;
const rateTo = (to: string, limit: number): Bound => ({ name: to, of: HUB, to, figure: 'rate', limit });

export const GOALS = {
  ingest: {
    id: 'G1',
    name: 'http-ingest',
    what: 'One event a request over HTTP: validated, sealed, durable before it is acknowledged',
    connections: 64,
    bounds: [rateTo('pgbench', 1.25), rateTo('nest-typeorm', 10)],
    cells: HTTP_CELLS,
    twice: TWICE,
  },
  query: {
    id: 'G8',
    name: 'chronology-http',
    what: 'A chronology of 200 entries over HTTP: decided, decrypted, with its durable record of the read',
    connections: 16,
    bounds: [
      rateTo('pgbench', 0.6),
      rateTo('nest-typeorm', 7),
      { name: 'p99 to pgbench', of: HUB, to: 'pgbench', figure: 'p99', limit: 2, isCeiling: true },
    ],
    cells: HTTP_CELLS,
    twice: TWICE,
  },
  project: {
    id: 'G12',
    name: 'projection-lag',
    what: 'From an event’s append acknowledged to its row visible in the projection, events coming at a fixed rate',
    bounds: [...lagBounds(2000, 10), ...lagBounds(6000, 25)],
    cells: LAG_RATES.flatMap((rate) => lagCellsOf(rate).map(([name]) => name)),
    twice: { of: followedAgainAt(LAG_RATE_TWICE), to: followedAt(LAG_RATE_TWICE), figure: 'p99' },
  },
  produce: {
    id: 'G17',
    name: 'kafka-produce',
    what: 'Messages of 1 KB onto Kafka, in batches through the bus, idempotent and taken by every replica',
    bounds: [{ name: 'one message a send', of: 'batched', to: 'one message a send', figure: 'rate', limit: 15 }],
    cells: ['batched', 'batched again', 'one message a send'],
    twice: { of: 'batched again', to: 'batched', figure: 'rate' },
  },
  pipeline: {
    id: 'G17',
    name: 'kafka-pipeline',
    what: 'From the inbox through the bus to filed in the store, over Kafka',
    bounds: [{ name: 'bus in the process', of: 'over Kafka', to: 'bus in the process', figure: 'rate', limit: 0.8 }],
    cells: ['over Kafka', 'over Kafka again', 'bus in the process'],
    twice: { of: 'over Kafka again', to: 'over Kafka', figure: 'rate' },
  },
  decide: {
    id: 'G7',
    name: 'decision',
    what: 'A need-to-know decision of every facet of an entry, with its reasons, by 20 clauses',
    bounds: [
      { name: DECIDED_BY_CEDAR, of: DECIDED, to: DECIDED_BY_CEDAR, figure: 'rate', limit: 1000 },
      { name: DECIDED_BY_CASBIN, of: DECIDED, to: DECIDED_BY_CASBIN, figure: 'rate', limit: 300 },
      { name: '1,000 clauses to 20', of: DECIDED_BY_MANY, to: DECIDED, figure: 'rate', limit: 0.5 },
    ],
    cells: [DECIDED, DECIDED_AGAIN, DECIDED_BY_MANY, DECIDED_BY_CEDAR, DECIDED_BY_CASBIN],
    twice: { of: DECIDED_AGAIN, to: DECIDED, figure: 'rate' },
  },
} satisfies Readonly<Record<Exclude<Stage, 'bus'> | 'produce' | 'pipeline', Goal | HttpGoal>>;

export interface Verdict {
  readonly name: string;
  /** Over the rounds: of two figures, or of one figure in ms. */
  readonly ratio: Ratio;
  readonly floor: number;
  /** Whether `floor` is the most that is allowed, not the least. */
  readonly isCeiling: boolean;
  /** Whether these are ms and no ratio. */
  readonly isTime: boolean;
  readonly verdict: 'PASS' | 'MISS';
  /** The ratio is closer to its floor than the same code is to itself. */
  readonly withinNoise: boolean;
}

export interface Judging {
  readonly isCeiling?: boolean;
  readonly isTime?: boolean;
  readonly noise: number;
}

export const judge = (
  name: string,
  ratio: Ratio,
  floor: number,
  { isCeiling = false, isTime = false, noise }: Judging,
): Verdict => ({
  name,
  ratio,
  floor,
  isCeiling,
  isTime,
  verdict: (isCeiling ? ratio.median <= floor : ratio.median >= floor) ? 'PASS' : 'MISS',
  withinNoise: Math.abs(ratio.median / floor - 1) < noise,
});

/** Whether a ratio is at least so large a part of its floor (1: all of it; of a ceiling: at most that many times). */
export const isWithin = ({ ratio, floor, isCeiling }: Verdict, part: number): boolean =>
  isCeiling ? ratio.median <= floor / part : ratio.median >= floor * part;
