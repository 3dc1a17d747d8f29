import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The id that one viewer has for good for a pair of references; which two is sealed. */
@Entity({ schema: 'sharing', name: 'pair' })
export class PairRow {
  @PrimaryColumn({ type: 'uuid' })
  pair!: string;

  @Column({ type: 'text', name: 'staff_login' })
  staffLogin!: string;

  @Column({ type: 'bytea' })
  description!: Buffer;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  /** HMAC of viewer and pair. */
  @Column({ type: 'bytea' })
  of!: Buffer;
}
