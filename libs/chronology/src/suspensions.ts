import type { Envelope } from '#contracts';
import type { FiledContribution } from '#timeline';

/** The suspensions that a person's decision about their item has ended. One that cannot be read ends none. */
const endedAmong = (contributions: readonly FiledContribution[]): ReadonlySet<string> =>
  new Set(
    contributions.flatMap(({ envelope, terms }) => {
      const suspension = envelope.type === 'disclosure-resumed' ? terms?.['suspension'] : undefined;
      return typeof suspension === 'string' ? [`${envelope.rank.feed}/${suspension}`] : [];
    }),
  );

/**
 * A disclosure item that could not be read in full suspends what it names: a relation, a post, a record and all that
 * lies below it in the record's path. What its sender sends after that, readable, stands again; and a person who
 * decides about the item ends it.
 */
export const suspensionsOf = (contributions: readonly FiledContribution[]): ((record: Envelope) => boolean) => {
  const ended = endedAmong(contributions);
  const suspended = new Map<string, string>();
  for (const { envelope } of contributions) {
    if (envelope.type !== 'disclosure-suspended') continue;
    if (ended.has(`${envelope.rank.feed}/${envelope.contributionId}`)) continue;
    for (const path of envelope.record.ancestors) {
      const name = `${envelope.rank.feed}/${path}`;
      if (envelope.hubReceived > (suspended.get(name) ?? '')) suspended.set(name, envelope.hubReceived);
    }
  }
  return ({ rank, record, hubReceived }) =>
    [record.key, ...record.ancestors].some((path) => (suspended.get(`${rank.feed}/${path}`) ?? '') >= hubReceived);
};
