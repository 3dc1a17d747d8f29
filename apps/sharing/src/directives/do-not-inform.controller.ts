import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, RequireScope, type Caller } from '#platform';
import {
  askedOf,
  bad,
  booleanOf,
  entryOf,
  LONG_TEXT,
  objectOf,
  optionalText,
  textOf,
  whenRecorded,
} from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import { KNOWN_ORGANISATIONS } from './directives.controller.js';
import { DoNotInformDesk } from './do-not-inform-desk.js';

/** Who must not be told of what one's own service recorded. */
@Controller('v1/children/:handle/do-not-inform')
export class DoNotInformController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(DoNotInformDesk) private readonly desk: DoNotInformDesk,
    @Inject(KNOWN_ORGANISATIONS) private readonly organisations: ReadonlySet<string>,
  ) {}

  /** All carers, an adult, an agency: at least one of them. */
  @Post()
  @HttpCode(202)
  @RequireScope('read')
  async mark(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['purpose', 'entryId', 'allCarers', 'adult', 'agency', 'reason']);
    const mark = {
      entryId: entryOf(json, false),
      allCarers: json['allCarers'] === undefined ? false : booleanOf(json, 'allCarers'),
      adult: optionalText(json, 'adult', 256),
      agency: optionalText(json, 'agency', 128),
      reason: textOf(json, 'reason', LONG_TEXT),
    };
    if (!mark.allCarers && mark.adult === null && mark.agency === null) bad('allCarers', 'missing');
    if (mark.agency !== null && !this.organisations.has(mark.agency)) bad('agency', 'not-allowed');
    return this.desk.mark(await askedOf(this.handles, caller, handle, json['purpose'], request), mark);
  }

  /** What stands of one's own service's marks. */
  @Get()
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Req() request: FastifyRequest,
    @Query('purpose') purpose?: string,
  ) {
    const asked = await askedOf(this.handles, caller, handle, purpose, request);
    return { marks: await whenRecorded(this.desk.list(asked)) };
  }

  /** Ends one of them. */
  @Post(':id/lifts')
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
    return this.desk.lift(await askedOf(this.handles, caller, handle, json['purpose'], request), id);
  }
}
