import { SHOWING_NOTHING, type Observed, type PageBody, type Seen } from './observe.js';
import type { Sight } from './sight-oracle.js';

const JUDGED_MARKS = ['late', 'conflicting'];

/** Permits of agreements are told in words of their own; of policies the words are made from the rule. */
const textOfClause = (clause: string): string => `What ${clause.split('/').at(-1)!} shows`;
const permitsIn = (readerText: string): string[] =>
  [...new Set(readerText.split('; ').filter((text) => /^What (permit|release)-\d+ shows$/.test(text)))].sort();

/** What a page shows, in the words of the oracle. */
const shownOn = (page: PageBody): object => ({
  entries: page.entries.map(({ entryId, content, location, readerText, handling, version, times, marks, summary }) => ({
    handling,
    id: entryId,
    facets: [
      ...(summary === undefined ? [] : ['summary']),
      ...Object.keys(content).map((name) => `content.${name}`),
      ...Object.keys(location).map((name) => `location.${name}`),
    ].sort(),
    by: permitsIn(readerText),
    said: { version, receivedFirst: times?.hubReceived, marks: marks?.filter((mark) => JUDGED_MARKS.includes(mark)) },
  })),
  notices: page.notices.map(({ partyKind, desk }) => ({ partyKind, desk })),
  linkBeingChecked: page.linkBeingChecked,
  moreDetailNeeded: page.moreDetailNeeded,
  upTo: page.upTo,
  parties: page.completeness.lines.map(({ party }) => party),
});

/** What the rules show, in the same words. */
const shownByRules = (sight: Sight): object => ({
  entries: sight.entries.map(({ id, facets, by, handling, version, receivedFirst, late, conflicting }) => ({
    handling,
    id,
    facets,
    by: permitsIn(by.map(textOfClause).join('; ')),
    said: facets.includes('summary')
      ? { version, receivedFirst, marks: [...(conflicting ? ['conflicting'] : []), ...(late ? ['late'] : [])] }
      : {},
  })),
  notices: sight.notices,
  linkBeingChecked: sight.linkBeingChecked,
  moreDetailNeeded: sight.moreDetailNeeded,
  upTo: sight.upTo,
  parties: sight.parties.map((party) => `The ${party}`),
});

/** Answers that should show nothing and show something: what was asked; undefined where there is none. */
const findShownToNobody = (seen: readonly Seen[]): string | undefined =>
  seen.find(({ asked, status, body }) => {
    if (!SHOWING_NOTHING.includes(asked) || status !== 200) return false;
    const { entries, notices, linkBeingChecked, moreDetailNeeded, upTo } = body as PageBody;
    return entries.length + notices.length + upTo.length > 0 || linkBeingChecked || moreDetailNeeded;
  })?.asked;

/**
 * Where what was seen is anything but exactly what the rules show, or its pages are not the whole: both, as text;
 * undefined where it is exact.
 */
export const findInexactness = (
  { whole, paged, seen }: Pick<Observed, 'whole' | 'paged' | 'seen'>,
  sight: Sight,
): { readonly shown: string; readonly rules: string } | undefined => {
  const textOf = (one: unknown): string => JSON.stringify(one, null, 1);
  const [shown, rules] = [textOf(shownOn(whole)), textOf(shownByRules(sight))];
  if (shown !== rules) return { shown, rules };
  if (textOf(paged) !== textOf(whole.entries)) return { shown: textOf(paged), rules: textOf(whole.entries) };
  const nobody = findShownToNobody(seen);
  return nobody === undefined ? undefined : { shown: `something to ${nobody}`, rules: 'nothing' };
};
