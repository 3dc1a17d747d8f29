import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SANITISED_TEXT } from '#chronology';
import { CurrentCaller, JsonPipe, RequireScope, type Caller } from '#platform';
import { KNOWN_ORGANISATIONS } from '../directives/directives.controller.js';
import {
  askedOf,
  bad,
  entryOf,
  LONG_TEXT,
  objectOf,
  optionalText,
  textOf,
  textsOf,
  untilOf,
  whenRecorded,
  type Json,
} from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import { ReleaseDesk, type ReleaseAsked } from './release-desk.js';

const FIELD = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST_TEXT = 20_000;

/** An owner shows one entry to one named person. */
@Controller('v1/children/:handle/releases')
export class ReleasesController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(ReleaseDesk) private readonly desk: ReleaseDesk,
    @Inject(KNOWN_ORGANISATIONS) private readonly organisations: ReadonlySet<string>,
  ) {}

  /** Releases fields of an entry of one's own service, a text written for the purpose, or both. */
  @Post()
  @HttpCode(202)
  @RequireScope('read')
  async release(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['purpose', 'entryId', 'to', 'fields', 'sanitisedText', 'until', 'reason']);
    const release = this.read(json);
    return this.desk.release(await askedOf(this.handles, caller, handle, json['purpose'], request), release);
  }

  /** What stands of one's own service's releases. */
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
    return { releases: await whenRecorded(this.desk.list(asked)) };
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

  private read(json: Json): ReleaseAsked {
    if (json['to'] === undefined || json['to'] === null) return bad('to', 'missing');
    const to = objectOf(json['to'], ['organisation', 'workerId']);
    const organisation = textOf(to, 'organisation', 128, 'to.organisation');
    if (!this.organisations.has(organisation)) bad('to.organisation', 'not-allowed');
    const fields = textsOf(json, 'fields', 100, 128);
    for (const [i, field] of fields.entries()) {
      if (!FIELD.test(field) || field === SANITISED_TEXT) bad(`fields[${i}]`, 'not-allowed');
    }
    const sanitisedText = optionalText(json, 'sanitisedText', LONGEST_TEXT);
    if (fields.length === 0 && sanitisedText === null) return bad('fields', 'missing');
    return {
      entryId: entryOf(json, true)!,
      to: { organisation, workerId: textOf(to, 'workerId', 256, 'to.workerId') },
      fields: [...new Set(fields)],
      sanitisedText,
      until: untilOf(json) ?? bad('until', 'missing'),
      reason: textOf(json, 'reason', LONG_TEXT),
    };
  }
}
