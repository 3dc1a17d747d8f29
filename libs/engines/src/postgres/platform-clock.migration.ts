import type { MigrationInterface, QueryRunner } from 'typeorm';
import { capabilitySql } from './roles.js';

/** May move recorded time (development only). */
export const setClockCapability = 'sightline_clock_set';
/** May say that something was recorded at a time, so that recorded time never lies before it. */
export const raiseClockCapability = 'sightline_clock_raise';

/** Recorded time: the machine's clock plus an offset, never before what was recorded last, in whole milliseconds. */
export class PlatformClock1763900000000 implements MigrationInterface {
  readonly name = 'PlatformClock1763900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(capabilitySql(setClockCapability));
    await queryRunner.query(capabilitySql(raiseClockCapability));
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop schema platform cascade');
  }
}

const UP = `
create schema platform;

create table platform.clock (
  one boolean primary key default true check (one),
  offset_ms bigint not null default 0,
  last_recorded timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into platform.clock default values;

-- Stable: one statement sees one offset, that of its own snapshot.
create function platform.recorded_now() returns timestamptz
language sql stable security definer set search_path = pg_catalog as $$
  select greatest(
    date_trunc('milliseconds', clock_timestamp() + c.offset_ms * interval '1 millisecond'),
    c.last_recorded)
  from platform.clock c
$$;

-- What lies ahead of recorded time cannot have been recorded: it does not move the clock beyond now.
create function platform.raise_recorded(at timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog as $$
  update platform.clock c
    set last_recorded = least(date_trunc('milliseconds', at), platform.recorded_now())
    where c.one and at > c.last_recorded
$$;

-- Returns the new recorded time. Until something was recorded it may be set to anything.
create function platform.set_clock(moment timestamptz) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  last timestamptz;
begin
  if moment is null or not isfinite(moment) then
    raise exception 'recorded time is a finite instant' using errcode = '22023';
  end if;
  select c.last_recorded into last from platform.clock c where c.one for update;
  if isfinite(last) and moment < platform.recorded_now() then
    raise exception 'recorded time does not go back' using errcode = '22023';
  end if;
  update platform.clock c
    set offset_ms = (extract(epoch from date_trunc('milliseconds', moment) - clock_timestamp()) * 1000)::bigint,
        last_recorded = date_trunc('milliseconds', moment)
    where c.one;
  return platform.recorded_now();
end $$;

-- True until something was recorded.
create function platform.clock_is_new() returns boolean
language sql stable security definer set search_path = pg_catalog as $$
  select not isfinite(c.last_recorded) from platform.clock c
$$;

revoke all on all functions in schema platform from public;
grant usage on schema platform to public;
grant execute on function platform.recorded_now() to public;
grant execute on function platform.raise_recorded(timestamptz) to ${raiseClockCapability};
grant execute on function platform.set_clock(timestamptz) to ${setClockCapability};
grant execute on function platform.clock_is_new() to ${setClockCapability};
`;
