import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalBytes, canonicalText, type Envelope } from '#contracts';
import {
  CHILDREN_LISTED,
  CHRONOLOGY_OPENED,
  decodeListRecord,
  decodeReadRecord,
  SEALED_LIST_INFO,
  type ListRecord,
  type ReadRecord,
  type ReadScope,
  type SealedList,
} from '#chronology';
import type { EventStore, StoredEvent } from '#event-sourcing';
import { verifyStream, type ChainHead } from '#ledger';
import { openWith, unsealForDecision, type KeyService, type PartOpener } from '#platform';
import type { FiledContribution } from '#timeline';
import { everything, Histories, isAboutSubject } from './history.js';
import { AUDIT_LOOKED, decodeLookRecord } from './looks/look-record.js';
import { asRead, replayList } from './replay-list.js';
import { replayRead, scopeOf, type ReplayOutcome } from './replay-read.js';
import { isWhole } from './store/pending-items.js';

export interface Finding {
  readonly stream: string;
  readonly revision: number;
  /** What is wrong there: a code. */
  readonly what: string;
}

export interface VerificationReport {
  readonly events: number;
  readonly streams: number;
  readonly reads: Readonly<Record<ReplayOutcome, number>>;
  /** Recorded looks at lists of one's own children, by what comes of deciding them again. */
  readonly lists: Readonly<Record<ReplayOutcome, number>>;
  /** Recorded looks of auditors. */
  readonly looks: number;
  /** Parts of contributions whose wrapped keys are gone. */
  readonly erasedParts: number;
  readonly projectedRows: number;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly opener: PartOpener;
  readonly onProgress?: (events: number, total: number) => void;
}

/** Where a finding is about a place in everything: its `revision` is the position. */
export const EVERYTHING = '$all';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * Checks every stream's chain, every recorded read (that the store is where it stood, and what it shows when decided
 * again from the store alone), and that the projection has the store's bytes, all of them up to where it stands. What is wrong is named by stream and revision.
 */
export const verifyHistory = async ({
  store,
  pool,
  keys,
  opener,
  onProgress,
}: VerifyOptions): Promise<VerificationReport> => {
  const findings: Finding[] = [];
  const heads = new Map<string, ChainHead | 'broken'>();
  const histories = new Histories(pool, opener);
  const recorded: Recorded[] = [];
  let looks = 0;
  const total = (await store.head())?.position ?? 0;
  let events = 0;
  let last: StoredEvent | undefined;
  const rows = new ProjectedBytes(pool);
  const ids = new Map<number, string>();
  for await (const page of everything(store)) {
    for (const [stream, own] of Map.groupBy(page, (event) => event.stream)) {
      const head = heads.get(stream);
      if (head === 'broken') continue;
      const verified = verifyStream(own, sha256, head ?? null);
      if (verified.ok) heads.set(stream, verified.head!);
      else {
        findings.push({ stream, revision: verified.revision, what: verified.what });
        heads.set(stream, 'broken');
      }
    }
    for (const [i, event] of page.entries()) {
      ids.set(event.position, event.id);
      const before = i === 0 ? (last?.position ?? 0) : page[i - 1]!.position;
      if (store.densePositions && event.position !== before + 1) {
        findings.push({ stream: EVERYTHING, revision: before + 1, what: 'position-missing' });
      }
    }
    const sound = page.filter((event) => heads.get(event.stream) !== 'broken');
    await histories.add(sound);
    findings.push(...(await rows.compare(sound)));
    for (const event of sound) {
      switch (event.type) {
        case CHRONOLOGY_OPENED:
          recorded.push({ kind: 'read', event, record: decodeReadRecord(event.data) });
          break;
        case CHILDREN_LISTED:
          recorded.push({ kind: 'list', event, record: decodeListRecord(event.data) });
          break;
        case AUDIT_LOOKED:
          decodeLookRecord(event.data);
          looks += 1;
          break;
      }
    }
    events += page.length;
    last = page.at(-1) ?? last;
    onProgress?.(events, total);
  }
  const head = await store.head();
  if (head && last && (head.position !== last.position || head.eventId !== last.id)) {
    findings.push({ stream: last.stream, revision: last.revision, what: 'end-missing' });
  }
  findings.push(...(await rows.withoutEvent(store.id, ids, last?.position ?? 0)));
  const unfiled = await loadPending(
    pool,
    opener,
    recorded.flatMap(({ record }) => record.pending).filter((id) => !isWhole(histories.find(id))),
  );
  const findPending = (id: string) => {
    const filed = histories.find(id);
    return isWhole(filed) ? filed : (unfiled.get(id) ?? filed);
  };
  const outcomes = { read: noOutcomes(), list: noOutcomes() };
  for (const one of recorded) {
    const { event, record } = one;
    const wrong = (what: string) => findings.push({ stream: event.stream, revision: event.revision, what });
    const { checkpoint } = record;
    const stood = checkpoint.position < event.position ? ids.get(checkpoint.position) : undefined;
    if (checkpoint.store !== store.id || checkpoint.eventId !== stood) wrong('checkpoint-differs');
    if (!record.pending.every(findPending)) wrong('pending-lost');
    const list = await openList(keys, record);
    const scope = (read: ReadRecord): ReadScope => scopeOf(read, histories, findPending, list);
    const outcome =
      one.kind === 'read'
        ? replayRead(one.record, scope(one.record), list)
        : replayList(
            one.record,
            one.record.children.map((child) => scope(asRead(one.record, child))),
          );
    outcomes[one.kind][outcome] += 1;
    if (outcome === 'differs') wrong('read-differs');
  }
  return {
    events,
    streams: heads.size,
    reads: outcomes.read,
    lists: outcomes.list,
    looks,
    erasedParts: histories.erasedParts,
    projectedRows: rows.compared,
    findings,
  };
};

