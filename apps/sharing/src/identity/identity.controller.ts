import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { safeName } from '#intake';
import { CurrentCaller, JsonPipe, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { Handles, TokenBox } from '../reading/handles.js';
import { ReadNotRecorded } from '../reading/read-chronology.js';
import { IdentityDesk, type Answer } from './identity-desk.js';
import type { QuestionPlace } from './load-pairs.js';

const MAX_REASON = 4000;

const bad = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-request', 'The request was not understood', { errors: [{ field, reason }] });
};

const answerIn = (body: unknown): Answer => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('', 'not-an-object');
  const json = body as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(json)) {
    if (!['answer', 'leaves', 'reason'].includes(name)) bad(safeName(name), 'unknown-field');
  }
  const { answer, leaves = null, reason } = json;
  if (answer === undefined || answer === null || answer === '') return bad('answer', 'missing');
  if (answer !== 'same' && answer !== 'different') return bad('answer', 'not-allowed');
  if (leaves !== null && ((leaves !== 'first' && leaves !== 'second') || answer === 'same')) {
    return bad('leaves', 'not-allowed');
  }
  if (reason === undefined || reason === null || reason === '') return bad('reason', 'missing');
  if (typeof reason !== 'string' || reason.trim() === '') return bad('reason', 'not-text');
  return reason.length > MAX_REASON ? bad('reason', 'too-long') : { answer, leaves, reason: reason.trim() };
};

const recorded = async <T>(look: Promise<T>): Promise<T> => {
  try {
    return await look;
  } catch (error) {
    if (!(error instanceof ReadNotRecorded)) throw error;
    throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
  }
};

/** Questions of identity, for data managers. */
@Controller('v1/identity')
export class IdentityController {
  constructor(
    @Inject(IdentityDesk) private readonly desk: IdentityDesk,
    @Inject(Handles) private readonly handles: Handles,
    @Inject(TokenBox) private readonly box: TokenBox,
  ) {}

  /** Pairs that only people can decide, one of them a reference of one's own organisation. */
  @Get('questions')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async questions(@CurrentCaller() { subject }: Caller, @Query('cursor') cursor?: string) {
    const purpose = `identity-questions/${subject}`;
    const after = this.placeOf(cursor, purpose) as QuestionPlace | null;
    const { questions, next } = await recorded(this.desk.questions(subject, after));
    return { questions, cursor: next === null ? null : this.box.seal(next, purpose) };
  }

  /** The pairs of a child of one's own organisation. */
  @Get('links')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async links(@CurrentCaller() { subject }: Caller, @Query('handle') handle?: string) {
    if (typeof handle !== 'string' || handle === '') return bad('handle', 'missing');
    const description = await this.handles.find(subject, handle);
    if (!description) throw new Problem(404, 'no-such-handle', 'This is no handle of yours; search again');
    return { pairs: await recorded(this.desk.links(subject, description)) };
  }

  /** The evidence about a pair. */
  @Get('pairs/:pair')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  look(@CurrentCaller() { subject }: Caller, @Param('pair') pair: string) {
    return recorded(this.desk.look(subject, pair));
  }

  /** Says whether the two are the same child. */
  @Post('pairs/:pair/answers')
  @HttpCode(202)
  @RequireScope('read')
  async answer(
    @CurrentCaller() { subject }: Caller,
    @Param('pair') pair: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return { receipt: await this.desk.answer(subject, pair, answerIn(body), traceOf(request)) };
  }

  /** Reads that took the two for one child, once they are not. */
  @Get('pairs/:pair/disclosures')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async disclosures(
    @CurrentCaller() { subject }: Caller,
    @Param('pair') pair: string,
    @Query('cursor') cursor?: string,
  ) {
    const purpose = `identity-disclosures/${subject}/${pair}`;
    const before = this.placeOf(cursor, purpose) as number | null;
    const { disclosures, next } = await recorded(this.desk.disclosures(subject, pair, before));
    return { disclosures, cursor: next === null ? null : this.box.seal(next, purpose) };
  }

  /** What this hub sealed for this purpose, and nothing else. */
  private placeOf(cursor: unknown, purpose: string): unknown {
    if (cursor === undefined) return null;
    return (typeof cursor === 'string' ? this.box.open(cursor, purpose) : undefined) ?? bad('cursor', 'not-allowed');
  }
}
