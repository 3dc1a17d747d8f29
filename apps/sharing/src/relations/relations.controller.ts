import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIRMABLE_RELATIONS } from '#contracts';
import { CurrentCaller, JsonPipe, OnTick, Problem, RequireScope, traceOf, type Caller } from '#platform';
import { KNOWN_ORGANISATIONS } from '../directives/directives.controller.js';
import { bodyReader, type Json } from '../http/body-reader.js';
import { askedOf, whenRecorded } from '../http/decision-body.js';
import { Handles } from '../reading/handles.js';
import { MoveDesk } from './move-desk.js';
import { RelationDesk, type Asked } from './relation-desk.js';
import { StandingRelations } from './standing-relations.js';

/** Under which those who work with a child say so. */
const WORKING_PURPOSE = 'SAFEGUARDING';
const MEETINGS = ['strategy-discussion', 'core-group'];

const { bad, objectOf, textOf, oneOf, instantOf } = bodyReader('What was said of the relation was not taken');

/** What people say about who has to do with a child. */
@Controller('v1/children/:handle')
export class RelationsController {
  constructor(
    @Inject(Handles) private readonly handles: Handles,
    @Inject(RelationDesk) private readonly desk: RelationDesk,
    @Inject(MoveDesk) private readonly moves: MoveDesk,
    @Inject(StandingRelations) private readonly standing: StandingRelations,
    @Inject(KNOWN_ORGANISATIONS) private readonly organisations: ReadonlySet<string>,
  ) {}

  /** A person who works with the child confirms that another organisation has the relation that it says it has. */
  @Post('relation-confirmations')
  @HttpCode(202)
  @RequireScope('read')
  async confirm(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['organisation', 'service', 'relation', 'reason']);
    const confirmed = {
      organisation: this.organisationOf(json),
      service: json['service'] === undefined || json['service'] === null ? null : textOf(json, 'service', 64),
      relation: oneOf(json, 'relation', CONFIRMABLE_RELATIONS),
      reason: textOf(json, 'reason', 4000),
    };
    return this.desk.confirm(await this.asked(caller, handle, request), confirmed);
  }

  /** Takes a confirmation of one's own organisation back. */
  @Post('relation-confirmations/:id/lifts')
  @HttpCode(202)
  @RequireScope('read')
  async lift(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    objectOf(body, []);
    return this.desk.lift(await this.asked(caller, handle, request), id);
  }

  /** Names a person of any organisation for a strategy discussion or core group. */
  @Post('invitations')
  @OnTick()
  @HttpCode(202)
  @RequireScope('read')
  async invite(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['organisation', 'workerId', 'meeting', 'from', 'until']);
    const invited = {
      organisation: this.organisationOf(json),
      workerId: textOf(json, 'workerId', 256),
      meeting: oneOf(json, 'meeting', MEETINGS),
      from: instantOf(json, 'from'),
      until: instantOf(json, 'until'),
    };
    if (invited.until <= invited.from) bad('until', 'ends-before-it-starts');
    return this.desk.invite(await this.asked(caller, handle, request), invited);
  }

  /** A reason of one's own: opens summaries for 24 hours. */
  @Post('assertions')
  @OnTick()
  @HttpCode(202)
  @RequireScope('read')
  async assert(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const reason = textOf(objectOf(body, ['reason']), 'reason', 4000);
    return this.desk.assert(await this.asked(caller, handle, request), reason);
  }

  /** A contact comes in at a front door. */
  @Post('triage')
  @OnTick()
  @HttpCode(202)
  @RequireScope('read')
  async openContact(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const reason = textOf(objectOf(body, ['reason']), 'reason', 4000);
    return this.desk.openContact(await this.asked(caller, handle, request), reason);
  }

  /** What came of a contact: with it, the contact is over. */
  @Post('triage/:id/outcome')
  @HttpCode(202)
  @RequireScope('read')
  async closeContact(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const outcome = textOf(objectOf(body, ['outcome']), 'outcome', 4000);
    return this.desk.closeContact(await this.asked(caller, handle, request), id, outcome);
  }

  /** A child is there, in unscheduled care. */
  @Post('encounters')
  @OnTick()
  @HttpCode(202)
  @RequireScope('read')
  async openEncounter(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const reason = textOf(objectOf(body, ['reason']), 'reason', 4000);
    return this.desk.openEncounter(await this.asked(caller, handle, request), reason);
  }

  /** The family moves to another authority: both are responsible until that accepts. */
  @Post('moves')
  @HttpCode(202)
  @RequireScope('read')
  async move(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const json = objectOf(body, ['organisation', 'from', 'reason']);
    const moved = {
      organisation: this.organisationOf(json),
      from: json['from'] === undefined || json['from'] === null ? null : instantOf(json, 'from'),
      reason: textOf(json, 'reason', 4000),
    };
    return this.moves.move(await askedOf(this.handles, caller, handle, WORKING_PURPOSE, request), moved);
  }

  /** The second authority accepts in writing. */
  @Post('moves/:id/acceptances')
  @HttpCode(202)
  @RequireScope('read')
  async acceptMove(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    const statement = textOf(objectOf(body, ['statement']), 'statement', 4000);
    return this.moves.accept(await askedOf(this.handles, caller, handle, WORKING_PURPOSE, request), id, statement);
  }

  /** The first takes it back: the family stays. */
  @Post('moves/:id/lifts')
  @HttpCode(202)
  @RequireScope('read')
  async liftMove(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    objectOf(body, []);
    return this.moves.lift(await askedOf(this.handles, caller, handle, WORKING_PURPOSE, request), id);
  }

  /** Open contacts, moves and confirmations of one's own services. */
  @Get('relations')
  @RequireScope('read')
  @Header('cache-control', 'no-store')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('handle') handle: string,
    @Req() request: FastifyRequest,
    @Query('purpose') purpose?: string,
  ) {
    return whenRecorded(this.standing.list(await askedOf(this.handles, caller, handle, purpose, request)));
  }

  private organisationOf(json: Json): string {
    const organisation = textOf(json, 'organisation', 128);
    return this.organisations.has(organisation) ? organisation : bad('organisation', 'not-allowed');
  }

  private async asked(caller: Caller, handle: string, request: FastifyRequest): Promise<Asked> {
    const description = await this.handles.find(caller.subject, handle);
    if (!description) throw new Problem(404, 'no-such-handle', 'This is no handle of yours; search again');
    return { login: caller.subject, description, trace: traceOf(request) };
  }
}
