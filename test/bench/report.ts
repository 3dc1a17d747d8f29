import type { Cell } from './cells.js';
import { HUB, judge, type Bound, type Verdict } from './goals.js';
import type { HostState } from './host.js';
import { isNoisy } from './host.js';
import type { StageFigures } from './stage.js';
import { median, noiseOf, ratioOf, type Ratio } from './statistics.js';
import type { Durability } from './world.js';

/** All of one run: what the file of figures holds. */
export interface BenchReport {
  readonly at: string;
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: { readonly size: number; readonly rounds: number; readonly seed: number };
  readonly durability: Durability;
  readonly durable: boolean;
  readonly host: { readonly start: HostState; readonly end: HostState; readonly noisy: boolean };
  readonly peakMemoryMb: number | null;
  readonly seconds: number;
  readonly stages: readonly StageReport[];
}

export interface StageReport extends StageFigures {
  /** Empty where the gate failed, or where nothing was durable: then there is no speed. */
  readonly verdicts: readonly Verdict[];
  /** References that were absent. */
  readonly skipped: readonly string[];
  readonly noise: Ratio | null;
}

const cellOf = (round: readonly Cell[], name: string): Cell | undefined => round.find((cell) => cell.name === name);

const FIGURES: Readonly<Record<Bound['figure'], (cell: Cell) => number>> = {
  rate: ({ rate }) => rate,
  p99: ({ latencies }) => latencies.p99,
};

/** Of one figure to the other in each round; of the figure alone where there is no other. Undefined: not measured. */
const over = (
  rounds: StageFigures['rounds'],
  { of, to, figure }: Pick<Bound, 'of' | 'to' | 'figure'>,
): Ratio | undefined => {
  const pairs = rounds.flatMap((round) => {
    const [one, other] = [cellOf(round, of), to === undefined ? undefined : cellOf(round, to)];
    if (!one || (to !== undefined && !other)) return [];
    return [[FIGURES[figure](one), other ? FIGURES[figure](other) : 1] as const];
  });
  return pairs.length === 0 ? undefined : ratioOf(pairs);
};

/** Ratios and verdicts of a stage. A failed gate, or a database that keeps nothing, takes every figure away. */
export const reportStage = (figures: StageFigures, durable: boolean): StageReport => {
  const { goal, rounds, gate } = figures;
  if (!gate.passed || !durable) return { ...figures, rounds: [], verdicts: [], skipped: [], noise: null };
  const again = over(rounds, goal.twice) ?? null;
  const noise = again ? noiseOf(again) : 0;
  const judged = goal.bounds.map((bound) => {
    const ratio = over(rounds, bound);
    const { isCeiling = false, to } = bound;
    return ratio && judge(bound.name, ratio, bound.limit, { isCeiling, isTime: to === undefined, noise });
  });
  const without = goal.bounds.filter((_, i) => !judged[i]).map(({ to, of }) => to ?? of);
  return {
    ...figures,
    verdicts: judged.filter((verdict) => verdict !== undefined),
    skipped: figures.absent === undefined ? [...new Set(without)] : [],
    noise: again,
  };
};

const two = (value: number): string => value.toFixed(2);
const range = ({ min, max }: Ratio): string => `min ${two(min)} max ${two(max)}`;

const describeVerdict = ({ name, ratio, floor, isCeiling, isTime, verdict, withinNoise }: Verdict): string =>
  `${name} ${isTime ? 'ms' : 'ratio'}=${two(ratio.median)} (${range(ratio)}) ${isCeiling ? 'most' : 'floor'}=${two(floor)} ` +
  `${verdict}${withinNoise ? ' within noise' : ''}`;

const isPassed = ({ verdicts, gate }: StageReport): boolean =>
  gate.passed && verdicts.length > 0 && verdicts.every(({ verdict }) => verdict === 'PASS');

/** The one line that says what a goal came to. */
export const claimOf = (stage: StageReport, durable: boolean): string => {
  const { goal, gate, verdicts, skipped, noise, rounds, absent } = stage;
  const head = `CLAIM ${goal.id} ${goal.name}`;
  if (absent !== undefined) return `${head} skipped: ${absent}`;
  if (!gate.passed) return `${head} no speed: the gate failed`;
  if (!durable) return `${head} no speed: the database does not keep what it acknowledges`;
  return [
    `${head} ${isPassed(stage) ? 'PASS' : 'MISS'}`,
    ...verdicts.map(describeVerdict),
    ...skipped.map((name) => `skipped: ${name} absent`),
    `${rounds.length} rounds, the hub to itself ${noise ? range(noise) : 'unknown'}`,
    `gate: ${gate.counted}`,
  ].join('; ');
};

