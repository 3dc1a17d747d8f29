import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isUuid } from '#contracts';
import { safeName } from '#intake';
import { CurrentCaller, JsonPipe, Problem, releaseOnTick, RequireScope, traceOf, type Caller } from '#platform';
import { Handles } from '../reading/handles.js';
import { ReadNotRecorded } from '../reading/read-chronology.js';
import { DirectiveDesk, type Asked, type Named } from './directive-desk.js';

/** Organisations that may be named. */
export const KNOWN_ORGANISATIONS = Symbol('KNOWN_ORGANISATIONS');

const PURPOSE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

const bad = (field: string, reason: string): never => {
  throw new Problem(400, 'bad-request', 'The decision was not taken', { errors: [{ field, reason }] });
};

type Json = Readonly<Record<string, unknown>>;

const objectOf = (body: unknown, fields: readonly string[]): Json => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return bad('', 'not-an-object');
  for (const name of Object.keys(body)) if (!fields.includes(name)) bad(safeName(name), 'unknown-field');
  return body as Json;
};

const textOf = (json: Json, field: string, max: number, path = field): string => {
  const value = json[field];
  if (value === undefined || value === null || value === '') return bad(path, 'missing');
  if (typeof value !== 'string' || value.trim() === '') return bad(path, 'not-text');
  return value.length <= max ? value.trim() : bad(path, 'too-long');
};

const optionalText = (json: Json, field: string, max: number, path = field): string | null =>
  json[field] === undefined || json[field] === null || json[field] === '' ? null : textOf(json, field, max, path);

const purposeOf = (value: unknown): string => {
  if (typeof value !== 'string' || !PURPOSE.test(value)) {
    return bad('purpose', value === undefined ? 'missing' : 'not-allowed');
  }
  return value.toUpperCase();
};

const untilOf = (json: Json): string | null => {
  const until = optionalText(json, 'until', 64);
  if (until === null) return null;
  return INSTANT.test(until) && !Number.isNaN(Date.parse(until))
    ? new Date(until).toISOString()
    : bad('until', 'not-an-instant');
};

const entryOf = (json: Json, required: boolean): string | null => {
  const entryId = required ? textOf(json, 'entryId', 64) : optionalText(json, 'entryId', 64);
  return entryId === null || isUuid(entryId) ? entryId : bad('entryId', 'not-allowed');
};

/** What the people of a service decide about what it recorded of a child. */
@Controller('v1/children/:handle')
@UseInterceptors(releaseOnTick(() => false))
export class DirectivesController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(DirectiveDesk) private readonly desk: DirectiveDesk,
    @Inject(KNOWN_ORGANISATIONS) private readonly organisations: ReadonlySet<string>,
  ) {}

  /** One's own service takes back a version that it recorded. */
  @Post('withdrawals')
  @HttpCode(202)
  @RequireScope('read')
  async withdraw(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['entryId', 'purpose', 'reason']);
    const [entryId, reason] = [entryOf(json, true)!, textOf(json, 'reason', 4000)];
    return this.desk.withdraw(await this.asked(caller, handle, json['purpose'], request), entryId, reason);
  }

  /** What one's own service recorded is for those named alone. */
  @Post('restrictions')
  @HttpCode(202)
  @RequireScope('read')
  restrict(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.close('restriction-made', 'allow', caller, handle, body, request);
  }

  /** What one's own service recorded is closed to those named. */
  @Post('exclusions')
  @HttpCode(202)
  @RequireScope('read')
  exclude(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.close('exclusion-made', 'deny', caller, handle, body, request);
  }

  /** What stands of one's own service's decisions. */
  @Get('restrictions')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Req() request: FastifyRequest,
    @Query('purpose') purpose?: string,
  ) {
    try {
      return { restrictions: await this.desk.list(await this.asked(caller, handle, purpose, request)) };
    } catch (error) {
      if (!(error instanceof ReadNotRecorded)) throw error;
      throw new Problem(503, 'not-recorded', 'The look could not be recorded, so nothing is shown; try again');
    }
  }

  /** Ends one of them. */
  @Post('restrictions/:id/lifts')
  @HttpCode(202)
  @RequireScope('read')
  async lift(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['purpose']);
    return this.desk.lift(await this.asked(caller, handle, json['purpose'], request), id);
  }

  private async close(
    type: 'restriction-made' | 'exclusion-made',
    list: 'allow' | 'deny',
    caller: Caller,
    handle: string,
    body: unknown,
    request: FastifyRequest,
  ) {
    const json = objectOf(body, ['entryId', 'purpose', 'reason', 'until', list]);
    const decision = {
      entryId: entryOf(json, false),
      who: this.namedIn(json, list),
      until: untilOf(json),
      reason: textOf(json, 'reason', 4000),
    };
    return this.desk.close(await this.asked(caller, handle, json['purpose'], request), type, decision);
  }

  private namedIn(json: Json, list: 'allow' | 'deny'): Named[] {
    const given = json[list];
    if (!Array.isArray(given)) return bad(list, given === undefined ? 'missing' : 'not-a-list');
    if (given.length === 0) return bad(list, 'missing');
    if (given.length > 200) return bad(list, 'too-large');
    return given.map((one: unknown, i): Named => {
      const at = (field: string) => `${list}[${i}].${field}`;
      const party = objectOf(one, ['organisation', 'service', 'team', 'workerId']);
      const organisation = textOf(party, 'organisation', 128, at('organisation'));
      if (!this.organisations.has(organisation)) bad(at('organisation'), 'not-allowed');
      return {
        organisation,
        service: optionalText(party, 'service', 64, at('service')),
        team: optionalText(party, 'team', 128, at('team')),
        workerId: optionalText(party, 'workerId', 256, at('workerId')),
      };
    });
  }

  private async asked(caller: Caller, handle: string, purpose: unknown, request: FastifyRequest): Promise<Asked> {
    const wanted = purposeOf(purpose);
    const description = await this.handles.find(caller.subject, handle);
    if (!description) throw new Problem(404, 'no-such-handle', 'This is no handle of yours; search again');
    return { login: caller.subject, handle, description, purpose: wanted, trace: traceOf(request) };
  }
}