type Recorded =
  | { readonly kind: 'read'; readonly event: StoredEvent; readonly record: ReadRecord }
  | { readonly kind: 'list'; readonly event: StoredEvent; readonly record: ListRecord };

const noOutcomes = (): Record<ReplayOutcome, number> => ({ same: 0, erased: 0, 'other-code': 0, differs: 0 });

/** What a record keeps sealed; undefined where it does not open. Of a list of one's own children it is the login alone. */
export const openList = async (
  keys: KeyService,
  { readId, sealed }: Pick<ReadRecord, 'readId' | 'sealed'>,
): Promise<SealedList | undefined> => {
  try {
    const plain = await openWith(
      await keys.privateKeyOf('hub', sealed.kid),
      Buffer.from(sealed.enc, 'base64url'),
      Buffer.from(sealed.ct, 'base64url'),
      SEALED_LIST_INFO,
      canonicalBytes([readId]),
    );
    const list = JSON.parse(Buffer.from(plain).toString('utf8')) as Partial<SealedList>;
    return { lines: [], notices: [], childBirthDate: null, ...list, login: list.login! };
  } catch {
    return undefined;
  }
};

/** Contributions that the store does not hold in whole, by id, as they were first accepted. */
const loadPending = async (
  pool: Pool,
  opener: PartOpener,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FiledContribution>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await pool.query(
    `select distinct on (i.contribution_id) i.contribution_id, i.bytes
       from inbox.item i join inbox.attempt a using (attempt_id)
      where i.contribution_id = any ($1::uuid[]) and i.bytes is not null and a.accepted_no is not null
      order by i.contribution_id, a.accepted_no, i.item_no`,
    [[...new Set(ids)]],
  );
  const found = rows as { contribution_id: string; bytes: Buffer }[];
  const opened = await unsealForDecision(
    pool,
    opener,
    found.map(({ bytes }) => ({ position: null, confirms: null, bytes })),
  );
  return new Map(found.map((row, i) => [row.contribution_id, opened[i]!]));
};

/** The columns of the row of an event, as its envelope says them. */
const columnsOf = ({ type, data, revision }: StoredEvent): readonly unknown[] => {
  const { envelope, confirms } = JSON.parse(Buffer.from(data).toString('utf8')) as {
    readonly envelope: Envelope;
    readonly confirms?: string;
  };
  const { contributionId, subject, owner, record, rank } = envelope;
  return [
    revision,
    contributionId,
    type === 'record-confirmed' ? confirms : null,
    subject.kind,
    subject.key,
    envelope.type,
    owner.organisation,
    rank.feed,
    record.key,
    record.body,
    rank.key,
    rank.by,
  ];
};

/** The live projection's copy of the bytes of each event, and what it says of them in its columns. */
class ProjectedBytes {
  compared = 0;

  constructor(private readonly pool: Pool) {}

  /** Rows of which the store has no event, and a projection that was built from another store. */
  async withoutEvent(storeId: string, known: ReadonlyMap<number, string>, upTo: number): Promise<Finding[]> {
    const { rows } = await this.pool.query(
      `select g.store_id, c.position from projection.generation g
         left join projection.contribution c on c.generation = g.generation and c.position <= $1
        where g.state = 'live'`,
      [upTo],
    );
    const found = rows as { store_id: string; position: string | null }[];
    if (found[0] && found[0].store_id !== storeId) {
      return [{ stream: EVERYTHING, revision: 0, what: 'projection-of-another-store' }];
    }
    return found.flatMap(({ position }) =>
      position === null || known.has(Number(position))
        ? []
        : [{ stream: EVERYTHING, revision: Number(position), what: 'store-misses' }],
    );
  }

  async compare(events: readonly StoredEvent[]): Promise<Finding[]> {
    if (events.length === 0) return [];
    // One statement, so that rows and checkpoint are of one generation at one instant.
    const { rows } = await this.pool.query(
      `select g.position as checkpoint, c.position, sha256(c.bytes) as digest,
              jsonb_build_array(c.revision, c.contribution_id, c.confirms, c.subject_kind, c.subject_key, c.type,
                c.organisation, c.feed, c.record_key, c.body, c.rank_key, c.ranked_by) as columns
         from projection.generation g
         left join projection.contribution c on c.generation = g.generation and c.position = any ($1::bigint[])
        where g.state = 'live'`,
      [events.map((event) => event.position)],
    );
    const found = rows as {
      checkpoint: string;
      position: string | null;
      digest: Buffer | null;
      columns: readonly unknown[];
    }[];
    const checkpoint = Number(found[0]?.checkpoint ?? -1);
    const byPosition = new Map(found.map((row) => [Number(row.position), row]));
    return events.flatMap((event) => {
      const wrong = (what: string) => [{ stream: event.stream, revision: event.revision, what }];
      const { digest, columns } = byPosition.get(event.position) ?? {};
      if (!digest) return isAboutSubject(event) && event.position <= checkpoint ? wrong('projection-misses') : [];
      this.compared += 1;
      const isSame =
        Buffer.compare(digest, sha256(event.data)) === 0 && canonicalText(columns) === canonicalText(columnsOf(event));
      return isSame ? [] : wrong('projection-differs');
    });
  }
}
