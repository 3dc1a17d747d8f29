import { createDecipheriv, createSecretKey } from 'node:crypto';
import type { FinalForm, Part } from '#contracts';
import type { KeyService } from '../keys/key-service.js';
import { readFinal } from './final-form.js';
import type { OpenedFinal } from './final-form.js';
import { unwrapKey } from './key-wrap.js';
import { kidOf } from './seal-contribution.js';
import { SealingError } from './sealing-error.js';
import { openSubmissionKey } from './submission-keys.js';
import type { SubmissionKeyRow } from './submission-keys.js';

const TAG_BYTES = 16;

export type PlainPart = Readonly<Record<string, unknown>>;

/**
 * What one part holds. Throws a SealingError: `no-such-part`, or `altered` when key, bytes or envelope are not those
 * that were sealed.
 */
export const openPart = (form: FinalForm, envelopeBytes: Uint8Array, part: Part, dataKey: Uint8Array): PlainPart => {
  const sealed = form.parts[part];
  if (!sealed) throw new SealingError('no-such-part', `the contribution has no ${part}`);
  const ct = Buffer.from(sealed.ct, 'base64url');
  const end = ct.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(dataKey), Buffer.from(sealed.nonce, 'base64url'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(envelopeBytes);
    decipher.setAuthTag(ct.subarray(end));
    const head = decipher.update(ct.subarray(0, end), undefined, 'utf8');
    return JSON.parse(head + decipher.final('utf8')) as PlainPart;
  } catch {
    throw new SealingError('altered', `the ${part} of a contribution does not open`);
  }
};

export interface OpenRequest {
  readonly contributionId: string;
  /** The final bytes, or what `readFinal` made of them when several parts are opened. */
  readonly final: Uint8Array | OpenedFinal;
  readonly part: Part;
  /** `wrapped` of the data key's row; null or undefined when there is no row. */
  readonly wrapped: Uint8Array | null | undefined;
  /** The submission's row for the part's recipient; null or undefined when there is none. */
  readonly submissionKeyRow: (SubmissionKeyRow & { readonly submissionId: string }) | null | undefined;
}

/** Opens parts with the private keys that a KeyService holds. */
export interface PartOpener {
  /** The final bytes read; see `readFinal`. */
  read(bytes: Uint8Array): OpenedFinal;
  /**
   * The plain part, or `erased` when a wrapped key has been deleted. Throws a SealingError `altered`, `invalid-form`
   * or `no-such-part`, and a KeyServiceError where the private key is not held.
   */
  open(request: OpenRequest): Promise<PlainPart | 'erased'>;
}

const nameOf = (row: SubmissionKeyRow & { readonly submissionId: string }): string => {
  const bytes = (of: Uint8Array) => Buffer.from(of.buffer, of.byteOffset, of.byteLength).toString('latin1');
  return `${kidOf(row.submissionId, row.recipient)} ${row.kid} ${bytes(row.enc)}${bytes(row.sealed)}`;
};

/**
 * Remembers at most `capacity` opened submission keys, the least used leaving first: a page then costs one asymmetric
 * step a submission. A remembered key is found only by the very row that it was opened from.
 */
export const createPartOpener = (keys: Pick<KeyService, 'privateKeyOf'>, capacity = 4096): PartOpener => {
  const opened = new Map<string, Promise<Uint8Array>>();

  const submissionKey = (row: SubmissionKeyRow & { readonly submissionId: string }): Promise<Uint8Array> => {
    const name = nameOf(row);
    const known = opened.get(name);
    if (known) {
      opened.delete(name);
      opened.set(name, known);
      return known;
    }
    const key = keys
      .privateKeyOf(row.recipient, row.kid)
      .then((privateKey) => openSubmissionKey(privateKey, row.submissionId, row));
    opened.set(name, key);
    key.catch(() => opened.delete(name));
    const oldest = opened.keys().next();
    if (opened.size > capacity && !oldest.done) opened.delete(oldest.value);
    return key;
  };

  return {
    read: readFinal,
    async open({ contributionId, final, part, wrapped, submissionKeyRow }) {
      if (!wrapped || !submissionKeyRow) return 'erased';
      const { form, envelopeBytes } = final instanceof Uint8Array ? readFinal(final) : final;
      const sealed = form.parts[part];
      if (!sealed) throw new SealingError('no-such-part', `the contribution has no ${part}`);
      const kid = kidOf(submissionKeyRow.submissionId, submissionKeyRow.recipient);
      if (form.envelope.contributionId !== contributionId || sealed.kid !== kid) {
        throw new SealingError('altered', `the keys given are not those of the ${part} of this contribution`);
      }
      return openPart(form, envelopeBytes, part, unwrapKey(await submissionKey(submissionKeyRow), wrapped));
    },
  };
};
