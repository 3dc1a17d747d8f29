import { Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { OpenedAccess } from './answers.js';
import {
  EMPTY_OPENING,
  openingBody,
  openingErrors,
  openingValuesOf,
  postItems,
  reasonItems,
  refusedErrors,
  type OpeningValues,
} from './opening-form.js';

const childPath = (handle: string, query: Readonly<Record<string, string>>): string =>
  `/children/${encodeURIComponent(handle)}?${new URLSearchParams(query).toString()}`;

/** In an emergency: the same page for every child, known or not, until something is recorded. */
@PageController('children/:handle/emergency')
export class OpeningController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  form(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentProfile() profile: Profile,
    @Param('handle') handle: string,
  ): void {
    this.show(request, reply, profile, handle, EMPTY_OPENING);
  }

  @Post()
  async open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentProfile() profile: Profile,
    @Param('handle') handle: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = openingValuesOf(form);
    const errors = openingErrors(values, profile);
    if (errors.length > 0) return this.show(request, reply, profile, handle, values, errors);
    const path = apiPath`/v1/children/${handle}/emergency-access`;
    const answer = await this.api.post<OpenedAccess>(request, path, openingBody(values, profile));
    if (answer.ok) {
      const { receipt } = answer.json;
      return this.pages.redirect(reply, childPath(handle, { purpose: 'EMERGENCY', receipt }));
    }
    if (answer.status !== 400 && answer.status !== 409) orThrow(answer);
    return this.show(request, reply, profile, handle, values, refusedErrors(answer.status, answer.problem));
  }

  @Post(':accessId/end')
  async end(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('accessId') accessId: string,
  ): Promise<void> {
    const path = apiPath`/v1/children/${handle}/emergency-access/${accessId}/end`;
    const answer = await this.api.post(request, path, {});
    // It may have ended by itself while the page was open.
    if (!answer.ok && answer.status !== 409) orThrow(answer);
    this.pages.redirect(reply, childPath(handle, { purpose: 'SAFEGUARDING' }));
  }

  private show(
    request: FastifyRequest,
    reply: FastifyReply,
    profile: Profile,
    handle: string,
    values: OpeningValues,
    errors: readonly FormError[] = [],
  ): void {
    const model = {
      back: childPath(handle, { purpose: 'SAFEGUARDING' }),
      reasons: reasonItems(values.reason),
      posts: postItems(profile, values.post),
      values,
      errors: formErrors(errors),
    };
    this.pages.render(reply, request, 'emergency/open', model, errors.length > 0 ? { status: 422 } : {});
  }
}
