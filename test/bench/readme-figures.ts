import type { BenchReport, StageReport } from './report.js';

const BEGIN = '<!-- figures:begin -->';
const END = '<!-- figures:end -->';

const two = (value: number): string => value.toFixed(2);

const AGAINST: Readonly<Record<string, string>> = {
  pgbench: 'pgbench on the same database',
  'nest-typeorm': 'idiomatic Nest and TypeORM',
  'p99 to pgbench': '99th percentile, to that of pgbench',
};

const rowsOf = ({ goal, verdicts }: StageReport): string[][] =>
  verdicts.map(({ name, ratio, floor, isCeiling, verdict }) => [
    `${goal.id}: ${goal.what}`,
    AGAINST[name] ?? name,
    `${two(ratio.median)}× (${two(ratio.min)}–${two(ratio.max)})`,
    `${isCeiling ? 'at most' : 'at least'} ${two(floor)}×`,
    verdict === 'PASS' ? 'met' : 'missed',
  ]);

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
    ...(rows.length === 0 ? [] : markdownTable([['what', 'against', 'ratio (least–most)', 'goal', ''], ...rows])),
    ...(rows.length === 0 ? ['No figures: a check of what was measured failed.'] : []),
    '',
    `Medians of ${settings.rounds} interleaved rounds of one run of size ${settings.size.toLocaleString('en-GB')}, ` +
      `on ${report.at.slice(0, 10)}: ${machine}, PostgreSQL ${versions['PostgreSQL']}, every write durable` +
      `${host.noisy ? '; the disk changed its pace during the run' : ''}. ` +
      stages.map(({ goal, gate }) => `${goal.id}: ${gate.counted}.`).join(' '),
  ].join('\n');
};

/** The text with what stands between its two markers replaced. Throws where they are missing. */
export const replaceFigures = (readme: string, figures: string): string => {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the README lacks the lines ${BEGIN} and ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${readme.slice(end)}`;
};
