import { findInexactness, isSomethingShown } from './exactness.js';
import { findDifference, observe, observePages, observeConnectors, productDoor, type Observed } from './observe.js';
import { buildPair, describeViewer, type Pair, type PairPlan } from './pair.js';
import { leaks, wrongDeciders } from './planted.js';
import { createWorldOpener, openWorldDatabase, type WorldDatabase } from './world-database.js';
import { createWorldKeys, WorldSealer } from './world-sealer.js';
import type { KeyService } from '#platform';

/** What a run has seen. */
export interface Figures {
  pairs: number;
  readonly hidden: Map<string, number>;
  somethingShown: number;
  entriesShown: number;
  noticesShown: number;
  observations: number;
  hiddenItems: number;
  hiddenPending: number;
  hiddenTies: number;
  hiddenOfShownParties: number;
  hiddenFields: number;
  milliseconds: number;
  /** Number of pairs after which each planted mistake was found. */
  readonly found: Map<string, number>;
}

const messageOf = (pair: Pair, what: string, first: string, second: string): string =>
  [
    what,
    describeViewer(pair),
    ...pair.hidden.map(
      (groups, w) =>
        `hidden in world ${String(w + 1)}: ${
          groups
            .map(
              ({ reason, items }) =>
                `${reason}: ${items.map(({ label, pending }) => `${label}${pending ? ' [pending]' : ''}`).join(', ')}`,
            )
            .join('; ') || 'nothing'
        }`,
    ),
    'common: ' +
      pair.worlds[0].filed
        .concat(pair.worlds[0].pending)
        .map(({ label, pending }) => `${label}${pending ? ' [pending]' : ''}`)
        .join(', '),
    first,
    second,
  ].join('\n');

/** Two databases in which pairs of worlds are looked at, one pair after another, and what was found. */
export class TwoWorlds {
  readonly figures: Figures = {
    pairs: 0,
    hidden: new Map(),
    somethingShown: 0,
    entriesShown: 0,
    noticesShown: 0,
    observations: 0,
    hiddenItems: 0,
    hiddenPending: 0,
    hiddenTies: 0,
    hiddenOfShownParties: 0,
    hiddenFields: 0,
    milliseconds: 0,
    found: new Map(),
  };

  private constructor(
    private readonly keys: KeyService,
    private readonly databases: readonly [WorldDatabase, WorldDatabase],
  ) {}

  static async open(): Promise<TwoWorlds> {
    const keys = await createWorldKeys();
    const opener = createWorldOpener(keys);
    return new TwoWorlds(keys, [await openWorldDatabase(keys, opener), await openWorldDatabase(keys, opener)]);
  }

  async close(): Promise<void> {
    for (const database of this.databases) await database.close();
  }

  /** Loads both worlds of a plan, looks, and throws where they differ or show anything but what the rules show. */
  async compare(plan: PairPlan): Promise<void> {
    const started = performance.now();
    this.figures.pairs += 1;
    const sealer = new WorldSealer(this.keys, String(this.figures.pairs));
    const pair = await buildPair(plan, this.figures.pairs, sealer);
    const starts = [plan.setting % 997, (plan.setting >> 3) % 9973];
    const connectors = await Promise.all(
      this.databases.map(async (database, w) => {
        const receipts = await database.load(pair.worlds[w]!, sealer, starts[w]!);
        return observeConnectors(pair, database, receipts);
      }),
    );
    const seen = await this.look((database) => observe(pair, productDoor(database)));
    this.count(pair, seen);
    this.check(pair, seen, connectors);
    await this.seekPlanted(pair);
    this.figures.milliseconds += performance.now() - started;
  }

  private async look(see: (database: WorldDatabase) => Promise<Observed>): Promise<Observed[]> {
    return Promise.all(this.databases.map(see));
  }

  private check(
    pair: Pair,
    seen: readonly Observed[],
    connectors: readonly (readonly { asked: string; status: number; body: string }[])[],
  ): void {
    const difference = findDifference(
      [...seen[0]!.observations, ...connectors[0]!],
      [...seen[1]!.observations, ...connectors[1]!],
    );
    if (difference) {
      throw new Error(
        messageOf(
          pair,
          'the worlds look different',
          JSON.stringify(difference.first),
          JSON.stringify(difference.second),
        ),
      );
    }
    seen.forEach(({ whole }, w) => {
      const wrong = findInexactness(whole, pair.sights[w]!);
      if (wrong) throw new Error(messageOf(pair, 'not exactly what the rules show', wrong.shown, wrong.rules));
    });
  }

  private async seekPlanted(pair: Pair): Promise<void> {
    const { found, pairs } = this.figures;
    for (const [name, planted] of Object.entries(leaks)) {
      if (found.has(name)) continue;
      const [first, second] = await this.look((database) => observePages(pair, planted(database)));
      if (findDifference(first!.observations, second!.observations)) found.set(name, pairs);
    }
    for (const [name, planted] of Object.entries(wrongDeciders)) {
      if (found.has(name)) continue;
      const seen = await this.look((database) => observePages(pair, planted(database)));
      if (seen.some(({ whole }, w) => findInexactness(whole, pair.sights[w]!))) found.set(name, pairs);
    }
  }

  private count(pair: Pair, seen: readonly Observed[]): void {
    const { figures } = this;
    const [sight] = pair.sights;
    if (isSomethingShown(pair)) figures.somethingShown += 1;
    else if (process.env['TW_DEBUG'])
      console.log(
        describeViewer(pair),
        pair.worlds[0].filed
          .filter((i) => i.label.includes('of the viewer'))
          .map((i) => i.item.ok && JSON.stringify(i.item.contributions[0]!.body)),
        JSON.stringify(seen[0]!.whole.upTo),
      );
    figures.entriesShown += sight.entries.length;
    figures.noticesShown += sight.notices.length;
    figures.observations += seen.reduce((sum, { observations }) => sum + observations.length, 0);
    figures.hiddenFields += pair.aliases.size / 2;
    for (const { reason, items } of pair.hidden.flat()) {
      figures.hidden.set(reason, (figures.hidden.get(reason) ?? 0) + 1);
      figures.hiddenItems += items.length;
      figures.hiddenPending += items.filter(({ pending }) => pending).length;
    }
  }

  report(): string {
    const { hidden, found, milliseconds, ...numbers } = this.figures;
    return JSON.stringify(
      {
        ...numbers,
        seconds: milliseconds / 1000,
        hidden: Object.fromEntries(hidden),
        found: Object.fromEntries(found),
      },
      null,
      1,
    );
  }
}
