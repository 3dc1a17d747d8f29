import type { FaultReport } from './run-faults.js';

/** What is wrong, with some of the places: empty where what was acknowledged is kept once and every answer is on the record. */
export const problemsOf = (report: FaultReport): string[] => {
  const { filing, reads, rebuild, verification, refused, otherReceipts, acceptedAgain, endedByItself } = report;
  const counted: readonly (readonly [what: string, count: number])[] = [
    ['contributions lost', filing.lost],
    ['contributions doubled', filing.doubled],
    ['contributions that were not sent', filing.unsent],
    ['items of receipts wrong', filing.wrongItems],
    ['replays with another receipt', otherReceipts.length],
    ['replays accepted once more', acceptedAgain],
    ['requests refused', refused.length],
    ['reads unaudited', reads.unaudited],
    ['reads recorded otherwise than answered', reads.differing],
    ['differences to a rebuilt projection', rebuild.differences],
    ['times the hub ended by itself', endedByItself],
    ['verification failed', verification.passed ? 0 : 1],
  ];
  const wrong = counted.filter(([, count]) => count > 0).map(([what, count]) => `${what}: ${count}`);
  if (wrong.length === 0) return [];
  const places = [...filing.what, ...otherReceipts, ...refused, ...reads.what, ...rebuild.what].slice(0, 20);
  return [
    ...wrong,
    ...places,
    ...(verification.passed ? [] : [verification.said]),
    ...(endedByItself === 0 ? [] : [report.lastWords.slice(-2000)]),
  ];
};

/** The report as lines for people. */
export const describeReport = (report: FaultReport): string => {
  const { kills, recovery, filing, reads, rebuild, answers } = report;
  const of = (kind: string) => kills.filter((kill) => kill.kind === kind).length;
  const problems = problemsOf(report);
  return [
    `seed ${report.seed}, ${report.seconds.toFixed(0)} s; killed: hub ${of('hub')}, postgres ${of('postgres')}`,
    `recovery from a kill of the hub: p50 ${recovery.hub.p50} ms, max ${recovery.hub.max} ms; ` +
      `of postgres: p50 ${recovery.postgres.p50} ms, max ${recovery.postgres.max} ms; starts given up ${report.startsFailed}`,
    `submissions acknowledged ${report.submissions}; contributions acknowledged ${filing.acknowledged}: ` +
      `filed ${filing.filed}, quarantined ${filing.quarantined}, sent again ${filing.duplicates}`,
    `lost ${filing.lost}, doubled ${filing.doubled}, not sent ${filing.unsent}, receipts wrong ${filing.wrongItems}`,
    `reads answered ${reads.received} with ${reads.entries} entries, recorded ${reads.recorded}, unaudited ${reads.unaudited}, differing ${reads.differing}`,
    `projection: ${rebuild.rows} rows rebuilt, ${rebuild.differences} differences`,
    `verify: ${report.verification.said.split('\n').at(-1)}`,
    `answers: ${Object.entries(answers)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
    problems.length === 0 ? 'sound' : ['NOT SOUND', ...problems].join('\n  '),
  ].join('\n');
};
