import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '#platform';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { chronologyPath } from '../practitioner/home-page.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { formErrors } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import {
  ACCEPTANCE,
  bodyOf,
  doneText,
  emptyErrors,
  findForm,
  OUTCOME,
  refusedErrors,
  valuesOf,
  type RelationForm,
} from './relation-forms.js';
import { standingPage, type RelationsThatCount } from './standing-page.js';

type ApiPath = ReturnType<typeof apiPath>;

const pathOf = (handle: string, rest = ''): string => `/children/${encodeURIComponent(handle)}/relations${rest}`;

/** What people say of who works with a child: the same pages for every child, known or not, but for what stands. */
@PageController('children/:handle/relations')
export class RelationsController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  choose(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Query() { done }: Readonly<Record<string, unknown>>,
  ): void {
    const model = { back: chronologyPath(handle, purposeOf(request)), here: pathOf(handle), done: doneText(done) };
    this.pages.render(reply, request, 'relations/choose', model);
  }

  /** What one's own service said and can end. */
  @Get('standing')
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
  ): Promise<void> {
    const path = apiPath`/v1/children/${handle}/relations`;
    const standing = orThrow(await this.api.get<RelationsThatCount>(request, path, { purpose: purposeOf(request) }));
    this.show(request, reply, 'relations/standing', handle, { page: standingPage(standing, pathOf(handle)) });
  }

  @Get(':name')
  ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('name') name: string,
  ): void {
    const form = findForm(name);
    if (!form) throw problemOf(404);
    this.show(request, reply, `relations/${name}`, handle, { values: valuesOf(form) });
  }

  @Post(':name')
  async say(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('name') name: string,
    @SentForm() sent: Form,
  ): Promise<void> {
    const form = findForm(name);
    if (!form) throw problemOf(404);
    const path = apiPath`/v1/children/${handle}/${form.route}`;
    const said = await this.send<{ readonly id: string }>(
      request,
      reply,
      `relations/${name}`,
      handle,
      form,
      sent,
      path,
    );
    if (said) this.pages.redirect(reply, pathOf(handle, form.next(said.id)));
  }

  @Get('confirmations/:id')
  confirmed(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.show(request, reply, 'relations/confirmed', handle, {});
  }

  @Post('confirmations/:id')
  async lift(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
  ): Promise<void> {
    const answer = await this.api.post(request, apiPath`/v1/children/${handle}/relation-confirmations/${id}/lifts`, {});
    if (answer.status === 404) return this.show(request, reply, 'relations/confirmed', handle, { gone: true }, 404);
    orThrow(answer);
    this.pages.redirect(reply, pathOf(handle, '?done=lifted'));
  }

  @Get('contacts/:id')
  contact(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.show(request, reply, 'relations/contact-open', handle, { values: valuesOf(OUTCOME) });
  }

  @Post('contacts/:id')
  async closeContact(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @SentForm() sent: Form,
  ): Promise<void> {
    const path = apiPath`/v1/children/${handle}/triage/${id}/outcome`;
    const said = await this.send(request, reply, 'relations/contact-open', handle, OUTCOME, sent, path);
    if (said) this.pages.redirect(reply, pathOf(handle, '?done=outcome'));
  }

  @Get('moves/:id/acceptance')
  acceptance(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.show(request, reply, 'relations/move-accept', handle, { values: valuesOf(ACCEPTANCE) });
  }

  @Post('moves/:id/acceptance')
  async accept(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
    @SentForm() sent: Form,
  ): Promise<void> {
    const path = apiPath`/v1/children/${handle}/moves/${id}/acceptances`;
    const said = await this.send(request, reply, 'relations/move-accept', handle, ACCEPTANCE, sent, path);
    if (said) this.pages.redirect(reply, pathOf(handle, '?done=accepted'));
  }

  @Get('moves/:id/back')
  moved(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.show(request, reply, 'relations/move-back', handle, {});
  }

  @Post('moves/:id/back')
  async takeBack(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
  ): Promise<void> {
    const answer = await this.api.post(request, apiPath`/v1/children/${handle}/moves/${id}/lifts`, {});
    if (answer.status === 404) return this.show(request, reply, 'relations/move-back', handle, { gone: true }, 404);
    orThrow(answer);
    this.pages.redirect(reply, pathOf(handle, '?done=stays'));
  }

  /** What the API answers; undefined where it shows the form again, with what is wrong. */
  private async send<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    page: string,
    handle: string,
    form: RelationForm,
    sent: Form,
    path: ApiPath,
  ): Promise<T | undefined> {
    const values = valuesOf(form, sent);
    let errors = emptyErrors(form, values);
    let status = 400;
    if (errors.length === 0) {
      const answer = await this.api.post<T>(request, path, bodyOf(form, values));
      if (answer.ok) return answer.json;
      errors = refusedErrors(form, answer.status, answer.problem) ?? orThrow(answer);
      if (answer.status === 404) status = 404;
    }
    this.show(request, reply, page, handle, { values, errors: formErrors(errors) }, status);
    return undefined;
  }

  private show(
    request: FastifyRequest,
    reply: FastifyReply,
    page: string,
    handle: string,
    model: object,
    status = 200,
  ): void {
    this.pages.render(reply, request, page, { back: pathOf(handle), ...model }, { status });
  }
}
