import type { MigrationInterface, QueryRunner } from 'typeorm';
import { capabilitySql } from './roles.js';

/** May read every event. */
export const readStoreCapability = 'sightline_store_read';
/** May append, through the one function, and read. */
export const appendStoreCapability = 'sightline_store_append';

/** Append-only tables of events behind one function. Needs `PlatformClock1763900000000`. */
export class EventStoreTables1763900000001 implements MigrationInterface {
  readonly name = 'EventStoreTables1763900000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(capabilitySql(readStoreCapability));
    await queryRunner.query(capabilitySql(appendStoreCapability));
    await queryRunner.query(TABLES);
    await queryRunner.query(APPEND);
    await queryRunner.query(BIRTH);
    await queryRunner.query(GRANTS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop schema store cascade');
  }
}

const TABLES = `
create schema store;

create table store.event (
  position bigint primary key check (position > 0),
  stream text not null check (stream <> '' and stream not like '$%'),
  revision bigint not null check (revision >= 0),
  id uuid not null,
  type text not null check (type <> ''),
  data bytea not null,
  metadata bytea not null,
  unique (stream, revision),
  unique (stream, id)
) with (toast_tuple_target = 8160);
-- Sealed bytes do not get smaller.
alter table store.event alter column data set storage external;

-- The place of the last event. Whoever holds this row appends: so commit order is position order, without gaps.
create table store.head (
  one boolean primary key default true check (one),
  store_id uuid not null,
  position bigint not null,
  event_id uuid not null
) with (fillfactor = 50);

create function store.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'events are never changed (% on store.event)', tg_op using errcode = '42501';
end $$;
create trigger append_only before update or delete or truncate on store.event
  for each statement execute function store.refuse_change();
create trigger keep_head before delete or truncate on store.head
  for each statement execute function store.refuse_change();
`;

/*
 * One row a write, in their order: appended with the last event's revision and position, or not, with the stream's
 * present revision (-1: there is no such stream). Data and metadata come as one run of bytes each, cut by sizes: arrays
 * of bytea would travel as text.
 *
 * A write whose ids already stand, in this order, right after its expected revision is answered with that place. An id
 * that is in the stream anywhere else makes a conflict, even where the revision matches.
 *
 * Sequential scans and hash joins are off because plans are kept by long sessions, and one made while the table is
 * small would be ruinous a minute later.
 */
const APPEND = `
create function store.append(
  streams text[], expected bigint[], event_writes integer[], ids uuid[], types text[],
  all_data bytea, data_sizes integer[], all_metadata bytea, metadata_sizes integer[], hub_at timestamptz)
returns table (appended boolean, at_revision bigint, at_position bigint)
language plpgsql security definer
set search_path = pg_catalog
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  head_position bigint;
  total bigint := 0;
  last_id uuid;
  present bigint[];
  firsts bigint[];
  counts bigint[];
  accepted boolean[];
  found_events bigint;
begin
  select h.position into strict head_position from store.head h where h.one for update;

  select array_agg(coalesce(
      (select e.revision from store.event e where e.stream = s.stream order by e.revision desc limit 1), -1) order by s.n)
    into present from unnest(streams) with ordinality s(stream, n);
  select array_agg(g.first order by g.w), array_agg(g.events order by g.w) into firsts, counts
    from (select w, min(n) as first, count(*) as events from unnest(event_writes) with ordinality e(w, n) group by w) g;
  if cardinality(counts) is distinct from cardinality(streams) then
    raise exception 'every write has events, and they lie together' using errcode = '22023';
  end if;
  select array_agg(
      s.expected = s.present
      and not exists (select from store.event e
        where e.stream = s.stream and e.id = any (ids[s.first : s.first + s.events - 1]))
      order by s.n)
    into accepted
    from unnest(streams, expected, present, firsts, counts) with ordinality s(stream, expected, present, first, events, n);

  insert into store.event (position, stream, revision, id, type, data, metadata)
    select head_position + row_number() over (order by e.n),
        streams[e.w], expected[e.w] + 1 + e.n - firsts[e.w], e.id, e.type,
        substring(all_data from e.data_at for e.data_size),
        substring(all_metadata from e.metadata_at for e.metadata_size)
      from (
        select u.*,
            (1 + sum(u.data_size) over past - u.data_size)::integer as data_at,
            (1 + sum(u.metadata_size) over past - u.metadata_size)::integer as metadata_at
          from unnest(event_writes, ids, types, data_sizes, metadata_sizes)
            with ordinality u(w, id, type, data_size, metadata_size, n)
          window past as (order by u.n rows unbounded preceding)) e
      where accepted[e.w]
      order by e.n;

  for w in 1 .. cardinality(streams) loop
    if accepted[w] then
      total := total + counts[w];
      last_id := ids[firsts[w] + counts[w] - 1];
      appended := true;
      at_revision := present[w] + counts[w];
      at_position := head_position + total;
    else
      select count(*), max(e.position) into found_events, at_position
        from unnest(ids[firsts[w] : firsts[w] + counts[w] - 1]) with ordinality i(id, k)
        join store.event e on e.stream = streams[w] and e.revision = expected[w] + i.k and e.id = i.id;
      appended := found_events = counts[w];
      at_revision := case when appended then expected[w] + counts[w] else present[w] end;
    end if;
    return next;
  end loop;

  if total > 0 then
    update store.head h set position = head_position + total, event_id = last_id where h.one;
    if hub_at is not null then
      perform platform.raise_recorded(hub_at);
    end if;
    perform pg_notify('store_appended', '');
  end if;
end $$;
`;

const BIRTH = `
-- Gives the store its id and its first event, once; returns the id that it has.
create function store.create_once(new_store uuid, new_event uuid, new_data bytea, new_metadata bytea) returns uuid
language plpgsql security definer set search_path = pg_catalog as $$
begin
  lock table store.head in share row exclusive mode;
  if not exists (select from store.head) then
    insert into store.event (position, stream, revision, id, type, data, metadata)
      values (1, 'hub-store', 0, new_event, 'store-created', new_data, new_metadata);
    insert into store.head (store_id, position, event_id) values (new_store, 1, new_event);
  end if;
  return (select h.store_id from store.head h);
end $$;
`;

const GRANTS = `
revoke all on all functions in schema store from public;
grant usage on schema store to ${readStoreCapability}, ${appendStoreCapability};
grant select on store.event, store.head to ${readStoreCapability}, ${appendStoreCapability};
grant execute on function store.append(text[], bigint[], integer[], uuid[], text[], bytea, integer[], bytea, integer[], timestamptz)
  to ${appendStoreCapability};
grant execute on function store.create_once(uuid, uuid, bytea, bytea) to ${appendStoreCapability};
`;
