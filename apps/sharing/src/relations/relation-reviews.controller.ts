import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isUuid, RELATION_OUTCOMES } from '#contracts';
import { CurrentCaller, JsonPipe, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { bodyReader } from '../http/body-reader.js';
import { whenRecorded } from '../http/decision-body.js';
import { TokenBox } from '../reading/handles.js';
import { RelationReviews } from './relation-reviews.js';

const { bad, objectOf, textOf, oneOf } = bodyReader('What was said of the relation was not taken');

/** Relations of one's own organisation's people that fell to be reviewed. */
@Controller('v1/relation-reviews')
export class RelationReviewsController {
  constructor(
    @Inject(RelationReviews) private readonly reviews: RelationReviews,
    @Inject(TokenBox) private readonly box: TokenBox,
  ) {}

  /** Those that wait, the oldest first; or those that are decided, the newest first. */
  @Get()
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(@CurrentCaller() { subject }: Caller, @Query('state') state = 'open', @Query('cursor') cursor?: string) {
    if (state !== 'open' && state !== 'decided') return bad('state', 'not-allowed');
    const purpose = `relation-reviews/${state}/${subject}`;
    const { next, ...answer } = await whenRecorded(
      this.reviews.list(subject, state === 'decided', this.placeOf(cursor, purpose)),
    );
    return { ...answer, cursor: next === null ? null : this.box.seal(next, purpose) };
  }

  /** What a reviewer says of one. */
  @Post(':id/reviews')
  @HttpCode(202)
  @RequireScope('read')
  async review(
    @CurrentCaller() { subject }: Caller,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['outcome', 'note']);
    const said = { outcome: oneOf(json, 'outcome', RELATION_OUTCOMES), note: textOf(json, 'note', 4000) };
    if (!isUuid(id)) throw new Problem(404, 'no-such-review', 'This is no review of yours');
    return { receipt: await this.reviews.review(subject, id.toLowerCase(), said, traceOf(request)) };
  }

  private placeOf(cursor: unknown, purpose: string): number | null {
    if (cursor === undefined) return null;
    const place = typeof cursor === 'string' ? this.box.open(cursor, purpose) : undefined;
    return typeof place === 'number' ? place : bad('cursor', 'not-allowed');
  }
}
