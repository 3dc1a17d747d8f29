import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow, type ApiAnswer } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, formErrorsOf, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import { agreementPage, agreementRows, startOfDay, versionPath } from './agreement-page.js';
import type { AgreementVersion, ListedAgreements } from './answers.js';

const MAX_REASON = 2000;
const NO_DAY = 'Enter a day as year, month and day, like 2026-03-31';
const EMPTY = { day: '', reason: '', from: '' };
type Values = typeof EMPTY;

/** What governance people read, adopt and revoke. */
@PageController('agreements')
export class AgreementsPagesController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const agreements = orThrow(await this.api.get<ListedAgreements>(request, apiPath`/v1/agreements`));
    this.pages.render(reply, request, 'agreements/agreements', { rows: agreementRows(agreements) });
  }

  @Get(':id/:version')
  open(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('version') version: string,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.show(request, reply, id, version, { done: typeof query['done'] === 'string' ? query['done'] : null });
  }

  @Post(':id/:version/tests')
  async test(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('version') version: string,
    // Read for its token alone.
    @SentForm() _form: Form,
  ): Promise<void> {
    const answer = await this.api.post(request, apiPath`/v1/agreements/${id}/versions/${version}/tests`, {
      organisation: await this.organisationOf(request, id, version),
    });
    await this.afterwards(request, reply, id, version, answer, 'tested', EMPTY, []);
  }

  @Post(':id/:version/adoptions')
  async adopt(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('version') version: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = { ...EMPTY, day: form.text('day') };
    // A colleague's date is signed as it stands.
    const inForceFrom = form.text('inForceFrom') || startOfDay(values.day);
    const errors = inForceFrom === null ? [{ field: 'day', text: NO_DAY }] : [];
    if (errors.length > 0) return this.show(request, reply, id, version, { values, errors });
    const answer = await this.api.post(request, apiPath`/v1/agreements/${id}/versions/${version}/adoptions`, {
      inForceFrom,
      organisation: await this.organisationOf(request, id, version),
    });
    return this.afterwards(request, reply, id, version, answer, 'signed', values, [
      { field: 'day', text: 'Your signature was not taken. Read the version again' },
    ]);
  }

  @Post(':id/:version/revocations')
  async revoke(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @Param('version') version: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const values = { ...EMPTY, reason: form.text('reason'), from: form.text('from') };
    const from = values.from === '' ? null : startOfDay(values.from);
    const errors: FormError[] = [
      ...(values.reason === '' ? [{ field: 'reason', text: 'Say why it is revoked' }] : []),
      ...(values.reason.length > MAX_REASON
        ? [{ field: 'reason', text: 'Shorten the reason to 2,000 characters' }]
        : []),
      ...(values.from !== '' && from === null ? [{ field: 'from', text: NO_DAY }] : []),
    ];
    if (errors.length > 0) return this.show(request, reply, id, version, { values, errors });
    const answer = await this.api.post(request, apiPath`/v1/agreements/${id}/versions/${version}/revocations`, {
      reason: values.reason,
      from,
      organisation: await this.organisationOf(request, id, version),
    });
    return this.afterwards(request, reply, id, version, answer, 'revoked', values, [
      { field: 'reason', text: 'Your revocation was not taken. Read the version again' },
    ]);
  }

  /** Which of the reader's organisations is the party, for whoever governs several. */
  private async organisationOf(request: FastifyRequest, id: string, version: string): Promise<string> {
    return orThrow(await this.versionOf(request, id, version)).organisation;
  }

  private versionOf(request: FastifyRequest, id: string, version: string): Promise<ApiAnswer<AgreementVersion>> {
    return this.api.get<AgreementVersion>(request, apiPath`/v1/agreements/${id}/versions/${version}`);
  }

  private async afterwards(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    version: string,
    answer: ApiAnswer<unknown>,
    done: string,
    values: Values,
    [fallback]: readonly FormError[],
  ): Promise<void> {
    if (answer.ok) {
      return this.pages.redirect(reply, `${versionPath(id, version)}?${new URLSearchParams({ done }).toString()}`);
    }
    if (!fallback || ![400, 409, 422].includes(answer.status)) orThrow(answer);
    const errors = answer.ok || !fallback ? [] : formErrorsOf(answer.problem, {}, fallback);
    return this.show(request, reply, id, version, { values, errors });
  }

  private async show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    version: string,
    {
      done = null,
      values = EMPTY,
      errors = [],
    }: { done?: string | null; values?: Values; errors?: readonly FormError[] },
  ): Promise<void> {
    const page = agreementPage(orThrow(await this.versionOf(request, id, version)), done);
    const model = { page, values, errors: formErrors(errors) };
    this.pages.render(reply, request, 'agreements/version', model, errors.length > 0 ? { status: 422 } : {});
  }
}
