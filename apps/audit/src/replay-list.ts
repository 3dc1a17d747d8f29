import { createHash } from 'node:crypto';
import { canonicalBytes, canonicalText } from '#contracts';
import {
  DECISION_CODE_VERSION,
  readChild,
  type ListedChild,
  type ListRecord,
  type ReadRecord,
  type ReadScope,
} from '#chronology';
import type { ReplayOutcome } from './replay-read.js';

/** The look at one child of a list as if it had been a read of its own, so that it is decided again the same way. */
export const asRead = (record: ListRecord, { start, references, relations }: ListedChild): ReadRecord => ({
  ...record,
  handle: '',
  start,
  references,
  relations,
  page: { size: 1, after: null },
  shown: { entries: 0, sha256: '', notices: 0 },
});

/** How many entries were filed after a position, as a list counts what is new. */
const newSince = (scope: ReturnType<typeof readChild>, since: number | null): number | null =>
  since === null ? null : scope.entries.filter(({ contribution }) => (contribution.position ?? 0) > since).length;

/** Decides a recorded list again, each child from its own scope, and compares. */
export const replayList = (record: ListRecord, scopes: readonly ReadScope[]): ReplayOutcome => {
  const { children, shown } = record;
  const digest = createHash('sha256').update(canonicalBytes(children)).digest('hex');
  if (digest !== shown.sha256 || children.length !== shown.children) return 'differs';
  const isSame = children.every((child, i) => {
    const view = readChild(scopes[i]!);
    const now = [view.references, view.relations, newSince(view, child.since)];
    return canonicalText(now) === canonicalText([child.references, child.relations, child.new]);
  });
  if (isSame) return 'same';
  const all = scopes.flatMap(({ staff, agreements, references, pending }) => [
    ...staff,
    ...agreements,
    ...references.flatMap(({ contributions }) => contributions),
    ...pending,
  ]);
  if (all.some(({ unreadable }) => unreadable.length > 0)) return 'erased';
  return record.versions.decisionCode === DECISION_CODE_VERSION ? 'differs' : 'other-code';
};
