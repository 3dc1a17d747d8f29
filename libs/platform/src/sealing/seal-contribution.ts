import { createCipheriv, createSecretKey } from 'node:crypto';
import { PARTS, canonicalBytes } from '#contracts';
import type { Envelope, FinalForm, Part, SealedPart } from '#contracts';
import { checkFinalSize } from './final-form.js';
import { wrapKey } from './key-wrap.js';
import { secureRandom } from './random.js';
import type { Random } from './random.js';
import { SealingError } from './sealing-error.js';
import { recipientOf } from './submission-keys.js';
import type { SubmissionKeys } from './submission-keys.js';

export type PlainParts = Readonly<Partial<Record<Part, Readonly<Record<string, unknown>>>>>;

export interface SealRequest {
  readonly envelope: Envelope;
  /** What each part holds; a part that is absent is not sealed. */
  readonly parts: PlainParts;
  readonly submissionKeys: Pick<SubmissionKeys, 'submissionId' | 'keys'>;
  readonly random?: Random;
}

/** One row of `sealing.data_key` beside its contribution and submission. Deleting it erases that part. */
export interface DataKeyRow {
  readonly part: Part;
  readonly recipient: string;
  /** 40 bytes (RFC 3394). */
  readonly wrapped: Uint8Array;
}

export interface SealedContribution {
  /** The final bytes: every later hop copies them. */
  readonly bytes: Uint8Array;
  readonly dataKeys: readonly DataKeyRow[];
}

export const kidOf = (submissionId: string, recipient: string): string => `${submissionId}/${recipient}`;

const encryptPart = (
  plain: Uint8Array,
  dataKey: Uint8Array,
  nonce: Uint8Array,
  envelopeBytes: Uint8Array,
): Uint8Array => {
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(dataKey), nonce, { authTagLength: 16 });
  cipher.setAAD(envelopeBytes);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
};

const base64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url');

/**
 * Seals one contribution into its final bytes, once. Each part is AES-256-GCM (16-byte tag at the end, 12-byte random
 * nonce, the canonical envelope as associated data) under a random key of its own, which is wrapped by the
 * submission's key of the part's recipient. Throws a SealingError `too-large` or `no-such-recipient`.
 */
export const sealContribution = ({
  envelope,
  parts,
  submissionKeys,
  random = secureRandom,
}: SealRequest): SealedContribution => {
  const envelopeBytes = canonicalBytes(envelope);
  const sealed: Partial<Record<Part, SealedPart>> = {};
  const dataKeys: DataKeyRow[] = [];
  for (const part of PARTS) {
    const plain = parts[part];
    if (plain === undefined) continue;
    const recipient = recipientOf(part, envelope.owner.organisation);
    const submissionKey = submissionKeys.keys.get(recipient);
    if (!submissionKey) throw new SealingError('no-such-recipient', `the submission has no key to seal ${part}`);
    const dataKey = random(32);
    const nonce = random(12);
    sealed[part] = {
      alg: 'A256GCM',
      kid: kidOf(submissionKeys.submissionId, recipient),
      nonce: base64url(nonce),
      ct: base64url(encryptPart(canonicalBytes(plain), dataKey, nonce, envelopeBytes)),
    };
    dataKeys.push({ part, recipient, wrapped: wrapKey(submissionKey, dataKey) });
  }
  const bytes = canonicalBytes({ v: 1, envelope, parts: sealed } satisfies FinalForm);
  checkFinalSize(bytes);
  return { bytes, dataKeys };
};
