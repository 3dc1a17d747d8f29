import { disclosureOf, occurredSpan, showsAnything } from './decide-disclosure.js';
import type { Disclosure, Grant, SharedEntry } from './types.js';

/** An entry with what each clause shows of it to one viewer; see `decideGrants`. */
export interface DecidedEntry {
  readonly entry: Pick<SharedEntry, 'id' | 'occurred'>;
  readonly grants: readonly Grant[];
}

/** A clause that shows at most so many entries, for the sentence "up to n" that a page always says of it. */
export interface UpTo {
  readonly clause: string;
  readonly agreement: string;
  readonly newest: number;
  readonly readerText: string;
}

export interface NewestApplied<D extends DecidedEntry> {
  /**
   * In the order given, with the grants that are left: an entry that only cut clauses showed has none. `upTo`: the clauses with a limit that
   * still show something of it.
   */
  readonly entries: readonly (D & { readonly disclosure: Disclosure; readonly upTo: readonly UpTo[] })[];
}

const key = ({ agreement, clause }: Pick<Grant, 'agreement' | 'clause'>): string => JSON.stringify([agreement, clause]);

/** By when it occurred, then by id; what occurred at no known time counts as oldest. */
const byAge = (a: DecidedEntry, b: DecidedEntry): number => {
  const [first, second] = [a, b].map(({ entry }) => occurredSpan(entry.occurred)?.start ?? -Infinity) as [
    number,
    number,
  ];
  if (first !== second) return first < second ? -1 : 1;
  return a.entry.id < b.entry.id ? -1 : a.entry.id > b.entry.id ? 1 : 0;
};

/**
 * Keeps, for each clause that shows only the newest so many, the newest of what it allowed this viewer, ordered by
 * (occurred, entry id). What another clause shows of an entry stays.
 */
export const applyNewest = <D extends DecidedEntry>(decided: readonly D[]): NewestApplied<D> => {
  const limits = new Map<string, UpTo>();
  for (const { grants } of decided)
    for (const { clause, agreement, newest, readerText } of grants)
      if (newest !== null) limits.set(key({ clause, agreement }), { clause, agreement, newest, readerText });

  const kept = new Map<string, ReadonlySet<D>>();
  for (const [limited, { newest }] of limits)
    kept.set(
      limited,
      new Set(
        decided
          .filter(({ grants }) => grants.some((grant) => key(grant) === limited))
          .sort(byAge)
          .slice(-newest),
      ),
    );

  return {
    entries: decided.map((each) => {
      const grants = each.grants.filter((grant) => showsAnything(grant) && kept.get(key(grant))?.has(each) !== false);
      const limited = new Set(grants.map(key).filter((name) => limits.has(name)));
      return {
        ...each,
        grants,
        disclosure: disclosureOf(grants),
        upTo: [...limited].sort().map((name) => limits.get(name) as UpTo),
      };
    }),
  };
};
