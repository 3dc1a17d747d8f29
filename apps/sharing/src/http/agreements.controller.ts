import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  CurrentCaller,
  JsonPipe,
  JsonRefused,
  JsonTextPipe,
  Problem,
  RequireScope,
  toIJson,
  traceOf,
  type Caller,
  type JsonText,
} from '#platform';
import { positionAt } from '#sharing';
import { AgreementDesk, type BroughtDocument } from '../agreements/agreement-desk.js';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
const LONGEST_REASON = 2000;

const bad = (slug: string, title: string, field: string, reason: string): never => {
  throw new Problem(400, slug, title, { errors: [{ field, reason }] });
};

const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));

const organisationIn = (body: unknown): string | null =>
  isRecord(body) && typeof body['organisation'] === 'string' ? body['organisation'] : null;

/** A document in the body, or its text in the body: then what is wrong is named by the lines of that text. */
const documentIn = ({ value, text }: JsonText): BroughtDocument => {
  const document = isRecord(value) ? value['document'] : undefined;
  if (typeof document !== 'string') return { value: document, text, root: '$.document', isText: false };
  try {
    return { value: toIJson(document), text: document, root: '$', isText: true };
  } catch (error) {
    const position = error instanceof JsonRefused ? positionAt(document, error.offset) : {};
    throw new Problem(400, 'bad-agreement', 'The agreement was not taken', {
      errors: [{ field: 'document', reason: 'not-json', ...position }],
    });
  }
};

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
    @Body(JsonTextPipe) body: JsonText,
    @Req() request: FastifyRequest,
  ) {
    if (!isRecord(body.value)) return bad('bad-agreement', 'The agreement was not taken', '', 'not-an-object');
    const desk = typeof body.value['desk'] === 'string' ? body.value['desk'] : null;
    return this.desk.bring(caller.subject, id, version, documentIn(body), desk, traceOf(request));
  }

  /** Records that a version passes its own cases and the checks of adoption. */
  @Post(':id/versions/:version/tests')
  @HttpCode(202)
  @RequireScope('read')
  async test(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.desk.test(caller.subject, id, version, organisationIn(body), traceOf(request));
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
    if (!isInstant(inForceFrom)) {
      return bad(
        'bad-adoption',
        'The adoption was not taken',
        'inForceFrom',
        inForceFrom === undefined ? 'missing' : 'not-an-instant',
      );
    }
    const adoption = { inForceFrom: new Date(inForceFrom).toISOString(), organisation: organisationIn(body) };
    return this.desk.adopt(caller.subject, id, version, adoption, traceOf(request));
  }

  /** One person of an owner takes a version back for its records. It counts at once, or from the later instant given. */
  @Post(':id/versions/:version/revocations')
  @HttpCode(202)
  @RequireScope('read')
  async revoke(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Param('version') version: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const TITLE = 'The revocation was not taken';
    const { from = null, reason = undefined } = isRecord(body) ? body : {};
    if (typeof reason !== 'string' || reason.trim() === '') {
      return bad('bad-revocation', TITLE, 'reason', reason === undefined ? 'missing' : 'not-a-text');
    }
    if (reason.length > LONGEST_REASON) return bad('bad-revocation', TITLE, 'reason', 'too-long');
    if (from !== null && !isInstant(from)) return bad('bad-revocation', TITLE, 'from', 'not-an-instant');
    const decision = {
      reason: reason.trim(),
      from: from === null ? null : new Date(from).toISOString(),
      organisation: organisationIn(body),
    };
    return this.desk.revoke(caller.subject, id, version, decision, traceOf(request));
  }

  /** One version, for the governance people of a party to it. */
  @Get(':id/versions/:version')
  @RequireScope('read')
  async open(@CurrentCaller() caller: Caller, @Param('id') id: string, @Param('version') version: string) {
    return this.desk.open(caller.subject, id, version);
  }

  /** The agreements in force now, by owner. */
  @Get()
  @RequireScope('read')
  async list(@CurrentCaller() caller: Caller) {
    return { agreements: await this.desk.list(caller.subject) };
  }
}
