/**
 * Changes the decision in every small way, one at a time, and runs its specs: a change that no spec notices survives.
 * Writes what survived, and why where that is known, into libs/sharing/mutation.md.
 *
 *   npm run mutation -- [--files decide-disclosure.ts,time.ts] [--specs decide-disclosure*.spec.ts] [--concurrency 1]
 *                       [--again] [--report]
 *
 * `--specs` holds the files to fewer specs, which is quicker and never kinder. What was found before and has not changed
 * since is kept; `--again` tries it once more, `--report` tries nothing and writes what was found.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { format, resolveConfig } from 'prettier';
import { EQUIVALENT } from './equivalent-mutants.mjs';

const SOURCES = 'libs/sharing/src';
const REPORT = 'libs/sharing/mutation.md';
const FOUND = 'data/mutation/found.json';
const GOAL = 90;

const { values } = parseArgs({
  options: {
    files: { type: 'string' },
    specs: { type: 'string' },
    concurrency: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});
const sources = readdirSync(SOURCES).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
const wanted = values.files?.split(',') ?? sources;
const unknown = wanted.filter((name) => !sources.includes(name));
if (unknown.length > 0) throw new Error(`not in ${SOURCES}: ${unknown.join(', ')}`);

if (values.specs !== undefined) process.env.MUTATION_SPECS = values.specs;
if (!values.report) {
  await new Stryker({
    mutate: wanted.map((name) => `${SOURCES}/${name}`),
    plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/jest-runner'))],
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    jest: { projectType: 'custom', configFile: 'tools/mutation-jest.config.mjs', enableFindRelatedTests: false },
    coverageAnalysis: 'perTest',
    concurrency: Number(values.concurrency),
    incremental: true,
    incrementalFile: FOUND,
    force: values.again,
    tempDirName: 'data/stryker',
    ignorePatterns: ['/data', '/dist', '/deploy', '/apps/*', '!/apps/sharing', '*.log'],
    reporters: ['progress-append-only', 'clear-text'],
    clearTextReporter: { reportTests: false, allowColor: false },
    disableTypeChecks: true,
    timeoutMS: 20_000,
  }).runMutationTest();
}

const KILLED = ['Killed', 'Timeout'];
const SURVIVED = ['Survived', 'NoCoverage'];
const { files } = JSON.parse(readFileSync(FOUND, 'utf8'));

const textAt = (source, { start, end }) => {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  if (lines.length === 1) return lines[0].slice(start.column - 1, end.column - 1);
  return [lines[0].slice(start.column - 1), ...lines.slice(1, -1), lines.at(-1).slice(0, end.column - 1)].join('\n');
};
const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim();
const code = (text) => `\`${oneLine(text).replaceAll('`', 'ʼ').replaceAll('|', '\\|')}\``;

const rows = [];
const survivors = [];
const totals = { killed: 0, all: 0, equivalent: 0 };
for (const [path, { source, mutants }] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!sources.includes(name)) continue;
  const killed = mutants.filter(({ status }) => KILLED.includes(status)).length;
  const left = mutants.filter(({ status }) => SURVIVED.includes(status));
  for (const { location, replacement = '' } of left) {
    const line = oneLine(source.split('\n')[location.start.line - 1]);
    const from = oneLine(textAt(source, location));
    const why = EQUIVALENT.find(
      (one) =>
        one.file === name && one.from === from && one.to === oneLine(replacement) && line.includes(one.line ?? ''),
    )?.why;
    if (why !== undefined) totals.equivalent += 1;
    survivors.push({ name, line: location.start.line, from, to: replacement, why });
  }
  const all = killed + left.length;
  totals.killed += killed;
  totals.all += all;
  rows.push([name, all, killed, left.length, all === 0 ? '-' : `${((100 * killed) / all).toFixed(1)} %`]);
}

const percent = totals.all === 0 ? 0 : (100 * totals.killed) / totals.all;
const text = `# Mutation testing of the decision

Written by \`npm run mutation\`. Each mutant is the decision with one small change; it is killed where a spec fails.

${totals.all} mutants in ${rows.length} files, ${totals.killed} killed: ${percent.toFixed(1)} % (goal: ${GOAL} %).
Of the ${survivors.length} that survive, ${totals.equivalent} are known to be equivalent: they change nothing that can be observed.

Only what was tried counts: a run that was interrupted leaves a file partly tried. Not tried at all: ${
  sources.filter((name) => !rows.some(([tried]) => tried === name)).join(', ') || 'none'
}.

| file | mutants | killed | survived | score |
| --- | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}

## Survivors

${survivors
  .map(
    ({ name, line, from, to, why }) =>
      `- ${name}:${line}: ${code(from)} as ${code(to === '' ? '(nothing)' : to)}: ${why ?? 'not known to be equivalent'}.`,
  )
  .join('\n')}
`;
writeFileSync(REPORT, await format(text, { ...(await resolveConfig(REPORT)), parser: 'markdown' }));
process.stdout.write(`${totals.killed} of ${totals.all} mutants killed: ${percent.toFixed(1)} %; see ${REPORT}\n`);
process.exitCode = percent >= GOAL ? 0 : 1;
