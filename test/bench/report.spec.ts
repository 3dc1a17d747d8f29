import { GOALS, isWithin, judge } from './goals.js';
import { readPgbenchOutput } from './pgbench.js';
import { figuresText, replaceFigures } from './readme-figures.js';
import { claimOf, describeReport, reportStage, type BenchReport } from './report.js';
import type { Cell } from './cells.js';
import type { StageFigures } from './stage.js';

const cell = (name: string, rate: number, p99 = 10): Cell => ({
  name,
  events: 100,
  seconds: 100 / rate,
  rate,
  latencies: { p50: 1, p95: 5, p99, p999: 20, max: 30 },
  cpuUsPerEvent: { app: 10, postgres: 20, load: 5 },
  walBytesPerEvent: 2000,
});

const figures = (passed = true): StageFigures => ({
  goal: GOALS.query,
  rounds: [
    [cell('hub', 60, 30), cell('hub again', 57), cell('pgbench', 100), cell('nest-typeorm', 10)],
    [cell('nest-typeorm', 8), cell('pgbench', 120), cell('hub', 84, 10), cell('hub again', 84)],
    [cell('pgbench', 100), cell('hub', 65, 15), cell('hub again', 65), cell('nest-typeorm', 10)],
  ],
  gate: { passed, counted: '12 pages', problems: passed ? [] : ['a page shows too much'] },
  input: { events: 100, sha256: 'ab' },
  notes: [],
});

const report = (stage: StageFigures): BenchReport => ({
  at: '2025-12-01T10:00:00.000Z',
  machine: '2 × Processor, Node 24.0.0',
  versions: { PostgreSQL: '18.4', pgbench: '15.18' },
  settings: { size: 10_000, rounds: 3, seed: 42 },
  durability: { fsync: 'on' },
  durable: true,
  host: {
    start: { load1m: 0, stealTicks: 0, fdatasyncPerSecond: 1000 },
    end: { load1m: 0, stealTicks: 0, fdatasyncPerSecond: 1000 },
    noisy: false,
  },
  peakMemoryMb: 100,
  seconds: 60,
  stages: [reportStage(stage, true)],
});

