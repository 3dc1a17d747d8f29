import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ABOUT, isUuid } from '#contracts';
import { CurrentCaller, JsonPipe, RequireScope, type Caller } from '#platform';
import {
  askedOf,
  bad,
  LONG_TEXT,
  namedIn,
  objectOf,
  oneOf,
  textOf,
  textsOf,
  untilOf,
  whenRecorded,
  type Json,
} from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import { Attempts } from './attempts.js';
import { ChildExclusionDesk, type ExclusionAsked } from './child-exclusion-desk.js';
import { KNOWN_ORGANISATIONS } from './directives.controller.js';

/** A guardian closes a whole child to somebody. */
@Controller('v1')
export class ChildExclusionsController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(ChildExclusionDesk) private readonly desk: ChildExclusionDesk,
    @Inject(Attempts) private readonly tried: Attempts,
    @Inject(KNOWN_ORGANISATIONS) private readonly organisations: ReadonlySet<string>,
  ) {}

  /** The child is closed to those named, whoever recorded what. */
  @Post('children/:handle/child-exclusions')
  @HttpCode(202)
  @RequireScope('read')
  async exclude(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['purpose', 'deny', 'view', 'withhold', 'entryIds', 'until', 'reason']);
    const exclusion = this.read(json);
    return this.desk.exclude(await askedOf(this.handles, caller, handle, json['purpose'], request), exclusion);
  }

  /** What stands of one's own organisation's guardians' exclusions. */
  @Get('children/:handle/child-exclusions')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Req() request: FastifyRequest,
    @Query('purpose') purpose?: string,
  ) {
    const asked = await askedOf(this.handles, caller, handle, purpose, request);
    return { exclusions: await whenRecorded(this.desk.list(asked)) };
  }

  /** Ends one of them. */
  @Post('children/:handle/child-exclusions/:id/lifts')
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

  /** Who tried to open a child that this guardian's organisation closed to him. Nobody but guardians is told. */
  @Get('my/attempts')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async attempts(@CurrentCaller() caller: Caller) {
    return { attempts: await whenRecorded(this.tried.list(caller.subject)) };
  }

  private read(json: Json): ExclusionAsked {
    const entryIds = textsOf(json, 'entryIds', 1000, 64);
    for (const [i, id] of entryIds.entries()) if (!isUuid(id)) bad(`entryIds[${i}]`, 'not-allowed');
    const withhold = textsOf(json, 'withhold', ABOUT.length, 64).map(
      (name, i) => ABOUT.find((about) => about === name) ?? bad(`withhold[${i}]`, 'not-allowed'),
    );
    return {
      deny: namedIn(json, 'deny', this.organisations),
      view: json['view'] === undefined ? 'cover' : oneOf(json, 'view', ['cover', 'frozen']),
      withhold: json['withhold'] === undefined || json['withhold'] === null ? null : withhold,
      entryIds,
      until: untilOf(json),
      reason: textOf(json, 'reason', LONG_TEXT),
    };
  }
}
