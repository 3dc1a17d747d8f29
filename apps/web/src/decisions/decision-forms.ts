import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { Pages } from '../shell/pages.js';
import { bodyOf, errorsOf, missingIn, valuesOf, type DecisionForm, type Values } from './decision-form.js';

/** Where a form was come from, and where it leads when it was taken. */
export interface Back {
  readonly href: string;
  readonly text: string;
}

/** Shows the forms of decisions, and asks the API for what they say. */
@Injectable()
export class DecisionForms {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  show(
    request: FastifyRequest,
    reply: FastifyReply,
    form: DecisionForm,
    back: Back,
    values: Values = valuesOf(form),
    errors: readonly FormError[] = [],
  ): void {
    const model = { back, form, values, errors: formErrors(errors) };
    this.pages.render(reply, request, 'decisions/form', model, errors.length > 0 ? { status: 400 } : {});
  }

  /** `about`: what the API is told besides the form's fields. */
  async take(
    request: FastifyRequest,
    reply: FastifyReply,
    handle: string,
    form: DecisionForm,
    back: Back,
    sent: Form,
    about: object = {},
  ): Promise<void> {
    const values = valuesOf(form, sent);
    const missing = missingIn(form, values);
    if (missing.length > 0) return this.show(request, reply, form, back, values, missing);
    const path = apiPath`/v1/children/${handle}/${form.route}`;
    const answer = await this.api.post(request, path, { ...bodyOf(form, values, purposeOf(request)), ...about });
    if (answer.ok) return this.pages.redirect(reply, back.href);
    if (answer.status !== 400) orThrow(answer);
    return this.show(request, reply, form, back, values, errorsOf(form, answer.problem));
  }
}
