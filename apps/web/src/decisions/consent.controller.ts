import { Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '#platform';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { chronologyPath } from '../practitioner/home-page.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { RecordedConsent } from './answers.js';
import { CONSENT_FORMS } from './consent-forms.js';
import { consentPage } from './consent-page.js';
import type { DecisionForm } from './decision-form.js';
import { DecisionForms, type Back } from './decision-forms.js';

const formCalled = (name: string): DecisionForm => {
  const form = Object.hasOwn(CONSENT_FORMS, name) ? CONSENT_FORMS[name] : undefined;
  if (!form) throw problemOf(404);
  return form;
};

const backTo = (handle: string): Back => ({
  href: `/children/${encodeURIComponent(handle)}/consent`,
  text: 'Back to what is recorded of consent',
});

/** What one's own service recorded of consent about a child, and what it records now. */
@PageController('children/:handle/consent')
export class ConsentController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
    @Inject(DecisionForms) private readonly forms: DecisionForms,
  ) {}

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
  ): Promise<void> {
    const purpose = purposeOf(request);
    const recorded = orThrow(
      await this.api.get<RecordedConsent>(request, apiPath`/v1/children/${handle}/consent`, { purpose }),
    );
    this.pages.render(reply, request, 'decisions/consent', {
      back: chronologyPath(handle, purpose),
      child: `/children/${encodeURIComponent(handle)}`,
      page: consentPage(recorded),
    });
  }

  @Get(':form')
  ask(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('form') name: string,
  ): void {
    this.forms.show(request, reply, formCalled(name), backTo(handle));
  }

  @Post(':form')
  take(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('form') name: string,
    @SentForm() form: Form,
  ): Promise<void> {
    return this.forms.take(request, reply, handle, formCalled(name), backTo(handle), form);
  }
}
