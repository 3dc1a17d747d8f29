import canonicalizeJson from 'canonicalize';

const canonicalize = canonicalizeJson as unknown as (value: unknown) => string | undefined;

/** Canonical JSON text (RFC 8785) of a value that is valid I-JSON. */
export const canonicalText = (value: unknown): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this value has no JSON form');
  return text;
};

/** The same as UTF-8 bytes. */
export const canonicalBytes = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalText(value));
