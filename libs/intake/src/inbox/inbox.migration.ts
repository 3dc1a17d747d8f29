import type { MigrationInterface, QueryRunner } from 'typeorm';
import { capabilitySql } from '#engines';

/** May put submissions in, carry on what was accepted, and read back receipts and notices: its organisations' alone. */
export const intakeCapability = 'sightline_intake';

/**
 * Reference table, sealing keys and inbox. Adapters reach them through these functions alone: an adapter's role
 * may put in, and read back its own receipts, and nothing else.
 */
export class Inbox1764000000000 implements MigrationInterface {
  readonly name = 'Inbox1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(capabilitySql(intakeCapability));
    await queryRunner.query(UP);
    await queryRunner.query(GRANTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'drop schema projection cascade; drop schema inbox cascade; drop schema sealing cascade; drop schema refs cascade',
    );
  }
}

const UP = `
create schema refs;
create schema sealing;
create schema inbox;

-- A subject's random key, found by an HMAC of (kind, organisation, system, local id). No secret: erased, a tombstone.
create table refs.reference (
  triple bytea primary key,
  subject_kind text not null,
  subject_key text not null unique,
  organisation text not null,
  secret bytea,
  created timestamptz not null
);

create function refs.ensure(triples bytea[], kinds text[], organisations text[], keys text[], secrets bytea[])
returns table (triple bytea, subject_key text, secret bytea)
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform inbox.must(o) from (select distinct unnest(organisations) as o) x where o <> 'hub';
  insert into refs.reference (triple, subject_kind, subject_key, organisation, secret, created)
  select t, k, key, o, s, platform.recorded_now()
    from unnest(triples, kinds, organisations, keys, secrets) as new(t, k, o, key, s)
    order by t
  on conflict do nothing;
  return query select r.triple, r.subject_key, r.secret from refs.reference r
    where r.triple = any (triples) and r.organisation = any (organisations);
end $$;

-- The random key of a submission, sealed to the one who may open it; data keys wrapped by it. Deleting a row erases.
create table sealing.submission_key (
  submission_id uuid not null,
  recipient text not null,
  kid text not null,
  enc bytea not null,
  sealed bytea not null,
  primary key (submission_id, recipient)
);
create table sealing.data_key (
  submission_id uuid not null,
  contribution_id uuid not null,
  part text not null,
  recipient text not null,
  wrapped bytea not null,
  primary key (contribution_id, part, submission_id)
);

-- For which organisations a login role may act; '*' for all.
create table inbox.role_organisation (role text not null, organisation text not null, primary key (role, organisation));
create function inbox.may(wanted text) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from inbox.role_organisation r where r.role = session_user and r.organisation in (wanted, '*'))
$$;
create function inbox.must(wanted text) returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not inbox.may(wanted) then
    raise exception 'this role does not act for that organisation' using errcode = '42501';
  end if;
end $$;

create table inbox.head (one boolean primary key default true check (one), accepted_no bigint not null);
insert into inbox.head values (true, 0);

-- One try to submit. Only an accepted one is seen by the relay and by reads.
create table inbox.attempt (
  attempt_id uuid primary key,
  client text not null,
  feed text not null,
  organisation text not null,
  idempotency_key text not null,
  trace text not null,
  -- When something was last staged.
  staged timestamptz not null default clock_timestamp(),
  body_digest bytea,
  receipt_id uuid,
  accepted_no bigint unique,
  accepted_at timestamptz,
  accepted_clock timestamptz
);
create unique index attempt_key on inbox.attempt (client, feed, idempotency_key) where accepted_no is not null;
create unique index attempt_receipt on inbox.attempt (receipt_id) where receipt_id is not null;
create index attempt_open on inbox.attempt (staged) where accepted_no is null;
create index attempt_feed on inbox.attempt (organisation, feed, accepted_no) where accepted_no is not null;

-- Items of a submission as final bytes. A quarantined item is one too, with its cause.
create table inbox.item (
  attempt_id uuid not null references inbox.attempt on delete cascade,
  item_no integer not null,
  path text not null,
  contribution_id uuid not null,
  subject_kind text not null,
  subject_key text not null,
  bytes bytea,
  field text,
  reason text,
  -- The facts of its envelope: a read looks for those that close, whoever said them.
  facts text[] not null default '{}',
  primary key (attempt_id, item_no)
);
create index item_facts on inbox.item using gin (facts) where facts <> '{}' and bytes is not null;
create index item_subject on inbox.item (subject_key);
create index item_contribution on inbox.item (contribution_id);
create index item_quarantined on inbox.item (attempt_id, item_no) where reason is not null;

-- The suspensions that came with a quarantined item: they have its path.
create table inbox.suspension (
  attempt_id uuid not null references inbox.attempt on delete cascade,
  path text not null,
  contribution_id uuid not null,
  subject_key text not null,
  primary key (attempt_id, path, contribution_id)
);
create index suspension_contribution on inbox.suspension (contribution_id);

-- What people decided about a quarantined item as it had come up to an acceptance: one that is sent again after that
-- is open again.
create table inbox.quarantine_decision (
  subject_key text not null,
  up_to bigint not null,
  attempt_id uuid not null references inbox.attempt on delete cascade,
  outcome text not null check (outcome in ('released', 'discarded')),
  role text not null,
  primary key (subject_key, up_to)
);
create index quarantine_decision_attempt on inbox.quarantine_decision (attempt_id);

create table inbox.heartbeat (
  id bigint generated always as identity primary key,
  organisation text not null,
  feed text not null,
  client text not null,
  covers_until timestamptz,
  received_at timestamptz not null
);
create index heartbeat_latest on inbox.heartbeat (organisation, feed, received_at desc);

-- With whom a record was, from which rank on: found by an HMAC of its name. An empty key: with nobody, withdrawn.
create table inbox.place (
  organisation text not null,
  record bytea not null,
  subject_key text not null,
  rank text not null,
  rank_by text not null,
  rank_value text not null,
  attempt_id uuid not null,
  placed timestamptz not null default clock_timestamp(),
  primary key (organisation, record, subject_key, rank, attempt_id)
);
create index place_attempt on inbox.place (attempt_id);

-- Notes places and answers with all that is known of the records asked about. One at a time for a record: of two that
-- come together one sees the other; records share 64 locks, taken in one order. Not awaited on disk: the acceptance that follows takes it along.
create function inbox.place(
  attempt uuid, p_organisation text, records bytea[], keys text[], ranks text[], bys text[], vals text[], asked bytea[])
returns table (record bytea, subject_key text, secret bytea, rank text, rank_by text, rank_value text)
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform inbox.must(p_organisation);
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended('inbox.place ' || p_organisation || ' ' || b.bucket, 0))
    from (select distinct get_byte(r, 0) & 63 as bucket from unnest(records || asked) r order by 1) b;
  insert into inbox.place (organisation, record, subject_key, rank, rank_by, rank_value, attempt_id)
    select p_organisation, n.record, n.key, n.rank, n.by, n.val, attempt
      from unnest(records, keys, ranks, bys, vals) as n (record, key, rank, by, val)
      where not exists (select from inbox.place p join inbox.attempt a using (attempt_id)
        where p.organisation = p_organisation and p.record = n.record and p.subject_key = n.key and p.rank = n.rank and a.accepted_no is not null)
    on conflict do nothing;
  return query
    select distinct on (p.record, p.subject_key, left(p.rank, 1))
        p.record, p.subject_key, r.secret, p.rank, p.rank_by, p.rank_value
      from inbox.place p left join refs.reference r on r.subject_key = p.subject_key and r.organisation = p_organisation
        left join inbox.attempt a on a.attempt_id = p.attempt_id
      -- A note of an attempt that came to nothing says nothing: one that is not accepted counts for a short while.
      where p.organisation = p_organisation and p.record = any (asked)
        and (a.accepted_no is not null or p.attempt_id = attempt or p.placed > clock_timestamp() - interval '10 minutes')
      order by p.record, p.subject_key, left(p.rank, 1), p.rank desc;
end $$;

-- The items of an attempt come in order: it begins with item 1, or is accepted without any. One that was swept in
-- the meantime is not begun again by what follows, or it would be accepted without its first items.
create function inbox.stage(
  attempt uuid, p_client text, p_feed text, p_organisation text, p_key text, p_trace text,
  item_nos integer[], paths text[], contribution_ids uuid[], kinds text[], keys text[], contents bytea[], fields text[], reasons text[],
  key_recipients text[], key_kids text[], key_encs bytea[], key_sealed bytea[],
  data_contributions uuid[], data_parts text[], data_recipients text[], data_wrapped bytea[])
returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  perform inbox.must(p_organisation);
  -- Agreements are signed by people, through the hub: no agency's connector brings them.
  if 'agreement' = any (kinds) then
    perform inbox.must('*');
  end if;
  if cardinality(item_nos) = 0 or 1 = any (item_nos) then
    insert into inbox.attempt (attempt_id, client, feed, organisation, idempotency_key, trace)
      values (attempt, p_client, p_feed, p_organisation, p_key, p_trace) on conflict do nothing;
  end if;
  update inbox.attempt t set staged = clock_timestamp()
    where t.attempt_id = attempt and t.client = p_client and t.organisation = p_organisation and t.accepted_no is null;
  if not found then
    raise exception 'this attempt is not open to that organisation' using errcode = '42501';
  end if;
  if exists (select from unnest(contents) c
      where convert_from(c, 'UTF8')::json #>> '{envelope,owner,organisation}' is distinct from p_organisation) then
    raise exception 'a contribution names another owner' using errcode = '42501';
  end if;
  -- A contribution that this attempt holds already keeps its first bytes: the data keys are those of them.
  insert into inbox.item
      (attempt_id, item_no, path, contribution_id, subject_kind, subject_key, bytes, field, reason, facts)
    select attempt, i.item_no, i.path, i.contribution_id, i.kind, i.key, c.final, i.field, i.reason,
        array(select json_array_elements_text(convert_from(c.final, 'UTF8')::json #> '{envelope,facts}'))
      from unnest(item_nos, paths, contribution_ids, kinds, keys, contents, fields, reasons)
          as i (item_no, path, contribution_id, kind, key, content, field, reason)
        cross join lateral (select coalesce(
          (select e.bytes from inbox.item e
            where e.contribution_id = i.contribution_id and e.attempt_id = attempt limit 1), i.content) as final) c;
  insert into sealing.submission_key (submission_id, recipient, kid, enc, sealed)
    select attempt, k.* from unnest(key_recipients, key_kids, key_encs, key_sealed) k on conflict do nothing;
  insert into sealing.data_key (submission_id, contribution_id, part, recipient, wrapped)
    select attempt, d.* from unnest(data_contributions, data_parts, data_recipients, data_wrapped) d
  on conflict do nothing;
  if exists (select from unnest(reasons) r where r is not null) then
    insert into inbox.suspension (attempt_id, path, contribution_id, subject_key)
      select attempt, i.path, i.contribution_id, i.key
        from unnest(paths, contribution_ids, keys, contents, reasons) as i (path, contribution_id, key, content, reason)
        where i.reason is null
          and i.path in (select q.path from unnest(paths, reasons) as q (path, reason) where q.reason is not null)
          and convert_from(i.content, 'UTF8')::json #>> '{envelope,type}' = 'disclosure-suspended'
      on conflict do nothing;
  end if;
end $$;

-- Accepts attempts in the order given. The loser of a race is dropped and told who won.
create function inbox.accept(attempts uuid[], digests bytea[], receipts uuid[])
returns table (attempt_id uuid, receipt_id uuid, body_digest bytea, won boolean)
language plpgsql security definer set search_path = pg_catalog as $$
declare
  n bigint;
  w record;
  a record;
begin
  select h.accepted_no into n from inbox.head h for update;
  for i in 1 .. coalesce(array_length(attempts, 1), 0) loop
    select t.* into a from inbox.attempt t where t.attempt_id = attempts[i];
    if not found then
      raise exception 'this attempt is not open to that organisation' using errcode = '42501';
    end if;
    perform inbox.must(a.organisation);
    select t.* into w from inbox.attempt t
      where t.client = a.client and t.feed = a.feed and t.idempotency_key = a.idempotency_key and t.accepted_no is not null;
    if found then
      if w.attempt_id <> attempts[i] then
        delete from inbox.attempt t where t.attempt_id = attempts[i];
        delete from inbox.place p where p.attempt_id = attempts[i];
        delete from sealing.data_key d where d.submission_id = attempts[i];
        delete from sealing.submission_key k where k.submission_id = attempts[i];
      end if;
      return query select attempts[i], w.receipt_id, w.body_digest, w.attempt_id = attempts[i];
    else
      n := n + 1;
      update inbox.attempt t
        set accepted_no = n, accepted_at = platform.recorded_now(), accepted_clock = clock_timestamp(),
            body_digest = digests[i], receipt_id = receipts[i]
        where t.attempt_id = attempts[i];
      return query select attempts[i], receipts[i], digests[i], true;
    end if;
  end loop;
  update inbox.head set accepted_no = n;
  perform pg_notify('inbox_accepted', '');
end $$;

create function inbox.drop_attempt(attempt uuid) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
  -- Whoever accepts it at the same time is waited for: the keys of an accepted attempt stay.
  perform from inbox.attempt t
    where t.attempt_id = attempt and t.accepted_no is null and inbox.may(t.organisation) for update;
  if not found then
    return;
  end if;
  delete from sealing.data_key d where d.submission_id = attempt;
  delete from sealing.submission_key k where k.submission_id = attempt;
  delete from inbox.attempt t where t.attempt_id = attempt;
  delete from inbox.place p where p.attempt_id = attempt;
end $$;

create function inbox.find_accepted(p_client text, p_feed text, p_key text)
returns table (receipt_id uuid, body_digest bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select t.receipt_id, t.body_digest from inbox.attempt t
    where t.client = p_client and t.feed = p_feed and t.idempotency_key = p_key and t.accepted_no is not null
      and inbox.may(t.organisation)
$$;

create function inbox.heartbeat_received(p_organisation text, p_feed text, p_client text, p_covers timestamptz)
returns timestamptz
language sql security definer set search_path = pg_catalog as $$
  select inbox.must(p_organisation);
  insert into inbox.heartbeat (organisation, feed, client, covers_until, received_at)
    values (p_organisation, p_feed, p_client, p_covers, platform.recorded_now()) returning received_at
$$;

-- The set of filed and quarantined contribution ids: what the inbox is held against. The projection fills it.
create schema projection;
create table projection.generation (
  generation integer primary key,
  state text not null check (state in ('live', 'shadow', 'old')),
  store_id uuid not null,
  position bigint not null,
  event_id uuid not null
);
create unique index one_live on projection.generation (state) where state = 'live';
create table projection.filed (
  generation integer not null,
  contribution_id uuid not null,
  position bigint not null,
  primary key (generation, contribution_id)
);
create function projection.live() returns integer
language sql stable security definer set search_path = pg_catalog as $$
  select g.generation from projection.generation g where g.state = 'live'
$$;
create function projection.is_filed(id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select exists (select 1 from projection.filed f
    where f.generation = (select g.generation from projection.generation g where g.state = 'live') and f.contribution_id = id)
$$;

-- Accepted and not yet filed, in acceptance order. Shard: one of 16, by subject key.
create function inbox.shard_of(key text) returns integer
language sql immutable set search_path = pg_catalog as $$ select (hashtext(key) & 15) $$;

-- p_commands: what people decided in the hub itself alone (true), all but that (false), both (null).
create function inbox.unfiled(
  after_no bigint, after_item integer, shards integer[], organisations text[], p_commands boolean, older_than interval, max_rows integer)
returns table (accepted_no bigint, item_no integer, subject_kind text, subject_key text, bytes bytea, trace text)
language sql stable security definer set search_path = pg_catalog as $$
  select a.accepted_no, i.item_no, i.subject_kind, i.subject_key, i.bytes, a.trace
    from inbox.attempt a join inbox.item i using (attempt_id)
    -- The first of these can use the index; the pair, which is of two tables, cannot.
    where a.accepted_no >= after_no and (a.accepted_no, i.item_no) > (after_no, after_item)
      and inbox.shard_of(i.subject_key) = any (shards)
      and (organisations is null or a.organisation = any (organisations)) and inbox.may(a.organisation)
      and (p_commands is null or p_commands = (a.feed = 'hub-commands'))
      and (older_than is null or a.accepted_clock < clock_timestamp() - older_than)
      and not exists (select 1 from projection.filed f
        where f.generation = (select g.generation from projection.generation g where g.state = 'live')
          and f.contribution_id = i.contribution_id)
    order by a.accepted_no, i.item_no limit max_rows
$$;

-- Relays of one login role, and the shards that each carries: a lease by the machine's clock, and only while its session
-- lives. Who dies, or lets it run out because he stands still, loses his shards to the others; who wakes late publishes
-- twice what is filed once.
create unlogged table inbox.relay (
  role text not null, owner text not null, until timestamptz not null, session integer not null, primary key (role, owner));
create unlogged table inbox.relay_shard (
  role text not null, shard integer not null, owner text not null, until timestamptz not null, primary key (role, shard));

-- Renews the lease, gives back what is more than a fair share, takes what is free up to it. Answers with what is held.
create function inbox.claim_shards(p_owner text, p_shards integer, p_lease interval) returns setof integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  mine constant text := session_user;
  now timestamptz;
  share integer;
begin
  if p_shards not between 1 and 64 or p_lease not between interval '0' and interval '1 minute' then
    raise exception 'a claim is of up to 64 shards and a minute' using errcode = '22023';
  end if;
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended('inbox.relay ' || mine, 0));
  now := clock_timestamp();
  delete from inbox.relay r where r.role = mine
    and (r.until < now or not exists (select from pg_stat_activity a where a.pid = r.session));
  insert into inbox.relay values (mine, p_owner, now + p_lease, pg_backend_pid())
    on conflict (role, owner) do update set until = excluded.until, session = excluded.session;
  select ceil(p_shards::numeric / count(*)) into share from inbox.relay r where r.role = mine;
  delete from inbox.relay_shard s where s.role = mine
    and (s.until < now or not exists (select from inbox.relay r where r.role = mine and r.owner = s.owner));
  delete from inbox.relay_shard s where s.role = mine and s.owner = p_owner and s.shard in (
    select h.shard from inbox.relay_shard h where h.role = mine and h.owner = p_owner order by h.shard offset share);
  update inbox.relay_shard s set until = now + p_lease where s.role = mine and s.owner = p_owner;
  insert into inbox.relay_shard
    select mine, free.shard, p_owner, now + p_lease from generate_series(0, p_shards - 1) as free (shard)
      where not exists (select from inbox.relay_shard s where s.role = mine and s.shard = free.shard)
      order by free.shard
      limit greatest(0, share - (select count(*) from inbox.relay_shard s where s.role = mine and s.owner = p_owner));
  return query select s.shard from inbox.relay_shard s where s.role = mine and s.owner = p_owner order by s.shard;
end $$;

-- At an orderly end the others need not wait for the lease to run out.
create function inbox.release_shards(p_owner text) returns void
language sql security definer set search_path = pg_catalog as $$
  delete from inbox.relay_shard s where s.role = session_user and s.owner = p_owner;
  delete from inbox.relay r where r.role = session_user and r.owner = p_owner;
$$;

-- Everything at or below this number is filed.
create function inbox.settled(after_no bigint) returns bigint
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(
    (select a.accepted_no - 1 from inbox.attempt a join inbox.item i using (attempt_id)
      where a.accepted_no > after_no
        and not exists (select 1 from projection.filed f
          where f.generation = (select g.generation from projection.generation g where g.state = 'live')
            and f.contribution_id = i.contribution_id)
      order by a.accepted_no limit 1),
    (select max(a.accepted_no) from inbox.attempt a where a.accepted_no > after_no),
    after_no)
$$;

create function inbox.backlog(after_no bigint, max_rows integer) returns integer
language sql stable security definer set search_path = pg_catalog as $$
  select count(*)::integer from (
    select 1 from inbox.attempt a join inbox.item i using (attempt_id)
      where a.accepted_no > after_no
        and not exists (select 1 from projection.filed f
          where f.generation = (select g.generation from projection.generation g where g.state = 'live')
            and f.contribution_id = i.contribution_id)
      limit max_rows) x
$$;

-- Without a client: of whichever connector or person of these organisations.
create function inbox.receipt(p_client text, p_receipt uuid)
returns table (feed text, organisation text, accepted_at timestamptz, items bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select a.feed, a.organisation, a.accepted_at, (select count(*) from inbox.item i where i.attempt_id = a.attempt_id)
    from inbox.attempt a
    where a.receipt_id = p_receipt and (p_client is null or a.client = p_client) and a.accepted_no is not null
      and inbox.may(a.organisation)
$$;

create function inbox.receipt_items(p_client text, p_receipt uuid, after_item integer, max_rows integer)
returns table (item_no integer, path text, contribution_id uuid, field text, reason text, state text)
language sql stable security definer set search_path = pg_catalog as $$
  select i.item_no, i.path, i.contribution_id, i.field, i.reason,
    case
      when exists (select 1 from inbox.item e join inbox.attempt b using (attempt_id)
        where e.contribution_id = i.contribution_id and b.accepted_no is not null
          and (b.accepted_no, e.item_no) < (a.accepted_no, i.item_no)) then 'duplicate'
      when not projection.is_filed(i.contribution_id) then 'accepted'
      when i.reason is not null then 'quarantined'
      else 'filed'
    end
    from inbox.attempt a join inbox.item i using (attempt_id)
    where a.receipt_id = p_receipt and (p_client is null or a.client = p_client) and a.accepted_no is not null
      and inbox.may(a.organisation) and i.item_no > after_item
    order by i.item_no limit max_rows
$$;

-- What was sent on a feed, the newest first, and what became of its items; those before a receipt.
create function inbox.submissions(p_organisations text[], p_feed text, p_client text, p_before uuid, max_rows integer)
returns table (organisation text, receipt_id uuid, accepted_at timestamptz,
  items bigint, filed bigint, quarantined bigint, duplicate bigint, accepted bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select s.organisation, s.receipt_id, s.accepted_at, c.items, c.items - c.quarantined - c.duplicate - c.accepted,
      c.quarantined, c.duplicate, c.accepted
    from (
      select a.* from inbox.attempt a
        where a.organisation = any (p_organisations) and inbox.may(a.organisation) and a.feed = p_feed
          and (p_client is null or a.client = p_client) and a.accepted_no is not null
          and (p_before is null or a.accepted_no < (select b.accepted_no from inbox.attempt b where b.receipt_id = p_before))
        order by a.accepted_no desc limit max_rows) s
    cross join lateral (
      select count(*) as items, count(*) filter (where x.seen) as duplicate,
          count(*) filter (where not x.seen and not x.held) as accepted,
          count(*) filter (where not x.seen and x.held and x.reason is not null) as quarantined
        from (
          select i.reason,
              exists (select 1 from inbox.item e join inbox.attempt b using (attempt_id)
                where e.contribution_id = i.contribution_id and b.accepted_no is not null
                  and (b.accepted_no, e.item_no) < (s.accepted_no, i.item_no)) as seen,
              exists (select 1 from projection.filed f
                where f.generation = (select g.generation from projection.generation g where g.state = 'live')
                  and f.contribution_id = i.contribution_id) as held
            from inbox.item i where i.attempt_id = s.attempt_id) x) c
    order by s.accepted_no desc
$$;

-- Signs of life of a feed, the newest first.
create function inbox.heartbeats(p_organisations text[], p_feed text, max_rows integer)
returns table (organisation text, received_at timestamptz, covers_until timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
  select h.organisation, h.received_at, h.covers_until from inbox.heartbeat h
    where h.organisation = any (p_organisations) and inbox.may(h.organisation) and h.feed = p_feed
    order by h.received_at desc, h.id desc limit max_rows
$$;

-- Up to which acceptance a quarantined item was decided.
create function inbox.decided_up_to(p_subject text) returns bigint
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(max(d.up_to), 0) from inbox.quarantine_decision d join inbox.attempt a using (attempt_id)
    where d.subject_key = p_subject and a.accepted_no is not null
$$;

-- Items in quarantine as they came last, the newest first: one of them, or those before an item of a receipt; with what
-- was decided about them since.
create function inbox.quarantine(
  p_organisations text[], p_feed text, p_client text, p_contribution uuid, p_open boolean, p_before uuid, before_item integer,
  max_rows integer)
returns table (organisation text, contribution_id uuid, subject_key text, triple bytea, client text, opened_no bigint,
  receipt_id uuid, item_no integer, field text, reason text, received_at timestamptz,
  outcome text, role text, decided_at timestamptz)
language sql stable security definer set search_path = pg_catalog as $$
  select a.organisation, i.contribution_id, i.subject_key, r.triple, a.client, a.accepted_no,
      a.receipt_id, i.item_no, i.field, i.reason, a.accepted_at, d.outcome, d.role, d.accepted_at
    from inbox.attempt a join inbox.item i using (attempt_id)
    join refs.reference r on r.subject_key = i.subject_key and r.organisation = a.organisation
    left join lateral (
      select q.outcome, q.role, b.accepted_at from inbox.quarantine_decision q join inbox.attempt b using (attempt_id)
        where q.subject_key = i.subject_key and q.up_to >= a.accepted_no and b.accepted_no is not null
        order by q.up_to desc limit 1) d on true
    where a.organisation = any (p_organisations) and inbox.may(a.organisation) and a.feed = p_feed
      and (p_client is null or a.client = p_client) and a.accepted_no is not null and i.reason is not null
      and (p_contribution is null or i.contribution_id = p_contribution)
      and (p_open is null or (d.outcome is null) = p_open)
      and (p_before is null or (a.accepted_no, i.item_no) <
        ((select b.accepted_no from inbox.attempt b where b.receipt_id = p_before), before_item))
      and not exists (select from inbox.item e join inbox.attempt b using (attempt_id)
        where e.contribution_id = i.contribution_id and b.accepted_no is not null
          and (p_client is null or b.client = p_client) and (b.accepted_no, e.item_no) > (a.accepted_no, i.item_no))
    order by a.accepted_no desc, i.item_no desc limit max_rows
$$;

-- How a feed stands. Everything at or below the number settled is filed.
create function inbox.feed_standing(p_organisation text, p_feed text, p_client text, settled bigint)
returns table (last_heartbeat timestamptz, covers_until timestamptz, waiting bigint, quarantined bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select h.received_at, h.covers_until,
      (select count(*) from inbox.attempt a join inbox.item i using (attempt_id)
        where a.organisation = p_organisation and a.feed = p_feed and a.accepted_no > settled
          and (p_client is null or a.client = p_client)
          and not exists (select 1 from projection.filed f
            where f.generation = (select g.generation from projection.generation g where g.state = 'live')
              and f.contribution_id = i.contribution_id)),
      (select count(*) from (
        select i.subject_key from inbox.attempt a join inbox.item i using (attempt_id)
          where a.organisation = p_organisation and a.feed = p_feed and a.accepted_no is not null
            and (p_client is null or a.client = p_client) and i.reason is not null
          group by i.subject_key having max(a.accepted_no) > inbox.decided_up_to(i.subject_key)) x)
    from (select 1) one
    left join lateral (select b.received_at, b.covers_until from inbox.heartbeat b
      where b.organisation = p_organisation and b.feed = p_feed order by b.received_at desc, b.id desc limit 1) h on true
    where inbox.may(p_organisation)
$$;

-- What ends with an item as it had come up to an acceptance: the suspensions that came with it since it was decided
-- last, unless another item with which they came is open.
create function inbox.suspensions_of(p_subject text, p_up_to bigint)
returns table (contribution_id uuid, subject_kind text, triple bytea)
language sql stable security definer set search_path = pg_catalog as $$
  select distinct s.contribution_id, r.subject_kind, r.triple
    from inbox.item i join inbox.attempt a using (attempt_id)
    join inbox.suspension s on s.attempt_id = i.attempt_id and s.path = i.path
    join refs.reference r on r.subject_key = s.subject_key and r.organisation = a.organisation and r.secret is not null
    where i.subject_key = p_subject and i.reason is not null and inbox.may(a.organisation)
      and a.accepted_no <= p_up_to and a.accepted_no > inbox.decided_up_to(p_subject)
      and not exists (
        select from inbox.suspension t join inbox.attempt c using (attempt_id)
          join inbox.item j on j.attempt_id = t.attempt_id and j.path = t.path and j.reason is not null
          where t.contribution_id = s.contribution_id and j.subject_key <> p_subject and c.accepted_no is not null
            and c.accepted_no > inbox.decided_up_to(j.subject_key))
$$;

-- Notes a decision with the attempt that carries it: 'decided'; or 'closed', where there was one; or 'changed', where
-- other suspensions end with it by now. Decisions of one organisation go one at a time: of two items with which a
-- suspension came, the later one ends it.
create function inbox.decide_quarantine(
  attempt uuid, p_subject text, p_up_to bigint, p_outcome text, p_role text, resumed uuid[])
returns text
language plpgsql security definer set search_path = pg_catalog as $$
declare
  a record;
begin
  select t.* into a from inbox.attempt t where t.attempt_id = attempt and t.accepted_no is null;
  if not found then
    raise exception 'this attempt is not open to that organisation' using errcode = '42501';
  end if;
  perform inbox.must(a.organisation);
  perform pg_advisory_xact_lock(hashtextextended('inbox.quarantine ' || a.organisation, 0));
  if not exists (select from inbox.item i join inbox.attempt o using (attempt_id)
      where i.subject_key = p_subject and i.reason is not null and o.accepted_no = p_up_to
        and o.organisation = a.organisation and o.feed = a.feed) then
    raise exception 'that organisation has no such item in quarantine' using errcode = '42501';
  end if;
  if inbox.decided_up_to(p_subject) >= p_up_to then
    return 'closed';
  end if;
  if (select coalesce(array_agg(s.contribution_id order by s.contribution_id), '{}') from inbox.suspensions_of(p_subject, p_up_to) s)
      <> (select coalesce(array_agg(r order by r), '{}') from unnest(resumed) r) then
    return 'changed';
  end if;
  insert into inbox.quarantine_decision (subject_key, up_to, attempt_id, outcome, role)
    values (p_subject, p_up_to, attempt, p_outcome, p_role) on conflict do nothing;
  return case when found then 'decided' else 'closed' end;
end $$;

-- Organisation of a receipt and whether everything in it is in the live view: for a reader of that organisation.
create function inbox.receipt_standing(p_receipt uuid) returns table (organisation text, waiting bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select a.organisation, (select count(*) from inbox.item i
      where i.attempt_id = a.attempt_id and not projection.is_filed(i.contribution_id))
    from inbox.attempt a where a.receipt_id = p_receipt and a.accepted_no is not null
$$;

-- The bytes of what was filed more than a day ago are in the store; the row stays for the receipt.
create function inbox.purge() returns bigint
language sql security definer set search_path = pg_catalog as $$
  with gone as (
    update inbox.item i set bytes = null from inbox.attempt a
      where a.attempt_id = i.attempt_id and i.bytes is not null and a.accepted_clock < clock_timestamp() - interval '1 day'
        and projection.is_filed(i.contribution_id) returning 1)
  select count(*) from gone
$$;

-- Attempts to which nothing was added for a day. One that is being added to is left alone.
create function inbox.sweep() returns void
language sql security definer set search_path = pg_catalog as $$
  select inbox.drop_attempt(o.attempt_id) from (
    select t.attempt_id from inbox.attempt t
      where t.accepted_no is null and t.staged < clock_timestamp() - interval '1 day'
      for update skip locked) o;
  delete from inbox.place p where p.placed < clock_timestamp() - interval '1 day'
    and not exists (select from inbox.attempt t where t.attempt_id = p.attempt_id)
$$;
`;

