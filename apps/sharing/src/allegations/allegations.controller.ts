import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, RequireScope, type Caller } from '#platform';
import {
  askedOf,
  booleanOf,
  entryOf,
  LONG_TEXT,
  objectOf,
  oneOf,
  optionalText,
  textOf,
} from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import { AllegationDesk, OUTCOMES } from './allegation-desk.js';

/** Allegations and their outcomes, as entries of one's own service. */
@Controller('v1/children/:handle')
export class AllegationsController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(AllegationDesk) private readonly desk: AllegationDesk,
  ) {}

  /** Somebody is alleged to have harmed the child. */
  @Post('allegations')
  @HttpCode(202)
  @RequireScope('read')
  async record(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['purpose', 'allegation', 'against', 'childView']);
    const allegation = {
      allegation: textOf(json, 'allegation', LONG_TEXT),
      against: textOf(json, 'against', LONG_TEXT),
      childView: optionalText(json, 'childView', LONG_TEXT),
    };
    const asked = await askedOf(this.handles, caller, handle, json['purpose'], request);
    return { receipt: await this.desk.record(asked, allegation) };
  }

  /** What came of one. */
  @Post('allegation-outcomes')
  @HttpCode(202)
  @RequireScope('read')
  async close(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['purpose', 'entryId', 'outcome', 'withdrawn', 'reason']);
    const outcome = {
      entryId: entryOf(json, true)!,
      outcome: oneOf(json, 'outcome', OUTCOMES),
      withdrawn: booleanOf(json, 'withdrawn'),
      reason: textOf(json, 'reason', LONG_TEXT),
    };
    const asked = await askedOf(this.handles, caller, handle, json['purpose'], request);
    return { receipt: await this.desk.close(asked, outcome) };
  }
}
