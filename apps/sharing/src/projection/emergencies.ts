import type { PoolClient } from 'pg';
import { catalogue, type Envelope } from '#contracts';
import { CHRONOLOGY_OPENED, EMERGENCY, EMERGENCY_OPENED, EMERGENCY_REVIEWED } from '#chronology';
import type { StoredEvent } from '#event-sourcing';

/** What is filed and holds its own body, with its terms where they can be read. */
interface Filed {
  readonly position: number;
  readonly envelope: Envelope;
  readonly terms?: Readonly<Record<string, unknown>> | undefined;
}

const CONTENT_TYPES = [...catalogue.values()].filter(({ kind }) => kind === 'content').map(({ type }) => type);

interface OpenedTerms {
  readonly access: string;
  readonly handle: string;
  readonly from: string;
  readonly until: string;
  readonly deputyBy: string;
  readonly references: readonly string[];
}

/** What is opened in emergencies, whose records that concerns, and what decides about it. */
export const projectEmergencies = async (
  client: PoolClient,
  generation: number,
  filed: readonly Filed[],
): Promise<void> => {
  await projectOpened(client, generation, filed);
  await projectReviewed(client, generation, filed);
};

const projectOpened = async (client: PoolClient, generation: number, filed: readonly Filed[]): Promise<void> => {
  const opened = filed
    .filter(({ envelope, terms }) => envelope.type === EMERGENCY_OPENED && terms)
    .map((one) => ({ ...one, terms: one.terms as unknown as OpenedTerms }));
  if (opened.length === 0) return;
  await client.query({
    name: 'project-emergencies',
    text: `insert into projection.emergency_access
             (generation, position, access, staff_key, handle, opened_at, until, deputy_by)
           select $1, x.* from unnest($2::bigint[], $3::uuid[], $4::text[], $5::uuid[], $6::timestamptz[],
             $7::timestamptz[], $8::timestamptz[]) x`,
    values: [
      generation,
      opened.map(({ position }) => position),
      opened.map(({ terms }) => terms.access),
      opened.map(({ envelope }) => envelope.subject.key),
      opened.map(({ terms }) => terms.handle),
      opened.map(({ terms }) => terms.from),
      opened.map(({ terms }) => terms.until),
      opened.map(({ terms }) => terms.deputyBy),
    ],
  });
  await insertOwners(
    client,
    generation,
    opened.flatMap(({ position, terms: { access, references } }) =>
      references.map((reference) => ({ access, reference, position, upTo: position })),
    ),
  );
};

const projectReviewed = async (client: PoolClient, generation: number, filed: readonly Filed[]): Promise<void> => {
  const reviews = filed.flatMap(({ position, envelope, terms }) => {
    const { access, organisation, outcome } = terms ?? {};
    return envelope.type === EMERGENCY_REVIEWED && outcome !== 'more-needed' && typeof access === 'string'
      ? [{ position, access, organisation: organisation as string, decidedAt: envelope.hubReceived }]
      : [];
  });
  if (reviews.length === 0) return;
  await client.query({
    name: 'project-emergency-reviews',
    text: `insert into projection.emergency_review (generation, position, access, organisation, decided_at)
           select $1, x.* from unnest($2::bigint[], $3::uuid[], $4::text[], $5::timestamptz[]) x`,
    values: [
      generation,
      reviews.map(({ position }) => position),
      reviews.map(({ access }) => access),
      reviews.map(({ organisation }) => organisation),
      reviews.map(({ decidedAt }) => decidedAt),
    ],
  });
};

/** Whose records belong to a reference, as filed up to a position. */
interface Owning {
  readonly access: string;
  readonly reference: string;
  /** Of the event by which they are concerned. */
  readonly position: number;
  readonly upTo: number;
}

/** Each owner stands once, from the first event on that concerned it, however events come in batches. */
const insertOwners = async (client: PoolClient, generation: number, owning: readonly Owning[]): Promise<void> => {
  if (owning.length === 0) return;
  await client.query({
    name: 'project-emergency-owners',
    text: `insert into projection.emergency_owner (generation, access, organisation, subject_key, position)
           select $1, x.access, c.organisation, x.reference, min(x.position)
             from unnest($2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) as x (access, reference, position, up_to)
             join projection.contribution c on c.generation = $1 and c.subject_key = x.reference
              and c.position <= x.up_to and c.type = any ($6::text[])
            group by x.access, c.organisation, x.reference
           on conflict do nothing`,
    values: [
      generation,
      owning.map(({ access }) => access),
      owning.map(({ reference }) => reference),
      owning.map(({ position }) => position),
      owning.map(({ upTo }) => upTo),
      CONTENT_TYPES,
    ],
  });
};

interface EmergencyRead {
  readonly handle: string;
  readonly at: string;
  readonly references: readonly string[];
  readonly position: number;
  readonly upTo: number;
}

/** Whatever cannot be read as one is set aside where reads are projected. */
const emergencyReadIn = ({ type, data, position }: StoredEvent): EmergencyRead[] => {
  if (type !== CHRONOLOGY_OPENED) return [];
  try {
    const { purpose, relations, handle, at, references, checkpoint } = JSON.parse(
      Buffer.from(data).toString('utf8'),
    ) as Readonly<Record<string, unknown>> & { readonly checkpoint: { readonly position: number } };
    return purpose === EMERGENCY && (relations as string[]).includes('emergency')
      ? [
          {
            handle: handle as string,
            at: at as string,
            references: references as string[],
            position,
            upTo: checkpoint.position,
          },
        ]
      : [];
  } catch {
    return [];
  }
};

/** Who came to own something of the child after it was opened is concerned by the first read that it was part of. */
export const projectEmergencyReads = async (
  client: PoolClient,
  generation: number,
  events: readonly StoredEvent[],
): Promise<void> => {
  const reads = events.flatMap(emergencyReadIn);
  if (reads.length === 0) return;
  const { rows } = await client.query({
    name: 'project-emergency-reads',
    text: `select x.i, a.access from unnest($2::integer[], $3::uuid[], $4::timestamptz[], $5::bigint[]) as x (i, handle, at, position)
             join projection.emergency_access a on a.generation = $1 and a.handle = x.handle and a.position < x.position
              and a.opened_at <= x.at and x.at < a.until`,
    values: [
      generation,
      reads.map((_, i) => i),
      reads.map(({ handle }) => handle),
      reads.map(({ at }) => at),
      reads.map(({ position }) => position),
    ],
  });
  await insertOwners(
    client,
    generation,
    (rows as { i: number; access: string }[]).flatMap(({ i, access }) => {
      const { references, position, upTo } = reads[i]!;
      return references.map((reference) => ({ access, reference, position, upTo }));
    }),
  );
};
