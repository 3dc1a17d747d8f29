import { canonicalBytes } from '#contracts';

/** Metadata of every event in version 1, stored as canonical JSON (RFC 8785). */
export interface EventMetadata {
  readonly v: 1;
  /** The hub that appended the event. */
  readonly hub: string;
  /** Recorded time at the append: RFC 3339, UTC, milliseconds. */
  readonly hubAt: string;
  readonly trace: string;
  /** SHA-256 as 64 hex digits; see `linkOf`. */
  readonly link: string;
}

export type UnlinkedMetadata = Omit<EventMetadata, 'link'>;

const HUB_AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LINK = /^[0-9a-f]{64}$/;

/** What a link commits to of the metadata. */
export const metadataWithoutLink = ({ v, hub, hubAt, trace }: UnlinkedMetadata): Uint8Array =>
  canonicalBytes({ v, hub, hubAt, trace });

export const encodeMetadata = ({ v, hub, hubAt, trace, link }: EventMetadata): Uint8Array =>
  canonicalBytes({ v, hub, hubAt, trace, link });

/**
 * Reads what `encodeMetadata` wrote, byte for byte: another version, another member, another spacing is refused.
 * Throws a RangeError that names the member.
 */
export const decodeMetadata = (bytes: Uint8Array): EventMetadata => {
  const value = parse(bytes);
  if (value['v'] !== 1) throw new RangeError('metadata: v is not 1');
  const metadata: EventMetadata = {
    v: 1,
    hub: text(value, 'hub'),
    hubAt: text(value, 'hubAt', HUB_AT),
    trace: text(value, 'trace'),
    link: text(value, 'link', LINK),
  };
  if (!equalBytes(encodeMetadata(metadata), bytes)) throw new RangeError('metadata is not in its canonical form');
  return metadata;
};

const parse = (bytes: Uint8Array): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The same answer for what is no UTF-8, no JSON and no object; a parser's message would repeat values.
  }
  throw new RangeError('metadata is no JSON object');
};

const text = (value: Record<string, unknown>, member: keyof EventMetadata, form = /^/): string => {
  const found = value[member];
  if (typeof found !== 'string' || !form.test(found)) throw new RangeError(`metadata: ${member} has another form`);
  return found;
};

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
