import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { openList } from '#apps/audit';
import { CHRONOLOGY_OPENED, decodeReadRecord, digestBytes, type ReadRecord, type ShownLine } from '#chronology';
import type { StoredEvent } from '#event-sourcing';
import type { KeyService } from '#platform';
import type { ReceivedEntry, ReceivedRead } from './read-children.js';

export interface ReadFindings {
  readonly received: number;
  /** Answers that broke off in the middle. */
  readonly brokenOff: number;
  /** Entries in them all. */
  readonly entries: number;
  readonly recorded: number;
  /** Received, in whole or in part, and in no stream of read records, or there more than once. */
  readonly unaudited: number;
  /** Recorded as showing other entries than were received. */
  readonly differing: number;
  readonly what: readonly string[];
}

const isLine = ({ entryId, version, facets }: ReceivedEntry, [id, recorded, shown]: ShownLine): boolean =>
  entryId === id && (version ?? recorded) === recorded && JSON.stringify(facets) === JSON.stringify(shown);

/** Whether the list, its digest in the record and the answer say the same. */
const isSame = (
  { entries, notices }: NonNullable<ReceivedRead['shown']>,
  record: ReadRecord,
  lines: readonly ShownLine[] | undefined,
): boolean =>
  lines !== undefined &&
  lines.length === entries.length &&
  record.shown.entries === entries.length &&
  record.shown.notices === notices &&
  record.shown.sha256 === createHash('sha256').update(digestBytes(lines)).digest('hex') &&
  entries.every((entry, i) => isLine(entry, lines[i]!));

/** The records of reads among these events. */
export const readRecordsOf = (events: readonly StoredEvent[]): Uint8Array[] =>
  events
    .filter(({ stream, type }) => stream.startsWith('reads-') && type === CHRONOLOGY_OPENED)
    .map(({ data }) => data);

/** The records of reads in the tables of the store. */
export const readRecordsIn = async (pool: Pool): Promise<Uint8Array[]> => {
  const { rows } = await pool.query(
    `select data from store.event where stream like 'reads-%' and type = 'chronology-opened'`,
  );
  return (rows as { data: Buffer }[]).map(({ data }) => data);
};

/** Holds every answer that a reader received against the records of reads. */
export const checkReads = async (
  recorded: readonly Uint8Array[],
  keys: KeyService,
  received: readonly ReceivedRead[],
): Promise<ReadFindings> => {
  const records = Map.groupBy(recorded.map(decodeReadRecord), ({ readId }) => readId);
  const what: string[] = [];
  let [unaudited, differing] = [0, 0];
  for (const { readId, shown } of received) {
    const found: readonly ReadRecord[] = records.get(readId) ?? [];
    if (found.length !== 1) {
      unaudited += 1;
      what.push(`read ${readId} was answered and has ${found.length} records`);
      continue;
    }
    if (shown && !isSame(shown, found[0]!, (await openList(keys, found[0]!))?.lines)) {
      differing += 1;
      what.push(`read ${readId} was recorded as showing other entries than were answered`);
    }
  }
  return {
    received: received.length,
    brokenOff: received.filter(({ shown }) => !shown).length,
    entries: received.reduce((sum, { shown }) => sum + (shown?.entries.length ?? 0), 0),
    recorded: recorded.length,
    unaudited,
    differing,
    what,
  };
};
