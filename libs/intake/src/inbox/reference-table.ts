import { createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalText } from '#contracts';
import type { KeyService } from '#platform';
import type { Reference } from '../feed.js';

export interface KnownReference {
  readonly key: string;
  /** Secret of this reference: its HMACs are made under it and die with it. */
  readonly secret: Uint8Array;
}

/** HMAC of a reference under the organisation's index key: how the table is looked up. */
export const tripleOf = (indexKey: Uint8Array, organisation: string, reference: Reference): Buffer =>
  createHmac('sha256', indexKey)
    .update(canonicalText([reference.kind, organisation, reference.system, reference.localId]))
    .digest();

/** The reference table: gives a random key and secret where a reference is new, and finds it ever after. */
export class ReferenceTable {
  constructor(
    private readonly pool: Pool,
    private readonly keyService: KeyService,
  ) {}

  /** Keys of all these references, the organisation's own unless they say otherwise. An erased one throws. */
  async ensure(
    organisation: string,
    references: readonly Reference[],
  ): Promise<(reference: Reference) => KnownReference> {
    const ownerOf = (reference: Reference) => reference.organisation ?? organisation;
    const owners = [...new Set(references.map(ownerOf))];
    const indexKeys = new Map(
      await Promise.all(owners.map(async (owner) => [owner, await this.keyService.secret(`index:${owner}`)] as const)),
    );
    const nameOf = (reference: Reference) =>
      tripleOf(indexKeys.get(ownerOf(reference))!, ownerOf(reference), reference).toString('hex');
    const unique = new Map(references.map((reference) => [nameOf(reference), reference]));
    const triples = [...unique.keys()];
    const { rows } =
      triples.length === 0
        ? { rows: [] }
        : await this.pool.query({
            name: 'refs-ensure',
            text: 'select * from refs.ensure($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[])',
            values: [
              triples.map((triple) => Buffer.from(triple, 'hex')),
              triples.map((triple) => unique.get(triple)!.kind),
              triples.map((triple) => ownerOf(unique.get(triple)!)),
              triples.map(() => randomBytes(16).toString('hex')),
              triples.map(() => randomBytes(32)),
            ],
          });
    const found = new Map(
      (rows as { triple: Buffer; subject_key: string; secret: Buffer | null }[]).map((row) => [
        row.triple.toString('hex'),
        row,
      ]),
    );
    return (reference) => {
      const row = found.get(nameOf(reference));
      if (!row) throw new Error('the reference was not looked up');
      if (!row.secret) throw new Error('the reference was erased');
      return { key: row.subject_key, secret: row.secret };
    };
  }
}
