import type { PoolClient } from 'pg';
import { CHILDREN_LISTED, CHRONOLOGY_OPENED, decodeListRecord, decodeReadRecord } from '#chronology';
import type { StoredEvent } from '#event-sourcing';

const READS_STREAM = /^reads-/;

/** A look as it is found again: who looked at what, when and why. */
interface ReadRow {
  readonly event: StoredEvent;
  readonly readId: string;
  readonly kind: string;
  readonly at: string;
  readonly purpose: string;
  readonly entries: number;
  readonly viewer: unknown;
  readonly checkpoint: number;
  readonly handle: string | null;
  readonly subjects: readonly string[];
  /** References to which the handle resolved, whatever was decided. */
  readonly start?: readonly string[];
  /** Kinds of relation under which a chronology was decided. */
  readonly relations?: readonly string[];
}

/**
 * Looks that are no chronology, by event type: found by who looked and at whom; what they showed is not replayed. An
 * auditor's is found by who looked alone, or whoever asks who looked at a child would find himself first.
 */
const OTHER_LOOKS: Readonly<Record<string, string>> = {
  'attempts-listed': 'attempts',
  'audit-looked': 'audit',
  'child-exclusions-opened': 'child-exclusions',
  'consent-opened': 'consent',
  'crossings-listed': 'crossings',
  'directives-opened': 'directives',
  'marks-opened': 'marks',
  'emergency-reviews-opened': 'emergency-reviews',
  'pair-opened': 'pair',
  'pairs-listed': 'pairs',
  'quarantine-looked': 'quarantine',
  'relation-reviews-opened': 'relation-reviews',
  'relations-opened': 'relations',
  'releases-opened': 'releases',
};

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

const otherLook = (event: StoredEvent, kind: string): ReadRow => {
  const record = JSON.parse(Buffer.from(event.data).toString('utf8')) as Readonly<Record<string, unknown>>;
  const id = record['readId'] ?? record['lookId'];
  const viewer = record['viewer'] as { readonly staff?: unknown } | undefined;
  const checkpoint = record['checkpoint'] as { readonly position?: unknown } | undefined;
  if (typeof id !== 'string' || typeof record['at'] !== 'string') throw new RangeError('the event is no look');
  return {
    event,
    readId: id,
    kind,
    at: record['at'],
    purpose: typeof record['purpose'] === 'string' ? record['purpose'] : '',
    entries: 0,
    viewer: record['viewer'] ?? {},
    checkpoint: typeof checkpoint?.position === 'number' ? checkpoint.position : 0,
    handle: null,
    subjects: [
      ...texts(viewer?.staff),
      ...texts(record['references']),
      ...texts(record['pair']),
      ...(Array.isArray(record['pairs']) ? record['pairs'].flatMap(texts) : []),
    ],
  };
};

const rowOf = (event: StoredEvent): ReadRow | undefined => {
  if (event.type === CHRONOLOGY_OPENED) {
    const record = decodeReadRecord(event.data);
    return {
      event,
      readId: record.readId,
      kind: 'chronology',
      at: record.at,
      purpose: record.purpose,
      entries: record.shown.entries,
      viewer: record.viewer,
      checkpoint: record.checkpoint.position,
      handle: record.handle,
      subjects: [...record.viewer.staff, ...record.references],
      start: record.start,
      relations: record.relations,
    };
  }
  if (event.type in OTHER_LOOKS) return otherLook(event, OTHER_LOOKS[event.type]!);
  if (event.type !== CHILDREN_LISTED) return undefined;
  const record = decodeListRecord(event.data);
  return {
    event,
    readId: record.readId,
    kind: 'list',
    at: record.at,
    purpose: record.purpose,
    entries: 0,
    viewer: record.viewer,
    checkpoint: record.checkpoint.position,
    handle: null,
    subjects: [...record.viewer.staff, ...record.children.flatMap(({ references }) => references)],
  };
};

/** Rows of the looks among these events, by which they are found again. */
export const projectReads = async (
  client: PoolClient,
  generation: number,
  events: readonly StoredEvent[],
  onUnreadable: (event: StoredEvent, error: unknown) => void,
): Promise<void> => {
  const rows = events
    .filter(({ stream }) => READS_STREAM.test(stream))
    .flatMap((event): ReadRow[] => {
      try {
        return [rowOf(event)].filter((row) => row !== undefined);
      } catch (error) {
        onUnreadable(event, error);
        return [];
      }
    });
  if (rows.length === 0) return;
  await client.query({
    name: 'project-reads',
    text: `insert into projection.read
             (generation, position, read_id, kind, stream, revision, at, purpose, entries, viewer, checkpoint, handle, relations)
           select $1, x.position, x.read_id, x.kind, x.stream, x.revision, x.at, x.purpose, x.entries, x.viewer, x.checkpoint,
             x.handle, array(select jsonb_array_elements_text(x.relations))
             from unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[], $8::text[],
               $9::integer[], $10::jsonb[], $11::bigint[], $12::uuid[], $13::jsonb[])
               as x (position, read_id, kind, stream, revision, at, purpose, entries, viewer, checkpoint, handle, relations)`,
    values: [
      generation,
      rows.map(({ event }) => event.position),
      rows.map(({ readId }) => readId),
      rows.map(({ kind }) => kind),
      rows.map(({ event }) => event.stream),
      rows.map(({ event }) => event.revision),
      rows.map(({ at }) => at),
      rows.map(({ purpose }) => purpose),
      rows.map(({ entries }) => entries),
      rows.map(({ viewer }) => JSON.stringify(viewer)),
      rows.map(({ checkpoint }) => checkpoint),
      rows.map(({ handle }) => handle),
      rows.map(({ relations = [] }) => JSON.stringify(relations)),
    ],
  });
  const subjects = rows.flatMap(({ event, subjects: keys, start = [] }) =>
    [...new Set([...keys, ...start])].map((key) => ({ key, position: event.position, decidedOn: keys.includes(key) })),
  );
  await client.query({
    name: 'project-read-subjects',
    text: `insert into projection.read_subject (generation, subject_key, position, decided_on)
           select $1, x.* from unnest($2::text[], $3::bigint[], $4::boolean[]) x`,
    values: [
      generation,
      subjects.map(({ key }) => key),
      subjects.map(({ position }) => position),
      subjects.map(({ decidedOn }) => decidedOn),
    ],
  });
};
