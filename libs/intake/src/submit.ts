import { createHash, randomUUID } from 'node:crypto';
import { countContributions, recordedNow, type KeyService } from '#platform';
import type { Pool } from 'pg';
import { DocumentRefused, type FeedContext, type FeedItem } from './feed.js';
import type { OpenFeed } from './feeds.js';
import type { Accepted, Attempt, Chunk, Inbox } from './inbox/inbox.js';
import { ReferenceTable } from './inbox/reference-table.js';
import { ItemSealer, type SubmissionFacts } from './inbox/seal-items.js';
import { observeSubmission } from './observe-submission.js';

export interface SubmitRequest {
  readonly open: OpenFeed;
  readonly idempotencyKey: string;
  readonly trace: string;
  readonly body: AsyncIterable<Uint8Array>;
}

export type SubmitAnswer =
  | { readonly outcome: 'accepted'; readonly receiptId: string }
  | { readonly outcome: 'clash' }
  | { readonly outcome: 'refused'; readonly field: string; readonly reason: string };

/** Items that go to the inbox in one short transaction. */
const CHUNK = 500;

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The same key answers the same body alike, however often; another body clashes. */
export const answerFor = (
  winner: Omit<Accepted, 'won'>,
  digest: Uint8Array,
): Exclude<SubmitAnswer, { outcome: 'refused' }> =>
  sameBytes(winner.bodyDigest, digest) ? { outcome: 'accepted', receiptId: winner.receiptId } : { outcome: 'clash' };

/** What the mapper and the sealer of a feed may know of who sends. */
export const contextOf = (
  { organisation, registration, definition }: Omit<OpenFeed, 'connector'>,
  { attemptId, client }: Pick<Attempt, 'attemptId' | 'client'>,
  receivedAt: string,
): { readonly context: FeedContext; readonly facts: SubmissionFacts } => ({
  context: {
    organisation: organisation.id,
    organisationKind: organisation.kind,
    codes: registration.codes,
    authoritativeFor: registration.authoritativeFor,
    feed: definition.name,
    receivedAt,
  },
  facts: {
    submissionId: attemptId,
    sender: client,
    organisation: organisation.id,
    service: registration.service,
    feed: definition.name,
    receivedAt,
  },
});

/** Items that are sealed and staged together. */
export async function* inChunks(items: AsyncIterable<FeedItem>): AsyncIterable<FeedItem[]> {
  let chunk: FeedItem[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length === CHUNK) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * Takes a document in: a known key answers by digest without parsing; else its items are staged, and one
 * transaction accepts the whole. Nothing is acknowledged before it is durable; a document refused leaves no trace
 * and the key free.
 */
export class Submissions {
  private readonly references: ReferenceTable;

  constructor(
    private readonly pool: Pool,
    private readonly inbox: Inbox,
    private readonly keyService: KeyService,
  ) {
    this.references = new ReferenceTable(pool, keyService);
  }

  submit(request: SubmitRequest): Promise<SubmitAnswer> {
    return observeSubmission(request.trace, () => this.take(request));
  }

  private async take(request: SubmitRequest): Promise<SubmitAnswer> {
    const { open, idempotencyKey } = request;
    const hash = createHash('sha256');
    const digesting = (async function* () {
      for await (const piece of request.body) {
        hash.update(piece);
        yield piece;
      }
    })();
    const known = await this.inbox.findAccepted(open.connector.clientId, open.definition.name, idempotencyKey);
    if (known) {
      for await (const _ of digesting);
      return answerFor(known, hash.digest());
    }
    const attempt: Attempt = {
      attemptId: randomUUID(),
      client: open.connector.clientId,
      feed: open.definition.name,
      organisation: open.organisation.id,
      idempotencyKey,
      trace: request.trace,
    };
    try {
      const rest = await this.stageAll(attempt, open, digesting);
      for await (const _ of digesting);
      const digest = hash.digest();
      const accepted = await this.inbox.accept(attempt, rest, digest, randomUUID());
      if (accepted.won) countContributions({ stage: 'accepted' }, rest.items.at(-1)?.itemNo ?? 0);
      return accepted.won ? { outcome: 'accepted', receiptId: accepted.receiptId } : answerFor(accepted, digest);
    } catch (error) {
      if (!(error instanceof DocumentRefused)) throw error;
      await this.inbox.drop(attempt);
      return { outcome: 'refused', field: error.field, reason: error.reason };
    }
  }

  /** Stages all but the last chunk, which goes in with the acceptance: empty only where there are no items at all. */
  private async stageAll(attempt: Attempt, open: OpenFeed, body: AsyncIterable<Uint8Array>): Promise<Chunk> {
    const receivedAt = (await recordedNow(this.pool)).toISOString();
    const { context, facts } = contextOf(open, attempt, receivedAt);
    const sealer = new ItemSealer(facts, this.references, this.keyService);
    let last: Chunk = { items: [], keys: [] };
    for await (const chunk of inChunks(open.definition.read(body, context))) {
      const sealed = await sealer.seal(chunk);
      if (sealed.items.length === 0) continue;
      if (last.items.length > 0) await this.inbox.stage(attempt, last);
      last = sealed;
    }
    return last;
  }
}
