import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf } from '../session/purpose.js';
import { formErrors, formErrorsOf, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Directives } from './answers.js';
import {
  decisionOf,
  directiveErrorsOf,
  directiveRows,
  directiveValuesOf,
  EMPTY_DIRECTIVE,
  KIND_MISSING,
  type DirectiveValues,
} from './directive-form.js';
import { chronologyPath } from './home-page.js';

type Queries = Readonly<Record<string, unknown>>;

const WITHDRAWAL_ERRORS = {
  reason: { 'too-long': 'Shorten the reason to 4,000 characters', '*': 'Say why it is withdrawn' },
};

const directivesPath = (handle: string, purpose: string): string =>
  `/children/${encodeURIComponent(handle)}/restrictions?${new URLSearchParams({ purpose }).toString()}`;

/** What one's own service recorded of a child: withdraw an entry, leave it to some, close it to some, and lift that. */
@PageController('children/:handle')
export class DirectivesController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get('entries/:entryId/withdraw')
  askWithdrawal(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('entryId') entryId: string,
  ): void {
    this.showWithdrawal(request, reply, handle, entryId, purposeOf(request), '');
  }

  @Post('entries/:entryId/withdraw')
  async withdraw(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('entryId') entryId: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const [purpose, reason] = [purposeOf(request), form.text('reason')];
    const answer = await this.api.post(request, apiPath`/v1/children/${handle}/withdrawals`, {
      entryId,
      purpose,
      reason,
    });
    if (answer.ok) this.pages.redirect(reply, chronologyPath(handle, purpose));
    else if (answer.status === 400) {
      const fallback = { field: 'reason', text: 'This could not be withdrawn. Look at the child again' };
      this.showWithdrawal(request, reply, handle, entryId, purpose, reason, formErrorsOf(answer.problem, WITHDRAWAL_ERRORS, fallback)); // prettier-ignore
    } else orThrow(answer);
  }

  @Get('restrictions')
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Query() query: Queries,
  ): Promise<void> {
    const entryId = typeof query['entryId'] === 'string' ? query['entryId'] : '';
    await this.showDirectives(request, reply, handle, purposeOf(request), { ...EMPTY_DIRECTIVE, entryId });
  }

  @Post('restrictions')
  async decide(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const purpose = purposeOf(request);
    const values = directiveValuesOf(form);
    const decision = decisionOf(values, purpose);
    if (!decision) return this.showDirectives(request, reply, handle, purpose, values, [KIND_MISSING]);
    const path =
      decision.route === 'restrictions'
        ? apiPath`/v1/children/${handle}/restrictions`
        : apiPath`/v1/children/${handle}/exclusions`;
    const answer = await this.api.post(request, path, decision.body);
    if (answer.ok) return this.pages.redirect(reply, directivesPath(handle, purpose));
    if (answer.status !== 400) orThrow(answer);
    const errors = answer.ok ? [] : directiveErrorsOf(answer.problem);
    return this.showDirectives(request, reply, handle, purpose, values, errors);
  }

  @Post('restrictions/:id/lift')
  async lift(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('handle') handle: string,
    @Param('id') id: string,
  ): Promise<void> {
    const purpose = purposeOf(request);
    orThrow(await this.api.post(request, apiPath`/v1/children/${handle}/restrictions/${id}/lifts`, { purpose }));
    this.pages.redirect(reply, directivesPath(handle, purpose));
  }

  private showWithdrawal(
    request: FastifyRequest,
    reply: FastifyReply,
    handle: string,
    entryId: string,
    purpose: string,
    reason: string,
    errors: readonly FormError[] = [],
  ): void {
    const back = chronologyPath(handle, purpose);
    this.pages.render(
      reply,
      request,
      'practitioner/withdraw',
      { back, reason, entryId, errors: formErrors(errors) },
      errors.length > 0 ? { status: 400 } : {},
    );
  }

  private async showDirectives(
    request: FastifyRequest,
    reply: FastifyReply,
    handle: string,
    purpose: string,
    values: DirectiveValues,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const directives = orThrow(
      await this.api.get<Directives>(request, apiPath`/v1/children/${handle}/restrictions`, { purpose }),
    );
    this.pages.render(
      reply,
      request,
      'practitioner/restrictions',
      {
        back: chronologyPath(handle, purpose),
        here: directivesPath(handle, purpose),
        youngPerson: `/children/${encodeURIComponent(handle)}/young-person?${new URLSearchParams({ purpose }).toString()}`,
        liftBase: `/children/${encodeURIComponent(handle)}/restrictions`,
        purposeQuery: new URLSearchParams({ purpose }).toString(),
        rows: directiveRows(directives),
        values,
        errors: formErrors(errors),
      },
      errors.length > 0 ? { status: 400 } : {},
    );
  }
}
