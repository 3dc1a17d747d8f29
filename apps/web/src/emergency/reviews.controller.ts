import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { Accesses, Reviews } from './answers.js';
import { accessRow, reviewView } from './review-page.js';

type Queries = Readonly<Record<string, unknown>>;

interface Sent {
  readonly accessId: string;
  readonly organisation: string;
  readonly outcome: string;
  readonly note: string;
}

const NOTHING: Sent = { accessId: '', organisation: '', outcome: '', note: '' };
const OUTCOMES = ['justified', 'not-justified', 'more-needed'];

const cursorOf = ({ cursor }: Queries): string | undefined => (typeof cursor === 'string' ? cursor : undefined);
const pathWith = (path: string, query: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(query).toString()}`;

/** Errors of one of several forms on the page, which is named after its review. */
const errorsOf = ({ accessId, organisation, outcome, note }: Sent): FormError[] => {
  const place = `${accessId}-${organisation}`;
  return [
    ...(OUTCOMES.includes(outcome) ? [] : [{ field: `outcome-${place}`, text: 'Choose what you decide' }]),
    ...(note === '' ? [{ field: `note-${place}`, text: 'Say why' }] : []),
    ...(note.length > 4000 ? [{ field: `note-${place}`, text: 'Shorten this to 4,000 characters' }] : []),
  ];
};

/** What was opened in emergencies, for those who review it. */
@PageController('emergency-access')
export class ReviewsController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: Queries): Promise<void> {
    await this.show(request, reply, query['state'] === 'decided' ? 'decided' : 'open', cursorOf(query), NOTHING);
  }

  /** For guardians: everything that was opened, never about whom. */
  @Get('all')
  async watch(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query() query: Queries): Promise<void> {
    const { accesses, cursor } = orThrow(
      await this.api.get<Accesses>(request, apiPath`/v1/emergency-access`, { cursor: cursorOf(query) }),
    );
    this.pages.render(reply, request, 'emergency/accesses', {
      rows: accesses.map(accessRow),
      next: cursor === null ? null : pathWith('/emergency-access/all', { cursor }),
    });
  }

  @Post(':accessId')
  async review(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('accessId') accessId: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const sent: Sent = {
      accessId,
      organisation: form.text('organisation'),
      outcome: form.text('outcome'),
      note: form.text('note'),
    };
    const errors = errorsOf(sent);
    if (errors.length > 0) return this.show(request, reply, 'open', undefined, sent, errors);
    const { organisation, outcome, note } = sent;
    const path = apiPath`/v1/emergency-access/${accessId}/reviews`;
    const answer = await this.api.post(request, path, { outcome, note, organisation });
    if (answer.ok) return this.pages.redirect(reply, pathWith('/emergency-access', { said: outcome }));
    if (answer.status !== 409) orThrow(answer);
    const late = { field: 'reviews', text: 'Somebody else has decided this, or its time with you is over' };
    return this.show(request, reply, 'open', undefined, NOTHING, [late]);
  }

  private async show(
    request: FastifyRequest,
    reply: FastifyReply,
    state: 'open' | 'decided',
    cursor: string | undefined,
    sent: Sent,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { reviews, cursor: next } = orThrow(
      await this.api.get<Reviews>(request, apiPath`/v1/emergency-access/reviews`, { state, cursor }),
    );
    const model = {
      state,
      reviews: reviews.map((review) => {
        const isSent = review.accessId === sent.accessId && review.organisation === sent.organisation;
        return { ...reviewView(review), values: isSent ? sent : NOTHING };
      }),
      next: next === null ? null : pathWith('/emergency-access', { state, cursor: next }),
      errors: formErrors(errors),
    };
    this.pages.render(reply, request, 'emergency/reviews', model, errors.length > 0 ? { status: 422 } : {});
  }
}
