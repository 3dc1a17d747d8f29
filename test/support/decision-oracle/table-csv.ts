import { parse } from 'csv-parse/sync';
import { REQUEST_COLUMNS } from './request-row.js';
import type { RequestRow } from './request-row.js';
import type { SeededRandom } from './seeded-random.js';

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table of requests as CSV, its columns in a random order and without some of those that no row fills. */
export function writeRequests(random: SeededRandom, rows: readonly RequestRow[]): string {
  const columns = REQUEST_COLUMNS.filter((name) => rows.some((row) => (row[name] ?? '') !== '') || random.chance(0.5));
  const shuffled = columns.map((name) => ({ name, order: random.next() })).sort((a, b) => a.order - b.order);
  const lines = rows.map((row) => shuffled.map(({ name }) => cell(row[name] ?? '')).join(','));
  return `${[shuffled.map(({ name }) => name).join(','), ...lines].join('\n')}\n`;
}

/** The lines of a CSV text with a header, as column name to text. */
export function readTable(text: string): Record<string, string>[] {
  return parse(text, { columns: true, skip_empty_lines: true }) as Record<string, string>[];
}
