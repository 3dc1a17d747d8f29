import type { PageBody } from './observe.js';
import type { Sight } from './sight-oracle.js';

const JUDGED_MARKS = ['late', 'conflicting'];

/** Permits of agreements are told in words of their own; of policies the words are made from the rule. */
const textOfClause = (clause: string): string => `What ${clause.split('/').at(-1)!} shows`;
const permitsIn = (readerText: string): string[] =>
  [...new Set(readerText.split('; ').filter((text) => /^What permit-\d+ shows$/.test(text)))].sort();

/** What a page shows, in the words of the oracle. */
const shownOn = (page: PageBody): object => ({
  entries: page.entries.map((entry) => ({
    id: entry.entryId,
    facets: [
      ...Object.keys(entry.content).map((name) => `content.${name}`),
      ...Object.keys(entry.location).map((name) => `location.${name}`),
    ].sort(),
    by: permitsIn(entry.readerText),
    version: entry.version,
    receivedFirst: entry.times.hubReceived,
    marks: entry.marks.filter((mark) => JUDGED_MARKS.includes(mark)).sort(),
  })),
  notices: page.notices.map(({ partyKind, desk }) => ({ partyKind, desk })),
  linkBeingChecked: page.linkBeingChecked,
  upTo: page.upTo,
  parties: page.completeness.lines.map(({ party }) => party),
});

/** What the rules show, in the same words. A page does not say whether it is a summary that shows, or fields alone. */
const shownByRules = (sight: Sight): object => ({
  entries: sight.entries.map(({ id, facets, by, version, receivedFirst, late, conflicting }) => ({
    id,
    facets: facets.filter((facet) => facet !== 'summary'),
    by: permitsIn(by.map(textOfClause).join('; ')),
    version,
    receivedFirst,
    marks: [...(conflicting ? ['conflicting'] : []), ...(late ? ['late'] : [])],
  })),
  notices: sight.notices,
  linkBeingChecked: sight.linkBeingChecked,
  upTo: sight.upTo,
  parties: sight.parties.map((party) => `The ${party}`),
});

/** Where a page shows anything but exactly what the rules show: both, as text; undefined where it does not. */
export const findInexactness = (
  page: PageBody,
  sight: Sight,
): { readonly shown: string; readonly rules: string } | undefined => {
  const [shown, rules] = [shownOn(page), shownByRules(sight)].map((one) => JSON.stringify(one, null, 1)) as [
    string,
    string,
  ];
  return shown === rules ? undefined : { shown, rules };
};
