import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { finished } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import { CsvError, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { CompiledAgreement } from '#sharing';
import { decideRequest, requestWorld } from './decide-request.js';
import { REQUEST_COLUMNS, REQUIRED_COLUMNS, readRequest, type Cells, type RequestColumn } from './request-row.js';
import { Stop } from './stop.js';

const OUTPUT_COLUMNS = ['decision', 'fields', 'clauses'] as const;

/** Rows between two writes, so that a long table is never in memory as a whole. */
const BATCH = 1_000;

/** Names of the columns as the first line has them; none where that cannot be read. */
const headerOf = async (requests: string): Promise<readonly string[]> => {
  try {
    const [first = ''] = (await readFile(requests, 'utf8')).split(/\r?\n/, 1);
    return (parseText(first, { bom: true }) as string[][])[0] ?? [];
  } catch {
    return [];
  }
};

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number; readonly bytes: number };
}

const readHeader = (file: string, line: number, header: readonly string[]): readonly RequestColumn[] => {
  const columns = header.map((name, index) => {
    const column = REQUEST_COLUMNS.find((each) => each === name);
    if (column === undefined)
      throw new Stop([`${file}: line ${line}, column ${name || index + 1}: is no column of a table of requests`]);
    if (header.indexOf(name) !== index) throw new Stop([`${file}: line ${line}, column ${column}: is there twice`]);
    return column;
  });
  for (const column of REQUIRED_COLUMNS)
    if (!columns.includes(column)) throw new Stop([`${file}: line ${line}, column ${column}: is missing`]);
  return columns;
};

const cellsOf = (file: string, line: number, columns: readonly RequestColumn[], record: readonly string[]): Cells => {
  const lacking = columns[record.length];
  if (lacking !== undefined) throw new Stop([`${file}: line ${line}, column ${lacking}: the row is too short`]);
  if (record.length > columns.length)
    throw new Stop([`${file}: line ${line}, column ${columns.at(-1)}: the row is too long`]);
  return Object.fromEntries(columns.map((column, index) => [column, record[index] ?? '']));
};

/** Lines that a record takes, given that it may hold line breaks inside quotes. */
const breaksIn = (record: readonly string[]): number =>
  record.reduce((count, cell) => count + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

export interface TableSummary {
  readonly rows: number;
  readonly allowed: number;
}

/**
 * Decides every row of a table of requests and writes it with the decision, what shows of it and by which clauses.
 * The output appears only when the whole table was right; a `Stop` names line and column of the first bad value.
 */
export const decideTable = async (
  agreements: readonly CompiledAgreement[],
  requests: string,
  out: string,
  options: { readonly baseline: boolean; readonly progress: boolean },
): Promise<TableSummary> => {
  const file = basename(requests);
  const world = requestWorld(agreements, options.baseline);
  const size = await stat(requests).then(
    (found) => found.size,
    () => {
      throw new Stop([`${requests}: cannot be read`]);
    },
  );
  const unfinished = `${out}.part`;
  const sink = createWriteStream(unfinished);
  await once(sink, 'open').catch(() => {
    throw new Stop([`${out}: cannot be written`]);
  });
  const bar = options.progress
    ? new SingleBar({
        format: '{bar} {percentage} % | {rows} rows | {eta_formatted} left',
        stream: process.stderr,
        clearOnComplete: true,
      })
    : null;
  bar?.start(size, 0, { rows: 0 });

  let columns: readonly RequestColumn[] | null = null;
  let lines: unknown[][] = [];
  let rows = 0;
  let allowed = 0;
  const flush = async (): Promise<void> => {
    const text = stringify(lines);
    lines = [];
    if (!sink.write(text)) await once(sink, 'drain');
  };

  try {
    const source = createReadStream(requests).pipe(
      parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true }),
    );
    for await (const { record, info } of source as AsyncIterable<ParsedRecord>) {
      const line = info.lines - breaksIn(record);
      if (columns === null) {
        columns = readHeader(file, line, record);
        lines.push([...columns, ...OUTPUT_COLUMNS]);
        continue;
      }
      const read = readRequest(cellsOf(file, line, columns, record), agreements, world.facts);
      if ('bad' in read) throw new Stop([`${file}: line ${line}, column ${read.bad.column}: ${read.bad.reason}`]);
      const { decision, fields, clauses } = decideRequest(world, read.request);
      lines.push([...record, decision, fields.join(';'), clauses.join(';')]);
      rows += 1;
      if (decision === 'allow') allowed += 1;
      if (lines.length >= BATCH) {
        await flush();
        bar?.update(info.bytes, { rows });
      }
    }
    if (columns === null) throw new Stop([`${file}: line 1, column at: is missing`]);
    await flush();
    sink.end();
    await finished(sink);
    await rename(unfinished, out);
    return { rows, allowed };
  } catch (error) {
    sink.destroy();
    await rm(unfinished, { force: true });
    if (error instanceof CsvError) {
      const { lines: line, column } = error as CsvError & { lines?: number; column?: number | string };
      const names = columns ?? (await headerOf(requests));
      const named = typeof column === 'number' ? (names[column] ?? column + 1) : column;
      throw new Stop([`${file}: line ${line ?? '?'}, column ${named ?? '?'}: is not well-formed CSV`]);
    }
    throw error;
  } finally {
    bar?.stop();
  }
};
