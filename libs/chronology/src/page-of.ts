import type { ShownEntry } from './read-child.js';
import { sortKey } from './read-child.js';
import type { PageRequest } from './read-record.js';

/** The entries of one page, and the place to go on from while there are more. Nothing is cut without a `next`. */
export const pageOf = (
  entries: readonly ShownEntry[],
  { size, after }: PageRequest,
): { readonly entries: readonly ShownEntry[]; readonly next: PageRequest['after'] } => {
  const rest = after === null ? entries : entries.filter((entry) => sortKey(entry) > after.sort);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    entries: page,
    next: last && rest.length > size ? { sort: sortKey(last), id: last.id } : null,
  };
};
