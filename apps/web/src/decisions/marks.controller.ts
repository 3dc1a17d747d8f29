import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { chronologyPath } from '../practitioner/home-page.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Marks } from './answers.js';
import { EMPTY_MARK, markBody, markErrorsOf, markRows, markValuesOf, missingInMark, type MarkValues } from './marks-page.js'; // prettier-ignore

const hereOf = (handle: string): string => `/children/${encodeURIComponent(handle)}/do-not-inform`;

/** Who must not be told of what one's own service recorded of a child. */
@PageController('children/:handle/do-not-inform')
export class MarksController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Query('entryId') entryId: unknown,
  ): Promise<void> {
    const values = { ...EMPTY_MARK, entryId: typeof entryId === 'string' ? entryId : '' };
    return this.show(request, reply, handle, values);
  }

  @Post()
  async mark(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = markValuesOf(form);
    const missing = missingInMark(values);
    if (missing.length > 0) return this.show(request, reply, handle, values, missing);
    const path = apiPath`/v1/children/${handle}/do-not-inform`;
    const answer = await this.api.post(request, path, markBody(values, purposeOf(request)));
    if (answer.ok) return this.pages.redirect(reply, hereOf(handle));
    if (answer.status !== 400) orThrow(answer);
    return this.show(request, reply, handle, values, markErrorsOf(answer.problem));
  }

  @Post(':id/lift')
  async lift(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
  ): Promise<void> {
    const path = apiPath`/v1/children/${handle}/do-not-inform/${id}/lifts`;
    orThrow(await this.api.post(request, path, { purpose: purposeOf(request) }));
    this.pages.redirect(reply, hereOf(handle));
  }

  private async show(
    request: FastifyRequest,
    reply: FastifyReply,
    handle: string,
    values: MarkValues,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const purpose = purposeOf(request);
    const path = apiPath`/v1/children/${handle}/do-not-inform`;
    const marks = orThrow(await this.api.get<Marks>(request, path, { purpose }));
    const model = {
      back: chronologyPath(handle, purpose),
      here: hereOf(handle),
      rows: markRows(marks),
      values,
      errors: formErrors(errors),
    };
    this.pages.render(reply, request, 'decisions/do-not-inform', model, errors.length > 0 ? { status: 400 } : {});
  }
}
