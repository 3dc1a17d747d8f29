import type { Pool, PoolClient } from 'pg';
import { isUuid, streamOf, type Envelope } from '#contracts';
import { inTransaction } from '#engines';
import type { Checkpoint, StoredEvent } from '#event-sourcing';
import { createLogger, describeError, readFinal, type Logger, type PartOpener } from '#platform';
import { isMatchable, LINKAGE_RULES_V1, type ClassifiedIdentifier } from '#identity';
import type { BlindIndex, BlindKind } from '../reading/blind-index.js';
import { unsealParts, type Unsealed } from '#platform';
import { projectEmergencies, projectEmergencyReads } from './emergencies.js';
import { projectMemberships } from './memberships.js';
import { projectReads } from './reads.js';
import { projectRelations } from './relations.js';

/** Streams whose events are projected; the rest is the hub's own. */
const SUBJECT_STREAM = /^(child|staff|org|agreement|quarantine)-[0-9a-f]{32}$/;

/** Another owner moved the generation on, or it is gone: this one must stop. */
export class Fenced extends Error {
  constructor() {
    super('another projection has moved this generation on');
    this.name = 'Fenced';
  }
}

/** The store holds subjects that the reference table lacks: it was not written with this database. */
export class ForeignSubjects extends Error {
  constructor() {
    super('the store holds subjects that the reference table does not know: it was not written with this database');
    this.name = 'ForeignSubjects';
  }
}

const refuseForeign = async (client: PoolClient, all: readonly Projected[]): Promise<void> => {
  const keys = [...new Set(all.map(({ envelope }) => envelope.subject.key))];
  const { rows } = await client.query({
    name: 'project-known-subjects',
    text: 'select count(*)::integer as known from refs.reference where subject_key = any ($1::text[])',
    values: [keys],
  });
  if ((rows[0] as { known: number }).known !== keys.length) throw new ForeignSubjects();
};

interface Projected {
  readonly event: StoredEvent;
  readonly envelope: Envelope;
  readonly confirms: string | null;
}

interface BlindRow {
  readonly position: number;
  readonly subjectKey: string;
  readonly organisation: string;
  readonly kind: BlindKind;
  readonly hmac: Buffer;
}

/** What the columns of a projected row need of an envelope, beyond what makes final bytes. */
const fitsRow = ({ stream }: StoredEvent, envelope: Envelope): boolean =>
  isUuid(envelope.contributionId) &&
  streamOf(envelope.subject) === stream &&
  [
    envelope.type,
    envelope.owner.organisation,
    envelope.record.key,
    envelope.record.body,
    envelope.rank.feed,
    envelope.rank.key,
    envelope.rank.by,
  ].every((text) => typeof text === 'string' && !text.includes('\0'));

const readEither = (event: StoredEvent): Projected => {
  if (event.type !== 'record-confirmed') {
    return { event, envelope: readFinal(event.data).form.envelope, confirms: null };
  }
  const confirmed = JSON.parse(Buffer.from(event.data).toString('utf8')) as { envelope: Envelope; confirms: string };
  return { event, envelope: confirmed.envelope, confirms: confirmed.confirms };
};

/**
 * The envelope of a filed event: its final bytes, or a confirmation that names who holds the body. Throws on an event
 * that is neither, or that speaks of another subject than its stream.
 */
export const readFiled = (event: StoredEvent): Projected => {
  const filed = readEither(event);
  const confirms = filed.confirms === null || isUuid(filed.confirms);
  if (!confirms || !fitsRow(event, filed.envelope)) throw new RangeError('the event is no filed contribution');
  return filed;
};

export const isSubjectEvent = (event: StoredEvent): boolean => SUBJECT_STREAM.test(event.stream);

/** What was erased before this generation was built: its blind values are those of the generation before. */
const keepErasedBlind = async (client: PoolClient, generation: number, lost: readonly Projected[]): Promise<void> => {
  if (lost.length === 0) return;
  await client.query(
    `insert into projection.blind (generation, position, subject_key, organisation, kind, hmac)
     select distinct $1::integer, b.position, b.subject_key, b.organisation, b.kind, b.hmac
       from projection.blind b
      where b.generation <> $1 and b.subject_key = any ($2::text[]) and b.position = any ($3::bigint[])
     on conflict do nothing`,
    [generation, lost.map(({ envelope }) => envelope.subject.key), lost.map(({ event }) => event.position)],
  );
};

const blindOf = (blind: BlindIndex, { event, envelope }: Projected, opened: Unsealed): BlindRow[] => {
  const row = (kind: BlindKind, hmac: Buffer): BlindRow => ({
    position: event.position,
    subjectKey: envelope.subject.key,
    organisation: envelope.owner.organisation,
    kind,
    hmac,
  });
  const identifiers = (opened.identity?.['identifiers'] ?? []) as ClassifiedIdentifier[];
  const rows = identifiers
    .filter(({ kind, value, status }) => status !== 'wrong-check-digit' && isMatchable(kind, value, LINKAGE_RULES_V1))
    .map(({ kind, value, status }) => row(status as BlindKind, blind.identifier(kind, value)));
  const name = blind.name(opened.identity?.['givenName'], opened.identity?.['familyName'], opened.terms?.['birthDate']);
  if (name) rows.push(row('name', name));
  const login = opened.terms?.['login'];
  if (envelope.type === 'staff-post' && typeof login === 'string') rows.push(row('login', blind.login(login)));
  return rows;
};

