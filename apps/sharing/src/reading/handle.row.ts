import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A handle, and what its viewer knew of the person, sealed. */
@Entity({ schema: 'sharing', name: 'handle' })
export class HandleRow {
  @PrimaryColumn({ type: 'uuid' })
  handle!: string;

  @Column({ type: 'text', name: 'staff_login' })
  staffLogin!: string;

  @Column({ type: 'bytea' })
  description!: Buffer;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** HMAC of viewer and description, where each has one handle for good. */
  @Column({ type: 'bytea', nullable: true })
  of!: Buffer | null;
}
