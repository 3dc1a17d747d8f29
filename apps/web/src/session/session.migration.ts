import type { MigrationInterface, QueryRunner } from 'typeorm';
import { capabilitySql } from '#engines';

/** May keep sessions, and nothing else. */
export const webCapability = 'sightline_web';

/** Sessions of people: their ids are known by digest alone, and what they hold is sealed. */
export class WebSessions1764000002000 implements MigrationInterface {
  readonly name = 'WebSessions1764000002000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(capabilitySql(webCapability));
    await queryRunner.query(`
create schema web;
create table web.session (
  -- SHA-256 of the id in the cookie.
  id_digest bytea primary key check (length(id_digest) = 32),
  sealed bytea not null,
  used_at timestamptz not null,
  ends_at timestamptz not null
);
create index session_ends on web.session (ends_at);
grant usage on schema web to ${webCapability};
grant select, insert, update, delete on web.session to ${webCapability};
`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop schema web cascade');
  }
}
