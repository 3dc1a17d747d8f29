import { SURFACES, type Seen, type Surface } from './observe.js';
import type { Pair } from './pair.js';
import { HIDING, type Hiding } from './hidden.js';
import { draftsOf } from './world.js';

const NUMBERS = [
  'pairs',
  'observations',
  'pairs over HTTP',
  'pairs in which something shows',
  'pairs in which the child is closed to the viewer',
  'entries that show',
  'entries that show by a release',
  'entries that show under a mark',
  'notices that show',
  'hidden items',
  'hidden items pending',
  'hidden items of a party that a notice shows already',
  'hidden items at the time of an entry that shows',
  'hidden fields of entries that show',
] as const;

/** Whether the viewer of a pair is shown anything at all. */
const isSomethingShown = ({ sights: [sight] }: Pair): boolean => sight.entries.length + sight.notices.length > 0;

const cell = (reason: Hiding, surface: Surface): string => `${reason}/${surface}`;

/** What a run has seen, to be printed. */
export class Figures {
  private readonly numbers = new Map<(typeof NUMBERS)[number], number>(NUMBERS.map((name) => [name, 0]));
  private readonly hiding = new Map<string, number>(HIDING.map((reason) => [reason, 0]));
  private readonly onSurface = new Map<string, number>();
  private readonly caught = new Map<string, number>();
  private readonly started = performance.now();
  private readonly startedWith = process.cpuUsage();

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

  /** How often something hidden for a reason lay behind what was seen on a surface. */
  seenOn(reason: Hiding, surface: Surface): number {
    return this.onSurface.get(cell(reason, surface)) ?? 0;
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

  count(pair: Pair, seen: readonly (readonly Seen[])[]): void {
    const [{ entries, notices }] = pair.sights;
    this.add('pairs', 1);
    this.add(
      'observations',
      seen.reduce((sum, all) => sum + all.length, 0),
    );
    this.add('pairs in which something shows', isSomethingShown(pair) ? 1 : 0);
    this.add('pairs in which the child is closed to the viewer', pair.sights[0].covered ? 1 : 0);
    this.add('entries that show', entries.length);
    this.add('entries that show under a mark', entries.filter(({ handling }) => handling.length > 0).length);
    this.add(
      'entries that show by a release',
      entries.filter(({ by }) => by.some((one) => one.includes('/release-'))).length,
    );
    this.add('notices that show', notices.length);
    this.add('hidden fields of entries that show', pair.aliases.size / 2);
    const groups = pair.hidden.flat();
    const isOverHttp = seen.flat().some(({ headers }) => headers !== '');
    this.add('pairs over HTTP', isOverHttp ? 1 : 0);
    const surfaces = new Set<Surface>(seen.flat().map(({ surface }) => surface));
    if (isOverHttp) surfaces.add('headers and sizes');
    for (const { reason } of groups) {
      this.hiding.set(reason, this.hiding.get(reason)! + 1);
      for (const surface of surfaces) this.onSurface.set(cell(reason, surface), this.seenOn(reason, surface) + 1);
    }
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

  get pairsOverHttp(): number {
    return this.numbers.get('pairs over HTTP')!;
  }

  private get processor(): NodeJS.CpuUsage {
    return process.cpuUsage(this.startedWith);
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
        ["seconds of this process's processor", (this.processor.user / 1e6 + this.processor.system / 1e6).toFixed(1)],
      ]),
      table('Hidden, by reason', this.hiding),
      this.bySurface(),
      table('Planted mistakes, found by pair', this.caught),
    ].join('\n');
  }

  private bySurface(): string {
    const widths = SURFACES.map((surface) => surface.length);
    const row = (cells: readonly (string | number)[], name: string) =>
      `  ${cells.map((one, i) => String(one).padStart(widths[i]!)).join('  ')}  ${name}`;
    return [
      'Hidden, by reason and by surface on which it might have shown',
      row(SURFACES, ''),
      ...HIDING.map((reason) =>
        row(
          SURFACES.map((surface) => this.seenOn(reason, surface)),
          reason,
        ),
      ),
    ].join('\n');
  }

  private add(name: (typeof NUMBERS)[number], more: number): void {
    this.numbers.set(name, this.numbers.get(name)! + more);
  }
}
