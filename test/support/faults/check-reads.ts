import type { Pool } from 'pg';
import { openList } from '#apps/audit';
import { decodeReadRecord, type ReadRecord } from '#chronology';
import type { KeyService } from '#platform';
import type { ReceivedRead } from './read-children.js';

export interface ReadFindings {
  readonly received: number;
  /** Entries in them all. */
  readonly entries: number;
  readonly recorded: number;
  /** Received whole, and in no stream of read records, or there more than once. */
  readonly unaudited: number;
  /** Recorded as showing other entries than were received. */
  readonly differing: number;
  readonly what: readonly string[];
}

/** Holds every answer that a reader received against the records of reads. */
export const checkReads = async (
  pool: Pool,
  keys: KeyService,
  received: readonly ReceivedRead[],
): Promise<ReadFindings> => {
  const { rows } = await pool.query(
    `select data from store.event where stream like 'reads-%' and type = 'chronology-opened'`,
  );
  const records = Map.groupBy(
    (rows as { data: Buffer }[]).map(({ data }) => decodeReadRecord(data)),
    ({ readId }) => readId,
  );
  const what: string[] = [];
  let [unaudited, differing] = [0, 0];
  for (const read of received) {
    const found: readonly ReadRecord[] = records.get(read.readId) ?? [];
    if (found.length !== 1) {
      unaudited += 1;
      what.push(`read ${read.readId} was answered and has ${found.length} records`);
      continue;
    }
    const [record] = found;
    const list = await openList(keys, record!);
    const shown = JSON.stringify(list?.lines.map(([id, version]) => [id, version]));
    if (shown !== JSON.stringify(read.entries) || record!.shown.notices !== read.notices) {
      differing += 1;
      what.push(`read ${read.readId} was recorded as showing other entries than were answered`);
    }
  }
  const entries = received.reduce((sum, read) => sum + read.entries.length, 0);
  return { received: received.length, entries, recorded: rows.length, unaudited, differing, what };
};
