import { Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import { chronologyPath } from './home-page.js';
import {
  decisionErrorsOf,
  decisionValuesOf,
  releaseErrorsOf,
  releaseOf,
  releaseValuesOf,
  youngPersonDecisionOf,
} from './own-service-forms.js';

/** One's own service releases an entry to one person, and records what a young person decided about its sharing. */
@PageController('children/:handle')
export class OwnServiceController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get('entries/:entryId/release')
  askRelease(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.show(request, reply, 'practitioner/release', handle, purposeOf(request), releaseValuesOf());
  }

  @Post('entries/:entryId/release')
  async release(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('entryId') entryId: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const [purpose, values] = [purposeOf(request), releaseValuesOf(form)];
    const path = apiPath`/v1/children/${handle}/releases`;
    const answer = await this.api.post(request, path, releaseOf(values, entryId, purpose));
    if (answer.ok) return this.pages.redirect(reply, chronologyPath(handle, purpose));
    if (answer.status !== 400 && answer.status !== 403) orThrow(answer);
    const errors = releaseErrorsOf(answer.status, answer.problem);
    this.show(request, reply, 'practitioner/release', handle, purpose, values, errors);
  }

  @Get('young-person')
  askDecision(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('handle') handle: string): void {
    this.show(request, reply, 'practitioner/young-person', handle, purposeOf(request), decisionValuesOf());
  }

  @Post('young-person')
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const [purpose, values] = [purposeOf(request), decisionValuesOf(form)];
    const path = apiPath`/v1/children/${handle}/young-person-decisions`;
    const answer = await this.api.post(request, path, youngPersonDecisionOf(values, purpose));
    if (answer.ok) return this.pages.redirect(reply, chronologyPath(handle, purpose));
    if (answer.status !== 400) orThrow(answer);
    this.show(request, reply, 'practitioner/young-person', handle, purpose, values, decisionErrorsOf(answer.problem));
  }

  private show(
    request: FastifyRequest,
    reply: FastifyReply,
    page: string,
    handle: string,
    purpose: string,
    values: Readonly<Record<string, string>>,
    errors: readonly FormError[] = [],
  ): void {
    const shown = { back: chronologyPath(handle, purpose), values, errors: formErrors(errors) };
    this.pages.render(reply, request, page, shown, errors.length > 0 ? { status: 400 } : {});
  }
}
