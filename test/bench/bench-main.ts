import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Presets, SingleBar } from 'cli-progress';
import { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import type { Cell } from './cells.js';
import { runBusStage } from './bus-stage.js';
import { runDecideStage } from './decide-stage.js';
import { GOALS, isWithin } from './goals.js';
import { describeHost, describeMachine, peakMemoryMb, readHost } from './host.js';
import { runIngestStage } from './ingest-stage.js';
import { BadOptions, readOptions, USAGE, type BenchOptions, type Stage } from './options.js';
import { describeProfile, summariseProfile, type CpuProfile, type ProfileSummary } from './profile.js';
import { profileDatabase } from './profile-database.js';
import { runProjectStage } from './project-stage.js';
import { runQueryStage } from './query-stage.js';
import { figuresText, replaceFigures } from './readme-figures.js';
import { describeReport, hostOf, reportStage, type BenchReport, type StageReport } from './report.js';
import type { ProfiledWork, StageContext, StageFigures } from './stage.js';
import { isDurable, openWorld, readDurability, Undoing, type World } from './world.js';

const README = 'README.md';
/** How long a cell of the smallest runs may take. */
const CELL_SECONDS = 4;
/** What each stage measures, a goal after the other. */
const STAGE_RUNS: Readonly<Record<Stage, (context: StageContext) => Promise<StageFigures[]>>> = {
  ingest: async (context) => [await runIngestStage(context)],
  query: async (context) => [await runQueryStage(context)],
  project: async (context) => [await runProjectStage(context)],
  bus: runBusStage,
  decide: async (context) => [await runDecideStage(context)],
};

const say = (line: string): void =>
  void process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${line}\n`);

/** Without figures: whether there are any is for the gate to say. */
const onCell = (goal: string, round: number, { name }: Cell): void => say(`${goal} round ${round}: ${name}`);

/** Steps of a stage: requests, of its hub's cells twice a round, of its reference's once, and what warms up; or cells. */
const stepsOf = (stage: Stage, { size, rounds }: BenchOptions): number => {
  switch (stage) {
    case 'ingest':
      return size * 1.5;
    case 'query':
      return (size / 50) * (3 * rounds + 2) + size / 100;
    case 'project':
      return rounds * GOALS.project.cells.length;
    case 'bus':
      return rounds * (GOALS.produce.cells.length + GOALS.pipeline.cells.length);
    case 'decide':
      return size + rounds * GOALS.decide.cells.length;
  }
};

const profileOf = async (
  folder: string,
  name: string,
  world: World,
  { app = world.hub, work, afterwards }: ProfiledWork,
): Promise<ProfileSummary> => {
  await mkdir(folder, { recursive: true });
  const file = resolve(folder, `bench-${name}.cpuprofile`);
  const database = await profileDatabase(world.pool, join(world.dataDir, 'postgres/postgres.log'), () =>
    app.profile(file, work),
  );
  await afterwards?.();
  return summariseProfile(JSON.parse(await readFile(file, 'utf8')) as CpuProfile, file, database);
};

const runStages = async (world: World, options: BenchOptions, durable: boolean): Promise<StageReport[]> => {
  const random = new SeededRandom(options.seed);
  const reports: StageReport[] = [];
  for (const stage of options.stages) {
    const bar = new SingleBar({ stream: process.stderr, clearOnComplete: true }, Presets.shades_classic);
    bar.start(Math.round(stepsOf(stage, options)), 0);
    const context: StageContext = {
      world,
      options,
      random,
      pgbenchSeconds: options.size < 5000 ? 1 : 2,
      cellSeconds: CELL_SECONDS * Math.max(1, options.size / 10_000),
      say,
      progress: () => bar.increment(),
      onCell,
      profile: async (name, prepare) =>
        options.profile === undefined ? undefined : profileOf(options.profile, name, world, await prepare()),
    };
    try {
      const figures = await STAGE_RUNS[stage](context);
      reports.push(...figures.map((one) => reportStage(one, durable)));
    } finally {
      bar.stop();
    }
  }
  return reports;
};

const measure = async (options: BenchOptions, undoing: Undoing): Promise<BenchReport> => {
  const started = performance.now();
  const world = await openWorld(undoing, say);
  const durability = await readDurability(world.pool);
  const durable = isDurable(durability);
  const start = readHost(world.dataDir);
  say(`start: ${describeHost(start)}`);
  const stages = await runStages(world, options, durable);
  const end = readHost(world.dataDir);
  say(`end: ${describeHost(end)}`);
  const { rows } = await world.pool.query('show server_version');
  const { size, rounds, seed } = options;
  return {
    at: new Date().toISOString(),
    machine: describeMachine(),
    versions: {
      PostgreSQL: (rows[0] as { server_version: string }).server_version,
      pgbench: world.pgbench ?? 'absent',
    },
    settings: { size, rounds, seed },
    durability,
    durable,
    host: hostOf(start, end),
    peakMemoryMb: peakMemoryMb(world.hub.pid),
    seconds: (performance.now() - started) / 1000,
    stages,
  };
};

/** 1 where a gate failed, or where a ratio is below the floors asked for. */
const statusOf = ({ durable, stages }: BenchReport, { floors }: BenchOptions): number => {
  if (!durable || stages.some(({ gate }) => !gate.passed)) return 1;
  if (floors === 'none') return 0;
  const part = floors === 'half' ? 0.5 : 1;
  const low = stages.flatMap(({ goal, verdicts }) =>
    verdicts.filter((one) => !isWithin(one, part)).map(({ name }) => `${goal.id} ${name}`),
  );
  if (low.length > 0) say(`below ${floors === 'half' ? 'half of ' : ''}the floor: ${low.join(', ')}`);
  return low.length > 0 ? 1 : 0;
};

const writeReadme = async (file: string): Promise<void> => {
  const report = JSON.parse(await readFile(file, 'utf8')) as BenchReport;
  await writeFile(README, replaceFigures(await readFile(README, 'utf8'), figuresText(report)));
};

const run = async (options: BenchOptions): Promise<number> => {
  if (options.readme) {
    await writeReadme(options.out ?? 'bench.json');
    return 0;
  }
  const undoing = new Undoing();
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`got ${signal}`)));
  });
  try {
    const report = await Promise.race([measure(options, undoing), interrupted]);
    process.stdout.write(`${describeReport(report)}\n`);
    for (const { profile } of report.stages) if (profile) process.stdout.write(`${describeProfile(profile)}\n`);
    if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(report, null, 2)}\n`);
    return statusOf(report, options);
  } finally {
    await undoing.run();
  }
};

try {
  process.exit(await run(readOptions(process.argv.slice(2))));
} catch (error) {
  say(error instanceof BadOptions ? `${error.message}\n${USAGE}` : ((error as Error).stack ?? String(error)));
  process.exit(error instanceof BadOptions ? 2 : 1);
}
