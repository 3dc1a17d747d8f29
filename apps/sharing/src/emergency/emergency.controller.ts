import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EMERGENCY_REASONS, isUuid } from '#contracts';
import { CurrentCaller, JsonPipe, OnTick, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { Handles, type Description } from '../reading/handles.js';
import { EmergencyDesk, type Asked } from './emergency-desk.js';
import { objectIn, oneIn, optionalTextIn, textIn } from './request-body.js';

/** Opening what emergency clauses name, for one child and two hours, and ending it. */
@Controller('v1/children/:handle/emergency-access')
export class EmergencyController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(EmergencyDesk) private readonly desk: EmergencyDesk,
  ) {}

  /** Answered alike whether or not anything is held, and whatever may be seen of it. */
  @Post()
  @OnTick()
  @HttpCode(202)
  @RequireScope('read')
  async open(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectIn(body, ['reason', 'text', 'organisation', 'service']);
    const opening = {
      reason: oneIn(json, 'reason', EMERGENCY_REASONS),
      text: textIn(json, 'text', 4000),
      organisation: optionalTextIn(json, 'organisation', 128),
      service: optionalTextIn(json, 'service', 64),
    };
    const { asked, description } = await this.asked(caller, handle, request);
    return this.desk.open(asked, description, opening);
  }

  /** Ends it before its time. */
  @Post(':id/end')
  @HttpCode(202)
  @RequireScope('read')
  async end(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    objectIn(body, []);
    const { asked } = await this.asked(caller, handle, request);
    return { receipt: await this.desk.end(asked, isUuid(id) ? id.toLowerCase() : '') };
  }

  private async asked(
    { subject }: Caller,
    handle: string,
    request: FastifyRequest,
  ): Promise<{ readonly asked: Asked; readonly description: Description }> {
    const description = await this.handles.find(subject, handle);
    if (!description) throw new Problem(404, 'no-such-handle', 'This is no handle of yours; search again');
    return { asked: { login: subject, handle: handle.toLowerCase(), trace: traceOf(request) }, description };
  }
}
