import type { Pool } from 'pg';
import type { EventStore, StoredEvent } from '#event-sourcing';
import { decodeMetadata } from '#ledger';
import { countProjectedEvents, countProjectionBatches, inBatchSpan, recordedNow, type ProjectionLag } from '#platform';
import { Fenced, isSubjectEvent } from './projector.js';

const traceOf = (event: StoredEvent): string | undefined => {
  if (!isSubjectEvent(event)) return undefined;
  try {
    return decodeMetadata(event.metadata).trace;
  } catch {
    return undefined;
  }
};

/** Counts what becomes of a batch of events, and traces it. */
export const observeProjecting = <T>(events: readonly StoredEvent[], project: () => Promise<T>): Promise<T> =>
  inBatchSpan(events, traceOf, 'project', async () => {
    try {
      const projected = await project();
      countProjectionBatches({ outcome: 'projected' });
      countProjectedEvents({}, events.length);
      return projected;
    } catch (error) {
      countProjectionBatches({ outcome: error instanceof Fenced ? 'fenced' : 'failed' });
      throw error;
    }
  });

/**
 * How far the live generation is behind the store, whichever process moves it on. Seconds are of recorded time, since
 * the first event that is not projected was appended.
 */
export const projectionLag = async (pool: Pool, store: EventStore): Promise<ProjectionLag> => {
  const { rows } = await pool.query(`select position, event_id from projection.generation where state = 'live'`);
  const live = rows[0] as { position: string; event_id: string } | undefined;
  const at = live && { store: store.id, position: Number(live.position), eventId: live.event_id };
  const [next] = await store.readAll(at ?? null, 1);
  if (!next) return { positions: 0, seconds: 0 };
  const head = await store.head();
  const { hubAt } = decodeMetadata(next.metadata);
  const now = await recordedNow(pool);
  return {
    positions: (head?.position ?? next.position) - (at?.position ?? 0),
    seconds: Math.max(0, now.getTime() - Date.parse(hubAt)) / 1000,
  };
};
