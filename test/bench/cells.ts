import type { Pool } from 'pg';
import type { SeededRandom } from '../support/decision-oracle/seeded-random.js';
import { cpuBetween, cpuTimes, type CpuTimes } from './host.js';
import type { AppProcess } from './app-process.js';
import { latenciesOf, type Latencies } from './statistics.js';
import type { World } from './world.js';

/** CPU time in µs an event. */
export interface CpuPerEvent {
  /** Of the hub or the program of it that is measured, of the reference application, or of pgbench. */
  readonly app: number;
  readonly postgres: number;
  /** Of this process: generating load, and reading answers. */
  readonly load: number;
}

export interface Cell {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
  /** Events a second. */
  readonly rate: number;
  readonly latencies: Latencies;
  readonly cpuUsPerEvent: CpuPerEvent;
  readonly walBytesPerEvent: number;
  /** From the last answer until everything was filed and projected; of the hub's ingest alone. */
  readonly filedAfterSeconds?: number;
  /** CPU time until then. */
  readonly cpuUsPerEventFiled?: CpuPerEvent;
  /** Events a second that were given to what is measured, where they come at a fixed rate. */
  readonly offeredRate?: number;
}

export interface Measured {
  readonly events: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  /** Events a second, where whoever measured has a better idea of it. */
  readonly rate?: number;
  readonly offeredRate?: number;
}

const walPosition = async (pool: Pool): Promise<string> => {
  const { rows } = await pool.query('select pg_current_wal_insert_lsn()::text as at');
  return (rows[0] as { at: string }).at;
};
const walBetween = async (pool: Pool, from: string): Promise<number> => {
  const { rows } = await pool.query('select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::float8 as bytes', [from]);
  return (rows[0] as { bytes: number }).bytes;
};

const perEvent = (cpu: CpuTimes, events: number, isChild: boolean): CpuPerEvent => ({
  app: Math.round((isChild ? cpu.children : cpu.app) / events),
  postgres: Math.round(cpu.postgres / events),
  load: Math.round(cpu.load / events),
});

/** `app`: the process that does the work; undefined where it is a child that ends with the work. */
export const measureCell = async (
  world: Pick<World, 'pool' | 'postmaster'>,
  name: string,
  app: Pick<AppProcess, 'pid'> | undefined,
  work: () => Promise<Measured>,
  afterwards?: () => Promise<void>,
): Promise<Cell> => {
  const { pool, postmaster } = world;
  await pool.query('checkpoint');
  const wal = await walPosition(pool);
  const pid = app?.pid ?? process.pid;
  const start = cpuTimes(pid, postmaster);
  const { events, seconds, latenciesMs, rate = events / seconds, offeredRate } = await work();
  const cpu = cpuBetween(start, cpuTimes(pid, postmaster));
  const answered = performance.now();
  await afterwards?.();
  const filedAfterSeconds = (performance.now() - answered) / 1000;
  const cpuFiled = cpuBetween(start, cpuTimes(pid, postmaster));
  return {
    name,
    events,
    seconds,
    rate,
    latencies: latenciesOf(latenciesMs),
    cpuUsPerEvent: perEvent(cpu, events, app === undefined),
    walBytesPerEvent: Math.round((await walBetween(pool, wal)) / events),
    ...(offeredRate === undefined ? {} : { offeredRate }),
    ...(afterwards ? { filedAfterSeconds, cpuUsPerEventFiled: perEvent(cpuFiled, events, false) } : {}),
  };
};

export type CellRuns = Readonly<Record<string, () => Promise<Cell>>>;

/** Runs each of these once, in an order that the seed decides. */
export const runRound = async (random: SeededRandom, runs: CellRuns, onCell: (cell: Cell) => void): Promise<Cell[]> => {
  const left = Object.values(runs);
  const cells: Cell[] = [];
  while (left.length > 0) {
    const [run] = left.splice(random.between(0, left.length - 1), 1);
    const cell = await run!();
    onCell(cell);
    cells.push(cell);
  }
  return cells;
};
