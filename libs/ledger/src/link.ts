/** SHA-256 of the bytes. It is passed in: this library imports no runtime. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** What one link commits to. */
export interface LinkedEvent {
  /** Link of the event before it in the stream (32 bytes); null for revision 0. */
  readonly previous: Uint8Array | null;
  readonly stream: string;
  /** Counts from 0. */
  readonly revision: number;
  readonly type: string;
  /** A UUID in lower case. */
  readonly eventId: string;
  /** Canonical JSON (RFC 8785) of the metadata without its member `link`. */
  readonly metadataWithoutLink: Uint8Array;
  /** SHA-256 (32 bytes) of the final bytes. */
  readonly dataDigest: Uint8Array;
}

export const LINK_TAG = 'sightline/link/1';

const DIGEST_LENGTH = 32;
const LOWER_CASE_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const utf8 = new TextEncoder();

export const isChainedId = (id: string): boolean => LOWER_CASE_UUID.test(id);

const uint64 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
};

/** Every field as its length (4 bytes, big-endian) and its bytes, so that no two lists of fields give the same bytes. */
const lengthPrefixed = (fields: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(fields.reduce((size, field) => size + 4 + field.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of fields) {
    view.setUint32(at, field.length);
    bytes.set(field, at + 4);
    at += 4 + field.length;
  }
  return bytes;
};

/**
 * The bytes that a link is the SHA-256 of: tag, previous link (empty for none), stream, revision (8 bytes,
 * big-endian), type, event id, metadata without link, digest of the final bytes; texts as UTF-8, each field
 * length-prefixed. Throws a RangeError that names a field which cannot be linked.
 */
export const linkInput = (event: LinkedEvent): Uint8Array => {
  if (!Number.isSafeInteger(event.revision) || event.revision < 0) throw new RangeError('revision is no revision');
  if ((event.previous === null) !== (event.revision === 0)) throw new RangeError('previous: none at revision 0 only');
  if (event.previous && event.previous.length !== DIGEST_LENGTH) throw new RangeError('previous is no SHA-256');
  if (event.dataDigest.length !== DIGEST_LENGTH) throw new RangeError('dataDigest is no SHA-256');
  if (!isChainedId(event.eventId)) throw new RangeError('eventId is no UUID in lower case');
  for (const field of ['stream', 'type'] as const) {
    if (!event[field].isWellFormed()) throw new RangeError(`${field} holds a lone surrogate`);
  }
  return lengthPrefixed([
    utf8.encode(LINK_TAG),
    event.previous ?? new Uint8Array(),
    utf8.encode(event.stream),
    uint64(event.revision),
    utf8.encode(event.type),
    utf8.encode(event.eventId),
    event.metadataWithoutLink,
    event.dataDigest,
  ]);
};

/** The link of an event to everything before it in its stream: 32 bytes. Version 1 of the chain; it never changes. */
export const linkOf = (event: LinkedEvent, sha256: Sha256): Uint8Array => sha256(linkInput(event));
