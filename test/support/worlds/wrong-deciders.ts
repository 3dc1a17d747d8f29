import { getEventType } from '#contracts';
import type { Near, NearRecord } from './near.js';
import type { PageBody, PageEntry } from './observe.js';

/** A build that decides otherwise than the rules: what its page shows in place of the product's. */
export type WrongDecider = (page: PageBody, near: Near) => PageBody;

const fieldsOf = ({ body }: NearRecord, part: 'content' | 'location'): Record<string, null> =>
  Object.fromEntries((body.envelope.fields[part] ?? []).map((field) => [field, null]));

const asEntry = (near: NearRecord): PageEntry => ({
  entryId: near.id,
  version: near.record.contribution.envelope.rank.value,
  owner: near.body.envelope.owner,
  recordType: near.body.envelope.recordType,
  summary: getEventType(near.body.envelope.type).title,
  times: { hubReceived: near.record.receivedFirst },
  marks: [],
  content: fieldsOf(near, 'content'),
  location: fieldsOf(near, 'location'),
  readerText: '',
  handling: [],
});

const withEntries =
  (change: (entries: readonly PageEntry[], near: Near) => readonly PageEntry[]): WrongDecider =>
  (page, near) => ({ ...page, entries: change(page.entries, near) });

/** Builds that decide otherwise than the rules: too little, too much, or not what was asked. */
export const wrongDeciders: Readonly<Record<string, WrongDecider>> = {
  'denies all': (page) => ({ ...page, entries: [], notices: [] }),
  'allows all': withEntries((entries, { records }) =>
    records.map((near) => entries.find(({ entryId }) => entryId === near.id) ?? asEntry(near)),
  ),
  'summaries alone': withEntries((entries) => entries.map((entry) => ({ ...entry, content: {}, location: {} }))),
  'no places': withEntries((entries) => entries.map((entry) => ({ ...entry, location: {} }))),
  'no notices': (page) => ({ ...page, notices: [] }),
  'one entry less': withEntries((entries) => entries.slice(1)),
  'every field of what shows': withEntries((entries, { records }) =>
    entries.map((entry) => asEntry(records.find(({ id }) => id === entry.entryId)!)),
  ),
  'no word of whom not to tell': withEntries((entries) => entries.map((entry) => ({ ...entry, handling: [] }))),
  'own records alone': withEntries((entries) =>
    entries.filter(({ readerText }) => readerText === 'Recorded by your own service'),
  ),
};
