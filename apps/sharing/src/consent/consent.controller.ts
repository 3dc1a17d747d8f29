import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, RequireScope, type Caller } from '#platform';
import type { Asked } from '../directives/child-decisions.js';
import {
  askedOf,
  booleanOf,
  LONG_TEXT,
  objectOf,
  oneOf,
  optionalText,
  textOf,
  untilOf,
  whenRecorded,
  type Json,
} from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import { ConsentDesk } from './consent-desk.js';

/** What a service records of consent about a child. */
@Controller('v1/children/:handle')
export class ConsentController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(ConsentDesk) private readonly desk: ConsentDesk,
  ) {}

  /** Consent to processing, given or withdrawn. */
  @Post('processing-consents')
  @HttpCode(202)
  @RequireScope('read')
  processing(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const fields = ['decision', 'by', 'until', 'person', 'standing', 'courtLimits', 'scope', 'told', 'toldReason', 'childView']; // prettier-ignore
    return this.take(caller, handle, body, request, fields, (json) => {
      const consent = {
        decision: oneOf(json, 'decision', ['given', 'withdrawn']),
        by: oneOf(json, 'by', ['young-person', 'parental-responsibility']),
        until: untilOf(json),
        person: textOf(json, 'person', LONG_TEXT),
        standing: textOf(json, 'standing', LONG_TEXT),
        courtLimits: optionalText(json, 'courtLimits', LONG_TEXT),
        scope: textOf(json, 'scope', LONG_TEXT),
        told: booleanOf(json, 'told'),
        toldReason: optionalText(json, 'toldReason', LONG_TEXT),
        childView: optionalText(json, 'childView', LONG_TEXT),
      };
      return (asked) => this.desk.processing(asked, consent);
    });
  }

  /** The young person's decision about what one's own service recorded. */
  @Post('young-person-decisions')
  @HttpCode(202)
  @RequireScope('read')
  youngPerson(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const fields = ['agreed', 'competent', 'assessment', 'assessedBy', 'youngPersonsWords'];
    return this.take(caller, handle, body, request, fields, (json) => {
      const decision = {
        agreed: booleanOf(json, 'agreed'),
        competent: booleanOf(json, 'competent'),
        assessment: textOf(json, 'assessment', LONG_TEXT),
        assessedBy: textOf(json, 'assessedBy', 256),
        youngPersonsWords: optionalText(json, 'youngPersonsWords', LONG_TEXT),
      };
      return (asked) => this.desk.youngPerson(asked, decision);
    });
  }

  /** That one's own service suspects significant harm, or no longer does. */
  @Post('significant-harm')
  @HttpCode(202)
  @RequireScope('read')
  significantHarm(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.take(caller, handle, body, request, ['stands', 'reason'], (json) => {
      const harm = { stands: booleanOf(json, 'stands'), reason: textOf(json, 'reason', LONG_TEXT) };
      return (asked) => this.desk.significantHarm(asked, harm);
    });
  }

  /** Whether the family agrees to work with services: an entry. */
  @Post('working-agreements')
  @HttpCode(202)
  @RequireScope('read')
  workingAgreement(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.take(caller, handle, body, request, ['agrees', 'decidedBy', 'reason', 'childView'], (json) => {
      const agreement = {
        agrees: booleanOf(json, 'agrees'),
        decidedBy: textOf(json, 'decidedBy', LONG_TEXT),
        reason: optionalText(json, 'reason', LONG_TEXT),
        childView: optionalText(json, 'childView', LONG_TEXT),
      };
      return (asked) => this.desk.workingAgreement(asked, agreement);
    });
  }

  /** What stands of what one's own services recorded. */
  @Get('consent')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Req() request: FastifyRequest,
    @Query('purpose') purpose?: string,
  ) {
    return whenRecorded(this.desk.list(await askedOf(this.handles, caller, handle, purpose, request)));
  }

  private async take(
    caller: Caller,
    handle: string,
    body: unknown,
    request: FastifyRequest,
    fields: readonly string[],
    read: (json: Json) => (asked: Asked) => Promise<string>,
  ): Promise<{ receipt: string }> {
    const json = objectOf(body, ['purpose', ...fields]);
    const decide = read(json);
    return { receipt: await decide(await askedOf(this.handles, caller, handle, json['purpose'], request)) };
  }
}
