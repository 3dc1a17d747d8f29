import { canonicalBytes } from '#contracts';

/** Event type of an auditor's look, in `reads-<instance>-audit`. */
export const AUDIT_LOOKED = 'audit-looked';

/** The record of an auditor's look; a format that never changes. It names nobody but by the hub's keys. */
export interface LookRecord {
  readonly v: 1;
  readonly lookId: string;
  readonly viewer: {
    readonly staff: readonly string[];
    readonly posts: readonly {
      readonly organisation: string;
      readonly service: string;
      readonly role: string;
      readonly team: string | null;
    }[];
  };
  readonly what: 'replay' | 'read-search' | 'read';
  /** Recorded time of the look. */
  readonly at: string;
  /** Keys of the references and of the staff that it was about. */
  readonly about: readonly string[];
  /** Of a replay: the instant, whose view, and why. Of a search: from when to when. Of a read: which. */
  readonly asked: {
    readonly at?: string;
    readonly viewer?: readonly string[];
    readonly purpose?: string;
    readonly from?: string | null;
    readonly to?: string | null;
    readonly readId?: string;
  };
  /** How many entries or reads were shown, and the SHA-256 of the canonical JSON of what names them, in order. */
  readonly shown: { readonly count: number; readonly sha256: string };
}

export const encodeLookRecord = (record: LookRecord): Uint8Array => canonicalBytes(record);

/** Throws a RangeError for a version from the future. */
export const decodeLookRecord = (data: Uint8Array): LookRecord => {
  const record = JSON.parse(new TextDecoder().decode(data)) as LookRecord;
  if (record.v !== 1) throw new RangeError('a record of a look of an unknown version');
  return record;
};
