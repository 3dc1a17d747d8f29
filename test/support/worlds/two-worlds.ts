import type { KeyService } from '#platform';
import { findInexactness } from './exactness.js';
import { Figures } from './figures.js';
import { openHttpWorld, type HttpWorld } from './http-world.js';
import {
  findDifference,
  observe,
  observeConnectors,
  observePages,
  productDoor,
  type Observation,
  type Observed,
} from './observe.js';
import { buildPair, describeViewer, type Pair, type PairPlan } from './pair.js';
import { leaks, wrongDeciders } from './planted.js';
import { createWorldOpener, openWorldDatabase, type WorldDatabase } from './world-database.js';
import { createWorldKeys, WorldSealer } from './world-sealer.js';
import type { WorldItem } from './world.js';

/** Two databases, one for each world of a pair. */
type Lane = readonly [WorldDatabase, WorldDatabase];

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

/** Loads pairs of worlds, looks at them through the product's doors, and through doors with mistakes in them. */
export class TwoWorlds {
  readonly figures = new Figures();
  private serial = 0;

  private constructor(
    private readonly keys: KeyService,
    private readonly lanes: readonly Lane[],
    private readonly served: ReadonlyMap<WorldDatabase, HttpWorld>,
    private readonly pairsOverHttp: number,
  ) {}

  /** So many pairs are looked at over HTTP too. */
  static async open({ pairsOverHttp }: { readonly pairsOverHttp: number }): Promise<TwoWorlds> {
    const keys = await createWorldKeys();
    const opener = createWorldOpener(keys);
    const open = () => openWorldDatabase(keys, opener);
    const lanes: Lane[] = [];
    for (let lane = 0; lane < LANES; lane += 1) lanes.push([await open(), await open()]);
    const served = new Map<WorldDatabase, HttpWorld>();
    for (const database of lanes.flat()) served.set(database, await openHttpWorld(database));
    return new TwoWorlds(keys, lanes, served, pairsOverHttp);
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
    const sealer = new WorldSealer(this.keys, String(serial));
    const pair = await buildPair(plan, serial, sealer);
    const { viewer } = pair.question;
    // Other children fill the rest of each log: the same history lies at other positions.
    const starts = [plan.setting % 997, (plan.setting >> 3) % 9973];
    const connectors = await Promise.all(
      lane.map(async (database, w) => {
        const receipts = await database.load(pair.worlds[w]!, sealer, {
          start: starts[w]!,
          receiptsOf: viewer.organisation,
        });
        return observeConnectors(pair, database, receipts);
      }),
    );
    const seen = await Promise.all(lane.map((database) => observe(pair, productDoor(database))));
    this.figures.count(pair, seen);
    this.check(pair, seen, connectors);
    await this.seekPlanted(pair, lane);
    if (serial <= this.pairsOverHttp) await this.compareOverHttp(pair, lane);
  }

  private async compareOverHttp(pair: Pair, lane: Lane): Promise<void> {
    const [first, second] = await Promise.all(lane.map((database) => this.served.get(database)!.observe(pair)));
    this.figures.countHttp(first!.length + second!.length);
    const difference = findDifference(first!, second!);
    if (!difference) return;
    const texts = [textOf(difference.first), textOf(difference.second)] as const;
    throw new Error(messageOf(pair, 'the worlds look different over HTTP', ...texts));
  }

  private check(pair: Pair, seen: readonly Observed[], connectors: readonly (readonly Observation[])[]): void {
    const [first, second] = seen.map(({ observations }, w) => [...observations, ...connectors[w]!]);
    const difference = findDifference(first!, second!);
    if (difference) {
      const texts = [textOf(difference.first), textOf(difference.second)] as const;
      throw new Error(messageOf(pair, 'the worlds look different', ...texts));
    }
    seen.forEach((one, w) => {
      const wrong = findInexactness(one, pair.sights[w]!);
      if (wrong) throw new Error(messageOf(pair, 'not exactly what the rules show', wrong.shown, wrong.rules));
    });
  }

  /** Looks through every door with a mistake that nothing has shown yet. */
  private async seekPlanted(pair: Pair, lane: Lane): Promise<void> {
    const missing = (planted: typeof leaks) => Object.entries(planted).filter(([name]) => !this.figures.isFound(name));
    const look = (planted: (typeof leaks)[string]): Promise<Observed[]> =>
      Promise.all(lane.map((database) => observePages(pair, planted(database))));
    for (const [name, planted] of missing(leaks)) {
      const [first, second] = await look(planted);
      if (findDifference(first!.observations, second!.observations)) this.figures.find(name, pair.serial);
    }
    for (const [name, planted] of missing(wrongDeciders)) {
      const seen = await look(planted);
      if (seen.some((one, w) => findInexactness(one, pair.sights[w]!))) this.figures.find(name, pair.serial);
    }
  }
}
