import { createDecipheriv, createHmac } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { canonicalText, PARTS } from '#contracts';
import { openPart, openSubmissionKey, readFinal } from '#platform';
import { bytesOfRows } from './canaries.js';

/** What a call or a query gave: rows, or the SQLSTATE with which it was refused. */
export type Loot = { readonly rows: readonly Record<string, unknown>[] } | { readonly refused: string };

/** One who holds an adapter's role in the database and a copy of its key files, and nothing else. */
export class Intruder {
  private readonly collected: Buffer[] = [];
  private readonly keys: Buffer[] = [];

  private constructor(
    private readonly client: pg.Client,
    /** Bytes of every key file in the folder. */
    readonly files: ReadonlyMap<string, Buffer>,
  ) {}

  static async enter(url: string, keysDir: string, folder: string, copyTo: string): Promise<Intruder> {
    await cp(join(keysDir, folder), copyTo, { recursive: true });
    const files = new Map<string, Buffer>();
    for (const entry of await readdir(copyTo, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        files.set(path.slice(copyTo.length + 1), await readFile(path));
      }
    }
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const intruder = new Intruder(client, files);
    for (const bytes of files.values()) intruder.keep([{ bytes }]);
    return intruder;
  }

  leave(): Promise<void> {
    return this.client.end();
  }

  /** Runs a statement and keeps whatever it gives. */
  async take(text: string, values: readonly unknown[] = []): Promise<Loot> {
    try {
      const { rows } = await this.client.query(text, [...values]);
      this.keep(rows as object[]);
      return { rows: rows as Record<string, unknown>[] };
    } catch (error) {
      const { code, message, detail } = error as { code?: string; message: string; detail?: string };
      this.keep([{ message, detail }]);
      return { refused: code ?? message };
    }
  }

  /** Everything that was obtained, in one. */
  get loot(): Buffer {
    return Buffer.concat(this.collected);
  }

  /** The secret of this name in the copied folder, as the adapter itself would use it. */
  secret(name: string): Buffer | undefined {
    const file = this.files.get(join('secrets', `${encodeURIComponent(name)}.json`));
    return file && Buffer.from((JSON.parse(file.toString('utf8')) as { k: string }).k, 'base64url');
  }

  /** How the reference table is looked up, for a reference of which all is known. */
  triple(organisation: string, kind: string, system: string, localId: string): Buffer | undefined {
    const key = this.secret(`index:${organisation}`);
    return (
      key &&
      createHmac('sha256', key)
        .update(canonicalText([kind, organisation, system, localId]))
        .digest()
    );
  }

  /** Plain text of every sealed part among these final bytes that any key obtained opens, in any of its uses. */
  async open(finals: readonly Uint8Array[]): Promise<Buffer[]> {
    const opened: Buffer[] = [];
    for (const bytes of finals) {
      const { form, envelopeBytes } = readFinal(bytes);
      for (const part of PARTS) {
        const sealed = form.parts[part];
        if (!sealed) continue;
        const ct = Buffer.from(sealed.ct, 'base64url');
        for (const key of this.candidateKeys()) {
          const attempts = [
            () => Buffer.from(JSON.stringify(openPart(form, envelopeBytes, part, key))),
            () => decipherPlainly(key, Buffer.from(sealed.nonce, 'base64url'), ct),
          ];
          for (const attempt of attempts) {
            try {
              opened.push(attempt());
            } catch {
              // Did not open.
            }
          }
        }
      }
    }
    return opened;
  }

  /** How many of these wrapped keys, were they ever obtained, any key obtained would open. */
  async openWrapped(submissionKeys: readonly SubmissionKey[], wrapped: readonly Buffer[]): Promise<number> {
    let opened = 0;
    for (const key of this.candidateKeys()) {
      for (const row of submissionKeys) {
        await openSubmissionKey(key, row.submission_id, row).then(
          () => (opened += 1),
          () => undefined,
        );
      }
      opened += wrapped.filter((one) => unwraps(key, one)).length;
    }
    return opened;
  }

  /** Whatever is 32 bytes long, in the files and in what the database gave. */
  private candidateKeys(): Buffer[] {
    const fromFiles = [...this.files.values()].flatMap((bytes) =>
      Object.values(JSON.parse(bytes.toString('utf8')) as Record<string, string>).map((text) =>
        Buffer.from(text, 'base64url'),
      ),
    );
    return [...fromFiles, ...this.keys].filter((key) => key.length === 32);
  }

  private keep(rows: readonly object[]): void {
    this.collected.push(bytesOfRows(rows));
    for (const row of rows) {
      for (const value of Object.values(row)) if (Buffer.isBuffer(value) && value.length === 32) this.keys.push(value);
    }
  }
}

export interface SubmissionKey {
  readonly submission_id: string;
  readonly recipient: string;
  readonly kid: string;
  readonly enc: Buffer;
  readonly sealed: Buffer;
}

/** AES-256 key wrap (RFC 3394). */
const unwraps = (key: Buffer, wrapped: Buffer): boolean => {
  const decipher = createDecipheriv('id-aes256-wrap', key, Buffer.alloc(8, 0xa6));
  try {
    decipher.update(wrapped);
    decipher.final();
    return true;
  } catch {
    return false;
  }
};

/** AES-GCM without the envelope, should somebody have sealed so. */
const decipherPlainly = (key: Buffer, nonce: Buffer, ct: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(ct.subarray(ct.length - 16));
  return Buffer.concat([decipher.update(ct.subarray(0, ct.length - 16)), decipher.final()]);
};
