import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentCaller, JsonPipe, RequireScope, traceOf, type Caller } from '#platform';
import { MOST_RESULTS, ScimDesk, type Asked, type Page } from './scim-desk.js';
import { SCIM_MEDIA_TYPE, ScimErrorFilter } from './scim-error.filter.js';
import { parseFilter, parseGroup, parsePatch, parseUser } from './scim-resources.js';
import { RESOURCE_TYPES, SCHEMAS, SERVICE_PROVIDER_CONFIG } from './scim-service.js';

const askedOf = (caller: Caller, request: FastifyRequest): Asked => ({
  clientId: caller.clientId,
  trace: traceOf(request),
});

/** A number that is none, or is out of range, counts as the nearest that can be (RFC 7644, 3.4.2.4). */
const pageOf = (startIndex?: string, count?: string): Page => {
  const whole = (text: string | undefined, otherwise: number) =>
    text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;
  return {
    startIndex: Math.max(1, whole(startIndex, 1)),
    count: Math.min(MOST_RESULTS, Math.max(0, whole(count, MOST_RESULTS))),
  };
};

/** Provisioning of staff by an organisation's own system (SCIM 2.0: RFC 7643, RFC 7644). */
@Controller('scim/v2')
@UseFilters(ScimErrorFilter)
export class ScimController {
  constructor(@Inject(ScimDesk) private readonly desk: ScimDesk) {}

  @Post('Users')
  @HttpCode(201)
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  async createUser(
    @CurrentCaller() caller: Caller,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const created = await this.desk.createUser(askedOf(caller, request), parseUser(body));
    void reply.header('location', created.meta.location);
    return created;
  }

  @Get('Users')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  @Header('cache-control', 'no-store')
  listUsers(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Query('filter') filter?: string,
    @Query('startIndex') startIndex?: string,
    @Query('count') count?: string,
  ) {
    const asked = askedOf(caller, request);
    return this.desk.list(asked, 'User', parseFilter(filter, 'userName'), pageOf(startIndex, count));
  }

  @Get('Users/:id')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  @Header('cache-control', 'no-store')
  user(@CurrentCaller() caller: Caller, @Param('id') id: string, @Req() request: FastifyRequest) {
    return this.desk.findUser(askedOf(caller, request), id);
  }

  @Put('Users/:id')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  replaceUser(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.desk.replaceUser(askedOf(caller, request), id, parseUser(body));
  }

  @Patch('Users/:id')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  patchUser(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.desk.patchUser(askedOf(caller, request), id, parsePatch(body));
  }

  @Delete('Users/:id')
  @HttpCode(204)
  @RequireScope('submit')
  deleteUser(@CurrentCaller() caller: Caller, @Param('id') id: string, @Req() request: FastifyRequest) {
    return this.desk.deleteUser(askedOf(caller, request), id);
  }

  @Post('Groups')
  @HttpCode(201)
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  async createGroup(
    @CurrentCaller() caller: Caller,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const created = await this.desk.createGroup(askedOf(caller, request), parseGroup(body));
    void reply.header('location', created.meta.location);
    return created;
  }

  @Get('Groups')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  @Header('cache-control', 'no-store')
  listGroups(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Query('filter') filter?: string,
    @Query('startIndex') startIndex?: string,
    @Query('count') count?: string,
  ) {
    const asked = askedOf(caller, request);
    return this.desk.list(asked, 'Group', parseFilter(filter, 'displayName'), pageOf(startIndex, count));
  }

  @Get('Groups/:id')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  @Header('cache-control', 'no-store')
  group(@CurrentCaller() caller: Caller, @Param('id') id: string, @Req() request: FastifyRequest) {
    return this.desk.findGroup(askedOf(caller, request), id);
  }

  @Put('Groups/:id')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  replaceGroup(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.desk.replaceGroup(askedOf(caller, request), id, parseGroup(body));
  }

  @Patch('Groups/:id')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  patchGroup(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Body(JsonPipe) body: unknown,
    @Req() request: FastifyRequest,
  ) {
    return this.desk.patchGroup(askedOf(caller, request), id, parsePatch(body));
  }

  @Delete('Groups/:id')
  @HttpCode(204)
  @RequireScope('submit')
  deleteGroup(@CurrentCaller() caller: Caller, @Param('id') id: string, @Req() request: FastifyRequest) {
    return this.desk.deleteGroup(askedOf(caller, request), id);
  }

  @Get('ServiceProviderConfig')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  config() {
    return SERVICE_PROVIDER_CONFIG;
  }

  @Get('ResourceTypes')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  resourceTypes() {
    return RESOURCE_TYPES;
  }

  @Get('Schemas')
  @RequireScope('submit')
  @Header('content-type', SCIM_MEDIA_TYPE)
  schemas() {
    return SCHEMAS;
  }
}
