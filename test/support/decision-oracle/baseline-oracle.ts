import type { RequestRow, Verdict } from './request-row.js';

/** Which relations allow which purpose; a purpose that is not here but that a document names has the last row. */
const RELATIONS_OF_PURPOSE = new Map<string, string[]>([
  [
    'safeguarding',
    ['allocated', 'team', 'triage', 'duty', 'on-roll', 'registered', 'presenting', 'invited', 'asserted'],
  ],
  ['child_protection', ['allocated', 'team', 'triage', 'duty', 'presenting', 'invited']],
  ['direct_care', ['registered', 'presenting']],
  ['emergency', ['emergency']],
]);
const RELATIONS_OF_OTHER_PURPOSES = ['allocated', 'team', 'duty', 'on-roll', 'registered'];

function relationAllowsPurpose(relation: string, purpose: string, namedPurposes: readonly string[]): boolean {
  const wanted = purpose.toLowerCase();
  const listed = RELATIONS_OF_PURPOSE.get(wanted);
  if (listed !== undefined) return listed.includes(relation);
  const named = namedPurposes.some((name) => name.toLowerCase() === wanted);
  return named && RELATIONS_OF_OTHER_PURPOSES.includes(relation);
}

function isOwnRecord(row: RequestRow): boolean {
  const from = row.sourceOrg ?? '';
  const to = row.destOrg ?? '';
  if (from === '' || to === '') return false;
  return from.toLowerCase() === to.toLowerCase() && (row.sourceService ?? '') === (row.destService ?? '');
}

/**
 * The hub's baseline laid over what the documents alone decide: a relation, a purpose that it allows, nothing sealed;
 * then own records (same organisation and service) show, and everything else is left to the documents.
 *
 * @param namedPurposes every purpose that any of the documents names
 */
export function decideWithBaseline(row: RequestRow, namedPurposes: readonly string[], documents: Verdict): Verdict {
  const relation = row.relation ?? '';
  const purpose = row.purpose ?? '';
  if (relation === '') return 'deny';
  if (purpose === '') return 'deny';
  if (!relationAllowsPurpose(relation, purpose, namedPurposes)) return 'deny';
  if (row.tier === 'sealed') return 'deny';
  if (isOwnRecord(row)) return 'allow';
  return documents;
}
