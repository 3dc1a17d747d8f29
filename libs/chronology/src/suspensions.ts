import type { Envelope } from '#contracts';
import type { FiledContribution } from '#timeline';

/**
 * A disclosure item that could not be read in full suspends what it names: a relation, a post, a record and all that
 * lies below it in the record's path. What its sender sends after that, readable, stands again.
 */
export const suspensionsOf = (contributions: readonly FiledContribution[]): ((record: Envelope) => boolean) => {
  const suspended = new Map<string, string>();
  for (const { envelope } of contributions) {
    if (envelope.type !== 'disclosure-suspended') continue;
    for (const path of envelope.record.ancestors) {
      const name = `${envelope.rank.feed}/${path}`;
      if (envelope.hubReceived > (suspended.get(name) ?? '')) suspended.set(name, envelope.hubReceived);
    }
  }
  return ({ rank, record, hubReceived }) =>
    [record.key, ...record.ancestors].some((path) => (suspended.get(`${rank.feed}/${path}`) ?? '') >= hubReceived);
};
