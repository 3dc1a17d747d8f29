import { canonicalBytes, canonicalText } from '#contracts';
import type { ChildView, ShownEntry } from './read-child.js';

/** Version of the code that decides. Raised with every change that may decide otherwise; a replay says so. */
export const DECISION_CODE_VERSION = 6;

/** A page of a chronology: at most `size` entries after a place in the order. */
export interface PageRequest {
  readonly size: number;
  readonly after: { readonly sort: string; readonly id: string } | null;
}

/** What one line of the list says: entry, version, facet names shown. The digest is over these, in order. */
export type ShownLine = readonly [id: string, version: string, facets: readonly string[]];

export const facetsOf = (entry: ShownEntry): readonly string[] => [
  ...(entry.summary ? ['summary'] : []),
  ...entry.content.map((field) => `content.${field}`),
  ...entry.location.map((field) => `location.${field}`),
];

export const shownLines = (entries: readonly ShownEntry[]): readonly ShownLine[] =>
  entries.map((entry) => [entry.id, entry.version, facetsOf(entry)]);

/** What the digest of a read is taken over: canonical JSON of the ordered lines. */
export const digestBytes = (lines: readonly ShownLine[]): Uint8Array => canonicalBytes(lines);

/** The record of a read as it stands in `reads-<instance>`; a format that never changes. */
export interface ReadRecord {
  readonly v: 1;
  readonly readId: string;
  readonly viewer: {
    readonly staff: readonly string[];
    readonly posts: readonly {
      readonly organisation: string;
      readonly service: string;
      readonly role: string;
      readonly team: string | null;
    }[];
  };
  readonly handle: string;
  /** References the handle resolved to. */
  readonly start: readonly string[];
  /** References whose entries were decided on. */
  readonly references: readonly string[];
  readonly purpose: string;
  readonly relations: readonly string[];
  /** Recorded time of the decision. */
  readonly at: string;
  readonly checkpoint: { readonly store: string; readonly position: number; readonly eventId: string };
  readonly pending: readonly string[];
  readonly agreements: readonly { readonly id: string; readonly version: string }[];
  readonly versions: { readonly linkageRules: string; readonly decisionCode: number; readonly catalogue: number };
  readonly page: PageRequest;
  readonly shown: { readonly entries: number; readonly sha256: string; readonly notices: number };
  /** The list itself and the ages used, sealed to the hub by HPKE. */
  readonly sealed: { readonly kid: string; readonly enc: string; readonly ct: string };
}

/** Event type of a read of one child's chronology. */
export const CHRONOLOGY_OPENED = 'chronology-opened';
/** Event type of a look at the list of one's own children. */
export const CHILDREN_LISTED = 'children-listed';

/** One child of a list: how many entries are new to the viewer since his last read of it, or null: never read. */
export interface ListedChild {
  readonly start: readonly string[];
  readonly references: readonly string[];
  readonly relations: readonly string[];
  /** Position of the state that the viewer's last read of this child showed; null: none. */
  readonly since: number | null;
  readonly new: number | null;
}

/**
 * The record of a look at the list of one's own children as it stands in `reads-<instance>`; a format that never
 * changes. `sha256` is over the canonical JSON of `children`.
 */
export interface ListRecord extends Pick<
  ReadRecord,
  'v' | 'readId' | 'viewer' | 'purpose' | 'at' | 'checkpoint' | 'pending' | 'agreements' | 'versions'
> {
  readonly children: readonly ListedChild[];
  readonly shown: { readonly children: number; readonly sha256: string };
  /** The login, sealed to the hub by HPKE as the list of a read is. */
  readonly sealed: ReadRecord['sealed'];
}

export const encodeListRecord = (record: ListRecord): Uint8Array => canonicalBytes(record);

/** Throws a RangeError for a version from the future. */
export const decodeListRecord = (data: Uint8Array): ListRecord => {
  const record = JSON.parse(new TextDecoder().decode(data)) as ListRecord;
  if (record.v !== 1) throw new RangeError('a record of a list of an unknown version');
  return record;
};

/** The part of a record that only the hub can read. */
export interface SealedList {
  /** Subject of the viewer's sign-in. */
  readonly login: string;
  readonly lines: readonly ShownLine[];
  readonly notices: ChildView['notices'];
  readonly childBirthDate: string | null;
}

/** HPKE info under which the sealed list of a record is sealed; the record's id is its associated data. */
export const SEALED_LIST_INFO = new TextEncoder().encode('sightline read record v1');

export const encodeReadRecord = (record: ReadRecord): Uint8Array => canonicalBytes(record);

/** Throws a RangeError for a version from the future. */
export const decodeReadRecord = (data: Uint8Array): ReadRecord => {
  const record = JSON.parse(new TextDecoder().decode(data)) as ReadRecord;
  if (record.v !== 1) throw new RangeError('a read record of an unknown version');
  return record;
};

export const sealedListText = (list: SealedList): string => canonicalText(list);
