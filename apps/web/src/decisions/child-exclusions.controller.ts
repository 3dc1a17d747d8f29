import { Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { chronologyPath } from '../practitioner/home-page.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Attempts, ChildExclusions } from './answers.js';
import {
  attemptRows,
  EMPTY_EXCLUSION,
  exclusionBody,
  exclusionErrorsOf,
  exclusionRows,
  exclusionValuesOf,
  missingInExclusion,
  withholdItems,
  type ExclusionValues,
} from './child-exclusions-page.js';

const hereOf = (handle: string): string => `/children/${encodeURIComponent(handle)}/child-exclusions`;

/** For guardians: a whole child is closed to somebody, and who tried. */
@PageController()
export class ChildExclusionsController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get('attempts')
  async attempts(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const attempts = orThrow(await this.api.get<Attempts>(request, apiPath`/v1/my/attempts`));
    this.pages.render(reply, request, 'decisions/attempts', { rows: attemptRows(attempts, purposeOf(request)) });
  }

  @Get('children/:handle/child-exclusions')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): Promise<void> {
    return this.show(request, reply, handle, EMPTY_EXCLUSION);
  }

  @Post('children/:handle/child-exclusions')
  async exclude(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = exclusionValuesOf(form);
    const missing = missingInExclusion(values);
    if (missing.length > 0) return this.show(request, reply, handle, values, missing);
    const path = apiPath`/v1/children/${handle}/child-exclusions`;
    const answer = await this.api.post(request, path, exclusionBody(values, purposeOf(request)));
    if (answer.ok) return this.pages.redirect(reply, hereOf(handle));
    if (answer.status !== 400) orThrow(answer);
    return this.show(request, reply, handle, values, exclusionErrorsOf(answer.problem));
  }

  @Post('children/:handle/child-exclusions/:id/lift')
  async lift(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
  ): Promise<void> {
    const path = apiPath`/v1/children/${handle}/child-exclusions/${id}/lifts`;
    orThrow(await this.api.post(request, path, { purpose: purposeOf(request) }));
    this.pages.redirect(reply, hereOf(handle));
  }

  private async show(
    request: FastifyRequest,
    reply: FastifyReply,
    handle: string,
    values: ExclusionValues,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const purpose = purposeOf(request);
    const path = apiPath`/v1/children/${handle}/child-exclusions`;
    const exclusions = orThrow(await this.api.get<ChildExclusions>(request, path, { purpose }));
    const model = {
      back: chronologyPath(handle, purpose),
      here: hereOf(handle),
      rows: exclusionRows(exclusions),
      withhold: withholdItems(values.withhold),
      values,
      errors: formErrors(errors),
    };
    this.pages.render(reply, request, 'decisions/child-exclusions', model, errors.length > 0 ? { status: 400 } : {});
  }
}
