import type { PoolClient } from 'pg';
import { REVIEWED_RELATIONS } from '#contracts';
import type { Organisation } from '#intake';
import { DRAWS } from '../reading/blind-index.js';
import type { Coordinates } from '../reading/load-scope.js';

/** A relation that fell to be reviewed: it was drawn, and somebody opened a chronology by it. */
export interface ReviewRow {
  readonly position: number;
  /** The contribution that first said it. */
  readonly id: string;
  readonly subjectKey: string;
  readonly organisation: string;
  readonly relation: string;
  readonly service: string;
  /** Its named person; null where it is of whoever works in the service. */
  readonly staffKey: string | null;
  readonly reads: readonly ReadBy[];
}

/** One person's reads by a relation. */
export interface ReadBy {
  readonly staff: readonly string[];
  readonly posts: readonly {
    readonly organisation: string;
    readonly service: string;
    readonly role: string;
    readonly team: string | null;
  }[];
  /** When, RFC 3339. */
  readonly times: readonly string[];
}

export interface ReviewsFor {
  readonly organisations: readonly Pick<Organisation, 'id' | 'relationReviews'>[];
  /** Nobody reviews a relation of his own, or one by which he read. */
  readonly staffKeys: readonly string[];
}

const drawn = (percent: number): number => Math.round((percent * DRAWS) / 100);

/**
 * Every version of a record counts as the one relation; `uses` holds each reader of it once. A team or role that the
 * relation names is sealed, and so is its end: readers are matched by service here, and by those where the records are
 * open.
 */
const SAMPLED = `
  with held as (
    select r.* from projection.relation r
      join unnest($3::text[], $4::integer[], $5::integer[]) as w (organisation, asserted, others)
        on w.organisation = r.organisation
     where r.generation = $1 and r.position <= $2 and r.owner = r.organisation and r.relation = any ($6::text[])
       and r.draw < case r.relation when 'asserted' then w.asserted else w.others end
       and ($10::uuid is null or exists (select from projection.relation f
         where f.generation = r.generation and f.contribution_id = $10 and f.subject_key = r.subject_key
           and f.organisation = r.organisation and f.feed = r.feed and f.record_key = r.record_key))
  ), records as (
    select subject_key, organisation, feed, record_key, min(position) as position,
           (array_agg(contribution_id order by position))[1] as id,
           (array_agg(relation order by position))[1] as relation,
           (array_agg(service order by position))[1] as service,
           (array_agg(staff_key order by position))[1] as staff_key,
           bool_or(staff_key = any ($7::text[])) as own
      from held group by subject_key, organisation, feed, record_key
  ), wanted as (
    select r.* from records r
     where r.own is not true
       and ($8::boolean is null or $8 = exists (select from projection.relation_review v
         where v.generation = $1 and v.position <= $2 and v.review = r.id))
       and ($9::bigint is null or case when $8 then r.position < $9 else r.position > $9 end)
  ), asked as (
    select h.* from held h
      join wanted w on w.subject_key = h.subject_key and w.organisation = h.organisation and w.feed = h.feed
       and w.record_key = h.record_key
  ), reach as (
    select h.*, h.subject_key as seen from asked h
    union
    -- What names a child by its number alone is read as the references that hold it verified.
    select h.*, o.subject_key from asked h
      join projection.blind mine on mine.generation = $1 and mine.subject_key = h.subject_key and mine.position <= $2
       and mine.kind = 'asserted'
      join projection.blind o on o.generation = $1 and o.hmac = mine.hmac and o.kind = 'traced' and o.position <= $2
       and o.organisation = h.organisation
  ), uses as (
    select h.subject_key, h.organisation, h.feed, h.record_key, d.viewer, jsonb_agg(distinct d.at) as times
      from reach h
      join projection.read_subject s on s.generation = $1 and s.subject_key = h.seen
       and s.position > h.position and s.position <= $2
      join projection.read d on d.generation = $1 and d.position = s.position and d.kind = 'chronology'
       and h.relation = any (d.relations)
       and case when h.staff_key is null
             then d.viewer -> 'posts' @> jsonb_build_array(jsonb_build_object('organisation', h.organisation, 'service', h.service))
             else d.viewer -> 'staff' ? h.staff_key end
     group by h.subject_key, h.organisation, h.feed, h.record_key, d.viewer
  )
  select r.position, r.id, r.subject_key, r.organisation, r.relation, r.service, r.staff_key,
         jsonb_agg(u.viewer || jsonb_build_object('times', u.times)) as reads
    from wanted r join uses u using (subject_key, organisation, feed, record_key)
   group by r.position, r.id, r.subject_key, r.organisation, r.relation, r.service, r.staff_key
  having not bool_or(u.viewer -> 'staff' ?| $7::text[])
   order by case when $8 then -r.position else r.position end limit $11`;

/**
 * Relations that are to be reviewed, the oldest first; or those that somebody decided about, the newest first.
 * `decided` null: both; `id`: that relation alone.
 */
export const relationReviewRows = async (
  client: PoolClient,
  { generation, position }: Coordinates,
  { organisations, staffKeys }: ReviewsFor,
  which: { readonly decided: boolean | null; readonly id?: string; readonly after: number | null },
  limit: number,
): Promise<ReviewRow[]> => {
  const { rows } = await client.query({
    name: 'relation-reviews',
    text: SAMPLED,
    values: [
      generation,
      position,
      organisations.map(({ id }) => id),
      organisations.map(({ relationReviews }) => drawn(relationReviews.asserted)),
      organisations.map(({ relationReviews }) => drawn(relationReviews.others)),
      REVIEWED_RELATIONS,
      staffKeys,
      which.decided,
      which.after,
      which.id ?? null,
      limit,
    ],
  });
  return (
    rows as {
      position: string;
      id: string;
      subject_key: string;
      organisation: string;
      relation: string;
      service: string;
      staff_key: string | null;
      reads: ReadBy[];
    }[]
  ).map((row) => ({
    position: Number(row.position),
    id: row.id,
    subjectKey: row.subject_key,
    organisation: row.organisation,
    relation: row.relation,
    service: row.service,
    staffKey: row.staff_key,
    reads: row.reads,
  }));
};
