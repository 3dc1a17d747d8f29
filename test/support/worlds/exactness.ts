import { getEventType } from '#contracts';
import type { PageBody } from './observe.js';
import type { Pair } from './pair.js';
import type { Sight } from './sight-oracle.js';

const JUDGED_MARKS = ['late', 'conflicting'];

/** What a page shows, in the words of the oracle. */
const shownOn = (page: PageBody): object => ({
  entries: page.entries.map((entry) => ({
    id: entry.entryId,
    facets: [
      ...Object.keys(entry.content).map((name) => `content.${name}`),
      ...Object.keys(entry.location).map((name) => `location.${name}`),
    ].sort(),
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
  entries: sight.entries.map(({ id, facets, version, receivedFirst, late, conflicting }) => ({
    id,
    facets: facets.filter((facet) => facet !== 'summary'),
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

/** For messages: what of a pair a person wants to know first. */
export const isSomethingShown = ({ sights }: Pair): boolean => sights[0].entries.length + sights[0].notices.length > 0;

export const titleOf = (type: string): string => getEventType(type).title;
