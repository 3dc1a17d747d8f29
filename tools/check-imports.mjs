/**
 * Checks the import rules of `.dependency-cruiser.mjs`, and that they are awake: every source file was read, and a
 * copy of the sources in which every rule is broken once is found out, rule by rule.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import config from '../.dependency-cruiser.mjs';

const root = resolve(import.meta.dirname, '..');
const SOURCES = ['apps', 'libs', 'test', 'tools'];
/** A cruise that reads next to nothing passes every rule. */
const LEAST_MODULES = 100;

/** The cruiser sees cycles of modules; that libs and apps form an order, whatever their modules do, is seen here. */
const LIB_CYCLE = 'no-cycles-between-libs';

/** One file for every rule, which breaks it. */
const PLANTED = {
  'pure-libs-stand-below-machinery': ['libs/timeline/src/planted-machinery.ts', `export * from '#platform';`],
  'pure-libs-are-pure': ['libs/timeline/src/planted-node.ts', `export * from 'node:fs';`],
  'pure-libs-use-pure-packages': ['libs/sharing/src/planted-nest.ts', `export * from '@nestjs/common';`],
  'contracts-stand-lowest': ['libs/contracts/src/planted-lib.ts', `export * from '#ledger';`],
  'machinery-knows-no-apps': ['libs/platform/src/planted-app.ts', `export * from '#apps/sharing';`],
  'apps-are-processes-of-their-own': ['apps/timeline/src/planted-app.ts', `export * from '#apps/sharing';`],
  'the-hub-composes-by-the-front-door': [
    'apps/hub/src/planted-deep.ts',
    `export * from '../../sharing/src/sharing.module.js';`,
  ],
  'adapters-only-send': ['apps/police-adapter/src/planted-engine.ts', `export * from '#engines';`],
  'adapters-open-no-database': ['apps/health-adapter/src/planted-pg.ts', `export * from 'pg';`],
  'libs-have-one-entry': ['libs/sharing/src/planted-deep.ts', `export * from '../../ledger/src/link.js';`],
  'apps-use-libs-by-their-entry': [
    'apps/audit/src/planted-deep.ts',
    `export * from '../../../libs/ledger/src/link.js';`,
  ],
  'tests-are-not-product': ['apps/audit/src/planted-test.ts', `export * from '../../../test/support/read-feed.js';`],
  'the-matrix-judges-apart': ['test/support/matrix/rules-planted.ts', `export * from '#sharing';`],
  'no-cycles': ['libs/identity/src/planted-cycle.ts', `export * from './index.js';`],
  [LIB_CYCLE]: ['libs/timeline/src/planted-above.ts', `export type * from '#chronology';`],
  'everything-resolves': ['libs/bus/src/planted-nowhere.ts', `export * from '#nowhere';`],
  'packages-are-declared': ['apps/sharing/src/planted-tool.ts', `export * from 'fast-check';`],
};
/** What a planted file needs beside it. */
const ALSO_PLANTED = { 'libs/identity/src/index.ts': `export * from './planted-cycle.js';` };

const cruise = (folder) => {
  const cli = join(root, 'node_modules/.bin/depcruise');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cli, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...SOURCES],
    { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  try {
    const { modules, summary } = JSON.parse(stdout);
    return { modules, summary, violations: [...summary.violations, ...libCycles(modules)] };
  } catch {
    throw new Error(`the cruise gave no answer: ${stderr.slice(0, 2000)}`);
  }
};

/** The lib or app of a product file: `libs/timeline`. */
const unitOf = (path) => (/\.spec\.ts$|\/testing\//.test(path) ? undefined : /^(libs|apps)\/[^/]+/.exec(path)?.[0]);

/** Every import between libs and apps that lies on a way back to where it began, in the shape of a violation. */
const libCycles = (modules) => {
  const edges = modules.flatMap(({ source, dependencies }) =>
    dependencies
      .map(({ resolved }) => ({ source, from: unitOf(source), to: unitOf(resolved) }))
      .filter(({ from, to }) => from && to && from !== to),
  );
  const above = Map.groupBy(edges, ({ from }) => from);
  const reaches = (from, to, seen = new Set()) =>
    from === to ||
    (!seen.has(from) && seen.add(from) && (above.get(from) ?? []).some((edge) => reaches(edge.to, to, seen)));
  return edges
    .filter(({ from, to }) => reaches(to, from))
    .map(({ source, to }) => ({ rule: { name: LIB_CYCLE }, from: source, to }));
};

const describe = ({ rule, from, to, cycle }) =>
  `${rule.name}: ${from} -> ${cycle?.length ? cycle.map(({ name }) => name).join(' -> ') : to}`;

const sourceFiles = () =>
  ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)),
  );

const checkReal = () => {
  // Files first: what is written while the cruise runs is the next run's.
  const files = sourceFiles();
  const { modules, violations, summary } = cruise(root);
  const read = new Set(modules.map(({ source }) => source));
  const problems = violations.map(describe);
  if (summary.totalCruised < LEAST_MODULES || summary.totalDependenciesCruised < LEAST_MODULES) {
    problems.push(`asleep: ${summary.totalCruised} modules with ${summary.totalDependenciesCruised} imports were read`);
  }
  problems.push(...files.filter((file) => !read.has(file)).map((file) => `asleep: ${file} was not read`));
  return { problems, modules: summary.totalCruised };
};

const plant = (folder) => {
  for (const source of SOURCES) cpSync(join(root, source), join(folder, source), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of [...Object.values(PLANTED), ...Object.entries(ALSO_PLANTED)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`, { flag: 'a' });
  }
};

const isCaught = (violations, rule, path) =>
  violations.some(
    (violation) =>
      violation.rule.name === rule &&
      [violation.from, ...(violation.cycle ?? []).map(({ name }) => name)].includes(path),
  );

const checkPlanted = () => {
  const unproved = config.forbidden.map(({ name }) => name).filter((name) => !(name in PLANTED));
  const folder = mkdtempSync(join(tmpdir(), 'sightline-imports-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  try {
    plant(folder);
    const { violations } = cruise(folder);
    return [
      ...unproved.map((rule) => `unproved: nothing is planted against ${rule}`),
      ...Object.entries(PLANTED)
        .filter(([rule, [path]]) => !isCaught(violations, rule, path))
        .map(([rule, [path]]) => `asleep: ${rule} did not catch ${path}`),
    ];
  } finally {
    remove();
  }
};

const real = checkReal();
const problems = [...real.problems, ...checkPlanted()];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(
  `import rules: ${real.modules} modules read, ${Object.keys(PLANTED).length} violations planted, ${problems.length} problems\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
