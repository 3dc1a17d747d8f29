import type { PoolClient } from 'pg';
import { closedChildren, type PersonLooking } from '#chronology';
import { loadChildren, type ScopeLoader } from './load-read-scope.js';
import type { Coordinates } from './load-scope.js';

/** Which of these references are of children that are closed to this person, whichever organisation's guardian did. */
export const childrenClosedTo = async (
  client: PoolClient,
  loader: ScopeLoader,
  coordinates: Coordinates,
  keys: readonly string[],
  person: PersonLooking,
): Promise<ReadonlySet<string>> => {
  if (keys.length === 0) return new Set();
  const { references, pending } = await loadChildren(client, loader, coordinates, keys);
  return closedChildren(references, pending, person, coordinates.at.getTime());
};
