import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyServiceError } from './key-service.js';
import type { KeyService } from './key-service.js';

/** The three kinds of key files. Each file is one JWK: `OKP` with X25519, or `oct` for a secret. */
export type KeyFolder = 'public' | 'private' | 'secrets';

export interface KeyFile {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly kid?: unknown;
  readonly x?: unknown;
  readonly d?: unknown;
  readonly k?: unknown;
}

/** File of one key below a holder's folder. Names hold `:`, and might hold anything: they are escaped. */
export const keyFileOf = (folder: KeyFolder, name: string): string => join(folder, `${encodeURIComponent(name)}.json`);

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const unreadable = (): never => {
  throw new KeyServiceError('unreadable', 'a key file cannot be read');
};

const bytesOf = (value: unknown): Uint8Array => {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64url') : Buffer.alloc(0);
  return bytes.length === 32 ? new Uint8Array(bytes) : unreadable();
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : unreadable());

/**
 * Keys from the files of one holder's folder, each read when first asked for and then kept. What is not in the folder
 * rejects with a KeyServiceError `not-held`; it is asked for again the next time.
 */
export const openFileKeyService = (dir: string): KeyService => {
  const known = new Map<string, Promise<KeyFile>>();

  const read = async (path: string): Promise<KeyFile> => {
    const text = await readFile(join(dir, path), 'utf8').catch((error: unknown) => {
      if (isMissing(error)) throw new KeyServiceError('not-held', 'this process does not hold that key');
      return unreadable();
    });
    try {
      return JSON.parse(text) as KeyFile;
    } catch {
      return unreadable();
    }
  };

  const file = (folder: KeyFolder, name: string): Promise<KeyFile> => {
    const path = keyFileOf(folder, name);
    const found = known.get(path) ?? read(path);
    known.set(path, found);
    found.catch(() => known.delete(path));
    return found;
  };

  return {
    async publicKeyOf(recipient) {
      const jwk = await file('public', recipient);
      return { recipient, kid: textOf(jwk.kid), publicKey: bytesOf(jwk.x) };
    },
    async privateKeyOf(recipient, kid) {
      const jwk = await file('private', recipient);
      if (textOf(jwk.kid) !== kid) throw new KeyServiceError('not-held', 'this process does not hold that key');
      return bytesOf(jwk.d);
    },
    async secret(name) {
      return bytesOf((await file('secrets', name)).k);
    },
  };
};
