import { Exclude } from 'class-transformer';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { ContactDetailsDto, RecordLinkDto } from './record.dto.js';

/** One version of a record as an agency sent it. */
@Entity({ schema: 'bench', name: 'record' })
export class AgencyRecord {
  @PrimaryColumn('text') recordId!: string;
  @PrimaryColumn('text') version!: string;
  @Index() @Column('text') personId!: string;
  @Column('text') recordType!: string;
  @Column('text') systemId!: string;
  @Column('jsonb') contactDetails!: ContactDetailsDto[];
  @Column('jsonb') recordLink!: RecordLinkDto[];
  @Column('jsonb') payload!: object;
  @CreateDateColumn() receivedAt!: Date;
}

/** One entry of a child's chronology. */
@Entity({ schema: 'bench', name: 'entry' })
@Index(['childId', 'place'])
export class ChronologyEntry {
  @PrimaryColumn('uuid') entryId!: string;
  @Exclude() @Column('int') childId!: number;
  @Exclude() @Column('int') place!: number;
  @Column('text') version!: string;
  @Column('text') organisation!: string;
  @Column('text') service!: string;
  @Column('text') type!: string;
  @Column('text') recordType!: string;
  @Column('text') statement!: string;
  @Column('text') about!: string;
  @Column('text') summary!: string;
  @Column('jsonb') occurred!: object;
  @Column('timestamptz') hubReceived!: Date;
  @Column('text') readerText!: string;
  @Column('jsonb') marks!: string[];
  @Column('jsonb') content!: object;
  @Column('jsonb') location!: object;
}

/** That somebody looked: written by the reference without a framework alone. */
@Entity({ schema: 'bench', name: 'look' })
export class Look {
  @PrimaryGeneratedColumn('identity') id!: number;
  @CreateDateColumn() at!: Date;
  @Column('int') childId!: number;
  @Column('text') record!: string;
}
