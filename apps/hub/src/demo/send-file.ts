import { createHash } from 'node:crypto';
import type { Registry } from '#intake';
import { HubRefused, type HubClient, type ReceiptItem } from './hub-client.js';

export interface QuarantinedGroup {
  readonly field: string;
  readonly reason: string;
  readonly count: number;
}

/** What became of one file, or of one document that the demonstration adds. */
export interface FileReport {
  readonly file: string;
  readonly feed: string | null;
  readonly sent: number;
  readonly filed: number;
  readonly duplicates: number;
  readonly quarantined: readonly QuarantinedGroup[];
  readonly notTaken: string | null;
}

/** Steps that a bar can show. */
export type Progress = (step: string, done: number, total: number) => void;

/** Indices in a place are of no use to a count: `records[3].personId` counts as `records[].personId`. */
const placeOf = (field: string): string => field.replace(/\[\d+\]/g, '[]');

const quarantinedGroups = (items: readonly ReceiptItem[]): QuarantinedGroup[] =>
  [
    ...Map.groupBy(
      items.filter(({ state }) => state === 'quarantined'),
      ({ field = '', reason = '' }) => JSON.stringify([placeOf(field), reason]),
    ),
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => {
      const [field, reason] = JSON.parse(name) as [string, string];
      return { field, reason, count: group.length };
    });

/** A document that goes to a feed. */
export interface Parcel {
  readonly file: string;
  readonly feed: string;
  readonly clientId: string;
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** The same body to the same feed is the same submission, however often the demonstration runs. */
const keyOf = ({ feed, body }: Parcel): string => `demo-${feed}-${createHash('sha256').update(body).digest('hex')}`;

export const send = async (client: HubClient, parcel: Parcel, progress: Progress): Promise<FileReport> => {
  const base = { file: parcel.file, feed: parcel.feed };
  try {
    const receipt = await client.submit(parcel.clientId, parcel.feed, keyOf(parcel), parcel.mediaType, parcel.body);
    const items = await client.settled(parcel.clientId, receipt, (done, total) => progress(parcel.file, done, total));
    const count = (state: ReceiptItem['state']) => items.filter((item) => item.state === state).length;
    return {
      ...base,
      sent: items.length,
      filed: count('filed'),
      duplicates: count('duplicate'),
      quarantined: quarantinedGroups(items),
      notTaken: null,
    };
  } catch (error) {
    if (!(error instanceof HubRefused)) throw error;
    const why = error.errors.map(({ field, reason }) => `${field || 'document'}: ${reason}`).join('; ');
    return { ...base, sent: 0, filed: 0, duplicates: 0, quarantined: [], notTaken: `refused (${why || error.status})` };
  }
};

export const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** A file that went to no feed. */
export const notTaken = ({ file, reason }: { readonly file: string; readonly reason: string }): FileReport => ({
  file,
  feed: null,
  sent: 0,
  filed: 0,
  duplicates: 0,
  quarantined: [],
  notTaken: reason,
});

/** An organisation's connector and its feeds. */
export const feedsOf = (registry: Registry, organisation: string) => {
  const connector = registry.connectors.find((candidate) => candidate.organisation === organisation)!;
  const feed = (suffix: string) => connector.feeds.find((candidate) => candidate.feed.endsWith(suffix))!.feed;
  return { clientId: connector.clientId, records: () => feed('-records'), staff: () => feed('-staff') };
};
