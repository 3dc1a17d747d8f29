import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiClient, orThrow } from '../api/api-client.js';
import { apiPath } from '../api/api-path.js';
import type { Profile } from '../api/profile.js';
import { CurrentProfile } from '../session/current-session.js';
import { isPractitioner, navigationFor } from '../shell/navigation.js';
import { PageController } from '../shell/page-controller.js';
import { Pages } from '../shell/pages.js';
import type { OwnChildren } from './answers.js';
import { homePage } from './home-page.js';

/** The first page: one's own children, or the first page of one's role for whoever works with none. */
@PageController()
export class HomeController {
  constructor(
    @Inject(Pages) private readonly pages: Pages,
    @Inject(ApiClient) private readonly api: ApiClient,
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
    this.pages.render(reply, request, 'practitioner/home', homePage(children));
  }
}
