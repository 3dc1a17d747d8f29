import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '#engines';
import type { FiledContribution } from '#timeline';
import { findStaff, type ScopeLoader } from './load-read-scope.js';
import { agreementSubjects, filedRows, findCoordinates, pendingRows, type Coordinates } from './load-scope.js';
import { unsealForDecision } from '#platform';

/** One person and the agreements, in one snapshot, for what concerns no child. */
export interface LoadedPerson {
  readonly at: number;
  readonly coordinates: Coordinates;
  readonly staffKeys: readonly string[];
  readonly staff: readonly FiledContribution[];
  readonly agreements: readonly FiledContribution[];
  readonly pending: readonly FiledContribution[];
}

export const loadPerson = (pool: Pool, loader: ScopeLoader, login: string): Promise<LoadedPerson> =>
  inTransaction(pool, 'repeatable read, read only', (client) => loadPersonIn(client, loader, login));

/** The same in a snapshot that the client holds open. */
export const loadPersonIn = async (client: PoolClient, loader: ScopeLoader, login: string): Promise<LoadedPerson> => {
  const coordinates = await findCoordinates(client);
  if (!coordinates) throw new Error('there is no live projection');
  const { generation, position } = coordinates;
  const staff = await findStaff(client, loader.blind, generation, position, login);
  const agreements = await agreementSubjects(client, coordinates);
  const subjects = [...staff, ...agreements];
  const filed = await filedRows(client, generation, position, subjects);
  const pending = await pendingRows(client, generation, subjects, []);
  const opened = await unsealForDecision(client, loader.opener, [...filed, ...pending]);
  const of = (keys: readonly string[]) => opened.filter((_, i) => keys.includes(filed[i]?.subjectKey ?? ''));
  return {
    at: coordinates.at.getTime(),
    coordinates,
    staffKeys: staff,
    staff: of(staff),
    agreements: of(agreements),
    pending: opened.slice(filed.length),
  };
};
