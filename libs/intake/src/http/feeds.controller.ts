import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CurrentCaller, JsonPipe, Problem, RequireScope, type Caller } from '#platform';
import { Feeds } from '../feeds.js';
import { Heartbeats } from '../heartbeats.js';
import { Notices } from '../notices.js';
import { isInstant, toInstant } from '../mapping/dates.js';
import { getOpenFeed } from './submissions.controller.js';

/** A real instant of the years 1900 to 9999 with an offset of at most 14 hours, in UTC; else undefined. */
const readCoversUntil = (sent: unknown): string | undefined => {
  if (typeof sent !== 'string' || !isInstant(sent) || /[+-]14:(?!00)/.test(sent)) return undefined;
  const instant = toInstant(sent);
  return instant >= '1900' && /^\d{4}-/.test(instant) ? instant : undefined;
};

@Controller('v1/feeds/:feed')
export class FeedsController {
  constructor(
    @Inject(Feeds) private readonly feeds: Feeds,
    @Inject(Notices) private readonly notices: Notices,
    @Inject(Heartbeats) private readonly heartbeats: Heartbeats,
  ) {}

  /** What the hub has to say about the sender's own data, and nothing else. */
  @Get('notices')
  @RequireScope('submit')
  async list(@CurrentCaller() caller: Caller, @Param('feed') feed: string) {
    const open = getOpenFeed(this.feeds, caller, feed);
    return { notices: await this.notices.list(open.connector.clientId, open.organisation.id, feed) };
  }

  /** "I am here, and this feed covers everything up to then." Readers see how fresh a party's feed is from it. */
  @Post('heartbeats')
  @HttpCode(202)
  @RequireScope('submit')
  async beat(@CurrentCaller() caller: Caller, @Param('feed') feed: string, @Body(JsonPipe) body: unknown) {
    const open = getOpenFeed(this.feeds, caller, feed);
    const sent = (body as { coversUntil?: unknown } | null)?.coversUntil ?? null;
    const covers = sent === null ? null : readCoversUntil(sent);
    if (covers === undefined) {
      throw new Problem(400, 'bad-request', 'The heartbeat was not taken', {
        errors: [{ field: 'coversUntil', reason: 'not-an-instant' }],
      });
    }
    const receivedAt = await this.heartbeats.received(open.organisation.id, feed, open.connector.clientId, covers);
    return { receivedAt };
  }
}
