import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, RequireScope, type Caller } from '#platform';
import {
  askedOf,
  entryOf,
  LONG_TEXT,
  namedIn,
  objectOf,
  textOf,
  untilOf,
  whenRecorded,
} from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import type { Asked } from './child-decisions.js';
import { DirectiveDesk } from './directive-desk.js';

/** Organisations that may be named. */
export const KNOWN_ORGANISATIONS = Symbol('KNOWN_ORGANISATIONS');

/** What the people of a service decide about what it recorded of a child. */
@Controller('v1/children/:handle')
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
    const [entryId, reason] = [entryOf(json, true)!, textOf(json, 'reason', LONG_TEXT)];
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
    const asked = await this.asked(caller, handle, purpose, request);
    return { restrictions: await whenRecorded(this.desk.list(asked)) };
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
      who: namedIn(json, list, this.organisations),
      until: untilOf(json),
      reason: textOf(json, 'reason', LONG_TEXT),
    };
    return this.desk.close(await this.asked(caller, handle, json['purpose'], request), type, decision);
  }

  private asked(caller: Caller, handle: string, purpose: unknown, request: FastifyRequest): Promise<Asked> {
    return askedOf(this.handles, caller, handle, purpose, request);
  }
}
