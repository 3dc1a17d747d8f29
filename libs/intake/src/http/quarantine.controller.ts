import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Header, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUuid } from '#contracts';
import { JsonPipe, Problem, RequireScope, traceOf } from '#platform';
import { Backlog } from '../inbox/backlog.js';
import { safeName } from '../mapping/paths.js';
import { Quarantine, type QuarantinePlace } from '../quarantine/quarantine.js';
import { QuarantineDesk, type Decision } from '../quarantine/quarantine-desk.js';
import { Receipts } from '../receipts.js';
import { FeedDoor, FEED_SCOPES, type VisitedFeed } from './feed-door.js';
import { inboxFull, isIdempotencyKey, keyUsed } from './submissions.controller.js';

/** Items of one page. */
const ITEMS = 25;
const MOST_REASON = 4000;

const bad = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-request', 'The request was not understood', { errors: [{ field, reason }] });
};

const placeText = ({ receipt, item }: QuarantinePlace): string => `${receipt}.${item}`;

const placeOf = (cursor: unknown): QuarantinePlace | null => {
  if (cursor === undefined) return null;
  const [receipt = '', item = ''] = typeof cursor === 'string' ? cursor.split('.') : [];
  return isUuid(receipt) && /^\d{1,9}$/.test(item) ? { receipt, item: Number(item) } : bad('cursor', 'not-allowed');
};

const stateOf = (state: unknown): 'open' | 'closed' | null =>
  state === undefined || state === 'open' || state === 'closed' ? (state ?? null) : bad('state', 'not-allowed');

type Json = Readonly<Record<string, unknown>>;

const objectOf = (body: unknown, fields: readonly string[]): Json => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('', 'not-an-object');
  for (const name of Object.keys(body)) if (!fields.includes(name)) bad(safeName(name), 'unknown-field');
  return body as Json;
};

const textOf = (json: Json, field: string): string => {
  const value = json[field] ?? '';
  if (typeof value !== 'string') return bad(field, 'not-text');
  return value.trim() === '' ? bad(field, 'missing') : value;
};

const reasonOf = (json: Json): string => {
  const reason = textOf(json, 'reason').trim();
  return reason.length > MOST_REASON ? bad('reason', 'too-long') : reason;
};

const noSuchItem = (): Problem => new Problem(404, 'no-such-item', 'This feed has no such item in quarantine');

/** What could not be read of the documents of a feed, and what is decided about it. */
@Controller('v1/feeds/:feed/quarantine')
export class QuarantineController {
  constructor(
    @Inject(FeedDoor) private readonly door: FeedDoor,
    @Inject(Quarantine) private readonly quarantine: Quarantine,
    @Inject(QuarantineDesk) private readonly desk: QuarantineDesk,
    @Inject(Receipts) private readonly receipts: Receipts,
    @Inject(Backlog) private readonly backlog: Backlog,
  ) {}

  /** Items with the place and the reason, never what stood there; the newest first. */
  @Get()
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async list(
    @Req() request: FastifyRequest,
    @Param('feed') feed: string,
    @Query('state') state?: unknown,
    @Query('cursor') cursor?: unknown,
  ) {
    const { organisations, client, receipts } = await this.door.openFor(request, feed);
    const [wanted, after] = [stateOf(state), placeOf(cursor)];
    if (after && !(await this.receipts.find(receipts, after.receipt, 0, 1))) bad('cursor', 'not-allowed');
    const { items, next } = await this.quarantine.list({ organisations, feed, client }, wanted, after, ITEMS);
    return { items, cursor: next && placeText(next) };
  }

  /** How one item stands. */
  @Get(':id')
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async show(@Req() request: FastifyRequest, @Param('feed') feed: string, @Param('id') id: string) {
    const { organisations, client } = await this.door.openFor(request, feed);
    const item = isUuid(id) ? await this.quarantine.find({ organisations, feed, client }, id) : undefined;
    if (!item) throw noSuchItem();
    return item.standing;
  }

  /** Sends the item corrected: as any other document, and the item is closed with it. */
  @Post(':id/releases')
  @HttpCode(202)
  @RequireScope(...FEED_SCOPES)
  async release(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Headers('idempotency-key') key?: string,
  ) {
    const open = await this.door.openFor(request, feed);
    const json = objectOf(body, ['reason', 'document']);
    const decision = { outcome: 'released', reason: reasonOf(json), document: textOf(json, 'document') } as const;
    return this.decide(request, reply, open, id, decision, key);
  }

  /** Nothing is filed of the item. */
  @Post(':id/discards')
  @HttpCode(202)
  @RequireScope(...FEED_SCOPES)
  async discard(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Headers('idempotency-key') key?: string,
  ) {
    const open = await this.door.openFor(request, feed);
    const decision = { outcome: 'discarded', reason: reasonOf(objectOf(body, ['reason'])) } as const;
    return this.decide(request, reply, open, id, decision, key);
  }

  private async decide(
    request: FastifyRequest,
    reply: FastifyReply,
    feed: VisitedFeed,
    id: string,
    decision: Decision,
    key: string | undefined,
  ) {
    if (key !== undefined && !isIdempotencyKey(key)) bad('Idempotency-Key', 'not-allowed');
    if (await this.backlog.isFull()) throw inboxFull();
    const answer = isUuid(id)
      ? await this.desk.decide({ feed, id, decision, idempotencyKey: key ?? randomUUID(), trace: traceOf(request) })
      : ({ outcome: 'no-such-item' } as const);
    switch (answer.outcome) {
      case 'accepted':
        void reply.header('location', `/v1/receipts/${answer.receiptId}`);
        return { receipt: answer.receiptId };
      case 'no-such-item':
        throw noSuchItem();
      case 'closed':
        throw new Problem(409, 'decided-already', 'Somebody has decided about this item');
      case 'clash':
        throw keyUsed();
      case 'still-wrong':
        throw new Problem(422, 'still-wrong', 'The document would go to quarantine again; nothing was changed', {
          errors: answer.fields,
        });
      case 'busy':
        throw new Problem(503, 'busy', 'Others decide about the same now; try again', {
          headers: { 'Retry-After': '1' },
        });
    }
  }
}
