import type { Mark } from '#contracts';
import { isBefore } from '#intake';

/** What a document says of one child's life, as far as it can be read, and when it was drawn. */
export interface Lifespan {
  readonly birth?: string | undefined;
  readonly death?: string | undefined;
  /** Day of the extract. */
  readonly extracted: string;
}

/**
 * What is impossible, or nearly, about something that started (and ended) on these dates. Only this one document is
 * looked at, never the clock, so the same document always gives the same marks. Partial dates are compared as far as
 * both go. A referral before birth may be of an unborn child: it is marked, not refused.
 */
export const marksOf = (start: string | null | undefined, end: string | null | undefined, life: Lifespan): Mark[] => {
  const before = (a: string | null | undefined, b: string | null | undefined): boolean =>
    Boolean(a && b && isBefore(a, b));
  const marks: readonly (readonly [boolean, Mark])[] = [
    [before(life.death, start), 'after-death'],
    [before(start, life.birth), 'before-birth'],
    [before(end, start), 'ends-before-start'],
    [before(life.death, end), 'ends-after-death'],
    [before(life.extracted, start), 'in-the-future'],
  ];
  return marks.flatMap(([holds, mark]) => (holds ? [mark] : []));
};
