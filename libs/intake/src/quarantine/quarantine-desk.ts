import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalText } from '#contracts';
import { JsonRefused, recordedNow, toIJson, type KeyService } from '#platform';
import { DocumentRefused, type ContributionDraft, type FeedContext, type FeedItem, type Reference } from '../feed.js';
import type { OpenFeed } from '../feeds.js';
import { DATA_MANAGER, type VisitedFeed, type Visitor } from '../http/feed-door.js';
import type { Attempt, Chunk, Inbox } from '../inbox/inbox.js';
import { ReferenceTable } from '../inbox/reference-table.js';
import { ItemSealer } from '../inbox/seal-items.js';
import { answerFor, contextOf, inChunks } from '../submit.js';
import type { HeldItem, Quarantine, Suspension } from './quarantine.js';

/** What somebody decided about an item: to send it corrected, or that nothing is filed of it. */
export type Decision =
  | { readonly outcome: 'released'; readonly reason: string; readonly document: string }
  | { readonly outcome: 'discarded'; readonly reason: string };

export interface DecisionRequest {
  readonly feed: VisitedFeed;
  readonly id: string;
  readonly decision: Decision;
  /** One a decision; the same again gives the same answer. */
  readonly idempotencyKey: string;
  readonly trace: string;
}

export interface WrongField {
  readonly field: string;
  readonly reason: string;
}

export type DecisionAnswer =
  | { readonly outcome: 'accepted'; readonly receiptId: string }
  /** The key was used for something else. */
  | { readonly outcome: 'clash' }
  | { readonly outcome: 'no-such-item' }
  /** Somebody has decided about it. */
  | { readonly outcome: 'closed' }
  /** The document would go to quarantine again: nothing has changed. */
  | { readonly outcome: 'still-wrong'; readonly fields: readonly WrongField[] }
  /** Others decide about the same at this time. */
  | { readonly outcome: 'busy' };

/** Wrong fields that are named at most. */
const MOST_FIELDS = 100;
/** Contributions of one release at most. */
const MOST_CONTRIBUTIONS = 10_000;
const TRIES = 5;

/** The decision does not stand as it was prepared. */
class NotDecided extends Error {
  constructor(readonly why: 'closed' | 'changed') {
    super(why);
  }
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

const digestOf = (id: string, decision: Decision): Buffer =>
  createHash('sha256')
    .update(
      canonicalText([
        'quarantine',
        id,
        decision.outcome,
        decision.reason,
        'document' in decision ? decision.document : null,
      ]),
    ) // prettier-ignore
    .digest();

/** Text of the document to read: an item by itself becomes the document of its feed that holds it alone. */
const documentText = ({ definition }: OpenFeed, context: FeedContext, text: string): string => {
  if (!definition.documentOf) return text;
  try {
    const json = toIJson(Buffer.from(text));
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return text;
    const document = definition.documentOf(json, context);
    return document === undefined ? text : JSON.stringify(document);
  } catch (error) {
    // What is no JSON is the feed's to refuse.
    if (error instanceof JsonRefused) return text;
    throw error;
  }
};

const sealedIn = (chunks: readonly Chunk[]) => chunks.flatMap(({ items }) => items);

/**
 * People and connectors decide about items in quarantine. A decision is a submission of its own: what a corrected
 * document says, the word that closes the item, and the end of every suspension that came with it, in one acceptance.
 */
export class QuarantineDesk {
  private readonly references: ReferenceTable;

  constructor(
    private readonly pool: Pool,
    private readonly inbox: Inbox,
    private readonly keyService: KeyService,
    private readonly quarantine: Quarantine,
  ) {
    this.references = new ReferenceTable(pool, keyService);
  }

  async decide(request: DecisionRequest): Promise<DecisionAnswer> {
    const { feed, id, decision } = request;
    const { client, organisations, definition } = feed;
    const digest = digestOf(id, decision);
    for (let i = 0; i < TRIES; i += 1) {
      const item = await this.quarantine.find({ organisations, feed: definition.name, client }, id);
      if (!item) return { outcome: 'no-such-item' };
      const open = openFor(feed, item);
      const attempt: Attempt = {
        attemptId: randomUUID(),
        client: await this.clientOf(feed.visitor, item.standing.organisation),
        feed: definition.name,
        organisation: item.standing.organisation,
        idempotencyKey: request.idempotencyKey,
        trace: request.trace,
      };
      const known = await this.inbox.findAccepted(attempt.client, attempt.feed, attempt.idempotencyKey);
      if (known) return answerFor(known, digest);
      if (item.standing.state !== 'open') return { outcome: 'closed' };
      const answer = await this.attempt(attempt, open, item, feed.visitor, decision, digest);
      if (answer.outcome !== 'busy') return answer;
    }
    return { outcome: 'busy' };
  }

