import type { MigrationInterface, QueryRunner } from 'typeorm';
import { sharingCapability } from '../projection/projection.migration.js';

/** Who works where, as an organisation's own system provisions it (RFC 7643): what they say is sealed. */
export class Provisioning1764000004000 implements MigrationInterface {
  readonly name = 'Provisioning1764000004000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
create table sharing.scim_resource (
  id uuid primary key,
  organisation text not null,
  kind text not null check (kind in ('User', 'Group')),
  -- HMACs of its userName or displayName, and of its externalId: found by them, and each there once.
  name bytea not null,
  external bytea,
  sealed bytea not null,
  created_at timestamptz not null,
  modified_at timestamptz not null,
  unique (organisation, kind, name),
  unique (organisation, kind, external)
);
create table sharing.scim_member (
  group_id uuid not null references sharing.scim_resource on delete cascade,
  user_id uuid not null references sharing.scim_resource on delete cascade,
  primary key (group_id, user_id)
);
create index scim_member_user on sharing.scim_member (user_id);
grant select, insert, update, delete on sharing.scim_resource to ${sharingCapability};
grant select, insert, delete on sharing.scim_member to ${sharingCapability};
`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table sharing.scim_member, sharing.scim_resource');
  }
}
