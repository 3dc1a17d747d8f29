import { Controller, Get, Header, Headers, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { Backlog } from '../inbox/backlog.js';
import { Feeds, type OpenFeed } from '../feeds.js';
import { Receipts } from '../receipts.js';
import { Submissions } from '../submit.js';
import { FeedDoor, FEED_SCOPES, noSuchFeed } from './feed-door.js';

const DOCUMENT_LIMIT = 1024 * 1024;

/** The body, cut off with a 413 beyond the limit. */
async function* within(body: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > limit) throw new Problem(413, 'document-too-large', 'A document may hold 1 MiB at most');
    yield piece;
  }
}

export const isIdempotencyKey = (text: string | undefined): text is string =>
  text !== undefined && /^[\x21-\x7e]{1,255}$/.test(text);

export const inboxFull = (): Problem =>
  new Problem(503, 'inbox-full', 'The inbox is full; send it again with the same key', {
    headers: { 'Retry-After': '5' },
  });

export const keyUsed = (): Problem =>
  new Problem(409, 'idempotency-key-used', 'This Idempotency-Key was used for another body', {
    errors: [{ field: 'Idempotency-Key', reason: 'used' }],
  });

/** The feed, if this connector is registered for it. One answer for a feed that is not there and one that is another's. */
export const getOpenFeed = (feeds: Feeds, caller: Caller, feed: string): OpenFeed => {
  const open = feeds.findFeed(caller.clientId, feed);
  if (!open) throw noSuchFeed();
  return open;
};

@Controller('v1')
export class SubmissionsController {
  constructor(
    @Inject(Feeds) private readonly feeds: Feeds,
    @Inject(Submissions) private readonly submissions: Submissions,
    @Inject(Backlog) private readonly backlog: Backlog,
    @Inject(Receipts) private readonly receipts: Receipts,
    @Inject(FeedDoor) private readonly door: FeedDoor,
  ) {}

  @Post('feeds/:feed/submissions')
  @HttpCode(202)
  @RequireScope('submit')
  async submit(
    @CurrentCaller() caller: Caller,
    @Param('feed') feed: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Headers('content-type') contentType: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const open = getOpenFeed(this.feeds, caller, feed);
    if (!isIdempotencyKey(idempotencyKey)) {
      throw new Problem(400, 'idempotency-key', 'An Idempotency-Key of 1 to 255 visible characters is required', {
        errors: [{ field: 'Idempotency-Key', reason: idempotencyKey === undefined ? 'missing' : 'not-allowed' }],
      });
    }
    const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (!open.definition.mediaTypes.includes(mediaType)) {
      throw new Problem(415, 'media-type', `This feed takes ${open.definition.mediaTypes.join(', ')}`);
    }
    if (await this.backlog.isFull()) throw inboxFull();
    const raw = request.body as AsyncIterable<Uint8Array>;
    const answer = await this.submissions.submit({
      open,
      idempotencyKey,
      trace: traceOf(request),
      body: open.definition.size === 'document' ? within(raw, DOCUMENT_LIMIT) : raw,
    });
    switch (answer.outcome) {
      case 'accepted':
        void reply.header('location', `/v1/receipts/${answer.receiptId}`);
        return { receipt: answer.receiptId };
      case 'clash':
        throw keyUsed();
      case 'refused':
        throw new Problem(400, 'document-refused', 'The document was not taken', {
          errors: [{ field: answer.field, reason: answer.reason }],
        });
    }
  }

  /** What became of a submission: of the connector's own, or of any on a feed that a data manager keeps. */
  @Get('receipts/:id')
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async receipt(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Query('after') after?: string,
    @Query('limit') limit?: string,
  ) {
    const visitor = await this.door.visitorOf(request);
    const of = visitor.kind === 'connector' ? visitor.clientId : { isOwn: this.door.keeps(visitor) };
    const receipt = await this.receipts.find(of, id, Number(after ?? 0), Number(limit ?? 1000));
    if (!receipt) throw new Problem(404, 'no-such-receipt', 'This connector has no such receipt');
    return receipt;
  }
}
