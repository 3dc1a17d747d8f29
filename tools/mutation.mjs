/**
 * Changes the decision in every small way, one at a time, and runs its specs: a change that no spec notices survives.
 * Writes what survived, and why where that is known, into libs/sharing/mutation.md.
 *
 *   npm run mutation -- [--files time.ts,codes.ts] [--concurrency 1]
 *
 * With `--files` it looks at these alone and only says what it found.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { format, resolveConfig } from 'prettier';
import { EQUIVALENT } from './equivalent-mutants.mjs';

const SOURCES = 'libs/sharing/src';
const REPORT = 'libs/sharing/mutation.md';
const GOAL = 90;

const { values } = parseArgs({
  options: { files: { type: 'string' }, concurrency: { type: 'string', default: '1' } },
});
const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
const wanted = values.files?.split(',') ?? sources;
const unknown = wanted.filter((name) => !sources.includes(name));
if (unknown.length > 0) throw new Error(`not in ${SOURCES}: ${unknown.join(', ')}`);

const mutants = await new Stryker({
  mutate: wanted.map((name) => `${SOURCES}/${name}`),
  plugins: [fileURLToPath(new URL('mutation-runner.mjs', import.meta.url))],
  testRunner: 'in-process',
  testRunnerNodeArgs: ['--disable-warning=ExperimentalWarning'],
  // A process keeps each lib that it ever loaded.
  maxTestRunnerReuse: 200,
  coverageAnalysis: 'perTest',
  concurrency: Number(values.concurrency),
  tempDirName: 'data/stryker',
  ignorePatterns: ['/data', '/dist', '/apps/*', '!/apps/sharing', '*.log'],
  reporters: ['progress-append-only'],
  disableTypeChecks: true,
  // Loops without an end are noticed by their count; this is for a machine that is busy.
  timeoutMS: 30_000,
}).runMutationTest();

const KILLED = ['Killed', 'Timeout'];
const SURVIVED = ['Survived', 'NoCoverage'];

const textAt = (source, { start, end }) => {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  if (lines.length === 1) return lines[0].slice(start.column - 1, end.column - 1);
  return [lines[0].slice(start.column - 1), ...lines.slice(1, -1), lines.at(-1).slice(0, end.column - 1)].join('\n');
};
const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim();
const code = (text) => `\`${oneLine(text).replaceAll('`', 'ʼ').replaceAll('|', '\\|') || '(nothing)'}\``;
const score = (killed, all) => (all === 0 ? '-' : `${((100 * killed) / all).toFixed(1)} %`);

const rows = [];
const survivors = [];
const totals = { killed: 0, all: 0, equivalent: 0, broken: 0 };
for (const name of wanted) {
  const source = readFileSync(join(SOURCES, name), 'utf8');
  const own = mutants.filter(({ fileName }) => fileName.endsWith(`/${SOURCES}/${name}`));
  const killed = own.filter(({ status }) => KILLED.includes(status)).length;
  const left = own.filter(({ status }) => SURVIVED.includes(status));
  for (const { location, replacement = '' } of left) {
    const line = oneLine(source.split('\n')[location.start.line - 1]);
    const from = oneLine(textAt(source, location));
    const why = EQUIVALENT.find(
      (one) =>
        one.file === name && one.from === from && one.to === oneLine(replacement) && line.includes(one.line ?? ''),
    )?.why;
    if (why !== undefined) totals.equivalent += 1;
    survivors.push(
      `- ${name}:${location.start.line}: ${code(from)} as ${code(replacement)}: ${why ?? 'not known to be equivalent'}.`,
    );
  }
  const all = killed + left.length;
  totals.killed += killed;
  totals.all += all;
  totals.broken += own.length - all;
  rows.push([name, all, killed, left.length, score(killed, all)]);
}

const total = score(totals.killed, totals.all);
const text = `# Mutation testing of the decision

Written by \`npm run mutation\`. Each mutant is the decision with one small change; it is killed where a spec fails.

${totals.all} mutants in ${rows.length} files, ${totals.killed} killed: ${total} (goal: ${GOAL} %).
Of the ${survivors.length} that survive, ${totals.equivalent} are known to be equivalent: they change nothing that can be observed.
Another ${totals.broken} cannot even be loaded, and do not count.

| file | mutants | killed | survived | score |
| --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

## Survivors

${survivors.join('\n')}
`;
const report = await format(text, { ...(await resolveConfig(REPORT)), parser: 'markdown' });
if (values.files === undefined) writeFileSync(REPORT, report);
else process.stdout.write(`${report}\n`);
process.stdout.write(`${totals.killed} of ${totals.all} mutants killed: ${total}\n`);
process.exitCode = totals.killed >= (GOAL / 100) * totals.all ? 0 : 1;
