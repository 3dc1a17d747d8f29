import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '#platform';
import { ApiClient, orThrow, type ApiAnswer } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Notices, OpenedItem, OwnFeeds, QuarantinedItem, QuarantinePage, Submissions } from './answers.js';
import { feedPage, feedsPage, feedPath } from './feed-pages.js';
import { decisionErrors, itemPage, valuesOf, type ItemValues } from './item-page.js';

type Queries = Readonly<Record<string, unknown>>;

const textIn = (query: Queries, name: string): string | undefined =>
  typeof query[name] === 'string' && query[name] !== '' ? query[name] : undefined;

/** The feeds of one's own organisation, and what is decided about what of them could not be read. */
@PageController('feeds')
export class FeedPagesController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const feeds = orThrow(await this.api.get<OwnFeeds>(request, apiPath`/v1/feeds`));
    this.pages.render(reply, request, 'feeds/feeds', feedsPage(feeds));
  }

  @Get(':feed')
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('feed') feed: string,
    @Query() query: Queries,
  ): Promise<void> {
    const state = query['state'] === 'closed' ? 'closed' : 'open';
    const [items, submissions] = [textIn(query, 'items'), textIn(query, 'submissions')];
    const [own, quarantine, sent, notices] = await Promise.all([
      this.api.get<OwnFeeds>(request, apiPath`/v1/feeds`),
      this.api.get<QuarantinePage>(request, apiPath`/v1/feeds/${feed}/quarantine`, { state, cursor: items }),
      this.api.get<Submissions>(request, apiPath`/v1/feeds/${feed}/submissions`, { cursor: submissions }),
      this.api.get<Notices>(request, apiPath`/v1/feeds/${feed}/notices`),
    ]);
    const title = orThrow(own).feeds.find((one) => one.feed === feed)?.title ?? feed;
    const asked = { feed, title, state, continued: items !== undefined || submissions !== undefined } as const;
    const page = feedPage(asked, orThrow(quarantine), orThrow(sent), orThrow(notices));
    this.pages.render(reply, request, 'feeds/feed', page);
  }

  @Get(':feed/quarantine/:id')
  async open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('feed') feed: string,
    @Param('id') id: string,
  ): Promise<void> {
    const item = await this.itemOf(request, feed, id);
    const opened = orThrow(await this.api.get<OpenedItem>(request, apiPath`/v1/quarantine/${id}`));
    this.pages.render(reply, request, 'feeds/item', itemPage(feed, item, valuesOf(opened), opened));
  }

  @Post(':feed/quarantine/:id/release')
  async release(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = sentValues(form);
    const body = { reason: values.releaseReason, document: values.document };
    const answer = await this.api.post(request, apiPath`/v1/feeds/${feed}/quarantine/${id}/releases`, body);
    await this.finish(request, reply, feed, id, values, answer, 'releaseReason');
  }

  @Post(':feed/quarantine/:id/discard')
  async discard(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('feed') feed: string,
    @Param('id') id: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = sentValues(form);
    const body = { reason: values.discardReason };
    const answer = await this.api.post(request, apiPath`/v1/feeds/${feed}/quarantine/${id}/discards`, body);
    await this.finish(request, reply, feed, id, values, answer, 'discardReason');
  }

  private async finish(
    request: FastifyRequest,
    reply: FastifyReply,
    feed: string,
    id: string,
    values: ItemValues,
    answer: ApiAnswer<unknown>,
    reasonField: 'releaseReason' | 'discardReason',
  ): Promise<void> {
    if (answer.ok) return this.pages.redirect(reply, feedPath(feed));
    if (![400, 409, 413, 422].includes(answer.status)) throw problemOf(answer.status);
    const errors = decisionErrors(answer.status, answer.problem, reasonField);
    await this.again(request, reply, feed, id, values, errors);
  }

  /** The form again, with what was entered. What stands in quarantine is not opened a second time for it. */
  private async again(
    request: FastifyRequest,
    reply: FastifyReply,
    feed: string,
    id: string,
    values: ItemValues,
    errors: readonly FormError[],
  ): Promise<void> {
    const item = await this.itemOf(request, feed, id);
    const page = { ...itemPage(feed, item, values), errors: formErrors(errors) };
    this.pages.render(reply, request, 'feeds/item', page, { status: 422 });
  }

  private async itemOf(request: FastifyRequest, feed: string, id: string): Promise<QuarantinedItem> {
    return orThrow(await this.api.get<QuarantinedItem>(request, apiPath`/v1/feeds/${feed}/quarantine/${id}`));
  }
}

const sentValues = (form: Form): ItemValues => ({
  document: form.raw('document'),
  releaseReason: form.text('releaseReason'),
  discardReason: form.text('discardReason'),
});
