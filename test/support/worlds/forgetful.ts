import { facetsOf, readChild, type ChildView, type ReadScope, type ShownEntry } from '#chronology';
import type { PageBody, PageEntry } from './observe.js';
import type { WrongDecider } from './wrong-deciders.js';

const linesOf = ({ entries, notices }: ChildView): string =>
  JSON.stringify([entries.map((entry) => [entry.id, facetsOf(entry), entry.handling]), notices]);

const asEntry = (entry: ShownEntry): PageEntry => ({
  entryId: entry.id,
  content: Object.fromEntries(entry.content.map((field) => [field, null])),
  location: Object.fromEntries(entry.location.map((field) => [field, null])),
  readerText: entry.readerText,
  handling: entry.handling,
  ...(entry.summary ? { summary: '', version: entry.version, marks: [] } : {}),
});

/** A build that decides by the product's own code, and does not know of something that was told. */
const forgetting =
  (change: (scope: ReadScope) => ReadScope): WrongDecider =>
  (page, { scope }): PageBody => {
    const view = readChild(change(scope));
    if (linesOf(view) === linesOf(readChild(scope))) return page;
    return { ...page, entries: view.entries.map(asEntry), notices: view.notices };
  };

const without = (...types: readonly string[]): WrongDecider =>
  forgetting((scope) => ({
    ...scope,
    references: scope.references.map((reference) => ({
      ...reference,
      contributions: reference.contributions.filter(({ envelope }) => !types.includes(envelope.type)),
    })),
    pending: scope.pending.filter(({ envelope }) => !types.includes(envelope.type)),
  }));

/** Builds that forget one kind of what owners decide and what is on its way: some of it matters in few pairs. */
export const forgetful: Readonly<Record<string, WrongDecider>> = {
  'knows no restrictions and exclusions': without('restriction-made', 'exclusion-made'),
  'knows no releases': without('release-made'),
  'knows no consent': without('processing-consent-recorded'),
  'knows no decision of a young person': without('young-person-decision-recorded'),
  'knows no significant harm': without('significant-harm-recorded'),
  'knows no child that is closed': without('child-exclusion-made'),
  'knows no marks of whom not to tell': without('do-not-inform-marked'),
  'knows no confirmations of relations': without('relation-confirmed'),
  'knows no records that name a school or practice': forgetting((scope) => ({
    ...scope,
    references: scope.references.map((reference) => ({
      ...reference,
      contributions: reference.contributions.filter(
        ({ envelope, terms }) => envelope.type !== 'relation' || typeof terms?.['organisation'] !== 'string',
      ),
    })),
  })),
  'knows no suspensions': without('disclosure-suspended'),
  'knows no withdrawals and lifts': without('entry-retracted'),
  'knows nothing that is pending': forgetting((scope) => ({ ...scope, pending: [] })),
};
