import { Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf, SessionPurpose } from '../session/purpose.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import {
  EMPTY_FIND,
  findErrorsOf,
  findValuesOf,
  purposeItems,
  PURPOSE_NOT_ALLOWED,
  searchOf,
  type FindValues,
} from './find-form.js';
import { chronologyPath } from './home-page.js';

/** Finding a child: one form, one handle, whatever is held. */
@PageController('find')
export class FindController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
    @Inject(SessionPurpose) private readonly purpose: SessionPurpose,
  ) {}

  @Get()
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @CurrentProfile() profile: Profile): void {
    this.show(request, reply, profile, { ...EMPTY_FIND, purpose: purposeOf(request) });
  }

  @Post()
  async find(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentProfile() profile: Profile,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = findValuesOf(form);
    if (values.purpose !== '' && !(await this.purpose.choose(request, values.purpose))) {
      this.show(request, reply, profile, values, [PURPOSE_NOT_ALLOWED]);
      return;
    }
    const answer = await this.api.post<{ handle: string }>(request, apiPath`/v1/child-searches`, searchOf(values));
    if (answer.ok) this.pages.redirect(reply, chronologyPath(answer.json.handle, values.purpose));
    else this.show(request, reply, profile, values, findErrorsOf(answer.problem));
  }

  private show(
    request: FastifyRequest,
    reply: FastifyReply,
    profile: Profile,
    values: FindValues,
    errors: readonly FormError[] = [],
  ): void {
    this.pages.render(
      reply,
      request,
      'practitioner/find',
      { values, purposes: purposeItems(profile.purposes, values.purpose), errors: formErrors(errors) },
      errors.length > 0 ? { status: 400 } : {},
    );
  }
}