interface Column {
  readonly title: string;
  readonly text: (cells: readonly Cell[]) => string;
}

const middle = (cells: readonly Cell[], figure: (cell: Cell) => number): number => median(cells.map(figure));
const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');
const ms = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 2 : 1));
const column = (title: string, show: (value: number) => string, figure: (cell: Cell) => number): Column => ({
  title,
  text: (cells) => show(middle(cells, figure)),
});

const COLUMNS: readonly Column[] = [
  { title: '', text: (cells) => cells[0]!.name },
  column('events', whole, ({ events }) => events),
  column('seconds', two, ({ seconds }) => seconds),
  column('rate/s', whole, ({ rate }) => rate),
  column('p50 ms', ms, ({ latencies }) => latencies.p50),
  column('p95', ms, ({ latencies }) => latencies.p95),
  column('p99', ms, ({ latencies }) => latencies.p99),
  column('p99.9', ms, ({ latencies }) => latencies.p999),
  column('max', ms, ({ latencies }) => latencies.max),
  column('cpu µs app', whole, ({ cpuUsPerEvent }) => cpuUsPerEvent.app),
  column('postgres', whole, ({ cpuUsPerEvent }) => cpuUsPerEvent.postgres),
  column('load', whole, ({ cpuUsPerEvent }) => cpuUsPerEvent.load),
  column('WAL bytes', whole, ({ walBytesPerEvent }) => walBytesPerEvent),
];

/** Rows of equal width; the first column to the left, figures to the right. */
export const alignTable = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows
    .map((row) => row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '))
    .join('\n');
};

/** Medians over the rounds, a row for each of what was measured. */
const tableOf = ({ goal, rounds }: StageReport): string => {
  const names = goal.cells.filter((name) => rounds.some((round) => cellOf(round, name)));
  const rows = names.map((name) => {
    const cells = rounds.flatMap((round) => cellOf(round, name) ?? []);
    return COLUMNS.map(({ text }) => text(cells));
  });
  return alignTable([COLUMNS.map(({ title }) => title), ...rows]);
};

const filingOf = ({ rounds }: StageReport): string[] => {
  const cells = rounds.flatMap((round) => cellOf(round, HUB) ?? []).filter((cell) => cell.cpuUsPerEventFiled);
  if (cells.length === 0) return [];
  const after = middle(cells, ({ filedAfterSeconds }) => filedAfterSeconds!);
  const app = middle(cells, ({ cpuUsPerEventFiled }) => cpuUsPerEventFiled!.app);
  const postgres = middle(cells, ({ cpuUsPerEventFiled }) => cpuUsPerEventFiled!.postgres);
  return [
    `all filed and projected ${two(after)} s after the last acknowledgement; until then cpu µs an event: ` +
      `app ${whole(app)}, postgres ${whole(postgres)}`,
  ];
};

const describeStage = (stage: StageReport): string[] => {
  const { goal, gate, input, notes, absent } = stage;
  const title = `${goal.id} ${goal.name}: ${goal.what}${'connections' in goal ? `; ${goal.connections} at a time` : ''}`;
  if (absent !== undefined) return [title, `SKIPPED: ${absent}`, ''];
  return [
    title,
    `input: ${whole(input.events)} events, sha256 ${input.sha256}`,
    ...(stage.rounds.length > 0 ? [tableOf(stage), ...filingOf(stage)] : []),
    ...notes.map((note) => `note: ${note}`),
    ...gate.problems.map((problem) => `gate: ${problem}`),
    '',
  ];
};

/** The whole report as text for people. */
export const describeReport = (report: BenchReport): string => {
  const { machine, versions, durability, durable, host, stages } = report;
  return [
    `${machine}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `durability: ${Object.entries(durability)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    ...(versions['pgbench'] === 'absent' ? ['skipped: pgbench absent'] : []),
    '',
    ...stages.flatMap(describeStage),
    ...(host.noisy ? ['NOISY: the disk changed its pace by more than 30 % during the run; repeat it'] : []),
    `peak memory of the hub: ${report.peakMemoryMb === null ? 'unknown' : `${report.peakMemoryMb} MB`}; ` +
      `${report.seconds.toFixed(0)} s in all`,
    ...stages.map((stage) => claimOf(stage, durable)),
  ].join('\n');
};

/** What is in the file of figures, and whether the disk kept its pace. */
export const hostOf = (start: HostState, end: HostState): BenchReport['host'] => ({
  start,
  end,
  noisy: isNoisy(start, end),
});
