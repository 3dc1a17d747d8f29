import type { BenchReport, StageReport } from './report.js';

const BEGIN = '<!-- figures:begin -->';
const END = '<!-- figures:end -->';

const two = (value: number): string => value.toFixed(2);

const AGAINST: Readonly<Record<string, string>> = {
  pgbench: 'pgbench on the same database',
  'nest-typeorm': 'idiomatic Nest and TypeORM',
  'p99 to pgbench': '99th percentile, to that of pgbench',
  'p99 at 2,000/s': '99th percentile at 2,000 events a second',
  'p99 to a poller at 2,000/s': 'the same, to that of a poller every 50 ms',
  'p99 at 6,000/s': '99th percentile at 6,000 events a second',
  'p99 to a poller at 6,000/s': 'the same, to that of a poller every 50 ms',
  'one message a send': 'kafkajs with one message a send',
  'bus in the process': 'the same pipeline over the bus in the process',
  'cedar-wasm': 'Cedar (WebAssembly) with parsed policies, asked each facet',
  casbin: 'node-casbin with loaded policies, asked each facet',
  '1,000 clauses to 20': 'the same with 1,000 clauses, to 20',
};

const rowsOf = ({ goal, verdicts }: StageReport): string[][] =>
  verdicts.map(({ name, ratio, floor, isCeiling, isTime, verdict }) => {
    const unit = isTime ? ' ms' : '×';
    return [
      `${goal.id}: ${goal.what}`,
      AGAINST[name] ?? name,
      `${two(ratio.median)}${unit} (${two(ratio.min)}–${two(ratio.max)})`,
      `${isCeiling ? 'at most' : 'at least'} ${two(floor)}${unit}`,
      verdict === 'PASS' ? 'met' : 'missed',
    ];
  });

/** A Markdown table with cells of equal width, as the formatter writes it. */
const markdownTable = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0]!.map((_, i) => Math.max(3, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(rows[0]!), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)];
};

/** The figures of a run as Markdown. */
export const figuresText = (report: BenchReport): string => {
  const { settings, stages, machine, versions, host } = report;
  const rows = stages.flatMap(rowsOf);
  return [
    ...(rows.length === 0 ? [] : markdownTable([['what', 'against', 'measured (least–most)', 'goal', ''], ...rows])),
    ...(rows.length === 0 ? ['No figures: nothing was measured, or a check of it failed.'] : []),
    '',
    `Medians of ${settings.rounds} interleaved rounds of one run of size ${settings.size.toLocaleString('en-GB')}, ` +
      `on ${report.at.slice(0, 10)}: ${machine}, PostgreSQL ${versions['PostgreSQL']}, every write durable` +
      `${host.noisy ? '; the disk changed its pace during the run' : ''}. ` +
      stages.map(({ goal, gate, absent }) => `${goal.id}: ${absent ?? `${gate.counted}.`}`).join(' '),
  ].join('\n');
};

/** The text with what stands between its two markers replaced. Throws where they are missing. */
export const replaceFigures = (readme: string, figures: string): string => {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the README lacks the lines ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${readme.slice(end)}`;
};
