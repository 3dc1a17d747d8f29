import { Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import { SentForm, type Form } from '../session/form.js';
import { formErrors, type FormError } from '../shell/form-errors.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import { relationReviewView, type RelationReviews } from './reviews-page.js';

interface Sent {
  readonly id: string;
  readonly outcome: string;
  readonly note: string;
}

const NOTHING: Sent = { id: '', outcome: '', note: '' };
const OUTCOMES = ['genuine', 'not-genuine', 'more-needed'];
const HERE = '/relation-reviews';

const pathWith = (query: Readonly<Record<string, string>>): string =>
  `${HERE}?${new URLSearchParams(query).toString()}`;

/** Errors of one of several forms on the page, which is named after its relation. */
const errorsOf = ({ id, outcome, note }: Sent): FormError[] => [
  ...(OUTCOMES.includes(outcome) ? [] : [{ field: `outcome-${id}`, text: 'Choose what you decide' }]),
  ...(note === '' ? [{ field: `note-${id}`, text: 'Say why' }] : []),
  ...(note.length > 4000 ? [{ field: `note-${id}`, text: 'Shorten this to 4,000 characters' }] : []),
];

/** Relations that were used and fell to be reviewed, for the reviewers of their organisation. */
@PageController('relation-reviews')
export class RelationReviewsController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
  ) {}

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() query: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const cursor = typeof query['cursor'] === 'string' ? query['cursor'] : undefined;
    await this.show(request, reply, query['state'] === 'decided' ? 'decided' : 'open', cursor, NOTHING);
  }

  @Post(':id')
  async review(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
    @SentForm() form: Form,
  ): Promise<void> {
    const sent: Sent = { id, outcome: form.text('outcome'), note: form.text('note') };
    const errors = errorsOf(sent);
    if (errors.length > 0) return this.show(request, reply, 'open', undefined, sent, errors);
    const { outcome, note } = sent;
    const answer = await this.api.post(request, apiPath`/v1/relation-reviews/${id}/reviews`, { outcome, note });
    if (answer.ok) return this.pages.redirect(reply, pathWith({ said: outcome }));
    if (answer.status !== 409) orThrow(answer);
    const late = { field: 'reviews', text: 'Somebody else has decided this' };
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
      await this.api.get<RelationReviews>(request, apiPath`/v1/relation-reviews`, { state, cursor }),
    );
    const model = {
      state,
      reviews: reviews.map((review) => ({
        ...relationReviewView(review),
        values: review.reviewId === sent.id ? sent : NOTHING,
      })),
      next: next === null ? null : pathWith({ state, cursor: next }),
      errors: formErrors(errors),
    };
    this.pages.render(reply, request, 'relations/reviews', model, errors.length > 0 ? { status: 422 } : {});
  }
}
