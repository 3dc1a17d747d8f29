import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalBytes } from '#contracts';
import { decodeReadRecord, SEALED_LIST_INFO, type ReadRecord, type SealedList } from '#chronology';
import type { EventStore, StoredEvent } from '#event-sourcing';
import { verifyStream, type ChainHead } from '#ledger';
import { openWith, unsealForDecision, type KeyService, type PartOpener } from '#platform';
import type { FiledContribution } from '#timeline';
import { everything, Histories } from './history.js';
import { replayRead, scopeOf, type ReplayOutcome } from './replay-read.js';

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
 * Checks every stream's chain, every recorded read (decided again from the store alone), and that the projection's
 * bytes are the store's. What is wrong is named by stream and revision.
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
  const reads: { readonly event: StoredEvent; readonly record: ReadRecord }[] = [];
  const total = (await store.head())?.position ?? 0;
  let events = 0;
  let last: StoredEvent | undefined;
  const rows = new ProjectedBytes(pool);
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
      const before = i === 0 ? (last?.position ?? 0) : page[i - 1]!.position;
      if (store.densePositions && event.position !== before + 1) {
        findings.push({ stream: EVERYTHING, revision: before + 1, what: 'position-missing' });
      }
    }
    const sound = page.filter((event) => heads.get(event.stream) !== 'broken');
    await histories.add(sound);
    findings.push(...(await rows.compare(sound)));
    for (const event of sound) {
      if (event.type === 'chronology-opened') reads.push({ event, record: decodeReadRecord(event.data) });
    }
    events += page.length;
    last = page.at(-1) ?? last;
    onProgress?.(events, total);
  }
  const head = await store.head();
  if (head && last && (head.position !== last.position || head.eventId !== last.id)) {
    findings.push({ stream: last.stream, revision: last.revision, what: 'end-missing' });
  }
  const findPending = await loadPending(
    pool,
    opener,
    reads.flatMap(({ record }) => record.pending),
  );
  const outcomes: Record<ReplayOutcome, number> = { same: 0, erased: 0, 'other-code': 0, differs: 0 };
  for (const { event, record } of reads) {
    const list = await openList(keys, record);
    const outcome = replayRead(record, scopeOf(record, histories, findPending, list?.login ?? ''), list);
    outcomes[outcome] += 1;
    if (outcome === 'differs') findings.push({ stream: event.stream, revision: event.revision, what: 'read-differs' });
  }
  return {
    events,
    streams: heads.size,
    reads: outcomes,
    erasedParts: histories.erasedParts,
    projectedRows: rows.compared,
    findings,
  };
};

/** The sealed list of a record; undefined where it does not open. */
export const openList = async (keys: KeyService, { readId, sealed }: ReadRecord): Promise<SealedList | undefined> => {
  try {
    const plain = await openWith(
      await keys.privateKeyOf('hub', sealed.kid),
      Buffer.from(sealed.enc, 'base64url'),
      Buffer.from(sealed.ct, 'base64url'),
      SEALED_LIST_INFO,
      canonicalBytes([readId]),
    );
    return JSON.parse(Buffer.from(plain).toString('utf8')) as SealedList;
  } catch {
    return undefined;
  }
};

/** Contributions that a read knew as pending, for those that are not filed to this day. */
const loadPending = async (
  pool: Pool,
  opener: PartOpener,
  ids: readonly string[],
): Promise<(id: string) => FiledContribution | undefined> => {
  if (ids.length === 0) return () => undefined;
  const { rows } = await pool.query(
    `select distinct on (contribution_id) contribution_id, bytes from inbox.item
      where contribution_id = any ($1::uuid[]) and bytes is not null order by contribution_id`,
    [[...new Set(ids)]],
  );
  const found = rows as { contribution_id: string; bytes: Buffer }[];
  const opened = await unsealForDecision(
    pool,
    opener,
    found.map(({ bytes }) => ({ position: null, confirms: null, bytes })),
  );
  const byId = new Map(found.map((row, i) => [row.contribution_id, opened[i]!]));
  return (id) => byId.get(id);
};

/** The live projection's copy of the bytes of each event. */
class ProjectedBytes {
  compared = 0;

  constructor(private readonly pool: Pool) {}

  async compare(events: readonly StoredEvent[]): Promise<Finding[]> {
    if (events.length === 0) return [];
    const { rows } = await this.pool.query(
      `select position, sha256(bytes) as digest from projection.contribution
        where generation = projection.live() and position = any ($1::bigint[])`,
      [events.map((event) => event.position)],
    );
    const digests = new Map(
      (rows as { position: string; digest: Buffer }[]).map((r) => [Number(r.position), r.digest]),
    );
    return events.flatMap((event) => {
      const digest = digests.get(event.position);
      if (!digest) return [];
      this.compared += 1;
      return Buffer.compare(digest, sha256(event.data)) === 0
        ? []
        : [{ stream: event.stream, revision: event.revision, what: 'projection-differs' }];
    });
  }
}
