import type { MigrationInterface, QueryRunner } from 'typeorm';
import { capabilitySql } from '#engines';
import { intakeCapability } from '#intake';

/** May project and read: sealed bytes, wrapped keys, the blind index and what is pending. */
export const sharingCapability = 'sightline_sharing';
/** May read what is needed to replay, and change nothing. */
export const auditCapability = 'sightline_audit';

/** Everything that a read needs. Rows are only ever added: a view as at a position is the same query with a bound. */
export class Projection1764000001000 implements MigrationInterface {
  readonly name = 'Projection1764000001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const capability of [sharingCapability, auditCapability]) await queryRunner.query(capabilitySql(capability));
    await queryRunner.query(UP);
    await queryRunner.query(GRANTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop table projection.contribution, projection.blind, projection.membership, projection.question, projection.relation, projection.emergency_access, projection.emergency_owner, projection.emergency_review, projection.relation_review, projection.read, projection.read_subject',
    );
    await queryRunner.query('drop schema sharing cascade');
  }
}

const UP = `
create table projection.contribution (
  generation integer not null,
  position bigint not null,
  revision bigint not null,
  contribution_id uuid not null,
  confirms uuid,
  subject_kind text not null,
  subject_key text not null,
  type text not null,
  organisation text not null,
  feed text not null,
  record_key text not null,
  body text not null,
  rank_key text not null,
  ranked_by text not null,
  bytes bytea not null,
  primary key (generation, position)
);
create index contribution_subject on projection.contribution (generation, subject_key, position);
create index contribution_agreement on projection.contribution (generation, subject_key) where subject_kind = 'agreement';
create index contribution_feed on projection.contribution (generation, organisation, feed, subject_key, record_key);

-- Blind index of identifiers, sign-in subjects and names: HMACs under a key that no adapter has.
create table projection.blind (
  generation integer not null,
  position bigint not null,
  subject_key text not null,
  organisation text not null,
  kind text not null,
  hmac bytea not null,
  primary key (generation, hmac, kind, subject_key, position)
);
create index blind_subject on projection.blind (generation, subject_key);

-- Which child a reference belongs to, from one position to another; a reference that is not here stands alone.
create table projection.membership (
  generation integer not null,
  subject_key text not null,
  child text not null,
  from_position bigint not null,
  to_position bigint,
  primary key (generation, subject_key, from_position)
);
create index membership_child on projection.membership (generation, child) where to_position is null;

-- Pairs that only people can decide.
create table projection.question (
  generation integer not null,
  reference_a text not null,
  reference_b text not null,
  why text not null,
  from_position bigint not null,
  to_position bigint,
  primary key (generation, reference_a, reference_b, from_position)
);

-- For whom a relation to a child ever was: a worker, or whoever works in a service. Whether it holds is decided anew.
create table projection.relation (
  generation integer not null,
  position bigint not null,
  contribution_id uuid not null,
  subject_key text not null,
  -- Who says so, and whose people have it: of a move, another authority's too.
  owner text not null,
  organisation text not null,
  feed text not null,
  record_key text not null,
  relation text not null,
  service text not null,
  staff_key text,
  -- By lot, under a key that no sender has: of ten thousand, the lowest are reviewed.
  draw integer not null,
  primary key (generation, position, organisation, service)
);
create index relation_worker on projection.relation (generation, staff_key) where staff_key is not null;
create index relation_service on projection.relation (generation, organisation, service) where staff_key is null;
create index relation_of_others on projection.relation (generation, organisation, service)
  where staff_key is null and owner <> organisation;
create index relation_subject on projection.relation (generation, subject_key);
create index relation_draw on projection.relation (generation, organisation, draw);
-- Reviews that decide about a relation, which is named by the contribution that first said it.
create table projection.relation_review (
  generation integer not null,
  position bigint not null,
  review uuid not null,
  primary key (generation, position)
);
create index relation_review_of on projection.relation_review (generation, review);

-- What was opened in emergencies: by whom, with which handle, from when to when, and until when each level reviews it.
create table projection.emergency_access (
  generation integer not null,
  position bigint not null,
  access uuid not null,
  staff_key text not null,
  handle uuid not null,
  opened_at timestamptz not null,
  until timestamptz not null,
  deputy_by timestamptz not null,
  primary key (generation, position)
);
create index emergency_access_id on projection.emergency_access (generation, access);
create index emergency_access_handle on projection.emergency_access (generation, handle);
-- Whose records belonged to the child as it was opened, or as it was read by it since; each is to review it.
create table projection.emergency_owner (
  generation integer not null,
  access uuid not null,
  organisation text not null,
  subject_key text not null,
  position bigint not null,
  primary key (generation, access, organisation, subject_key)
);
create index emergency_owner_organisation on projection.emergency_owner (generation, organisation);
-- Reviews that decide. What was said stands in the events.
create table projection.emergency_review (
  generation integer not null,
  position bigint not null,
  access uuid not null,
  organisation text not null,
  decided_at timestamptz not null,
  primary key (generation, position)
);
create index emergency_review_access on projection.emergency_review (generation, access);

-- Who looked, when and why; what was shown is sealed, in the store. Its subjects: the references decided on, and the
-- staff keys of whoever looked.
create table projection.read (
  generation integer not null,
  position bigint not null,
  read_id uuid not null,
  kind text not null,
  stream text not null,
  revision bigint not null,
  at timestamptz not null,
  purpose text not null,
  entries integer not null,
  viewer jsonb not null,
  checkpoint bigint not null,
  handle uuid,
  -- Kinds of relation under which a chronology was decided.
  relations text[] not null,
  primary key (generation, position)
);
create index read_id on projection.read (generation, read_id);
create index read_handle on projection.read (generation, handle) where handle is not null;
create table projection.read_subject (
  generation integer not null,
  subject_key text not null,
  position bigint not null,
  -- False where the handle resolved to it alone, and nothing was decided on it.
  decided_on boolean not null,
  primary key (generation, subject_key, position)
);
create index read_subject_position on projection.read_subject (generation, position);

create schema sharing;
create table sharing.handle (
  handle uuid primary key,
  staff_login text not null,
  description bytea not null,
  created_at timestamptz not null,
  -- HMAC of viewer and description, where each has one handle for good: those of one's own children.
  of bytea unique
);
-- What one viewer's pages call a pair of references; which two is sealed. HMAC of viewer and pair: one id each.
create table sharing.pair (
  pair uuid primary key,
  staff_login text not null,
  description bytea not null,
  created_at timestamptz not null,
  of bytea not null unique
);

-- Notices to a sender about its own data (without a client: to whoever keeps that feed of the organisation): versions of equal rank that differ, and what a later extract left out.
create function inbox.notices(p_client text, p_organisation text, p_feed text, max_rows integer)
returns table (kind text, receipt uuid, path text, at timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
  with own as (
    select c.* from projection.contribution c
      where c.generation = (select g.generation from projection.generation g where g.state = 'live')
        and c.organisation = p_organisation and c.feed = p_feed
  ), clashing as (
    select o.contribution_id, 'conflicting-versions' as kind from own o
      join (select subject_key, record_key, rank_key from own where ranked_by <> 'append'
              group by 1, 2, 3 having count(distinct body) > 1) x using (subject_key, record_key, rank_key)
  ), latest as (select max(rank_key) as rank_key from own where ranked_by = 'extract'),
  absent as (
    select distinct on (o.subject_key, o.record_key) o.contribution_id, 'absent-from-later-extract' as kind, o.rank_key
      from own o where o.ranked_by = 'extract' order by o.subject_key, o.record_key, o.rank_key desc
  ), found as (
    select contribution_id, kind from clashing
    union all
    select a.contribution_id, a.kind from absent a, latest l where a.rank_key < l.rank_key
  )
  -- One a contribution, where it came first: sent again it says nothing new.
  select n.kind, n.receipt_id, n.path, n.accepted_at from (
    select distinct on (f.contribution_id, f.kind) f.kind, a.receipt_id, i.path, a.accepted_at, a.accepted_no, i.item_no
      from found f join inbox.item i on i.contribution_id = f.contribution_id join inbox.attempt a using (attempt_id)
      where a.accepted_no is not null and (p_client is null or a.client = p_client) and inbox.may(p_organisation)
      order by f.contribution_id, f.kind, a.accepted_no, i.item_no) n
    order by n.accepted_no, n.item_no limit max_rows
$$;
`;

const GRANTS = `
revoke all on function inbox.notices(text, text, text, integer) from public;
grant execute on function inbox.notices(text, text, text, integer) to ${intakeCapability};

grant usage on schema refs, inbox, sealing, projection, sharing to ${sharingCapability};
grant select (triple, subject_kind, subject_key, organisation) on refs.reference to ${sharingCapability};
grant select on inbox.attempt, inbox.item, inbox.heartbeat to ${sharingCapability};
grant select on sealing.submission_key, sealing.data_key to ${sharingCapability};
grant select, insert, delete on all tables in schema projection to ${sharingCapability};
grant update on projection.generation, projection.membership, projection.question to ${sharingCapability};
grant select, insert on sharing.handle, sharing.pair to ${sharingCapability};
grant execute on function projection.live(), projection.is_filed(uuid), inbox.receipt_standing(uuid)
  to ${sharingCapability};

grant usage on schema inbox, sealing, projection to ${auditCapability};
grant select on inbox.attempt, inbox.item, sealing.submission_key, sealing.data_key to ${auditCapability};
grant select on projection.generation, projection.contribution, projection.read, projection.read_subject
  to ${auditCapability};
grant execute on function projection.live() to ${auditCapability};
`;
