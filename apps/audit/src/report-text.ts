import type { VerificationReport } from './verify-history.js';

/** What a verification says to the person who ran it. */
export const reportText = ({
  events,
  streams,
  projectedRows,
  reads,
  lists,
  looks,
  erasedParts,
  findings,
}: VerificationReport): string =>
  [
    `${events} events in ${streams} streams; ${projectedRows} projected rows have the store's bytes`,
    `${reads.same} recorded reads replay to their digest, ${reads.erased} rest on something erased since, ` +
      `${reads['other-code']} were decided by other code, ${reads.differs} differ`,
    `${lists.same} recorded lists of children replay, ${lists.erased} rest on something erased since, ` +
      `${lists['other-code']} were decided by other code, ${lists.differs} differ; ${looks} looks of auditors are recorded`,
    `${erasedParts} sealed parts cannot be read any more`,
    ...findings.map(({ stream, revision, what }) => `WRONG ${stream} revision ${revision}: ${what}`),
    findings.length === 0 ? 'verified' : `${findings.length} findings`,
    '',
  ].join('\n');