  /** `busy`: what was prepared is out of date; prepare it again. */
  private async attempt(
    attempt: Attempt,
    open: OpenFeed,
    item: HeldItem,
    visitor: Visitor,
    decision: Decision,
    digest: Uint8Array,
  ): Promise<DecisionAnswer> {
    const receivedAt = (await recordedNow(this.pool)).toISOString();
    const { context, facts } = contextOf(open, attempt, receivedAt);
    const read = await readItems(open, context, decision);
    if ('fields' in read) return { outcome: 'still-wrong', fields: read.fields };
    const resumed = await this.quarantine.suspensionsOf(item);
    const sealer = new ItemSealer(facts, this.references, this.keyService);
    // It is open before anything is noted under its name, so that dropping it takes the notes along.
    await this.inbox.stage(attempt, { items: [], keys: [] });
    try {
      const chunks: Chunk[] = [];
      for (const items of read.chunks) chunks.push(await sealer.seal(items));
      const contributions = [...new Set(sealedIn(chunks).map(({ contributionId }) => contributionId))];
      const wrong = wrongIn(chunks, decision, contributions);
      if (wrong.length > 0) {
        await this.inbox.drop(attempt);
        return { outcome: 'still-wrong', fields: wrong };
      }
      const role = visitor.kind === 'person' ? DATA_MANAGER : 'connector';
      const drafts = closing(item, decision, {
        feed: attempt.feed,
        contributions,
        role,
        visitor,
        receivedAt,
        resumed,
      });
      chunks.push(await sealer.seal([{ ok: true, path: 'decision', contributions: drafts }]));
      const accepted = await this.inbox.acceptIf(attempt, chunks, digest, randomUUID(), async (client) => {
        const answer = await this.quarantine.decide(client, attempt.attemptId, item, decision.outcome, role, resumed);
        if (answer !== 'decided') throw new NotDecided(answer);
      });
      return accepted.won ? { outcome: 'accepted', receiptId: accepted.receiptId } : answerFor(accepted, digest);
    } catch (error) {
      if (!(error instanceof NotDecided)) throw error;
      await this.inbox.drop(attempt);
      // Whoever was first may have come with the same key: the next try finds out.
      return { outcome: 'busy' };
    }
  }

  /** Connectors send under their own name, people under a name that says who only to whoever holds the index key. */
  private async clientOf(visitor: Visitor, organisation: string): Promise<string> {
    if (visitor.kind === 'connector') return visitor.clientId;
    const key = await this.keyService.secret(`index:${organisation}`);
    const name = createHmac('sha256', key)
      .update(canonicalText(['person', visitor.login]))
      .digest('hex');
    return `person:${name.slice(0, 32)}`;
  }
}

/** The registration under which the item was sent, else the first of its organisation. */
const openFor = ({ opens }: VisitedFeed, { standing: { organisation }, client }: HeldItem): OpenFeed => {
  const own = opens.filter((open) => open.organisation.id === organisation);
  return own.find(({ connector }) => connector.clientId === client) ?? own[0]!;
};

/** The items of the corrected document, or all that is wrong with it. A document without any releases nothing. */
const readItems = async (
  open: OpenFeed,
  context: FeedContext,
  decision: Decision,
): Promise<{ readonly chunks: readonly FeedItem[][] } | { readonly fields: readonly WrongField[] }> => {
  if (decision.outcome === 'discarded') return { chunks: [] };
  const fields: WrongField[] = [];
  const chunks: FeedItem[][] = [];
  try {
    const text = documentText(open, context, decision.document);
    for await (const chunk of inChunks(open.definition.read(once(text), context))) {
      chunks.push(chunk);
      for (const item of chunk) if (!item.ok) fields.push({ field: item.field, reason: item.reason });
    }
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    return { fields: [{ field: error.field === '' ? 'document' : error.field, reason: error.reason }] };
  }
  if (fields.length > 0) return { fields: fields.slice(0, MOST_FIELDS) };
  return chunks.length > 0 ? { chunks } : { fields: [{ field: 'document', reason: 'missing' }] };
};

const wrongIn = (
  chunks: readonly Chunk[],
  decision: Decision,
  contributions: readonly string[],
): readonly WrongField[] => {
  if (decision.outcome === 'discarded') return [];
  if (contributions.length === 0) return [{ field: 'document', reason: 'missing' }];
  if (contributions.length > MOST_CONTRIBUTIONS) return [{ field: 'document', reason: 'too-large' }];
  return sealedIn(chunks)
    .flatMap(({ field, reason }) => (reason === null ? [] : [{ field: field ?? 'document', reason }]))
    .slice(0, MOST_FIELDS);
};

const known = (kind: Reference['kind'], triple: string): Reference => ({ kind, system: '', localId: '', triple });

/** The word that closes an item, and those that end the suspensions which came with it. */
const closing = (
  item: HeldItem,
  decision: Decision,
  {
    feed,
    contributions,
    role,
    visitor,
    receivedAt,
    resumed,
  }: {
    readonly feed: string;
    readonly contributions: readonly string[];
    readonly role: string;
    readonly visitor: Visitor;
    readonly receivedAt: string;
    readonly resumed: readonly Suspension[];
  },
): readonly ContributionDraft[] => [
  {
    subject: known('quarantine', item.triple),
    type: 'quarantine-closed',
    recordType: 'quarantine-closed',
    recordKey: 'quarantine/closed',
    ancestors: [],
    rank: { by: 'append', value: receivedAt },
    about: 'child',
    occurred: { from: receivedAt, precision: 'exact' },
    body: {
      feed,
      item: item.standing.id,
      outcome: decision.outcome,
      contributions,
      role,
      decidedBy: visitor.kind === 'person' ? visitor.login : visitor.clientId,
      reason: decision.reason,
    },
  },
  ...resumed.map(({ contribution, kind, triple }): ContributionDraft => ({
    subject: known(kind, triple),
    type: 'disclosure-resumed',
    recordType: 'disclosure-resumed',
    recordKey: `resumed/${contribution}`,
    ancestors: [],
    rank: { by: 'sequence', value: '1' },
    about: 'child',
    occurred: { from: receivedAt, precision: 'exact' },
    body: { suspension: contribution },
  })),
];
