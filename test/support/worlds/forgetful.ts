import { facetsOf, readChild, type ChildView, type ReadScope, type ShownEntry } from '#chronology';
import type { FiledContribution } from '#timeline';
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

/** What is seen of a scope where nothing is forgotten: many builds are held against it. */
const remembered = new WeakMap<ReadScope, string>();
const linesOfAll = (scope: ReadScope): string => {
  const lines = remembered.get(scope) ?? linesOf(readChild(scope));
  remembered.set(scope, lines);
  return lines;
};

interface Forgotten {
  readonly filed: (contribution: FiledContribution) => boolean;
  readonly pending: (contribution: FiledContribution) => boolean;
}

/** A build that decides by the product's own code, and does not know of something that was told. */
const forgetting =
  ({ filed, pending }: Forgotten): WrongDecider =>
  (page, { scope }): PageBody => {
    const isForgotten =
      scope.references.some(({ contributions }) => contributions.some(filed)) || scope.pending.some(pending);
    if (!isForgotten) return page;
    const view = readChild({
      ...scope,
      references: scope.references.map((reference) => ({
        ...reference,
        contributions: reference.contributions.filter((one) => !filed(one)),
      })),
      pending: scope.pending.filter((one) => !pending(one)),
    });
    if (linesOf(view) === linesOfAll(scope)) return page;
    return { ...page, entries: view.entries.map(asEntry), notices: view.notices };
  };

const without = (...types: readonly string[]): WrongDecider => {
  const isOfThem = ({ envelope }: FiledContribution): boolean => types.includes(envelope.type);
  return forgetting({ filed: isOfThem, pending: isOfThem });
};

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
  'knows no records that name a school or practice': forgetting({
    filed: ({ envelope, terms }) => envelope.type === 'relation' && typeof terms?.['organisation'] === 'string',
    pending: () => false,
  }),
  'knows no suspensions': without('disclosure-suspended'),
  'knows no withdrawals and lifts': without('entry-retracted'),
  'knows nothing that is pending': forgetting({ filed: () => false, pending: () => true }),
};
