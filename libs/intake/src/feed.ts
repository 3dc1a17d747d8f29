import type { About, Fact, Occurred, Rank, Regime, Tier } from '#contracts';

/** One organisation's own handle on a person (child or member of staff), before the hub has given it a key. */
export interface Reference {
  readonly kind: 'child' | 'staff' | 'org' | 'agreement' | 'quarantine';
  /** The source's system; the feed's own name where the source names none. */
  readonly system: string;
  readonly localId: string;
  /** Whose handle it is, where that is not the sender's organisation: the hub's own subjects. */
  readonly organisation?: string;
  /** Hex of its place in the reference table, where it was found there and its own words are not known. */
  readonly triple?: string;
}

/** A contribution as an agency's mapper declares it: plain, not yet sealed, keys not yet given. */
export interface ContributionDraft {
  readonly subject: Reference;
  /** Event type of the catalogue. */
  readonly type: string;
  /** The source's own name for this kind of record. */
  readonly recordType: string;
  /** Natural key of the record in this feed, as a path: `POL-1/missingEpisodes/2024-10-30`. */
  readonly recordKey: string;
  /** Paths above the record, which a retraction may name: `POL-1`. */
  readonly ancestors: readonly string[];
  readonly rank: Pick<Rank, 'by' | 'value'>;
  readonly about: About;
  readonly tier?: Tier;
  readonly regime?: Regime;
  readonly occurred: Occurred;
  /** Exclusive end of what is described: a date or an instant. */
  readonly ended?: string;
  readonly agencyKnew?: string;
  readonly facts?: readonly Fact[];
  /** The body in the shape of the event type's schema. */
  readonly body: Readonly<Record<string, unknown>>;
  /** A reference named in the body: its key is put into this field before the body is checked and sealed. */
  readonly resolve?: { readonly field: string; readonly reference: Reference };
}

/**
 * With whom a record is from a rank on: it is about one subject at a time, so that a version which names another takes
 * it away from the one before.
 */
export interface RecordPlace {
  readonly recordKey: string;
  /** The source's system, where one feed carries several that may number their records alike. */
  readonly system?: string;
  readonly recordType: string;
  readonly rank: Pick<Rank, 'by' | 'value'>;
  /** Null: the record is withdrawn, and whom it was about is not said. */
  readonly subject: Reference | null;
}

/** What became of one item of a submission. A bad item never stops the others. */
export type FeedItem =
  | {
      readonly ok: true;
      readonly path: string;
      readonly contributions: readonly ContributionDraft[];
      readonly place?: RecordPlace;
      /** An item that withdraws a record and names no subject: what it is where the record is with nobody. */
      readonly ifWithNobody?: { readonly field: string; readonly reason: QuarantineReason; readonly raw: unknown };
    }
  | {
      readonly ok: false;
      /** Where in the document, as a path of field names and places: `records[1].personId`. */
      readonly field: string;
      /** A code of the closed list, never a value: see `QUARANTINE_REASONS`. */
      readonly reason: QuarantineReason;
      /** The item as sent; it is sealed to the organisation. */
      readonly raw: unknown;
      /** A disclosure item that could not be read in full: what it names is suspended until a person decides. */
      readonly suspends?: Suspends;
      readonly place?: RecordPlace;
    };

/** A record that is suspended: with the subject that the item names, and with every other that it was with. */
export interface Suspends {
  readonly subject?: Reference;
  readonly recordKey: string;
}

export const QUARANTINE_REASONS = [
  'missing',
  'not-text',
  'not-a-number',
  'not-true-or-false',
  'not-a-list',
  'not-an-object',
  'not-a-date',
  'not-an-instant',
  'not-allowed',
  'too-long',
  'too-large',
  'ends-before-it-starts',
  'unknown-record-type',
  'unknown-field',
  'organisation-not-registered',
  'invalid-text',
  'cannot-be-read',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** What a mapper may know of the connector that sent the document. */
export interface FeedContext {
  readonly organisation: string;
  /** Kind of the organisation, as agreements name it: `LOCAL_AUTHORITY`, `POLICE`. */
  readonly organisationKind: string;
  /** Organisation codes this connector may carry for this feed. */
  readonly codes: readonly string[];
  /** Identifiers this feed is registered as authoritative (traced) for. */
  readonly authoritativeFor: readonly ('nhs-number' | 'upn')[];
  readonly feed: string;
  /** Recorded time of receipt: RFC 3339, UTC, milliseconds. */
  readonly receivedAt: string;
}

/** A whole document that the feed does not take: 400, nothing is kept, the idempotency key stays free. */
export class DocumentRefused extends Error {
  constructor(
    /** Where in the document; empty for the document itself. */
    readonly field: string,
    readonly reason: string,
  ) {
    super(field === '' ? reason : `${field}: ${reason}`);
    this.name = 'DocumentRefused';
  }
}

/**
 * One feed of one kind of agency. `read` streams the items of one document in constant memory; it throws
 * `DocumentRefused` for a document that it cannot take as a whole (broken, truncated, another shape).
 */
export interface FeedDefinition {
  readonly name: string;
  readonly title: string;
  /** Media types taken; the first is the feed's own. */
  readonly mediaTypes: readonly string[];
  /** `document`: up to 1 MiB, 413 above. `stream`: no limit, constant memory. */
  readonly size: 'document' | 'stream';
  readonly read: (body: AsyncIterable<Uint8Array>, context: FeedContext) => AsyncIterable<FeedItem>;
  /** A document that holds this one item, where the item by itself is none; undefined where it is none of the feed's. */
  readonly documentOf?: (item: Readonly<Record<string, unknown>>, context: FeedContext) => unknown;
}
