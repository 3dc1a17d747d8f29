import type { Fact, Occurred } from '#contracts';
import type { Class } from './check-class.js';

/** A list in a payload of which every item is a happening with a date of its own: one contribution each. */
export interface DatedItems<T extends object> {
  /** Field of the payload, and segment of the record key. */
  readonly field: string;
  /** Event type of the catalogue. */
  readonly type: string;
  readonly item: Class<T>;
  /** The field holds one date instead of a list: it is read as an item with this field alone. */
  readonly single?: string;
  /** What tells one item from another within the record. */
  readonly key: (item: T) => readonly (string | null | undefined)[];
  readonly occurred: (item: T) => Occurred;
  readonly body: (item: T) => Record<string, unknown>;
}

/** One kind of record of a feed: its statuses make one contribution, its dated items one each. */
export interface RecordKind<P extends object> {
  /** The source's own name: `health.details`. */
  readonly recordType: string;
  /** Event type of the statuses. */
  readonly type: string;
  readonly payload: Class<P>;
  /** Facts that every record of this kind states, whatever its sender adds. */
  readonly facts?: readonly Fact[];
  readonly body: (payload: P) => Record<string, unknown>;
  readonly dated: readonly DatedItems<object>[];
}

export const datedItems = <T extends object>(items: DatedItems<T>): DatedItems<object> =>
  items as unknown as DatedItems<object>;

export const recordKind = <P extends object>(kind: RecordKind<P>): RecordKind<object> =>
  kind as unknown as RecordKind<object>;
