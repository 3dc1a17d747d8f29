import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, Problem, RequireScope, type Caller } from '#platform';
import { Feeds } from '../feeds.js';
import { Heartbeats } from '../heartbeats.js';
import { Notices } from '../notices.js';
import { Receipts } from '../receipts.js';
import { SentSubmissions } from '../submissions-sent.js';
import { isPlainObject } from '../mapping/check-class.js';
import { isInstant, toInstant } from '../mapping/dates.js';
import { safeName } from '../mapping/paths.js';
import { FeedDoor, FEED_SCOPES } from './feed-door.js';
import { getOpenFeed } from './submissions.controller.js';

/** A real instant of the years 1900 to 9999 with an offset of at most 14 hours, in UTC; else undefined. */
const readCoversUntil = (sent: unknown): string | undefined => {
  if (typeof sent !== 'string' || !isInstant(sent) || /[+-]14:(?!00)/.test(sent)) return undefined;
  const instant = toInstant(sent);
  return instant >= '1900' && /^\d{4}-/.test(instant) ? instant : undefined;
};

/** Submissions of one page. */
const SUBMISSIONS = 25;
/** Heartbeats that are listed at most. */
const HEARTBEATS = 20;

const badCursor = (): Problem =>
  new Problem(400, 'bad-request', 'The question was not understood', {
    errors: [{ field: 'cursor', reason: 'not-allowed' }],
  });

@Controller('v1/feeds')
export class FeedsController {
  constructor(
    @Inject(Feeds) private readonly feeds: Feeds,
    @Inject(FeedDoor) private readonly door: FeedDoor,
    @Inject(Notices) private readonly notices: Notices,
    @Inject(Heartbeats) private readonly heartbeats: Heartbeats,
    @Inject(SentSubmissions) private readonly sent: SentSubmissions,
    @Inject(Receipts) private readonly receipts: Receipts,
  ) {}

  /** The feeds of whoever asks, and how they stand. */
  @Get()
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async own(@Req() request: FastifyRequest) {
    const visitor = await this.door.visitorOf(request);
    const client = visitor.kind === 'connector' ? visitor.clientId : null;
    const feeds = [];
    for (const { definition, organisation } of this.door.feedsOf(visitor)) {
      const standing = await this.sent.standing(organisation.id, definition.name, client);
      feeds.push({ feed: definition.name, title: definition.title, organisation: organisation.id, ...standing });
    }
    return { feeds };
  }

  /** What was sent, the newest first, and what became of it. */
  @Get(':feed/submissions')
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async submissions(@Req() request: FastifyRequest, @Param('feed') feed: string, @Query('cursor') cursor?: unknown) {
    const { organisations, client, receipts } = await this.door.openFor(request, feed);
    if (cursor !== undefined) {
      if (typeof cursor !== 'string' || !(await this.receipts.find(receipts, cursor, 0, 1))) throw badCursor();
    }
    const found = await this.sent.list(organisations, feed, client, cursor ?? null, SUBMISSIONS + 1);
    const submissions = found.slice(0, SUBMISSIONS);
    return { submissions, cursor: found.length > SUBMISSIONS ? submissions.at(-1)!.receipt : null };
  }

  /** What the hub has to say about what was sent, and nothing else. */
  @Get(':feed/notices')
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async list(@Req() request: FastifyRequest, @Param('feed') feed: string) {
    const { organisations, client } = await this.door.openFor(request, feed);
    const notices = await Promise.all(organisations.map((one) => this.notices.list(client, one, feed)));
    return { notices: notices.flat() };
  }

  /** The latest signs of life, the newest first. */
  @Get(':feed/heartbeats')
  @RequireScope(...FEED_SCOPES)
  @Header('cache-control', 'no-store')
  async beats(@Req() request: FastifyRequest, @Param('feed') feed: string) {
    const { organisations } = await this.door.openFor(request, feed);
    return { heartbeats: await this.heartbeats.latest(organisations, feed, HEARTBEATS) };
  }

  /** "I am here, and this feed covers everything up to then." Readers see how fresh a party's feed is from it. */
  @Post(':feed/heartbeats')
  @HttpCode(202)
  @RequireScope('submit')
  async beat(@CurrentCaller() caller: Caller, @Param('feed') feed: string, @Body(JsonPipe) body: unknown) {
    const open = getOpenFeed(this.feeds, caller, feed);
    const refuse = (field: string, reason: string): never => {
      throw new Problem(400, 'bad-request', 'The heartbeat was not taken', { errors: [{ field, reason }] });
    };
    if (!isPlainObject(body)) return refuse('', 'not-an-object');
    for (const name of Object.keys(body)) if (name !== 'coversUntil') refuse(safeName(name), 'unknown-field');
    const sent = body['coversUntil'] ?? null;
    const covers = sent === null ? null : (readCoversUntil(sent) ?? refuse('coversUntil', 'not-an-instant'));
    const receivedAt = await this.heartbeats.received(open.organisation.id, feed, open.connector.clientId, covers);
    return { receivedAt };
  }
}
