import type { PoolClient } from 'pg';
import { unsealForDecision, unsealParts, type PartOpener } from '#platform';
import type { FiledContribution } from '#timeline';
import { filedRows, pendingRows, type Coordinates } from '../reading/load-scope.js';

/** One owner's review of one access in an emergency. */
export interface ReviewRow {
  readonly position: number;
  readonly access: string;
  readonly staffKey: string;
  readonly organisation: string;
  /** References with whose records the organisation is concerned. */
  readonly references: readonly string[];
}

/** Where a page begins: after this one, in its order. */
export type ReviewPlace = readonly [position: number, organisation: string];

/** Whose reviews somebody may see. */
export interface ReviewsFor {
  /** Organisations for which he reviews, or may. */
  readonly organisations: readonly string[];
  /** Whether he reviews for the partnership what owners let pass. */
  readonly partnership: boolean;
  /** Nobody reviews what he opened himself. */
  readonly staffKeys: readonly string[];
}

/** What an owner decided in its own time never passes to the partnership. */
const ROWS = `
  select a.position, a.access, a.staff_key, o.organisation, array_agg(o.subject_key order by o.subject_key) as keys
    from projection.emergency_owner o
    join projection.emergency_access a on a.generation = o.generation and a.access = o.access
   where o.generation = $1 and o.position <= $2 and a.position <= $2
     and (o.organisation = any ($3::text[]) or ($4 and a.deputy_by <= $5
       and not exists (select from projection.emergency_review r where r.generation = o.generation and r.access = o.access
         and r.organisation = o.organisation and r.position <= $2 and r.decided_at < a.deputy_by)))
     and a.staff_key <> all ($6::text[])`;

const valuesOf = ({ generation, position, at }: Coordinates, { organisations, partnership, staffKeys }: ReviewsFor) => [
  generation,
  position,
  organisations,
  partnership,
  at,
  staffKeys,
];

interface Row {
  position: string;
  access: string;
  staff_key: string;
  organisation: string;
  keys: string[];
}

const rowOf = (row: Row): ReviewRow => ({
  position: Number(row.position),
  access: row.access,
  staffKey: row.staff_key,
  organisation: row.organisation,
  references: row.keys,
});

/** Those that nobody has decided, what was opened first first; or those that somebody has, the latest first. */
export const reviewRows = async (
  client: PoolClient,
  coordinates: Coordinates,
  reviews: ReviewsFor,
  decided: boolean,
  after: ReviewPlace | null,
  limit: number,
): Promise<ReviewRow[]> => {
  const [comes, order] = decided ? ['<', 'desc'] : ['>', 'asc'];
  const { rows } = await client.query({
    name: `emergency-reviews-${order}`,
    text: `${ROWS}
       and ${decided ? '' : 'not '}exists (select from projection.emergency_review r where r.generation = o.generation
         and r.access = o.access and r.organisation = o.organisation and r.position <= $2)
       and ($7::bigint is null or (a.position, o.organisation) ${comes} ($7::bigint, $8::text))
     group by a.position, a.access, a.staff_key, o.organisation
     order by a.position ${order}, o.organisation ${order} limit $9`,
    values: [...valuesOf(coordinates, reviews), after?.[0] ?? null, after?.[1] ?? '', limit],
  });
  return (rows as Row[]).map(rowOf);
};

/** The reviews of one access that somebody may see. */
export const reviewRowsOf = async (
  client: PoolClient,
  coordinates: Coordinates,
  reviews: ReviewsFor,
  access: string,
): Promise<ReviewRow[]> => {
  const { rows } = await client.query({
    name: 'emergency-reviews-of',
    text: `${ROWS} and o.access = $7::uuid
     group by a.position, a.access, a.staff_key, o.organisation order by o.organisation`,
    values: [...valuesOf(coordinates, reviews), access],
  });
  return (rows as Row[]).map(rowOf);
};

/** Every access, the latest first, with the owners whose review is still open. */
export const accessRows = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  before: number | null,
  limit: number,
): Promise<
  { readonly position: number; readonly access: string; readonly staffKey: string; readonly open: boolean }[]
> => {
  const { rows } = await client.query({
    name: 'emergency-accesses',
    text: `select a.position, a.access, a.staff_key,
                  exists (select from projection.emergency_owner o
                    where o.generation = a.generation and o.access = a.access and o.position <= $2
                      and not exists (select from projection.emergency_review r where r.generation = o.generation
                        and r.access = o.access and r.organisation = o.organisation and r.position <= $2)) as open
             from projection.emergency_access a
            where a.generation = $1 and a.position <= $2 and ($3::bigint is null or a.position < $3)
            order by a.position desc limit $4`,
    values: [generation, position, before, limit],
  });
  return (rows as { position: string; access: string; staff_key: string; open: boolean }[]).map((row) => ({
    position: Number(row.position),
    access: row.access,
    staffKey: row.staff_key,
    open: row.open,
  }));
};

/** Everything of these subjects: what is filed, what is pending in the order of acceptance, and sealed bytes by id. */
export interface LoadedSubjects {
  readonly filed: (key: string) => readonly FiledContribution[];
  readonly pending: readonly FiledContribution[];
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

export const loadSubjects = async (
  client: PoolClient,
  opener: PartOpener,
  { generation, position }: Coordinates,
  keys: readonly string[],
): Promise<LoadedSubjects> => {
  const filed = await filedRows(client, generation, position, keys);
  const pending = await pendingRows(client, generation, keys, []);
  const rows = [...filed, ...pending];
  const opened = await unsealForDecision(client, opener, rows);
  const bySubject = Map.groupBy(opened.slice(0, filed.length), ({ envelope }) => envelope.subject.key);
  return {
    filed: (key) => bySubject.get(key) ?? [],
    pending: opened.slice(filed.length),
    bytes: new Map(
      rows.filter(({ confirms }) => confirms === null).map(({ contributionId, bytes }) => [contributionId, bytes]),
    ),
  };
};

/** What people wrote in these contributions, by id and field; null where none is held, or it cannot be read. */
export const loadTexts = async (
  client: PoolClient,
  opener: PartOpener,
  wanted: readonly { readonly subjects: LoadedSubjects; readonly ids: readonly string[] }[],
): Promise<(id: string, field: string) => string | null> => {
  // An access has a review for each owner: each contribution is opened once.
  const held = new Map(
    wanted.flatMap(({ subjects, ids }) =>
      ids.flatMap((id) => {
        const bytes = subjects.bytes.get(id);
        return bytes ? [[id, { bytes }] as const] : [];
      }),
    ),
  );
  const opened = await unsealParts(client, opener, [...held.values()], ['content']);
  const contentOf = new Map(opened.map(({ envelope, content }) => [envelope.contributionId, content]));
  return (id, field) => {
    const value = contentOf.get(id)?.[field];
    return typeof value === 'string' ? value : null;
  };
};
