import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { CATALOGUE_VERSION, canonicalBytes } from '#contracts';
import {
  CHRONOLOGY_OPENED,
  DECISION_CODE_VERSION,
  digestBytes,
  encodeReadRecord,
  openedEntry,
  SEALED_LIST_INFO,
  pageOf,
  readChild,
  sealedListText,
  shownLines,
  type ChildView,
  type OpenedEntry,
  type PageRequest,
  type ReadRecord,
  type ShownEntry,
} from '#chronology';
import { inTransaction } from '#engines';
import { LINKAGE_RULES_V1 } from '#identity';
import { countReads, sealTo, type KeyService } from '#platform';
import type { BlindIndex } from './blind-index.js';
import type { Description } from './handles.js';
import { findCoordinates, type Coordinates } from './load-scope.js';
import { loadReadScope, type ScopeLoader } from './load-read-scope.js';
import { unsealParts } from '#platform';
import type { FiledContribution } from '#timeline';

export interface ReadRequest {
  readonly login: string;
  readonly handle: string;
  readonly description: Description;
  readonly purpose: string;
  readonly page: PageRequest;
}

export interface ReadAnswer {
  readonly readId: string;
  readonly coordinates: Coordinates;
  readonly view: ChildView;
  readonly page: readonly OpenedEntry[];
  /** Place of the last entry of this page, while there are more. */
  readonly next: PageRequest['after'];
}

/** The record of a read could not be written: nothing was shown. */
export class ReadNotRecorded extends Error {
  constructor() {
    super('the read could not be recorded');
    this.name = 'ReadNotRecorded';
  }
}

/** Appends one record of a look and resolves when it is durable; rejects on any other outcome. */
export type RecordRead = (readId: string, data: Uint8Array, type: string) => Promise<void>;

export interface ChronologyReaderOptions extends ScopeLoader {
  readonly pool: Pool;
  readonly keys: KeyService;
  readonly blind: BlindIndex;
  readonly record: RecordRead;
}

/**
 * Answers one question about one child: decides in one snapshot, opens what it shows, and records the read before
 * anything is given back.
 */
export class ChronologyReader {
  constructor(private readonly options: ChronologyReaderOptions) {}

  /** Throws `ReadNotRecorded` when the record was not certainly written. */
  async read(request: ReadRequest): Promise<ReadAnswer> {
    try {
      const answer = await this.decideAndRecord(request);
      countReads({ outcome: 'recorded' });
      return answer;
    } catch (error) {
      countReads({ outcome: error instanceof ReadNotRecorded ? 'not-recorded' : 'failed' });
      throw error;
    }
  }

  private async decideAndRecord(request: ReadRequest): Promise<ReadAnswer> {
    const readId = randomUUID();
    const decided = await this.decide(request);
    const lines = shownLines(decided.entries.map(({ entry }) => entry));
    const record: ReadRecord = {
      v: 1,
      readId,
      viewer: {
        staff: decided.staffKeys,
        posts: decided.view.posts.map(({ organisation, service, role, team }) => ({
          organisation,
          service,
          role,
          team: team ?? null,
        })),
      },
      handle: request.handle,
      start: decided.start,
      references: decided.view.references,
      purpose: request.purpose,
      relations: decided.view.relations,
      at: decided.coordinates.at.toISOString(),
      checkpoint: {
        store: decided.coordinates.store,
        position: decided.coordinates.position,
        eventId: decided.coordinates.eventId,
      },
      pending: decided.pending,
      agreements: decided.view.agreements,
      versions: {
        linkageRules: `${LINKAGE_RULES_V1.id}/${LINKAGE_RULES_V1.version}`,
        decisionCode: DECISION_CODE_VERSION,
        catalogue: CATALOGUE_VERSION,
      },
      page: request.page,
      shown: {
        entries: lines.length,
        sha256: createHash('sha256').update(digestBytes(lines)).digest('hex'),
        notices: decided.view.notices.length,
      },
      sealed: await this.seal(readId, request.login, decided.view, lines),
    };
    try {
      await this.options.record(readId, encodeReadRecord(record), CHRONOLOGY_OPENED);
    } catch {
      throw new ReadNotRecorded();
    }
    return {
      readId,
      coordinates: decided.coordinates,
      view: decided.view,
      page: decided.entries,
      next: decided.next,
    };
  }

  private async decide(request: ReadRequest) {
    return inTransaction(this.options.pool, 'repeatable read, read only', async (client) => {
      const coordinates = await findCoordinates(client);
      if (!coordinates) throw new ReadNotRecorded();
      const { scope, staffKeys } = await loadReadScope(
        client,
        this.options,
        coordinates,
        request.login,
        request.purpose,
        request.description,
        { handle: request.handle },
      );
      const view = readChild(scope);
      const page = pageOf(view.entries, request.page);
      const ofEntries = page.entries.map(({ contribution }) => contribution);
      const bytes = await this.bytesOf(client, coordinates, ofEntries);
      const opened = await unsealParts(client, this.options.opener, bytes, ['content', 'location']);
      const texts = await this.releasedTexts(client, coordinates, page.entries);
      return {
        coordinates,
        staffKeys,
        view,
        start: scope.start,
        pending: scope.pending.map((one) => one.envelope.contributionId),
        entries: page.entries.map((entry, i) => openedEntry(entry, opened[i]!, texts(entry))),
        next: page.next,
      };
    });
  }

  /** What was opened of the releases whose text stands in these entries. */
  private async releasedTexts(client: PoolClient, coordinates: Coordinates, entries: readonly ShownEntry[]) {
    const releases = entries.flatMap(({ releasedBy }) => releasedBy);
    const bytes = releases.length > 0 ? await this.bytesOf(client, coordinates, releases) : [];
    const opened = await unsealParts(client, this.options.opener, bytes, ['content']);
    const byId = new Map(opened.map((one) => [one.envelope.contributionId, one]));
    return ({ releasedBy }: ShownEntry) => releasedBy.map(({ envelope }) => byId.get(envelope.contributionId) ?? {});
  }

  private async bytesOf(
    client: PoolClient,
    { generation }: Coordinates,
    contributions: readonly FiledContribution[],
  ): Promise<{ bytes: Uint8Array }[]> {
    const { rows } = await client.query({
      name: 'read-bytes',
      text: `select contribution_id, bytes from projection.contribution
              where generation = $1 and contribution_id = any ($2::uuid[]) and confirms is null and position = any ($3::bigint[])`,
      values: [
        generation,
        contributions.map(({ envelope }) => envelope.contributionId),
        contributions.map(({ position }) => position),
      ],
    });
    const bytesOf = new Map((rows as { contribution_id: string; bytes: Buffer }[]).map((r) => [r.contribution_id, r]));
    return contributions.map(({ envelope }) => bytesOf.get(envelope.contributionId)!);
  }

  private async seal(
    readId: string,
    login: string,
    view: ChildView,
    lines: ReturnType<typeof shownLines>,
  ): Promise<ReadRecord['sealed']> {
    const { publicKey, kid } = await this.options.keys.publicKeyOf('hub');
    const text = sealedListText({ login, lines, notices: view.notices, childBirthDate: view.childBirthDate });
    const { enc, ct } = await sealTo(publicKey, Buffer.from(text), SEALED_LIST_INFO, canonicalBytes([readId]));
    return { kid, enc: Buffer.from(enc).toString('base64url'), ct: Buffer.from(ct).toString('base64url') };
  }
}
