import type { ShownField } from '../text/values.js';
import type { Replay } from './answers.js';
import type { EntryLines } from './entry-lines.js';
import { replayPage, type ReplayPage } from './replay-page.js';

export type Difference = 'same' | 'changed' | 'first' | 'second';

/** One record at two times. */
export interface ComparedRow {
  readonly difference: Difference;
  /** The same in words. */
  readonly text: string;
  readonly title: string;
  readonly first: EntryLines | null;
  readonly second: EntryLines | null;
}

export interface ComparePage {
  readonly first: ReplayPage;
  readonly second: ReplayPage;
  readonly rows: readonly ComparedRow[];
  readonly notices: readonly { readonly text: string; readonly difference: string }[];
  readonly summary: string;
}

const fieldsOf = ({ fields, location, unsaid }: EntryLines): ReadonlyMap<string, string> =>
  new Map([
    ...[...fields, ...location].map(({ label, lines }: ShownField) => [label, lines.join('\n')] as const),
    ...unsaid.map((label) => [label, ''] as const),
  ]);

/** Labels of what the one says and the other does not, or says otherwise. */
const changedLabels = (a: EntryLines, b: EntryLines): string[] => {
  const [first, second] = [fieldsOf(a), fieldsOf(b)];
  const labels = [...new Set([...first.keys(), ...second.keys()])].filter(
    (label) => first.get(label) !== second.get(label),
  );
  return [
    ...labels,
    ...(a.version === b.version ? [] : ['Version']),
    ...(a.when === b.when ? [] : ['When it occurred']),
    ...(a.marks.join() === b.marks.join() ? [] : ['Marks']),
    ...(a.title === b.title && a.party === b.party && a.statement === b.statement && a.about === b.about
      ? []
      : ['What it is']),
    ...(a.readerText === b.readerText ? [] : ['Why it shows']),
  ];
};

const rowOf = (first: EntryLines | null, second: EntryLines | null): ComparedRow => {
  const title = (second ?? first)!.title;
  if (!first || !second) {
    const difference = first ? 'first' : 'second';
    return { difference, text: `Only at the ${difference} time`, title, first, second };
  }
  const labels = changedLabels(first, second);
  return labels.length === 0
    ? { difference: 'same', text: 'The same at both times', title, first, second }
    : { difference: 'changed', text: `Changed: ${labels.join(', ')}`, title, first, second };
};

/** Each version stands beside itself, else beside what stood or stands for the same record; the second order leads. */
const rowsOf = (first: readonly EntryLines[], second: readonly EntryLines[]): ComparedRow[] => {
  const left = new Map(first.map((entry) => [entry.id, entry]));
  const take = (match: (entry: EntryLines) => boolean): EntryLines | null => {
    const found = [...left.values()].find(match) ?? null;
    if (found) left.delete(found.id);
    return found;
  };
  const same = new Map(second.map((entry) => [entry.id, take(({ id }) => id === entry.id)]));
  const rows = second.map((entry) => rowOf(same.get(entry.id) ?? take(({ record }) => record === entry.record), entry));
  return [...rows, ...[...left.values()].map((entry) => rowOf(entry, null))];
};

const noticesOf = (first: readonly string[], second: readonly string[]): ComparePage['notices'] =>
  [...new Set([...first, ...second])].sort().map((text) => ({
    text,
    difference: !second.includes(text)
      ? 'Only at the first time'
      : first.includes(text)
        ? 'At both times'
        : 'Only at the second time',
  }));

const counted = (rows: readonly ComparedRow[]): string => {
  const count = (difference: Difference): number => rows.filter((row) => row.difference === difference).length;
  return `${count('changed')} changed, ${count('first')} only at the first time, ${count('second')} only at the second time, ${count('same')} the same`;
};

/** Two replays beside each other, with their differences in words. */
export const comparePage = (a: Replay, b: Replay): ComparePage => {
  const [first, second] = [replayPage(a), replayPage(b)];
  const rows = rowsOf(first.entries, second.entries);
  return { first, second, rows, notices: noticesOf(first.notices, second.notices), summary: counted(rows) };
};
