import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable } from '../http/problem.filter.js';

const START_LIMIT_MS = 60_000;

/** No such role, schema, table or function yet: another process is still preparing the database. */
const NOT_PREPARED = ['28P01', '28000', '3D000', '3F000', '42P01', '42883', '42501'];

const isNotPrepared = (error: unknown): boolean =>
  NOT_PREPARED.includes((error as { code?: string } | null)?.code ?? '');

/**
 * What a start asks of a database or a store that is starting too, or that is being prepared, is asked again for up to
 * a minute.
 */
export const untilAnswered = async <T>(work: () => Promise<T>): Promise<T> => {
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(isUnavailable(error) || isNotPrepared(error)) || Date.now() > end) throw error;
      await delay(300);
    }
  }
};
