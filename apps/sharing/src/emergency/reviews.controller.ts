import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EMERGENCY_OUTCOMES, isUuid } from '#contracts';
import { CurrentCaller, JsonPipe, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { TokenBox } from '../reading/handles.js';
import { ReadNotRecorded } from '../reading/read-chronology.js';
import type { ReviewPlace } from './load-accesses.js';
import { bad, objectIn, oneIn, optionalTextIn, textIn } from './request-body.js';
import { ReviewDesk } from './review-desk.js';

const recorded = async <T>(look: Promise<T>): Promise<T> => {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof ReadNotRecorded)) throw error;
    throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
  }
};

/** What was opened in emergencies, for those who review it. */
@Controller('v1/emergency-access')
export class ReviewsController {
  constructor(
    @Inject(ReviewDesk) private readonly desk: ReviewDesk,
    @Inject(TokenBox) private readonly box: TokenBox,
  ) {}

  /** Everything that was opened, for a guardian: by whom and why, never about whom. */
  @Get()
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async watch(@CurrentCaller() { subject }: Caller, @Query('cursor') cursor?: string) {
    const purpose = `emergency-access/${subject}`;
    const before = this.placeOf(cursor, purpose) as number | null;
    const { readId, accesses, next } = await recorded(this.desk.watch(subject, before));
    return { readId, accesses, cursor: next === null ? null : this.box.seal(next, purpose) };
  }

  /** The reviews of the caller's organisation, or those that owners let pass to the partnership. */
  @Get('reviews')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(@CurrentCaller() { subject }: Caller, @Query('state') state = 'open', @Query('cursor') cursor?: string) {
    if (state !== 'open' && state !== 'decided') return bad('state', 'not-allowed');
    const purpose = `emergency-reviews/${state}/${subject}`;
    const after = this.placeOf(cursor, purpose) as ReviewPlace | null;
    const { readId, reviews, next } = await recorded(this.desk.list(subject, state === 'decided', after));
    return { readId, reviews, cursor: next === null ? null : this.box.seal(next, purpose) };
  }

  /** What an owner, or the partnership for it, says of one. */
  @Post(':id/reviews')
  @HttpCode(202)
  @RequireScope('read')
  async review(
    @CurrentCaller() { subject }: Caller,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectIn(body, ['outcome', 'note', 'organisation']);
    const decision = {
      outcome: oneIn(json, 'outcome', EMERGENCY_OUTCOMES),
      note: textIn(json, 'note', 4000),
      organisation: optionalTextIn(json, 'organisation', 128),
    };
    if (!isUuid(id)) throw new Problem(404, 'no-such-review', 'This is no review of yours');
    return { receipt: await this.desk.review(subject, id.toLowerCase(), decision, traceOf(request)) };
  }

  /** What this hub sealed for this purpose, and nothing else. */
  private placeOf(cursor: unknown, purpose: string): unknown {
    if (cursor === undefined) return null;
    return (typeof cursor === 'string' ? this.box.open(cursor, purpose) : undefined) ?? bad('cursor', 'not-allowed');
  }
}