const GRANTS = `
revoke all on all functions in schema refs, inbox, projection from public;
grant usage on schema refs, inbox to ${intakeCapability};
grant execute on function
  refs.ensure(bytea[], text[], text[], text[], bytea[]),
  inbox.place(uuid, text, bytea[], text[], text[], text[], text[], bytea[]),
  inbox.shard_of(text),
  inbox.stage(uuid, text, text, text, text, text, integer[], text[], uuid[], text[], text[], bytea[], text[], text[],
    text[], text[], bytea[], bytea[], uuid[], text[], text[], bytea[]),
  inbox.accept(uuid[], bytea[], uuid[]),
  inbox.drop_attempt(uuid),
  inbox.find_accepted(text, text, text),
  inbox.heartbeat_received(text, text, text, timestamptz),
  inbox.unfiled(bigint, integer, integer[], text[], boolean, interval, integer),
  inbox.claim_shards(text, integer, interval),
  inbox.release_shards(text),
  inbox.settled(bigint),
  inbox.backlog(bigint, integer),
  inbox.purge(),
  inbox.sweep(),
  inbox.receipt(text, uuid),
  inbox.receipt_items(text, uuid, integer, integer),
  inbox.submissions(text[], text, text, uuid, integer),
  inbox.heartbeats(text[], text, integer),
  inbox.quarantine(text[], text, text, uuid, boolean, uuid, integer, integer),
  inbox.feed_standing(text, text, text, bigint),
  inbox.suspensions_of(text, bigint),
  inbox.decide_quarantine(uuid, text, bigint, text, text, uuid[])
  to ${intakeCapability};
`;
