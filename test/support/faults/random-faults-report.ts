import { problemsOfHistory } from './check-history.js';
import type { FaultRecord } from './measure-recovery.js';
import type { RandomFaultsReport } from './run-random-faults.js';

/** After one of our own processes dies it is made up for within this time, in 95 of 100 cases. */
const RECOVERED_WITHIN_MS = 10_000;
/** Of fewer the largest would be called the 95th: then the middle one counts. */
const ENOUGH = 20;
/** What waited for the broker is filed within so many times its absence. */
const DRAINED_WITHIN = 2;
/** A broker that was away for less than this is no outage: its own start takes longer. */
const OUTAGE_MS = 8000;

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? 0;
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const figuresOf = (faults: readonly FaultRecord[]): string => {
  const times = faults.map(({ recoveredMs }) => recoveredMs);
  return (
    `${String(faults.length).padStart(4)} times, p50 ${seconds(quantile(times, 0.5))}, ` +
    `p95 ${seconds(quantile(times, 0.95))}, max ${seconds(Math.max(0, ...times))}`
  );
};

export const describeFault = ({ kind, target, recoveredMs, overlapped }: FaultRecord): string =>
  `${kind} (${target}): ${seconds(recoveredMs)}${overlapped ? ', with another fault' : ''}`;

const isKillOfOurs = ({ hurt, kind }: FaultRecord): boolean => hurt === 'ours' && kind.includes('killed');

const drainsOf = ({ faults }: RandomFaultsReport): readonly Required<FaultRecord>[] =>
  faults.filter(({ hurt, drainedMs }) => hurt === 'broker' && drainedMs !== undefined) as Required<FaultRecord>[];

/** Broker outages that took too long to drain, other faults during them apart. */
const slowDrainsOf = (report: RandomFaultsReport): readonly Required<FaultRecord>[] =>
  drainsOf(report).filter(
    ({ outageMs, drainedMs, overlapped }) =>
      !overlapped && outageMs >= OUTAGE_MS && drainedMs > DRAINED_WITHIN * outageMs,
  );

/** What is wrong; empty when every promise was kept. */
export const problemsOfRun = (report: RandomFaultsReport): string[] => {
  const kills = report.faults.filter(isKillOfOurs).filter(({ overlapped }) => !overlapped);
  const q = kills.length < ENOUGH ? 0.5 : 0.95;
  const recovered = quantile(
    kills.map(({ recoveredMs }) => recoveredMs),
    q,
  );
  return [
    ...problemsOfHistory(report.findings),
    ...(report.early > 0 ? [`answers before their record was durable: ${report.early}`] : []),
    ...(recovered > RECOVERED_WITHIN_MS
      ? [`recovery after one of our processes died, p${100 * q}: ${seconds(recovered)}`]
      : []),
    ...slowDrainsOf(report).map(
      ({ outageMs, drainedMs }) => `${seconds(outageMs)} without the broker drained in ${seconds(drainedMs)}`,
    ),
    ...(report.revocations.done === 0 ? ['nothing was revoked'] : []),
    ...report.endedByItself.map((said) => `ended by itself: ${said}`),
  ];
};

/** The report as lines for people. */
export const describeRun = (report: RandomFaultsReport): string => {
  const { faults, findings, revocations, answers } = report;
  const { filing, unknown, order, poison, reads, rebuild, verification } = findings;
  const problems = problemsOfRun(report);
  const kinds = Map.groupBy(faults, ({ kind }) => kind);
  const alone = (list: readonly FaultRecord[]) => list.filter(({ overlapped }) => !overlapped);
  const line = (name: string, list: readonly FaultRecord[]) => `  ${name.padEnd(36)} ${figuresOf(list)}`;
  return [
    `seed ${report.seed}, Kafka and ${report.store}, ${report.seconds.toFixed(0)} s, ${faults.length} faults of ${kinds.size} kinds`,
    'faults by kind, and recovery:',
    ...[...kinds].sort(([a], [b]) => a.localeCompare(b)).map(([kind, list]) => line(kind, list)),
    'recovery:',
    line('a process of ours died', alone(faults.filter(isKillOfOurs))),
    line(
      '... while another fault was under way',
      faults.filter((one) => isKillOfOurs(one) && one.overlapped),
    ),
    ...(['broker', 'store', 'postgres', 'line'] as const)
      .map((hurt) => [hurt, faults.filter((one) => one.hurt === hurt)] as const)
      .filter(([, list]) => list.length > 0)
      .map(([hurt, list]) => line(`${hurt} hurt`, list)),
    'broker outages drained (outage, drained, times):',
    ...drainsOf(report).map(
      ({ outageMs, drainedMs, overlapped }) =>
        `  ${seconds(outageMs)}, ${seconds(drainedMs)}, ${(drainedMs / outageMs).toFixed(1)}${overlapped ? ', with another fault' : ''}`,
    ),
    `submissions acknowledged ${report.submissions}; unknown outcomes ${unknown.outcomes}, left unknown ${unknown.setAside}, of these accepted ${unknown.accepted}`,
    `acked ${filing.acknowledged}: filed ${filing.filed}, quarantined ${filing.quarantined}, sent again ${filing.duplicates}`,
    `lost ${filing.lost}, duplicated ${filing.doubled}, not sent ${filing.unsent}, receipts wrong ${filing.wrongItems}`,
    `per-reference order kept: ${order.kept} of ${order.pairs} (${((100 * order.kept) / Math.max(1, order.pairs)).toFixed(2)} %)`,
    `messages that nobody can read: ${poison.sent} sent, ${poison.kept} kept`,
    `reads answered ${reads.received} (${reads.brokenOff} broke off) with ${reads.entries} entries, recorded ${reads.recorded}; ` +
      `unaudited reads ${reads.unaudited}, before their record ${report.early}, differing ${reads.differing}`,
    `revocations ${revocations.done}, reads begun after them ${revocations.reads}, that showed what was revoked ${findings.leaks.length}`,
    `projection differences ${rebuild.differences} in ${rebuild.rows} rows`,
    `verified: ${verification.said}`,
    `answers: ${Object.entries(answers)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
    problems.length === 0
      ? `sound; 0 in ${faults.length} faults bounds the rate at ${(300 / Math.max(1, faults.length)).toFixed(1)} % (95 % confidence)`
      : ['NOT SOUND', ...problems].join('\n  '),
  ].join('\n');
};
