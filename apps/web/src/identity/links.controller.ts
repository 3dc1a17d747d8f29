import { Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Links } from './answers.js';
import { pairRow } from './pair-list.js';

/** What one's own records of a child are linked with. */
@PageController('children/:handle/links')
export class LinksController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
  ): Promise<void> {
    const { pairs } = orThrow(await this.api.get<Links>(request, apiPath`/v1/identity/links`, { handle }));
    this.pages.render(reply, request, 'identity/links', { rows: pairs.map(pairRow) });
  }
}
