import { Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '#platform';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { isAuditor } from '../shell/navigation.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { FoundReads, OneRead } from './answers.js';
import { readLine, readPage } from './entry-lines.js';
import { EMPTY_SEARCH, questionErrorsOf, searchQuestion, searchValuesOf, type SearchValues } from './question-form.js';

/** These pages are an auditor's; what they show the API decides. */
export const auditorsOnly = (profile: Profile): void => {
  if (!isAuditor(profile)) throw problemOf(403);
};

/** Who looked, when, why, and what they were shown. Nothing that was typed is ever in an address. */
@PageController('audit')
export class AuditSearchesController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @CurrentProfile() profile: Profile): void {
    auditorsOnly(profile);
    this.show(request, reply, EMPTY_SEARCH);
  }

  @Post()
  async find(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @SentForm() form: Form): Promise<void> {
    const values = searchValuesOf(form);
    const question = searchQuestion(values);
    if (!question.ok) return this.show(request, reply, values, null, question.errors);
    const answer = await this.api.post<FoundReads>(request, apiPath`/v1/audit/read-searches`, question.body);
    if (answer.ok) return this.show(request, reply, values, answer.json);
    if (answer.status !== 400) orThrow(answer);
    else this.show(request, reply, values, null, questionErrorsOf(answer.problem));
  }

  @Get('reads/:readId')
  async read(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('readId') readId: string,
  ): Promise<void> {
    const read = orThrow(await this.api.get<OneRead>(request, apiPath`/v1/audit/reads/${readId}`));
    this.pages.render(reply, request, 'audit/read', {
      page: readPage(read),
      backLink: { href: '/audit', text: 'Search for reads' },
    });
  }

  private show(
    request: FastifyRequest,
    reply: FastifyReply,
    values: SearchValues,
    found: FoundReads | null = null,
    errors: readonly FormError[] = [],
  ): void {
    const page = found && { reads: found.reads.map(readLine), cursor: found.cursor };
    this.pages.render(
      reply,
      request,
      'audit/search',
      { values, page, errors: formErrors(errors) },
      errors.length > 0 ? { status: 400 } : {},
    );
  }
}
