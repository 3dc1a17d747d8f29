import { PARTS, canonicalBytes, canonicalText, isSubjectKey, isUuid } from '#contracts';
import type { Envelope, FinalForm, Part, SealedPart } from '#contracts';
import { SealingError } from './sealing-error.js';

/** The most that one contribution may be in final bytes: 900 KiB, on every engine. */
export const MAX_FINAL_BYTES = 900 * 1024;

/** Throws a SealingError `too-large` over 900 KiB. */
export const checkFinalSize = (bytes: Uint8Array): void => {
  if (bytes.byteLength > MAX_FINAL_BYTES) throw new SealingError('too-large', 'a contribution is at most 900 KiB');
};

/** Final bytes read once: the form, and the canonical bytes of its envelope (associated data of every part). */
export interface OpenedFinal {
  readonly form: FinalForm;
  readonly envelopeBytes: Uint8Array;
}

type Json = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BASE64URL = /^[A-Za-z0-9_-]*$/;
/** What may end a text whose last letter holds bits that no byte uses: they are zero, so bytes have one text only. */
const LAST_LETTERS: Readonly<Record<number, string>> = { 2: 'AQgw', 3: 'AEIMQUYcgkosw048' };
const NONCE_TEXT = /^[A-Za-z0-9_-]{16}$/;
const TAG_TEXT = 22;

const invalid = (what: string): never => {
  throw new SealingError('invalid-form', `these are no final bytes: ${what}`);
};

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasExactly = (value: Json, names: readonly string[]): boolean =>
  Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));

const isBase64url = (text: string): boolean =>
  BASE64URL.test(text) && (text.length % 4 === 0 || !!LAST_LETTERS[text.length % 4]?.includes(text.slice(-1)));

const isSealedPart = (value: unknown): value is SealedPart =>
  isObject(value) &&
  hasExactly(value, ['alg', 'kid', 'nonce', 'ct']) &&
  value.alg === 'A256GCM' &&
  typeof value.kid === 'string' &&
  typeof value.nonce === 'string' &&
  NONCE_TEXT.test(value.nonce) &&
  typeof value.ct === 'string' &&
  value.ct.length >= TAG_TEXT &&
  isBase64url(value.ct);

const isEnvelope = (value: unknown): value is Envelope =>
  isObject(value) &&
  value.v === 1 &&
  typeof value.contributionId === 'string' &&
  isUuid(value.contributionId) &&
  typeof value.type === 'string' &&
  value.type !== '' &&
  isObject(value.subject) &&
  typeof value.subject.key === 'string' &&
  isSubjectKey(value.subject.key) &&
  isObject(value.owner) &&
  typeof value.owner.organisation === 'string' &&
  isObject(value.fields);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return invalid('not JSON');
  }
};

const namesInOrder = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(namesInOrder);
  let last: string | undefined;
  for (const [name, inner] of Object.entries(value)) {
    if ((last !== undefined && last >= name) || !namesInOrder(inner)) return false;
    last = name;
  }
  return true;
};

/** Half a surrogate pair has no canonical form, but `JSON.stringify` writes it as an escape. */
const MAY_HOLD_HALF_A_PAIR = /\\ud[89a-f]/;

const canonicalOrNothing = (value: unknown): string | undefined => {
  try {
    return canonicalText(value);
  } catch {
    return undefined;
  }
};

/**
 * Whether `text`, from which `value` was parsed, is its canonical text (RFC 8785). `JSON.stringify` differs from it in
 * the order of names alone, and is much faster than writing the canonical text again.
 */
export const isCanonical = (value: unknown, text: string): boolean =>
  (!MAY_HOLD_HALF_A_PAIR.test(text) && JSON.stringify(value) === text && namesInOrder(value)) ||
  canonicalOrNothing(value) === text;

const decode = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    return invalid('not UTF-8');
  }
};

/** Canonical bytes of the envelope of a canonical text, which begins with it: most often as it would be written. */
const envelopeBytesIn = (text: string, envelope: Envelope): Uint8Array => {
  const written = JSON.stringify(envelope);
  return text.startsWith(`{"envelope":${written},"parts":`) ? Buffer.from(written) : canonicalBytes(envelope);
};

/**
 * Reads final bytes of version 1 strictly: exactly `v`, `envelope` and `parts`, and nothing but the canonical text
 * (RFC 8785) of them. Throws a SealingError `invalid-form`, which repeats no value.
 */
export const readFinal = (bytes: Uint8Array): OpenedFinal => {
  const text = decode(bytes);
  const form = parse(text);
  if (!isObject(form) || !hasExactly(form, ['v', 'envelope', 'parts'])) return invalid('other names than v 1 has');
  const { v, envelope, parts } = form;
  if (v !== 1) return invalid('another version than 1');
  if (!isEnvelope(envelope)) return invalid('envelope');
  if (!isObject(parts)) return invalid('parts');
  for (const [name, part] of Object.entries(parts)) {
    if (!(PARTS as readonly string[]).includes(name) || !isSealedPart(part)) return invalid('parts');
  }
  if (!isCanonical(form, text)) return invalid('not canonical');
  return {
    form: { v: 1, envelope, parts: parts as Readonly<Partial<Record<Part, SealedPart>>> },
    envelopeBytes: envelopeBytesIn(text, envelope),
  };
};

/** The form alone; see `readFinal`. */
export const parseFinal = (bytes: Uint8Array): FinalForm => readFinal(bytes).form;
