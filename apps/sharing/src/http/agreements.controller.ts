import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { AgreementDesk } from '../agreements/agreement-desk.js';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** Agreements are brought in and adopted by the governance people of the organisations whose records they open. */
@Controller('v1/agreements')
export class AgreementsController {
  constructor(@Inject(AgreementDesk) private readonly desk: AgreementDesk) {}

  /** Brings a version in. It has no effect before its owners adopt it. */
  @Put(':id/versions/:version')
  @HttpCode(202)
  @RequireScope('read')
  async bring(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    if (!isRecord(body)) {
      throw new Problem(400, 'bad-agreement', 'The agreement was not taken', {
        errors: [{ field: '', reason: 'not-an-object' }],
      });
    }
    const desk = typeof body['desk'] === 'string' ? body['desk'] : null;
    return this.desk.bring(caller.subject, id, version, body['document'], desk, traceOf(request));
  }

  /** One person's signature under an adoption; two of one organisation put it in force for that owner's records. */
  @Post(':id/versions/:version/adoptions')
  @HttpCode(202)
  @RequireScope('read')
  async adopt(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const inForceFrom = isRecord(body) ? body['inForceFrom'] : undefined;
    if (typeof inForceFrom !== 'string' || !INSTANT.test(inForceFrom) || Number.isNaN(Date.parse(inForceFrom))) {
      throw new Problem(400, 'bad-adoption', 'The adoption was not taken', {
        errors: [{ field: 'inForceFrom', reason: inForceFrom === undefined ? 'missing' : 'not-an-instant' }],
      });
    }
    const organisation = isRecord(body) && typeof body['organisation'] === 'string' ? body['organisation'] : null;
    const adoption = { inForceFrom: new Date(inForceFrom).toISOString(), organisation };
    return this.desk.adopt(caller.subject, id, version, adoption, traceOf(request));
  }

  /** The agreements in force now, by owner. */
  @Get()
  @RequireScope('read')
  async list(@CurrentCaller() caller: Caller) {
    return { agreements: await this.desk.list(caller.subject) };
  }
}
