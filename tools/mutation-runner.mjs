/**
 * Runs the decision's specs for Stryker in the process that Stryker starts. For each mutant the lib and its specs are
 * loaded anew, so that nothing they remember comes from another mutant; what they stand on is loaded once.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import fc from 'fast-check';
import * as circus from 'jest-circus';

const LIB = '/libs/sharing/';

/** Tests that took longer in milliseconds come last; the first process leaves their names in Stryker's copy. */
const SLOW = 100;
const SLOW_ONES = 'slow-tests.json';

const scripts = new Map();
let load = 0;

const scriptOf = (path) => {
  if (!scripts.has(path)) {
    const script = stripTypeScriptTypes(readFileSync(fileURLToPath(path), 'utf8'), { mode: 'transform' });
    // Specs that try hundreds of examples try a fifth of them: that is quicker, and never kinder.
    const fewer = script.replaceAll(/\{\s*numRuns: (\d+)\s*\}/g, (_, runs) => `{ numRuns: ${Math.ceil(runs / 5)} }`);
    scripts.set(path, fewer);
  }
  return scripts.get(path);
};

/** TypeScript whose imports end in `.js`, by Node's own loader. */
const loadTypeScript = () => {
  registerHooks({
    resolve: (specifier, context, next) => {
      const isOurs = specifier.startsWith('.') && context.parentURL?.split('?')[0].endsWith('.ts');
      const resolved = next(isOurs ? specifier.replace(/\.js$/, '.ts') : specifier, {
        ...context,
        conditions: ['source', ...context.conditions],
      });
      return resolved.url.includes(LIB) ? { ...resolved, url: `${resolved.url.split('?')[0]}?${load}` } : resolved;
    },
    load: (url, context, next) => {
      const [path] = url.split('?');
      if (!path.endsWith('.ts')) return next(url, context);
      return { format: 'module', source: scriptOf(path), shortCircuit: true };
    },
  });
};

const nameOf = ({ name, parent }) => (parent?.parent ? `${nameOf(parent)} ${name}` : name);
const idOf = (test) => `${test.file} ${nameOf(test)}`;

const testsIn = ({ children }) => children.flatMap((child) => (child.type === 'test' ? child : testsIn(child)));

/** All tests of these specs but those that they skip. */
const loadSpecs = async (specs) => {
  circus.resetState();
  circus.setState({ ...circus.getState(), testTimeout: 60_000 });
  const tests = new Set();
  for (const spec of specs) {
    await import(pathToFileURL(spec).href);
    for (const test of testsIn(circus.getState().rootDescribeBlock))
      if (!tests.has(test)) tests.add(Object.assign(test, { file: spec }));
  }
  return [...tests].filter(({ mode }) => mode === undefined);
};

class InProcessRunner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const folder = join(process.cwd(), LIB, 'src');
    this.specs = readdirSync(folder)
      .filter((name) => name.endsWith('.spec.ts'))
      .map((name) => join(folder, name));
    this.stryker = globalThis.__stryker__ ??= {};
    Object.assign(globalThis, { ...circus, expect });
    // Every mutant meets the same examples, so that another run finds the same; the smallest one is not looked for.
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    loadTypeScript();
    circus.addEventHandler((event) => this.onEvent(event));
  }

  /** What comes after a failure says nothing more. */
  get isOver() {
    return this.hasFailed && this.bails;
  }

  onEvent({ name, test }) {
    if (name === 'test_start') {
      this.stryker.currentTestId = idOf(test);
      if (this.isOver) test.mode = 'skip';
    }
    if (name !== 'test_done') return;
    const failure = test.errors[0];
    this.hasFailed ||= failure !== undefined;
    this.results.push({
      id: idOf(test),
      name: nameOf(test),
      fileName: test.file,
      timeSpentMs: test.duration ?? 0,
      ...(failure === undefined
        ? { status: TestStatus.Success }
        : { status: TestStatus.Failed, failureMessage: String(failure[0] ?? failure) }),
    });
  }

  /** Runs the tests that are asked for, the quick ones first: of some specs, then of others, until one fails. */
  async run(specsInTurn, { isAsked = () => true, isSlow = () => false, bails = false } = {}) {
    Object.assign(this, { results: [], hasFailed: false, bails });
    load += 1;
    try {
      for (const specs of specsInTurn) {
        const tests = this.isOver ? [] : await loadSpecs(specs);
        for (const slow of [false, true]) {
          if (this.isOver) break;
          for (const test of tests) test.mode = isAsked(idOf(test)) && isSlow(idOf(test)) === slow ? undefined : 'skip';
          await circus.run();
        }
      }
      return { status: DryRunStatus.Complete, tests: this.results };
    } catch (error) {
      return { status: DryRunStatus.Error, errorMessage: String(error?.stack ?? error) };
    } finally {
      Object.assign(this.stryker, { activeMutant: undefined, currentTestId: undefined });
    }
  }

  async dryRun() {
    const result = await this.run([this.specs]);
    const slow = (result.tests ?? []).filter(({ timeSpentMs }) => timeSpentMs > SLOW).map(({ id }) => id);
    writeFileSync(SLOW_ONES, JSON.stringify(slow));
    return { ...result, mutantCoverage: this.stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    const { stryker } = this;
    stryker.activeMutant = activeMutant.id;
    stryker.hitLimit = hitLimit;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    const asked = testFilter && new Set(testFilter);
    this.slow ??= new Set(JSON.parse(readFileSync(SLOW_ONES, 'utf8')));
    const specs = this.specs.filter((spec) => testFilter?.some((id) => id.startsWith(`${spec} `)) ?? true);
    // Those that are named after the changed file are the likeliest to notice.
    const name = basename(activeMutant.fileName, '.ts');
    const isOwn = (spec) => basename(spec).startsWith(name);
    const result = await this.run([specs.filter(isOwn), specs.filter((spec) => !isOwn(spec))], {
      isAsked: (id) => asked?.has(id) ?? true,
      isSlow: (id) => this.slow.has(id),
      bails: !disableBail,
    });
    return toMutantRunResult(determineHitLimitReached(stryker.hitCount, hitLimit) ?? result);
  }
}

const create = () => new InProcessRunner();
create.inject = [];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', create)];
