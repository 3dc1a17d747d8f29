import { dateText } from './dates.js';
import { words } from './labels.js';

/** One line of what a record says. `lines` where it says several things. */
export interface ShownField {
  readonly label: string;
  readonly lines: readonly string[];
  /** The record holds the field and does not say: `null` is not `false`. */
  readonly unsaid: boolean;
}

/** `null` is not `false`: not known, or not said. */
const NOT_SAID = 'Not known or not said';
const ISO = /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?)?)?$/;

const linesOf = (value: unknown): string[] => {
  if (value === null || value === undefined) return [NOT_SAID];
  if (typeof value === 'boolean') return [value ? 'Yes' : 'No'];
  if (typeof value === 'number') return [String(value)];
  if (typeof value === 'string') return [value.length > 4 && ISO.test(value) ? dateText(value) : value];
  if (Array.isArray(value)) return value.length === 0 ? ['None'] : value.map((one) => linesOf(one).join(', '));
  return Object.entries(value as object)
    .filter(([, of]) => of !== null && of !== undefined)
    .map(([name, of]) => `${words(name)}: ${linesOf(of).join(', ')}`);
};

/** Fields in the order of their names; `marks` are shown apart. */
export const shownFields = (fields: Readonly<Record<string, unknown>>): ShownField[] =>
  Object.entries(fields)
    .filter(([name]) => name !== 'marks')
    .map(([name, value]) => {
      const lines = linesOf(value);
      const unsaid = lines.length === 0 || (lines.length === 1 && lines[0] === NOT_SAID);
      return { label: words(name), lines: unsaid ? [NOT_SAID] : lines, unsaid };
    });
