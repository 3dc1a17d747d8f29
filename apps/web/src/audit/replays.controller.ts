import { Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Replay } from './answers.js';
import { comparePage } from './compare-page.js';
import {
  EMPTY_REPLAY,
  purposeChoices,
  questionErrorsOf,
  replayQuestions,
  replayValuesOf,
  type ReplayValues,
} from './question-form.js';
import { replayPage } from './replay-page.js';
import { auditorsOnly } from './searches.controller.js';

type Answered =
  | { readonly ok: true; readonly replays: readonly Replay[] }
  | { readonly ok: false; readonly errors: readonly FormError[] };

/** The chronology as a viewer would have had it, at one time or at two. */
@PageController('audit')
export class ReplaysController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get('replay')
  askReplay(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @CurrentProfile() profile: Profile): void {
    auditorsOnly(profile);
    this.show(request, reply, 'audit/replay', EMPTY_REPLAY);
  }

  @Post('replay')
  async replay(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @SentForm() form: Form): Promise<void> {
    const values = replayValuesOf(form);
    const answer = await this.replays(request, values, ['at']);
    if (answer.ok) this.show(request, reply, 'audit/replay', values, { page: replayPage(answer.replays[0]!) });
    else this.show(request, reply, 'audit/replay', values, {}, answer.errors);
  }

  @Get('compare')
  askCompare(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @CurrentProfile() profile: Profile): void {
    auditorsOnly(profile);
    this.show(request, reply, 'audit/compare', EMPTY_REPLAY);
  }

  @Post('compare')
  async compare(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @SentForm() form: Form): Promise<void> {
    const values = replayValuesOf(form);
    const answer = await this.replays(request, values, ['at', 'other']);
    if (!answer.ok) return this.show(request, reply, 'audit/compare', values, {}, answer.errors);
    const [first, second] = answer.replays;
    this.show(request, reply, 'audit/compare', values, { page: comparePage(first!, second!) });
  }

  private async replays(
    request: FastifyRequest,
    values: ReplayValues,
    times: readonly ('at' | 'other')[],
  ): Promise<Answered> {
    const questions = replayQuestions(values, times);
    if (!questions.ok) return questions;
    const replays: Replay[] = [];
    for (const [i, body] of questions.body.entries()) {
      const answer = await this.api.post<Replay>(request, apiPath`/v1/audit/replays`, body);
      if (!answer.ok && answer.status === 400) return { ok: false, errors: questionErrorsOf(answer.problem, times[i]) };
      replays.push(orThrow(answer));
    }
    return { ok: true, replays };
  }

  private show(
    request: FastifyRequest,
    reply: FastifyReply,
    template: string,
    values: ReplayValues,
    model: object = {},
    errors: readonly FormError[] = [],
  ): void {
    this.pages.render(
      reply,
      request,
      template,
      { values, purposes: purposeChoices(values.purpose), errors: formErrors(errors), ...model },
      errors.length > 0 ? { status: 400 } : {},
    );
  }
}
