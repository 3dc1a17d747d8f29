/** What can run one statement: a pool or client of `pg`, or a manager or query runner of TypeORM. */
export interface Queryable {
  query(sql: string): Promise<unknown>;
}

interface Row {
  readonly now: Date;
}

/**
 * Recorded time: the one SQL function, `greatest(clock + offset, last recorded)`, in the snapshot of the caller. It
 * stamps events and decides; leases, timeouts and tokens use the machine's clock. Truncated to milliseconds, as every
 * instant of the hub is.
 */
export const recordedNow = async (queryable: Queryable): Promise<Date> => {
  const result = await queryable.query('select platform.recorded_now() as now');
  const rows = (Array.isArray(result) ? result : (result as { rows: readonly Row[] }).rows) as readonly Row[];
  const now = rows[0]?.now;
  if (!(now instanceof Date)) throw new TypeError('platform.recorded_now() gave no instant');
  return now;
};
