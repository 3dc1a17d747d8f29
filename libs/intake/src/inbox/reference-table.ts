import { createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalText, rankKey } from '#contracts';
import type { KeyService } from '#platform';
import type { RecordPlace, Reference } from '../feed.js';

export interface KnownReference {
  readonly key: string;
  /** Secret of this reference: its HMACs are made under it and die with it. */
  readonly secret: Uint8Array;
}

/** With whom a record was (with nobody: it was withdrawn), and its highest rank of one kind there. */
export interface KnownPlace {
  readonly subject: KnownReference | null;
  readonly rank: RecordPlace['rank'] & { readonly key: string };
}

/** What names a record whomever it is about. */
export interface RecordName {
  readonly feed: string;
  readonly system?: string;
  readonly recordKey: string;
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
      reference.triple ?? tripleOf(indexKeys.get(ownerOf(reference))!, ownerOf(reference), reference).toString('hex');
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

  /**
   * Notes with whom these records are, and answers with whom each of them ever was. An attempt that comes to nothing
   * takes its notes with it.
   */
  async place(
    attempt: string,
    organisation: string,
    names: readonly RecordName[],
    places: readonly { readonly name: RecordName; readonly key: string | null; readonly rank: RecordPlace['rank'] }[],
  ): Promise<(name: RecordName) => readonly KnownPlace[]> {
    if (names.length === 0) return () => [];
    const indexKey = await this.keyService.secret(`index:${organisation}`);
    const hmacOf = ({ feed, system, recordKey }: RecordName) =>
      createHmac('sha256', indexKey)
        .update(canonicalText(['record', feed, system ?? '', recordKey]))
        .digest();
    const { rows } = await this.pool.query<{
      record: Buffer;
      subject_key: string;
      secret: Buffer | null;
      rank: string;
      rank_by: RecordPlace['rank']['by'];
      rank_value: string;
    }>({
      name: 'inbox-place',
      text: 'select * from inbox.place($1::uuid, $2, $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])',
      values: [
        attempt,
        organisation,
        places.map(({ name }) => hmacOf(name)),
        places.map(({ key }) => key ?? ''),
        places.map(({ rank }) => rankKey(rank.by, rank.value)),
        places.map(({ rank }) => rank.by),
        places.map(({ rank }) => rank.value),
        names.map(hmacOf),
      ],
    });
    const found = Map.groupBy(rows, ({ record }) => record.toString('hex'));
    return (name) =>
      (found.get(hmacOf(name).toString('hex')) ?? [])
        .filter(({ subject_key: key, secret }) => key === '' || secret !== null)
        .map(({ subject_key: key, secret, rank, rank_by: by, rank_value: value }) => ({
          subject: key === '' ? null : { key, secret: secret! },
          rank: { key: rank, by, value },
        }));
  }
}
