import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { In, type Repository } from 'typeorm';
import { isUuid } from '#contracts';
import type { HandleRow } from './handle.row.js';

/** What a viewer knew of the person he looked for. */
export type Description =
  | { readonly by: 'identifier'; readonly kind: 'nhs-number' | 'upn'; readonly value: string }
  | { readonly by: 'reference'; readonly system: string; readonly localId: string }
  /** A reference of his own organisation to which he has a relation, by its key. */
  | { readonly by: 'key'; readonly key: string }
  | { readonly by: 'name'; readonly givenName: string; readonly familyName: string; readonly birthDate: string };

/** Seals small values under the hub's token key: fresh nonce, fixed length, so that equal things do not look equal. */
export class TokenBox {
  constructor(private readonly key: Uint8Array) {}

  /** Base64url of AES-256-GCM over the JSON, padded to a multiple of 256 bytes. */
  seal(value: unknown, purpose: string): string {
    const plain = Buffer.from(JSON.stringify(value));
    const padded = Buffer.alloc(Math.ceil((plain.length + 1) / 256) * 256, 0x20);
    plain.copy(padded);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce, { authTagLength: 16 });
    cipher.setAAD(Buffer.from(purpose));
    return Buffer.concat([nonce, cipher.update(padded), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  /** HMAC-SHA-256 under this key. */
  mac(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }

  /** Undefined for anything that this hub did not seal for this purpose. */
  open(token: string, purpose: string): unknown {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length < 28 + 256) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(-16));
      const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      return JSON.parse(plain.toString('utf8'));
    } catch {
      return undefined;
    }
  }
}

/**
 * Handles stand for "the person this viewer described". They are random, a viewer's own, and resolved at every use;
 * making one does not look whether anything is held.
 */
export class Handles {
  constructor(
    private readonly rows: Repository<HandleRow>,
    private readonly box: TokenBox,
    private readonly now: () => Promise<Date>,
  ) {}

  async create(login: string, description: Description): Promise<string> {
    const handle = randomUUID();
    await this.rows.insert({
      handle,
      staffLogin: login,
      description: Buffer.from(this.box.seal(description, `handle/${handle}`), 'base64url'),
      createdAt: await this.now(),
    });
    return handle;
  }

  /** The handles that this viewer has for good for these references of his own, made where there are none yet. */
  async ofKeys(login: string, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (keys.length === 0) return new Map();
    const createdAt = await this.now();
    const wanted = keys.map((key) => {
      const handle = randomUUID();
      const description = Buffer.from(this.box.seal({ by: 'key', key }, `handle/${handle}`), 'base64url');
      return { handle, staffLogin: login, description, createdAt, of: this.box.mac(`handle/${login}/${key}`) };
    });
    await this.rows.createQueryBuilder().insert().values(wanted).orIgnore().execute();
    const held = await this.rows.findBy({ staffLogin: login, of: In(wanted.map(({ of }) => of)) });
    const byMac = new Map(held.map(({ of, handle }) => [of!.toString('hex'), handle]));
    return new Map(keys.map((key, i) => [key, byMac.get(wanted[i]!.of.toString('hex'))!]));
  }

  /** What whoever has this handle knew of the person: for those who see who tried, never for a page. */
  async describe(handle: string): Promise<Description | undefined> {
    const row = await this.rows.findOneBy({ handle });
    return row ? this.descriptionIn(row) : undefined;
  }

  /** Undefined for a handle that is not this viewer's own. */
  async find(login: string, handle: string): Promise<Description | undefined> {
    if (!isUuid(handle)) return undefined;
    const row = await this.rows.findOneBy({ handle, staffLogin: login });
    return row ? this.descriptionIn(row) : undefined;
  }

  private descriptionIn({ description, handle }: HandleRow): Description {
    return this.box.open(description.toString('base64url'), `handle/${handle}`) as Description;
  }
}