export interface ProjectorOptions {
  readonly pool: Pool;
  readonly generation: number;
  readonly opener: PartOpener;
  readonly blind: BlindIndex;
  /** Told of an event of a subject's stream that cannot be read, and so is not projected. It is logged when absent. */
  readonly onUnreadable?: (event: StoredEvent, error: unknown) => void;
}

/** Used where nobody else is told: an event that is set aside never goes unsaid. */
const logger: Logger = createLogger({ app: 'sharing', instance: 'projection', level: 'error' });

const logUnreadable = ({ position }: StoredEvent, error: unknown): void =>
  logger.error('event-unreadable', { position, ...describeError(error) });

/**
 * Projects batches of events: rows and checkpoint in one transaction, fenced by compare-and-set, so that a batch is
 * projected once whoever else tries.
 */
export class Projector {
  constructor(private readonly options: ProjectorOptions) {}

  /** Where this generation stands. */
  async checkpoint(): Promise<Checkpoint> {
    const { rows } = await this.options.pool.query(
      'select store_id, position, event_id from projection.generation where generation = $1',
      [this.options.generation],
    );
    const row = rows[0] as { store_id: string; position: string; event_id: string } | undefined;
    if (!row) throw new Fenced();
    return { store: row.store_id, position: Number(row.position), eventId: row.event_id };
  }

  async project(events: readonly StoredEvent[], from: Checkpoint): Promise<Checkpoint> {
    const last = events.at(-1);
    if (!last) return from;
    const to: Checkpoint = { store: from.store, position: last.position, eventId: last.id };
    return inTransaction(this.options.pool, 'read committed', async (client) => {
      const moved = await client.query(
        `update projection.generation set position = $3, event_id = $4
          where generation = $1 and position = $2 and store_id = $5 and state <> 'old'`,
        [this.options.generation, from.position, to.position, to.eventId, from.store],
      );
      if (moved.rowCount !== 1) throw new Fenced();
      await this.insert(
        client,
        events.filter(isSubjectEvent).flatMap((event) => this.tryRead(event)),
      );
      await projectReads(client, this.options.generation, events, this.options.onUnreadable ?? logUnreadable);
      await projectEmergencyReads(client, this.options.generation, events);
      return to;
    });
  }

  /** Nothing for an event that cannot be read: the rest goes on without it. */
  private tryRead(event: StoredEvent): Projected[] {
    try {
      return [readFiled(event)];
    } catch (error) {
      (this.options.onUnreadable ?? logUnreadable)(event, error);
      return [];
    }
  }

  private async insert(client: PoolClient, all: readonly Projected[]): Promise<void> {
    if (all.length === 0) return;
    const { generation, opener, blind } = this.options;
    await client.query({
      name: 'project-filed',
      text: `insert into projection.filed (generation, contribution_id, position)
               select $1, id, position from unnest($2::uuid[], $3::bigint[]) as x (id, position)
             on conflict do nothing`,
      values: [generation, all.map((p) => p.envelope.contributionId), all.map((p) => p.event.position)],
    });
    await refuseForeign(client, all);
    const seen = all.filter((p) => p.envelope.subject.kind !== 'quarantine');
    if (seen.length === 0) return;
    await client.query({
      name: 'project-contributions',
      text: `insert into projection.contribution (generation, position, revision, contribution_id, confirms, subject_kind,
               subject_key, type, organisation, feed, record_key, body, rank_key, ranked_by, bytes)
             select $1, x.* from unnest($2::bigint[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
               $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[]) x`,
      values: [
        generation,
        seen.map((p) => p.event.position),
        seen.map((p) => p.event.revision),
        seen.map((p) => p.envelope.contributionId),
        seen.map((p) => p.confirms),
        seen.map((p) => p.envelope.subject.kind),
        seen.map((p) => p.envelope.subject.key),
        seen.map((p) => p.envelope.type),
        seen.map((p) => p.envelope.owner.organisation),
        seen.map((p) => p.envelope.rank.feed),
        seen.map((p) => p.envelope.record.key),
        seen.map((p) => p.envelope.record.body),
        seen.map((p) => p.envelope.rank.key),
        seen.map((p) => p.envelope.rank.by),
        seen.map((p) => p.event.data),
      ],
    });
    const held = seen.filter((p) => p.confirms === null);
    const opened = await unsealParts(
      client,
      opener,
      held.map((p) => ({ bytes: p.event.data })),
      ['identity', 'terms'],
    );
    const rows = held.flatMap((p, i) => blindOf(blind, p, opened[i]!));
    await client.query({
      name: 'project-blind',
      text: `insert into projection.blind (generation, position, subject_key, organisation, kind, hmac)
             select $1::integer, x.*
               from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bytea[]) as x (position, subject_key, organisation, kind, hmac)
             on conflict do nothing`,
      values: [
        generation,
        rows.map((r) => r.position),
        rows.map((r) => r.subjectKey),
        rows.map((r) => r.organisation),
        rows.map((r) => r.kind),
        rows.map((r) => r.hmac),
      ],
    });
    const filed = held.map(({ event, envelope }, i) => ({
      position: event.position,
      envelope,
      terms: opened[i]!.terms,
    }));
    await projectRelations(client, blind, generation, filed);
    await projectEmergencies(client, generation, filed);
    await keepErasedBlind(
      client,
      generation,
      held.filter((_, i) => opened[i]!.unreadable.includes('identity')),
    );
    // Whether an identifier or a name still stands depends on every version and retraction: nothing is left out.
    const children = seen.filter((p) => p.envelope.subject.kind === 'child').map((p) => p.envelope.subject.key);
    await projectMemberships(client, opener, blind, generation, all.at(-1)!.event.position, [...new Set(children)]);
  }
}
