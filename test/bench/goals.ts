import type { Stage } from './options.js';
import type { Ratio } from './statistics.js';

export const REFERENCES = ['pgbench', 'nest-typeorm'] as const;
export type ReferenceName = (typeof REFERENCES)[number];

export interface Goal {
  readonly id: string;
  readonly name: string;
  /** What is measured, in words. */
  readonly what: string;
  /** Requests at a time. */
  readonly connections: number;
  /** How many times as fast as each reference the hub is to be. */
  readonly floors: Readonly<Record<ReferenceName, number>>;
  /** At most so many times the 99th percentile of the reference without a framework. */
  readonly mostP99?: number;
}

export const GOALS: Readonly<Record<Stage, Goal>> = {
  ingest: {
    id: 'G1',
    name: 'http-ingest',
    what: 'One event a request over HTTP: validated, sealed, durable before it is acknowledged',
    connections: 64,
    floors: { pgbench: 1.25, 'nest-typeorm': 10 },
  },
  query: {
    id: 'G8',
    name: 'chronology-http',
    what: 'A chronology of 200 entries over HTTP: decided, decrypted, with its durable record of the read',
    connections: 16,
    floors: { pgbench: 0.6, 'nest-typeorm': 7 },
    mostP99: 2,
  },
};

export interface Verdict {
  readonly name: string;
  readonly ratio: Ratio;
  readonly floor: number;
  /** Whether `floor` is the most that is allowed, not the least. */
  readonly isCeiling: boolean;
  readonly verdict: 'PASS' | 'MISS';
  /** The ratio is closer to its floor than the same code is to itself. */
  readonly withinNoise: boolean;
}

export const judge = (
  name: string,
  ratio: Ratio,
  floor: number,
  { isCeiling = false, noise }: { readonly isCeiling?: boolean; readonly noise: number },
): Verdict => ({
  name,
  ratio,
  floor,
  isCeiling,
  verdict: (isCeiling ? ratio.median <= floor : ratio.median >= floor) ? 'PASS' : 'MISS',
  withinNoise: Math.abs(ratio.median / floor - 1) < noise,
});

/** Whether a ratio is at least so large a part of its floor (1: all of it; of a ceiling: at most that many times). */
export const isWithin = ({ ratio, floor, isCeiling }: Verdict, part: number): boolean =>
  isCeiling ? ratio.median <= floor / part : ratio.median >= floor * part;
