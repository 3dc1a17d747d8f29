import type { MigrationInterface, QueryRunner } from 'typeorm';

/** May look up whose reference a local id is, and by which names what was erased was known. */
export class AuditGrants1764000003000 implements MigrationInterface {
  readonly name = 'AuditGrants1764000003000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      grant usage on schema refs to sightline_audit;
      grant select (triple, subject_kind, subject_key, organisation) on refs.reference to sightline_audit;
      grant select on projection.blind to sightline_audit;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      revoke select on projection.blind from sightline_audit;
      revoke select (triple, subject_kind, subject_key, organisation) on refs.reference from sightline_audit;
      revoke usage on schema refs from sightline_audit;
    `);
  }
}
