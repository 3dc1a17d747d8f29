import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import type { EventStore } from '#event-sourcing';
import { keyFolderOf, openFileKeyService } from '#platform';
import type { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { compareRebuild } from '../support/faults/compare-rebuild.js';
import { AppProcess } from './app-process.js';
import { measureCell, runRound, type Cell, type Measured } from './cells.js';
import { gateOf } from './gate.js';
import { lagsOf, type Appended, type Visible } from './lag.js';
import { followedAt, GOALS, lagCellsOf, LAG_RATES } from './goals.js';
import { sharedMs } from './programs/answering.js';
import { fittingSize, type StageContext, type StageFigures } from './stage.js';
import { median } from './statistics.js';
import { openTwin, type Filed, type Twin } from './twin.js';

const GOAL = GOALS.project;
const POLL_MS = 50;
/** How long events come at a size of 10,000, where the projection keeps up. */
const SECONDS = 0.75;
/** Events of a cell at least. */
const LEAST = 100;
/** How long what they leave may take. */
const LIMIT_MS = 120_000;

/** Where the time of the projector went in one cell, in ms, waiting included. */
interface Times {
  readonly batches: number;
  readonly projecting: number;
  readonly unsealing: number;
  readonly statements: readonly { readonly name: string; readonly calls: number; readonly ms: number }[];
}

/** The sharing app's projection of the twin, in a process of its own. */
class Projecting {
  readonly app: AppProcess;
  private seen: Visible[] = [];

  constructor(product: string, url: string, keys: string) {
    this.app = new AppProcess({
      name: 'the projection',
      folder: product,
      program: 'programs/project-main.js',
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', PROJECT_URL: url, KEYS: keys },
      onMessage: (message) => this.seen.push(message as Visible),
    });
  }

  async start(how: 'follow' | 'poll'): Promise<void> {
    this.seen = [];
    await this.app.ask({ start: how, everyMs: POLL_MS });
  }

  async stop(): Promise<Times> {
    return this.app.ask<Times>({ stop: true });
  }

  /** What was said until a position is visible. */
  async until(position: number): Promise<readonly Visible[]> {
    const end = Date.now() + LIMIT_MS;
    while ((this.seen.at(-1)?.visible ?? 0) < position) {
      if (Date.now() > end) throw new Error(`the projection did not get to ${position}: ${this.app.lastWords}`);
      await delay(5);
    }
    return this.seen;
  }
}

/** Appends each event when its time has come, whatever has become of those before; times are those of a Poisson process. */
const appendAtRate = async (
  store: EventStore,
  events: readonly Filed[],
  rate: number,
  random: SeededRandom,
): Promise<Appended[]> => {
  const appending: Promise<Appended>[] = [];
  const append = async ({ stream, revision, id, type, data, metadata }: Filed): Promise<Appended> => {
    const expectedRevision = revision === 0 ? 'none' : revision - 1;
    const [result] = await store.append([{ stream, expectedRevision, events: [{ id, type, data, metadata }] }]);
    if (result?.outcome !== 'appended') throw new Error(`an event was not appended: ${result?.outcome}`);
    return { position: result.position, at: sharedMs() };
  };
  let due = sharedMs();
  for (const event of events) {
    while (sharedMs() < due) await delay(1);
    appending.push(append(event));
    due += (-Math.log(1 - random.next()) * 1000) / rate;
  }
  return Promise.all(appending);
};

/** Each of these is projected once, at its own position, and nothing else is. */
const problemsOf = async ({ pool }: Twin, name: string, events: readonly Filed[]): Promise<string[]> => {
  const { rows } = await pool.query(
    `select c.contribution_id as id, count(*)::int as times, bool_and(e.data = c.bytes and e.stream = 'child-' || c.subject_key)
         and bool_and(exists (select 1 from projection.filed f where f.contribution_id = c.contribution_id and f.position = c.position)) as same
       from projection.contribution c left join store.event e using (position) group by 1`,
  );
  const projected = rows as { id: string; times: number; same: boolean | null }[];
  const right = new Set(projected.filter(({ times, same }) => times === 1 && same === true).map(({ id }) => id));
  const missing = events.filter(({ contributionId }) => !right.has(contributionId)).length;
  return missing === 0 && projected.length === events.length
    ? []
    : [`${name}: ${projected.length} of ${events.length} contributions projected, ${missing} not once as they are`];
};

const share = (part: number, whole: number): string => `${Math.round((part / whole) * 100)} %`;

/** What limits the projection, from where its time went. */
const limitsOf = (name: string, all: readonly Times[], events: number): string => {
  const sum = (figure: (times: Times) => number): number => all.reduce((total, times) => total + figure(times), 0);
  const statements = new Map<string, number>();
  for (const one of all.flatMap((times) => times.statements))
    statements.set(one.name, (statements.get(one.name) ?? 0) + one.ms);
  const [projecting, unsealing, batches] = [
    sum((times) => times.projecting),
    sum((times) => times.unsealing),
    sum((times) => times.batches),
  ];
  const waiting = [...statements.values()].reduce((total, ms) => total + ms, 0);
  const longest = [...statements].toSorted(([, a], [, b]) => b - a).slice(0, 4);
  return (
    `${name}: ${(events / batches).toFixed(0)} events a batch of ${(projecting / batches).toFixed(0)} ms; of that ` +
    `${share(unsealing, projecting)} unsealing, ${share(waiting, projecting)} waiting for ` +
    `${(sum((times) => times.statements.reduce((n, { calls }) => n + calls, 0)) / batches).toFixed(0)} statements ` +
    `(${longest.map(([text, ms]) => `${text} ${share(ms, projecting)}`).join(', ')}), the rest reading and linking`
  );
};

/** Projected more slowly than at this part of the rate at which events were appended, they pile up. */
const KEEPING_UP = 0.8;

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');

/** Of each rate, whether the projection keeps up with it, and what limits it. */
const notesOf = (rounds: readonly (readonly Cell[])[], times: ReadonlyMap<string, readonly Times[]>): string[] =>
  LAG_RATES.flatMap((rate) => {
    const name = followedAt(rate);
    const cells = rounds.flatMap((round) => round.filter((cell) => cell.name === name));
    const [appended, projected] = [
      median(cells.map((cell) => cell.offeredRate!)),
      median(cells.map((cell) => cell.rate)),
    ];
    const rates = `events were appended at ${whole(appended)}/s, and projected at ${whole(projected)}/s`;
    if (projected >= KEEPING_UP * appended) return [`at ${whole(rate)}/s the projection keeps up: ${rates}`];
    const events = cells.reduce((sum, cell) => sum + cell.events, 0);
    return [
      `at ${whole(rate)}/s the projection does not keep up, and its lag grows for as long as events come: ${rates}`,
      limitsOf(name, times.get(name)!, events),
    ];
  });

/** Measures G12 and holds what was projected against what was appended, and against a rebuild. */
export const runProjectStage = async (context: StageContext): Promise<StageFigures> => {
  const { world, options, random, say, progress } = context;
  const seconds = SECONDS * Math.max(0.2, options.size / 10_000);
  const most = Math.max(LEAST, Math.min(Math.round(options.size / 5), Math.round(Math.max(...LAG_RATES) * seconds)));
  const twin = await openTwin(context, 'bench_project', most);
  const store = await twin.openStore('timeline');
  const keyFolder = join(world.dataDir, 'keys', keyFolderOf('sharing'));
  const projecting = new Projecting(world.product, twin.urlOf('sharing'), keyFolder);
  world.undoing.add(() => store.close());
  world.undoing.add(() => projecting.app.stop());
  await projecting.app.ready();

  const problems: string[] = [];
  const times = new Map<string, Times[]>();
  let [projected, compared] = [0, 0];
  const measure = async (events: readonly Filed[], rate: number): Promise<Measured> => {
    const began = sharedMs();
    const appended = await appendAtRate(store, events, rate, random);
    const acknowledged = sharedMs();
    const visible = await projecting.until(Math.max(...appended.map(({ position }) => position)));
    const took = (Math.max(acknowledged, visible.at(-1)!.at) - began) / 1000;
    return {
      events: events.length,
      seconds: took,
      latenciesMs: lagsOf(appended, visible),
      offeredRate: events.length / ((acknowledged - began) / 1000),
    };
  };
  const cell = (name: string, how: 'follow' | 'poll', rate: number, count: number) => async (): Promise<Cell> => {
    const events = twin.filed.slice(0, count);
    await twin.empty();
    await projecting.start(how);
    const measured = await measureCell(world, name, projecting.app, () => measure(events, rate));
    times.set(name, [...(times.get(name) ?? []), await projecting.stop()]);
    problems.push(...(await problemsOf(twin, name, events)));
    projected += events.length;
    progress();
    return measured;
  };

  say(`${GOAL.id}: warming up`);
  const warmed = await cell('warming up', 'follow', Math.max(...LAG_RATES), Math.min(most, 500))();
  const countAt = (rate: number): number =>
    fittingSize(Math.min(most, Math.round(rate * seconds)), warmed, context.cellSeconds / 4, LEAST);
  const keys = openFileKeyService(keyFolder);
  const rounds: Cell[][] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const runs = Object.fromEntries(
      LAG_RATES.flatMap((rate) => lagCellsOf(rate).map(([name, how]) => [name, cell(name, how, rate, countAt(rate))])),
    );
    rounds.push(await runRound(random, runs, (one) => context.onCell(GOAL.id, round, one)));
    // What the last cell of the round left, whichever it was.
    const findings = await compareRebuild(twin.pool, store, keys);
    compared += findings.rows;
    problems.push(...findings.what);
  }
  const profile = await context.profile('project', async () => {
    await twin.empty();
    await projecting.start('follow');
    const events = twin.filed.slice(0, countAt(Math.max(...LAG_RATES)));
    return {
      app: projecting.app,
      work: () => measure(events, Math.max(...LAG_RATES)),
      afterwards: async () => void (await projecting.stop()),
    };
  });
  await projecting.app.stop();
  await store.close();
  await twin.close();
  return {
    goal: GOAL,
    rounds,
    gate: gateOf(
      `${projected} events projected, each once at its own position; ${compared} rows equal to a rebuild’s`,
      problems,
    ),
    input: { events: twin.filed.length, sha256: twin.sha256 },
    notes: [
      'events are those that the hub filed, appended one by one to an empty store; the projection is the sharing app’s, in a process of its own',
      `the poller has the same projector and looks every ${POLL_MS} ms`,
      ...notesOf(rounds, times),
    ],
    ...(profile ? { profile } : {}),
  };
};
