import { Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { SentForm, type Form } from '../session/form.js';
import { purposeOf, SessionPurpose } from '../session/purpose.js';
import { isPractitioner, navigationFor } from '../shell/navigation.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import { purposeText } from '../text/labels.js';
import type { Crossings, OwnChildren } from './answers.js';
import { crossingLines } from './crossings-page.js';
import { purposeItems } from './find-form.js';
import { homePage } from './home-page.js';

/** The first page: one's own children, or the first page of one's role for whoever works with none. */
@PageController()
export class HomeController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
    @Inject(SessionPurpose) private readonly purpose: SessionPurpose,
  ) {}

  @Get()
  async home(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentProfile() profile: Profile,
    @Query('cursor') cursor?: string,
  ): Promise<void> {
    const [first] = navigationFor(profile);
    if (!isPractitioner(profile)) {
      if (first) this.pages.redirect(reply, first.href);
      else this.pages.render(reply, request, 'practitioner/no-pages');
      return;
    }
    const children = orThrow(
      await this.api.get<OwnChildren>(request, apiPath`/v1/my/children`, typeof cursor === 'string' ? { cursor } : {}),
    );
    const purpose = purposeOf(request);
    const isAllocated = children.children.some(({ relation }) => relation.includes('allocated'));
    const crossings = await this.crossingsOf(request);
    this.pages.render(reply, request, 'practitioner/home', {
      ...homePage(children, purpose),
      isAllocated: isAllocated || crossings.crossings.length > 0 || crossings.cursor !== null,
      crossings: crossingLines(crossings, purpose).filter(({ isNew }) => isNew),
      purposeText: purposeText(purpose),
      purposes: profile.purposes.length > 1 ? purposeItems(profile.purposes, purpose) : [],
    });
  }

  /** Services whose people began to see the children that are allocated to oneself. */
  @Get('crossings')
  async crossings(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query('cursor') cursor?: string,
  ): Promise<void> {
    const answer = await this.crossingsOf(request, typeof cursor === 'string' ? cursor : undefined);
    const lines = crossingLines(answer, purposeOf(request));
    this.pages.render(reply, request, 'practitioner/crossings', { lines, next: answer.cursor });
  }

  private async crossingsOf(request: FastifyRequest, cursor?: string): Promise<Crossings> {
    return orThrow(await this.api.get<Crossings>(request, apiPath`/v1/my/crossings`, { cursor }));
  }

  /** For what the session is, from now on. What no relation allows changes nothing. */
  @Post('purpose')
  async choosePurpose(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @SentForm() form: Form,
  ): Promise<void> {
    await this.purpose.choose(request, form.text('purpose'));
    this.pages.redirect(reply, '/');
  }
}
