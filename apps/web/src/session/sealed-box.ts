import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals JSON values with AES-256-GCM under a key that is derived (HKDF-SHA256, RFC 5869) from a secret and from what
 * the value belongs to, such as the id that only the browser's cookie tells. Sealed: nonce, ciphertext, tag.
 */
export class SealedBox {
  /** @param secret 32 bytes. @param purpose names this use of the secret. */
  constructor(
    private readonly secret: Uint8Array,
    private readonly purpose: string,
  ) {}

  seal(value: unknown, belongsTo: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keyFor(belongsTo), nonce, { authTagLength: TAG_BYTES });
    const text = Buffer.from(JSON.stringify(value));
    return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  }

  /** Undefined for whatever this box did not seal for that owner. */
  open(sealed: Uint8Array, belongsTo: Uint8Array): unknown {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.keyFor(belongsTo), sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString()) as unknown;
    } catch {
      return undefined;
    }
  }

  private keyFor(belongsTo: Uint8Array): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, belongsTo, this.purpose, 32));
  }
}
