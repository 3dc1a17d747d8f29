import type { PoolClient } from 'pg';
import type { SealedRow } from '#platform';

/** Where a read stands: recorded time, and the live generation's checkpoint, in one snapshot. */
export interface Coordinates {
  readonly at: Date;
  readonly generation: number;
  readonly store: string;
  readonly position: number;
  readonly eventId: string;
}

/** A row of one subject's history: filed (with a position), or pending (without). */
export interface SubjectRow extends SealedRow {
  readonly subjectKey: string;
  readonly contributionId: string;
}

/** Undefined while there is no live projection. */
export const findCoordinates = async (client: PoolClient): Promise<Coordinates | undefined> => {
  const { rows } = await client.query({
    name: 'read-coordinates',
    text: `select platform.recorded_now() as at, g.generation, g.store_id, g.position, g.event_id
             from projection.generation g where g.state = 'live'`,
  });
  const row = rows[0] as
    { at: Date; generation: number; store_id: string; position: string; event_id: string } | undefined;
  return (
    row && {
      at: row.at,
      generation: row.generation,
      store: row.store_id,
      position: Number(row.position),
      eventId: row.event_id,
    }
  );
};

/** Subjects that hold one of these blind values up to a position. */
export const subjectsOfBlind = async (
  client: PoolClient,
  generation: number,
  upTo: number,
  kinds: readonly string[],
  hmacs: readonly Uint8Array[],
): Promise<{ readonly subjectKey: string; readonly organisation: string; readonly kind: string }[]> => {
  if (hmacs.length === 0) return [];
  const { rows } = await client.query({
    name: 'read-blind',
    text: `select distinct subject_key, organisation, kind from projection.blind
            where generation = $1 and position <= $2 and kind = any ($3::text[]) and hmac = any ($4::bytea[])
            order by subject_key`,
    values: [generation, upTo, kinds, hmacs],
  });
  return (rows as { subject_key: string; organisation: string; kind: string }[]).map((row) => ({
    subjectKey: row.subject_key,
    organisation: row.organisation,
    kind: row.kind,
  }));
};

/**
 * Every reference that shares a verified identifier with one of these, directly or through others, and what their own
 * organisations named by the same identifier. Which of them are one child is decided afterwards, from the facts.
 */
export const closureOf = async (
  client: PoolClient,
  generation: number,
  upTo: number,
  start: readonly string[],
): Promise<{ readonly key: string; readonly organisation: string }[]> => {
  if (start.length === 0) return [];
  const { rows } = await client.query({
    name: 'read-closure',
    text: `
      with recursive near (subject_key) as (
        select unnest($3::text[])
        union
        select other.subject_key
          from near
          -- A row a contribution: each value once, or records would be paired with records.
          cross join lateral (
            select distinct b.hmac, b.kind, b.organisation from projection.blind b
             where b.generation = $1 and b.subject_key = near.subject_key and b.kind in ('traced', 'asserted')
               and b.position <= $2) mine
          cross join lateral (
            select distinct o.subject_key from projection.blind o
             where o.generation = $1 and o.hmac = mine.hmac and o.position <= $2
               and (o.kind = 'traced'
                 or (o.kind = 'asserted' and mine.kind = 'traced' and o.organisation = mine.organisation))) other
      )
      select n.subject_key, own.organisation from near n
        -- A look for each of them: joined, it would be a look at everything that was ever filed.
        cross join lateral (
          select min(c.organisation) as organisation from projection.contribution c
           where c.generation = $1 and c.subject_key = n.subject_key and c.position <= $2) own
       where own.organisation is not null
       order by n.subject_key`,
    values: [generation, upTo, start],
  });
  return (rows as { subject_key: string; organisation: string }[]).map((row) => ({
    key: row.subject_key,
    organisation: row.organisation,
  }));
};

/** Everything filed on these subjects up to a position, in position order. */
export const filedRows = async (
  client: PoolClient,
  generation: number,
  upTo: number,
  subjects: readonly string[],
): Promise<SubjectRow[]> => {
  if (subjects.length === 0) return [];
  const { rows } = await client.query({
    name: 'read-filed',
    text: `select position, subject_key, contribution_id, confirms, bytes from projection.contribution
            where generation = $1 and subject_key = any ($2::text[]) and position <= $3 order by position`,
    values: [generation, subjects, upTo],
  });
  return (
    rows as { position: string; subject_key: string; contribution_id: string; confirms: string | null; bytes: Buffer }[]
  ).map((row) => ({
    position: Number(row.position),
    subjectKey: row.subject_key,
    contributionId: row.contribution_id,
    confirms: row.confirms,
    bytes: row.bytes,
  }));
};

/**
 * Accepted and not in the live generation, in the order of acceptance: what is about these subjects, and whatever
 * says one of these facts about any child.
 */
export const pendingRows = async (
  client: PoolClient,
  generation: number,
  subjects: readonly string[],
  facts: readonly string[],
): Promise<SubjectRow[]> => {
  if (subjects.length === 0) return [];
  const { rows } = await client.query({
    name: 'read-pending',
    text: `with near as (
             select i.* from inbox.item i where i.subject_key = any ($2::text[]) and i.bytes is not null
             union all
             select i.* from inbox.item i
              where i.facts && $3::text[] and i.facts <> '{}' and i.bytes is not null and i.subject_key <> all ($2::text[]))
           select i.subject_key, i.contribution_id, i.bytes
             from near i join inbox.attempt a using (attempt_id)
            where a.accepted_no is not null
              and not exists (select 1 from projection.filed f where f.generation = $1 and f.contribution_id = i.contribution_id)
            order by a.accepted_no, i.item_no`,
    values: [generation, subjects, facts],
  });
  const seen = new Set<string>();
  return (rows as { subject_key: string; contribution_id: string; bytes: Buffer }[])
    .filter((row) => !seen.has(row.contribution_id) && seen.add(row.contribution_id))
    .map((row) => ({
      position: null,
      subjectKey: row.subject_key,
      contributionId: row.contribution_id,
      confirms: null,
      bytes: row.bytes,
    }));
};

/** The blind values of these subjects. */
export const blindOfSubjects = async (
  client: PoolClient,
  generation: number,
  upTo: number,
  subjects: readonly string[],
): Promise<
  { readonly subjectKey: string; readonly kind: string; readonly hmac: Buffer; readonly position: number }[]
> => {
  if (subjects.length === 0) return [];
  const { rows } = await client.query({
    name: 'read-blind-of',
    text: `select subject_key, kind, hmac, position from projection.blind
            where generation = $1 and position <= $2 and kind in ('traced', 'asserted') and subject_key = any ($3::text[])`,
    values: [generation, upTo, subjects],
  });
  return (rows as { subject_key: string; kind: string; hmac: Buffer; position: string }[]).map((row) => ({
    subjectKey: row.subject_key,
    kind: row.kind,
    hmac: row.hmac,
    position: Number(row.position),
  }));
};

/** Every agreement that was ever brought in, up to a position. */
export const agreementSubjects = async (
  client: PoolClient,
  { generation, position }: Coordinates,
): Promise<string[]> => {
  const { rows } = await client.query({
    name: 'read-agreement-subjects',
    text: `select distinct subject_key from projection.contribution
            where generation = $1 and subject_kind = 'agreement' and position <= $2`,
    values: [generation, position],
  });
  return (rows as { subject_key: string }[]).map((row) => row.subject_key);
};
