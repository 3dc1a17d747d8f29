import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, formErrorsOf, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import {
  answerBody,
  answerErrors,
  answerValuesOf,
  consequences,
  EMPTY_ANSWER,
  type AnswerValues,
} from './answer-form.js';
import type { Disclosures, Evidence, Questions } from './answers.js';
import { pairRow } from './pair-list.js';
import { pairPage, type PairPage } from './pair-page.js';

type Queries = Readonly<Record<string, unknown>>;
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** A child is looked for by this purpose, which allows a data manager no more than to find his own records. */
const PURPOSE = 'SAFEGUARDING';
const NUMBER = { field: 'nhsNumber', text: 'Enter an NHS number of 10 digits, like 999 000 0018' };
const NOT_TAKEN = { field: 'reason', text: 'Your answer was not taken. Look at the two records again' };

/** Questions of identity: which records are one child. */
@PageController('identity')
export class IdentityController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  questions(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: Queries): Promise<void> {
    return this.showQuestions(request, reply, textOf(query['cursor']));
  }

  /** The number goes by POST, so that it stands in no address. */
  @Post('children')
  async find(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @SentForm() form: Form): Promise<void> {
    const nhsNumber = form.text('nhsNumber');
    const answer = await this.api.post<{ handle: string }>(request, apiPath`/v1/child-searches`, {
      nhsNumber,
      purpose: PURPOSE,
    });
    if (answer.ok) this.pages.redirect(reply, `/children/${encodeURIComponent(answer.json.handle)}/links`);
    else if (answer.status === 400) await this.showQuestions(request, reply, undefined, { nhsNumber }, [NUMBER]);
    else orThrow(answer);
  }

  @Get('pairs/:pair')
  async look(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('pair') pair: string,
    @Query() query: Queries,
  ): Promise<void> {
    const page = await this.pageOf(request, pair, textOf(query['cursor']), textOf(query['answered']) ?? null);
    this.showPair(request, reply, page, EMPTY_ANSWER);
  }

  /** What is about to be said, once more, with what follows from it. */
  @Post('pairs/:pair')
  async confirm(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('pair') pair: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = answerValuesOf(form);
    const errors = answerErrors(values);
    const page = await this.pageOf(request, pair);
    if (errors.length > 0) return this.showPair(request, reply, page, values, errors);
    const follows = consequences(values, page.first, page.second);
    this.pages.render(reply, request, 'identity/confirm', { page, values, follows });
  }

  @Post('pairs/:pair/answers')
  async answer(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('pair') pair: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = answerValuesOf(form);
    const answer = await this.api.post(request, apiPath`/v1/identity/pairs/${pair}/answers`, answerBody(values));
    if (answer.ok) {
      const answered = new URLSearchParams({ answered: values.answer }).toString();
      return this.pages.redirect(reply, `/identity/pairs/${encodeURIComponent(pair)}?${answered}`);
    }
    if (answer.status !== 400) orThrow(answer);
    const own = answerErrors(values);
    const errors = own.length > 0 ? own : formErrorsOf(answer.problem, {}, NOT_TAKEN);
    return this.showPair(request, reply, await this.pageOf(request, pair), values, errors);
  }

  private async pageOf(
    request: FastifyRequest,
    pair: string,
    cursor?: string,
    answered: string | null = null,
  ): Promise<PairPage> {
    const evidence = orThrow(await this.api.get<Evidence>(request, apiPath`/v1/identity/pairs/${pair}`));
    if (evidence.state === 'linked' || evidence.state === 'question') return pairPage(evidence, null, answered);
    const path = apiPath`/v1/identity/pairs/${pair}/disclosures`;
    const disclosures = await this.api.get<Disclosures>(request, path, { cursor });
    // Somebody may have linked the two again meanwhile.
    return pairPage(evidence, !disclosures.ok && disclosures.status === 409 ? null : orThrow(disclosures), answered);
  }

  private showPair(
    request: FastifyRequest,
    reply: FastifyReply,
    page: PairPage,
    values: AnswerValues,
    errors: readonly FormError[] = [],
  ): void {
    const status = errors.length > 0 ? { status: 422 } : {};
    this.pages.render(reply, request, 'identity/pair', { page, values, errors: formErrors(errors) }, status);
  }

  private async showQuestions(
    request: FastifyRequest,
    reply: FastifyReply,
    cursor: string | undefined,
    values: { readonly nhsNumber: string } = { nhsNumber: '' },
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { questions, cursor: next } = orThrow(
      await this.api.get<Questions>(request, apiPath`/v1/identity/questions`, { cursor }),
    );
    const model = {
      rows: questions.map(pairRow),
      next: next === null ? null : `/identity?${new URLSearchParams({ cursor: next }).toString()}`,
      values,
      errors: formErrors(errors),
    };
    this.pages.render(reply, request, 'identity/questions', model, errors.length > 0 ? { status: 422 } : {});
  }
}
