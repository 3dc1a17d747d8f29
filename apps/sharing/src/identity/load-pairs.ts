import type { PoolClient } from 'pg';
import type { PairScope } from '#chronology';
import type { Coordinates } from '../reading/load-scope.js';
import { loadChildren, type ScopeLoader } from '../reading/load-read-scope.js';
import type { KeyPair } from './pair-ids.js';

/** Pairs of one page of questions. */
export const QUESTIONS = 25;
/** Reads of one page of disclosures. */
export const DISCLOSURES = 100;

/** Where a page of questions begins: after this one. */
export type QuestionPlace = readonly [from: number, a: string, b: string];

export interface QuestionRow {
  readonly pair: KeyPair;
  readonly place: QuestionPlace;
}

/** Questions about a reference of these organisations, the oldest first; one more than a page holds. */
export const questionRows = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  organisations: readonly string[],
  after: QuestionPlace | null,
): Promise<QuestionRow[]> => {
  const { rows } = await client.query({
    name: 'identity-questions',
    text: `select q.reference_a, q.reference_b, q.from_position from projection.question q
            where q.generation = $1 and q.to_position is null and q.from_position <= $2
              and exists (select from refs.reference r
                where r.subject_key in (q.reference_a, q.reference_b) and r.organisation = any ($3::text[]))
              and (q.from_position, q.reference_a, q.reference_b) > ($4::bigint, $5::text, $6::text)
            order by q.from_position, q.reference_a, q.reference_b limit $7`,
    values: [generation, position, organisations, after?.[0] ?? -1, after?.[1] ?? '', after?.[2] ?? '', QUESTIONS + 1],
  });
  return (rows as { reference_a: string; reference_b: string; from_position: string }[]).map((row) => ({
    pair: [row.reference_a, row.reference_b],
    place: [Number(row.from_position), row.reference_a, row.reference_b],
  }));
};

/** What these pairs are decided from, in the snapshot that the client holds open. */
export const loadPairScope = async (
  client: PoolClient,
  loader: ScopeLoader,
  coordinates: Coordinates,
  pairs: readonly KeyPair[],
): Promise<PairScope> => {
  const { references, pending } = await loadChildren(client, loader, coordinates, [...new Set(pairs.flat())]);
  return { at: coordinates.at.getTime(), references, pending };
};

export interface DisclosureRow {
  readonly position: number;
  readonly readId: string;
  readonly at: Date;
  readonly purpose: string;
  readonly entries: number;
  readonly viewer: { readonly posts: readonly { organisation: string; service: string; role: string }[] };
}

/**
 * Chronologies of a child of whom both references were taken to be, that people of these organisations read; the latest
 * first, one more than a page holds. Who else looked is for auditors: it would tell that a service is involved of which
 * the data managers of the two may not know.
 */
export const disclosureRows = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  [a, b]: KeyPair,
  before: number | null,
  organisations: readonly string[],
): Promise<DisclosureRow[]> => {
  const { rows } = await client.query({
    name: 'identity-disclosures',
    text: `select r.position, r.read_id, r.at, r.purpose, r.entries, r.viewer
             from projection.read_subject s
             join projection.read_subject o using (generation, position)
             join projection.read r using (generation, position)
            where s.generation = $1 and s.subject_key = $2 and o.subject_key = $3 and r.kind = 'chronology'
              and s.decided_on and o.decided_on
              and exists (select from jsonb_array_elements(r.viewer -> 'posts') p
                where p ->> 'organisation' = any ($7::text[]))
              and r.position <= $4 and r.position < coalesce($5::bigint, r.position + 1)
            order by r.position desc limit $6`,
    values: [generation, a, b, position, before, DISCLOSURES + 1, organisations],
  });
  return (rows as (Omit<DisclosureRow, 'position' | 'readId'> & { position: string; read_id: string })[]).map(
    ({ position: place, read_id: readId, at, purpose, entries, viewer }) => ({
      position: Number(place),
      readId,
      at,
      purpose,
      entries,
      viewer,
    }),
  );
};
