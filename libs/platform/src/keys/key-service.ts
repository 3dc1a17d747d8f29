import type { Recipient } from '../sealing/submission-keys.js';

/** `not-held`: this process has no such key, and must not have it. `unreadable`: the key is there and is broken. */
export class KeyServiceError extends Error {
  constructor(
    readonly type: 'not-held' | 'unreadable',
    message: string,
  ) {
    super(message);
    this.name = 'KeyServiceError';
  }
}

/** Names of symmetric secrets: the index key of one organisation, and the hub's own. */
export const indexSecret = (organisation: string): string => `index:${organisation}`;
/** Key of the blind index of identifiers. No adapter holds it. */
export const BLIND_SECRET = 'blind';
/** Key that seals handles and cursors. */
export const TOKEN_SECRET = 'token';
/** Key that seals what sessions of people hold. The pages hold it, and nobody else. */
export const SESSION_SECRET = 'session';

/**
 * Where keys come from: files in development, a key store elsewhere. Each call rejects with a KeyServiceError
 * `not-held` for what this process has no business with.
 */
export interface KeyService {
  /** Recipients are `org:<organisation>` and `hub`. */
  publicKeyOf(recipient: string): Promise<Recipient>;
  /** The raw X25519 private key (32 bytes); `kid` names which one. Held by `sharing` and `audit` alone. */
  privateKeyOf(recipient: string, kid: string): Promise<Uint8Array>;
  /** 32 bytes. */
  secret(name: string): Promise<Uint8Array>;
}
