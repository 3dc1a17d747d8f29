import { Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Receipt } from './answers.js';
import { receiptPage } from './feed-pages.js';

/** Items of one page. */
const ITEMS = '100';

/** What became of a submission. */
@PageController('receipts')
export class ReceiptPagesController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get(':id')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Query('after') after?: unknown,
  ): Promise<void> {
    const query = { limit: ITEMS, after: typeof after === 'string' ? after : undefined };
    const receipt = orThrow(await this.api.get<Receipt>(request, apiPath`/v1/receipts/${id}`, query));
    this.pages.render(reply, request, 'feeds/receipt', receiptPage(receipt));
  }
}