describe('the report', () => {
  it('claims the median of the ratios of each round', () => {
    expect(claimOf(reportStage(figures(), true), true)).toBe(
      'CLAIM G8 chronology-http MISS; pgbench ratio=0.65 (min 0.60 max 0.70) floor=0.60 PASS; ' +
        'nest-typeorm ratio=6.50 (min 6.00 max 10.50) floor=7.00 MISS; ' +
        'p99 to pgbench ratio=1.50 (min 1.00 max 3.00) most=2.00 PASS; ' +
        '3 rounds, the hub to itself min 0.95 max 1.00; gate: 12 pages',
    );
  });

  it('says so where a ratio is nearer to its floor than the hub is to itself', () => {
    const ratio = { median: 0.62, min: 0.6, max: 0.64 };
    expect(judge('pgbench', ratio, 0.6, { noise: 0.05 })).toMatchObject({ verdict: 'PASS', withinNoise: true });
    expect(judge('pgbench', ratio, 0.6, { noise: 0.01 })).toMatchObject({ verdict: 'PASS', withinNoise: false });
  });

  it('holds to half of a floor, and twice a ceiling', () => {
    const at = (median: number) => ({ median, min: median, max: median });
    expect(isWithin(judge('a', at(5), 10, { noise: 0 }), 0.5)).toBe(true);
    expect(isWithin(judge('a', at(4.9), 10, { noise: 0 }), 0.5)).toBe(false);
    expect(isWithin(judge('a', at(4), 2, { noise: 0, isCeiling: true }), 0.5)).toBe(true);
    expect(isWithin(judge('a', at(4.1), 2, { noise: 0, isCeiling: true }), 0.5)).toBe(false);
  });

  it('says no speed where the gate failed, or nothing was durable', () => {
    const failed = reportStage(figures(false), true);
    expect(failed).toMatchObject({ rounds: [], verdicts: [] });
    expect(claimOf(failed, true)).toContain('no speed');
    expect(claimOf(reportStage(figures(), false), false)).toContain('no speed');
    expect(figuresText(report(figures(false)))).toContain('No figures');
  });

  it('judges a time by itself and to its reference, and notes how far it is from itself', () => {
    const p99Of = (p99: number, again: number, polled: number) => [
      cell('followed at 2,000/s', 2000, p99),
      cell('followed again at 2,000/s', 2000, again),
      cell('polled at 2,000/s', 2000, polled),
      cell('followed at 6,000/s', 6000, 30),
      cell('polled at 6,000/s', 6000, 60),
    ];
    const rounds = [p99Of(8, 10, 80), p99Of(6, 6, 30), p99Of(9, 9, 60)];
    expect(claimOf(reportStage({ ...figures(), goal: GOALS.project, rounds }, true), true)).toBe(
      'CLAIM G12 projection-lag MISS; p99 at 2,000/s ms=8.00 (min 6.00 max 9.00) most=10.00 PASS within noise; ' +
        'p99 to a poller at 2,000/s ratio=0.15 (min 0.10 max 0.20) most=0.25 PASS; ' +
        'p99 at 6,000/s ms=30.00 (min 30.00 max 30.00) most=25.00 MISS within noise; ' +
        'p99 to a poller at 6,000/s ratio=0.50 (min 0.50 max 0.50) most=0.25 MISS; ' +
        '3 rounds, the hub to itself min 1.00 max 1.25; gate: 12 pages',
    );
    expect(figuresText(report({ ...figures(), goal: GOALS.project, rounds }))).toContain('8.00 ms (6.00–9.00)');
  });

  it('says loudly what was not measured for want of what it needs', () => {
    const skipped = { ...figures(), goal: GOALS.produce, rounds: [], absent: 'Kafka needs Java.' };
    expect(claimOf(reportStage(skipped, true), true)).toBe('CLAIM G17 kafka-produce skipped: Kafka needs Java.');
    expect(describeReport(report(skipped))).toContain('SKIPPED: Kafka needs Java.');
    expect(figuresText(report(skipped))).toContain('G17: Kafka needs Java.');
  });

  it('goes on without pgbench', () => {
    const { rounds, ...rest } = figures();
    const without = rounds.map((round) => round.filter(({ name }) => name !== 'pgbench'));
    expect(claimOf(reportStage({ ...rest, rounds: without }, true), true)).toContain('skipped: pgbench absent');
  });
});

describe('the figures in the README', () => {
  it('stand between their markers, and nothing else changes', () => {
    const readme = 'before\n\n<!-- figures:begin -->\n\nold\n\n<!-- figures:end -->\n\nafter\n';
    const text = figuresText(report(figures()));
    const changed = replaceFigures(readme, text);
    expect(changed.startsWith('before\n\n<!-- figures:begin -->\n\n| what')).toBe(true);
    expect(changed.endsWith('\n\n<!-- figures:end -->\n\nafter\n')).toBe(true);
    expect(changed).not.toContain('old');
    expect(changed).toContain('0.65× (0.60–0.70)');
    expect(replaceFigures(changed, text)).toBe(changed);
  });

  it('need their markers', () => {
    expect(() => replaceFigures('no markers', 'x')).toThrow('figures:begin');
  });
});

describe("pgbench's output", () => {
  const output = (rest: string) => `number of transactions actually processed: 2822\n${rest}`;

  it('is read', () => {
    const said = output('number of failed transactions: 0 (0.000%)\ntps = 5275.4 (without initial connection time)\n');
    expect(readPgbenchOutput(said)).toEqual({ transactions: 2822, rate: 5275.4 });
  });

  it('counts for nothing where transactions failed', () => {
    const said = output('number of failed transactions: 3 (0.100%)\ntps = 5275.4 (without initial connection time)\n');
    expect(() => readPgbenchOutput(said)).toThrow('measured nothing');
  });
});
