import type { Observed } from './observe.js';
import type { Pair } from './pair.js';
import { HIDING } from './hidden.js';
import { draftsOf } from './world.js';

const NUMBERS = [
  'pairs',
  'observations',
  'pairs over HTTP',
  'observations over HTTP',
  'pairs in which something shows',
  'entries that show',
  'notices that show',
  'hidden items',
  'hidden items pending',
  'hidden items of a party that a notice shows already',
  'hidden items at the time of an entry that shows',
  'hidden fields of entries that show',
] as const;

/** Whether the viewer of a pair is shown anything at all. */
const isSomethingShown = ({ sights: [sight] }: Pair): boolean => sight.entries.length + sight.notices.length > 0;

/** What a run has seen, to be printed. */
export class Figures {
  private readonly numbers = new Map<(typeof NUMBERS)[number], number>(NUMBERS.map((name) => [name, 0]));
  private readonly hiding = new Map<string, number>(HIDING.map((reason) => [reason, 0]));
  private readonly caught = new Map<string, number>();
  private readonly started = performance.now();

  get pairs(): number {
    return this.numbers.get('pairs')!;
  }

  /** Share of the pairs in which the viewer is shown something. */
  get shareShown(): number {
    return this.numbers.get('pairs in which something shows')! / this.pairs;
  }

  /** Groups hidden for each reason, in both worlds together. */
  get hidden(): ReadonlyMap<string, number> {
    return this.hiding;
  }

  /** For each planted mistake that was found, the number of the pair that found it first. */
  get found(): ReadonlyMap<string, number> {
    return this.caught;
  }

  isFound(mistake: string): boolean {
    return this.caught.has(mistake);
  }

  find(mistake: string, pair: number): void {
    this.caught.set(mistake, Math.min(pair, this.caught.get(mistake) ?? Infinity));
  }

  count(pair: Pair, seen: readonly Observed[]): void {
    const [{ entries, notices }] = pair.sights;
    this.add('pairs', 1);
    this.add(
      'observations',
      seen.reduce((sum, { observations }) => sum + observations.length, 0),
    );
    this.add('pairs in which something shows', isSomethingShown(pair) ? 1 : 0);
    this.add('entries that show', entries.length);
    this.add('notices that show', notices.length);
    this.add('hidden fields of entries that show', pair.aliases.size / 2);
    const groups = pair.hidden.flat();
    for (const { reason } of groups) this.hiding.set(reason, this.hiding.get(reason)! + 1);
    const items = groups.flatMap((group) => group.items);
    const times = new Set(
      pair.worlds[0].filed
        .filter((item) => entries.some(({ id }) => id === pair.idOf(item)))
        .flatMap((item) => draftsOf(item).map(({ occurred }) => occurred.from)),
    );
    this.add('hidden items', items.length);
    this.add('hidden items pending', items.filter(({ pending }) => pending).length);
    this.add(
      'hidden items of a party that a notice shows already',
      items.filter(({ sender }) => notices.some(({ partyKind }) => partyKind === pair.kindOf(sender.organisation)))
        .length,
    );
    this.add(
      'hidden items at the time of an entry that shows',
      items.filter((item) => draftsOf(item).some(({ occurred }) => occurred.from && times.has(occurred.from))).length,
    );
  }

  countHttp(observations: number): void {
    this.add('pairs over HTTP', 1);
    this.add('observations over HTTP', observations);
  }

  get pairsOverHttp(): number {
    return this.numbers.get('pairs over HTTP')!;
  }

  report(): string {
    const table = (title: string, rows: Iterable<readonly [string, string | number]>): string =>
      [title, ...[...rows].map(([name, value]) => `  ${String(value).padStart(7)}  ${name}`)].join('\n');
    const share = `${(this.shareShown * 100).toFixed(1)} %`;
    return [
      table('Two worlds', [
        ...this.numbers,
        ['of the pairs in which something shows', share],
        ['seconds', ((performance.now() - this.started) / 1000).toFixed(1)],
      ]),
      table('Hidden, by reason', this.hiding),
      table('Planted mistakes, found by pair', this.caught),
    ].join('\n');
  }

  private add(name: (typeof NUMBERS)[number], more: number): void {
    this.numbers.set(name, this.numbers.get(name)! + more);
  }
}
