import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

/** A tick of /proc, in µs: 100 a second on every Linux that Node runs on. */
const TICK_US = 10_000;

/** What the machine is about besides the benchmark, at one moment. */
export interface HostState {
  readonly load1m: number;
  /** CPU time since boot that the machine below took, in hundredths of a second; null where it is not known. */
  readonly stealTicks: number | null;
  readonly fdatasyncPerSecond: number;
}

/** CPU time since the start, in µs, of user and system. */
export interface CpuTimes {
  readonly app: number;
  readonly postgres: number;
  /** This process. */
  readonly load: number;
  /** Children of this process that have ended. */
  readonly children: number;
}

const statOf = (pid: number | 'self'): number[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before the last bracket may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields.map(Number);
};
const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14] as const;

const sum = (stat: readonly number[], fields: readonly number[]): number =>
  fields.reduce((total, field) => total + (stat[field] ?? 0), 0) * TICK_US;
const OWN = [USER, SYSTEM];
const CHILDREN = [CHILDREN_USER, CHILDREN_SYSTEM];

const orZero = (read: () => number): number => {
  try {
    return read();
  } catch {
    return 0;
  }
};

/** The postmaster, what it has reaped, and each of its processes that lives. */
const postgresTime = (postmaster: number): number => {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return children.reduce(
    (total, name) =>
      total +
      orZero(() => {
        const stat = statOf(Number(name));
        return stat[PARENT] === postmaster ? sum(stat, OWN) : 0;
      }),
    sum(statOf(postmaster), [...OWN, ...CHILDREN]),
  );
};

/** Zeros where there is no /proc. */
export const cpuTimes = (app: number, postmaster: number): CpuTimes => {
  const { user, system } = process.cpuUsage();
  return {
    app: orZero(() => sum(statOf(app), OWN)),
    postgres: orZero(() => postgresTime(postmaster)),
    load: user + system,
    children: orZero(() => sum(statOf('self'), CHILDREN)),
  };
};

export const cpuBetween = (from: CpuTimes, to: CpuTimes): CpuTimes => ({
  app: to.app - from.app,
  postgres: to.postgres - from.postgres,
  load: to.load - from.load,
  children: to.children - from.children,
});

/** How often 8 KiB become durable in a second, in this folder. */
const fdatasyncRate = (folder: string, ms = 300): number => {
  const own = mkdtempSync(join(folder, 'fdatasync-'));
  try {
    const file = openSync(join(own, 'file'), 'w');
    const block = Buffer.alloc(8192, 1);
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < ms) {
      writeSync(file, block, 0, block.length, (count % 128) * block.length);
      fdatasyncSync(file);
      count += 1;
    }
    closeSync(file);
    return Math.round((count * 1000) / (performance.now() - start));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
};

const stealTicks = (): number | null => {
  try {
    const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
    return Number(line?.split(/\s+/)[8]);
  } catch {
    return null;
  }
};

export const readHost = (folder: string): HostState => ({
  load1m: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  stealTicks: stealTicks(),
  fdatasyncPerSecond: fdatasyncRate(folder),
});

/** Figures of a machine whose disk changed its pace by more than 30 % are marked. */
export const isNoisy = (start: HostState, end: HostState): boolean =>
  Math.abs(end.fdatasyncPerSecond / start.fdatasyncPerSecond - 1) > 0.3;

export const describeHost = ({ load1m, stealTicks: steal, fdatasyncPerSecond }: HostState): string =>
  `load average ${load1m}, steal ${steal === null ? 'unknown' : `${steal / 100} s since boot`}, ` +
  `${fdatasyncPerSecond} fdatasync/s`;

export const describeMachine = (): string => {
  const cores = cpus();
  return `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`;
};

/** The most memory that a process ever had, in MB; null where there is no /proc. */
export const peakMemoryMb = (pid: number): number | null => {
  try {
    const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return Math.round(kilobytes / 1024);
  } catch {
    return null;
  }
};
