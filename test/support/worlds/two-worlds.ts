import { createRememberingOpener } from '#platform';
import { findInexactness } from './exactness.js';
import { Figures } from './figures.js';
import { forgetful } from './forgetful.js';
import { openHttpWorld, type HttpWorld } from './http-world.js';
import { leaks } from './leaks.js';
import { findNear, type Near } from './near.js';
import {
  findDifference,
  observationOf,
  observe,
  observeConnectors,
  productDoor,
  submissionsAskedFor,
  type Observation,
  type Observed,
  type Seen,
} from './observe.js';
import { buildPair, describeViewer, type Pair, type PairPlan } from './pair.js';
import { observeTold } from './told.js';
import { openWorldDatabase, type WorldDatabase } from './world-database.js';
import { createWorldKeys, WorldSealer, WorldSealing } from './world-sealer.js';
import type { WorldItem } from './world.js';
import { wrongDeciders } from './wrong-deciders.js';

/** Two databases, one for each world of a pair. */
type Lane = readonly [WorldDatabase, WorldDatabase];

/** In one pair of so many it is asked too what would be told of services that crossed. */
const TOLD = 10;

/** Two pairs are looked at together, so that one computes while the other waits for its databases. */
export const LANES = 2;

const listOf = (items: readonly WorldItem[]): string =>
  items.map(({ label, pending }) => (pending ? `${label} [pending]` : label)).join(', ') || 'nothing';

const messageOf = (pair: Pair, what: string, first: string, second: string): string => {
  const [one] = pair.worlds;
  const hidden = pair.hidden.map(
    (groups, w) => `world ${String(w + 1)} holds besides: ${listOf(groups.flatMap(({ items }) => items))}`,
  );
  const common = `first world: ${listOf([...one.filed, ...one.pending])}`;
  return [what, describeViewer(pair), ...hidden, common, first, second].join('\n');
};

const textOf = (observation: Observation | undefined): string =>
  observation ? `${observation.asked}: ${String(observation.status)} ${observation.body}` : 'no such answer';

const differenceBetween = ({ aliases }: Pair, [first, second]: readonly (readonly Seen[])[]) =>
  findDifference(
    first!.map((one) => observationOf(one, aliases)),
    second!.map((one) => observationOf(one, aliases)),
  );

/** Loads pairs of worlds, looks at them through the product's doors, and through doors with mistakes in them. */
export class TwoWorlds {
  readonly figures = new Figures();
  private serial = 0;
  /** Resolves when no world is looked at over HTTP. */
  private free: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly sealing: WorldSealing,
    private readonly lanes: readonly Lane[],
    private readonly served: ReadonlyMap<WorldDatabase, HttpWorld>,
    private readonly pairsOverHttp: number,
  ) {}

  /** The first so many pairs are looked at over HTTP, the others by the controllers. */
  static async open({ pairsOverHttp }: { readonly pairsOverHttp: number }): Promise<TwoWorlds> {
    const keys = await createWorldKeys();
    const opener = createRememberingOpener(keys);
    const open = () => openWorldDatabase(keys, opener);
    const lanes: Lane[] = [];
    for (let lane = 0; lane < LANES; lane += 1) lanes.push([await open(), await open()]);
    const served = new Map<WorldDatabase, HttpWorld>();
    for (const database of lanes.flat()) served.set(database, await openHttpWorld(database));
    return new TwoWorlds(new WorldSealing(keys), lanes, served, pairsOverHttp);
  }

  async close(): Promise<void> {
    for (const server of this.served.values()) await server.close();
    for (const database of this.lanes.flat()) await database.close();
  }

  /** One plan a lane. Rejects where two worlds differ, or show anything but exactly what the rules show. */
  async compare(plans: readonly PairPlan[]): Promise<void> {
    const outcomes = await Promise.allSettled(plans.map((plan, i) => this.comparePair(this.lanes[i]!, plan)));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async comparePair(lane: Lane, plan: PairPlan): Promise<void> {
    const serial = (this.serial += 1);
    const sealer = new WorldSealer(this.sealing);
    const pair = await buildPair(plan, serial, sealer);
    const items = pair.worlds.flatMap(({ filed, pending }) => [...filed, ...pending]);
    const asked = submissionsAskedFor(
      pair,
      items.map((item) => sealer.sealed.get(item)!),
    );
    // Other children fill the rest of each log: the same history lies at other positions.
    const starts = [plan.setting % 997, (plan.setting >> 3) % 9973];
    const connectors = await Promise.all(
      lane.map(async (database, w) => {
        const receipts = await database.load(pair.worlds[w]!, sealer, {
          start: starts[w]!,
          asked,
        });
        return observeConnectors(database, receipts, asked);
      }),
    );
    const observed = await this.observe(pair, lane);
    const told = serial % TOLD === 0 ? observeTold(await this.near(pair, lane, observed)) : [[], []];
    const seen = observed.map((one, w) => [...one.seen, ...connectors[w]!, ...told[w]!]);
    this.figures.count(pair, seen);
    this.check(pair, observed, seen);
    await this.seekPlanted(pair, lane, observed, seen);
  }

  private async observe(pair: Pair, lane: Lane): Promise<readonly Observed[]> {
    if (pair.serial > this.pairsOverHttp) {
      return Promise.all(lane.map((database) => observe(pair, productDoor(database))));
    }
    const look = (database: WorldDatabase) => this.served.get(database)!.observe(pair);
    // One world after another: what they move of the metrics is the process's.
    const both = this.free.then(async () => [await look(lane[0]), await look(lane[1])]);
    this.free = both.catch(() => undefined);
    return both;
  }

  private near(pair: Pair, lane: Lane, observed: readonly Observed[]): Promise<Near[]> {
    return Promise.all(lane.map((database, w) => findNear(database, pair, observed[w]!.handle)));
  }

  private check(pair: Pair, observed: readonly Observed[], seen: readonly (readonly Seen[])[]): void {
    const difference = differenceBetween(pair, seen);
    if (difference) {
      const texts = [textOf(difference.first), textOf(difference.second)] as const;
      throw new Error(messageOf(pair, 'the worlds look different', ...texts));
    }
    observed.forEach((one, w) => {
      const wrong = findInexactness(one, pair.sights[w]!);
      if (wrong) throw new Error(messageOf(pair, 'not exactly what the rules show', wrong.shown, wrong.rules));
    });
  }

  /** What each build would answer that has a mistake in it which nothing has shown yet. */
  private async seekPlanted(
    pair: Pair,
    lane: Lane,
    observed: readonly Observed[],
    seen: readonly (readonly Seen[])[],
  ): Promise<void> {
    const missing = <T>(planted: Readonly<Record<string, T>>) =>
      Object.entries(planted).filter(([name]) => !this.figures.isFound(name));
    const [leaking, deciding] = [missing(leaks), [...missing(wrongDeciders), ...missing(forgetful)]];
    if (leaking.length + deciding.length === 0) return;
    const near = await this.near(pair, lane, observed);
    for (const [name, leak] of leaking) {
      const leaked = seen.map((one, w) => leak(one, near[w]!, pair));
      if (differenceBetween(pair, leaked)) this.figures.find(name, pair.serial);
    }
    for (const [name, decide] of deciding) {
      const wrong = observed.map((one, w) => {
        const whole = decide(one.whole, near[w]!);
        return findInexactness({ whole, paged: whole.entries, seen: [] }, pair.sights[w]!);
      });
      if (wrong.some((one) => one !== undefined)) this.figures.find(name, pair.serial);
    }
  }
}
