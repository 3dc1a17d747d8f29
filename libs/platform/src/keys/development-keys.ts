import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateKeyPair } from '../sealing/hpke.js';
import { HUB_RECIPIENT } from '../sealing/submission-keys.js';
import { keyFileOf } from './file-key-service.js';
import type { KeyFolder } from './file-key-service.js';
import { BLIND_SECRET, SESSION_SECRET, TOKEN_SECRET, indexSecret } from './key-service.js';

/** An organisation, and the adapter that serves its feeds (`police-adapter`). */
export interface OrganisationKeys {
  readonly organisation: string;
  readonly adapter: string;
}

type Jwk = Readonly<Record<string, string>>;

/** Folders below the keys folder that hold private keys. */
const READERS = ['sharing', 'audit'] as const;

/** Folder of an app's keys: `sharing`, `audit`, or `adapter-<agency>` for `<agency>-adapter`. */
export const keyFolderOf = (app: string): string =>
  app.endsWith('-adapter') ? `adapter-${app.slice(0, -'-adapter'.length)}` : app;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

const readIfThere = async (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });

/** Writes the whole file or nothing, only where none is, durably. Gives what then stands there. */
const writeOnce = async (path: string, text: string): Promise<string> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(temporary, path).catch((error: unknown) => {
    if (!isThere(error)) throw error;
  });
  await rm(temporary);
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
  return readFile(path, 'utf8');
};

/** What stands in the file; made and written where there is none. */
const keep = async (path: string, make: () => Promise<unknown>): Promise<Jwk> => {
  const text = (await readIfThere(path)) ?? (await writeOnce(path, `${JSON.stringify(await make())}\n`));
  return JSON.parse(text) as Jwk;
};

/** RFC 7638 thumbprint of an X25519 public key. */
const thumbprint = (x: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: 'X25519', kty: 'OKP', x }))
    .digest('base64url');

const newPair = async (): Promise<Jwk> => {
  const { publicKey, privateKey } = await generateKeyPair();
  const x = base64url(publicKey);
  return { kty: 'OKP', crv: 'X25519', kid: thumbprint(x), x, d: base64url(privateKey) };
};

const newSecret = async (): Promise<Jwk> => ({ kty: 'oct', k: base64url(randomBytes(32)) });

const newIssuerKeys = async (): Promise<unknown> => {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return { keys: [{ ...jwk, kid: randomUUID(), alg: 'ES256', use: 'sig' }] };
};

/**
 * Keys in files, for development: a pair for each organisation and one for the hub, and the symmetric secrets. Files
 * have mode 0600; what is there is never changed, so that it may run again, also beside another process. An adapter's
 * folder holds the public keys of all and the index keys of the organisations it serves, and nothing that opens
 * anything; `sharing` holds all of these; `audit` all but the key of handles and cursors. `web` holds the key of
 * sessions alone. `issuer.json` is the private JWK set of the development issuer.
 */
export const createDevelopmentKeys = async (dir: string, organisations: readonly OrganisationKeys[]): Promise<void> => {
  const adapters = [...new Set(organisations.map(({ adapter }) => keyFolderOf(adapter)))];
  const put = (holder: string, folder: KeyFolder, name: string, jwk: Jwk) =>
    keep(join(dir, holder, keyFileOf(folder, name)), async () => jwk);
  // `sharing` is the origin of every key: it is made there first and copied from there.
  const original = (folder: KeyFolder, name: string, make: () => Promise<Jwk>) =>
    keep(join(dir, 'sharing', keyFileOf(folder, name)), make);

  for (const recipient of [HUB_RECIPIENT, ...organisations.map(({ organisation }) => `org:${organisation}`)]) {
    const pair = await original('private', recipient, newPair);
    const { d: _private, ...half } = pair;
    await put('audit', 'private', recipient, pair);
    for (const holder of [...READERS, ...adapters]) await put(holder, 'public', recipient, half);
  }
  for (const { organisation, adapter } of organisations) {
    const name = indexSecret(organisation);
    const secret = await original('secrets', name, newSecret);
    for (const holder of ['audit', keyFolderOf(adapter)]) await put(holder, 'secrets', name, secret);
  }
  await put('audit', 'secrets', BLIND_SECRET, await original('secrets', BLIND_SECRET, newSecret));
  await original('secrets', TOKEN_SECRET, newSecret);
  await keep(join(dir, 'web', keyFileOf('secrets', SESSION_SECRET)), newSecret);
  await keep(join(dir, 'issuer.json'), newIssuerKeys);
};
